//! The command line. A command that fails says why in one line.

pub mod demo;
mod logging;

use crate::startup;
use clap::{Parser, Subcommand};
use toolcrib::config::Config;

/// The tool crib for AI agents. Configured by environment; the README lists the variables.
#[derive(Parser)]
#[command(name = "toolcrib", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve (also without a command): starts the database where needed, migrates, listens.
    Serve,
    /// Serve, with an organization that shows every feature on real data if the database is empty.
    Demo,
    /// Bring the database to the newest schema and end.
    Migrate,
}

/// Does what was asked for; an error is a sentence without the final stop.
pub fn run(arguments: Arguments) -> Result<(), String> {
    let config = Config::from_environment()?;
    logging::start()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        match arguments.command.unwrap_or(Command::Serve) {
            Command::Serve => startup::serve(config, false).await,
            Command::Demo => startup::serve(config, true).await,
            Command::Migrate => startup::migrate(config).await,
        }
    })
}
