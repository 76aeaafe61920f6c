//! The command line: `toolcrib serve | migrate | rotate-master-key | demo | export | import`.

pub mod demo;
mod demo_keys;
mod exchange;
mod folder;
mod rotate;

use crate::startup::{Database, serve};
use clap::{Parser, Subcommand};
use exchange::{Exchange, exchange};
use std::path::PathBuf;
use toolcrib::config::Config;

/// The tool crib for AI agents.
#[derive(Debug, Parser)]
#[command(name = "toolcrib", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve pages and REST (the default)
    Serve,
    /// Bring the database to the newest schema and end
    Migrate,
    /// Put every organization's keys under the next master key, while servers run
    RotateMasterKey,
    /// Serve, after filling an empty database with an organization that shows every feature
    Demo,
    /// Write the tools of an organization into a folder: one file a tool, scripts beside it, never a key
    Export {
        folder: PathBuf,
        /// The organization's address
        #[arg(long)]
        organization: String,
    },
    /// Say what the tools of a folder would change; with --yes change it
    Import {
        folder: PathBuf,
        /// The organization's address
        #[arg(long)]
        organization: String,
        /// Write
        #[arg(long)]
        yes: bool,
    },
}

/// Does what the command line says. The error is one line for the person who typed it.
pub async fn run() -> Result<(), String> {
    let arguments = Arguments::parse();
    let config = Config::from_environment()?;
    match arguments.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(config, false, told_to_stop()).await,
        Command::Demo => serve(config, true, told_to_stop()).await,
        Command::RotateMasterKey => rotate::run(config).await,
        Command::Export { folder, organization } => exchange(config, &organization, &folder, Exchange::Export).await,
        Command::Import { folder, organization, yes } => exchange(config, &organization, &folder, Exchange::Import { write: yes }).await,
        Command::Migrate => {
            let database = Database::open(&config).await?;
            let migrated = database.migrate().await;
            let closed = database.close().await;
            migrated.and(closed)?;
            println!("The database has the newest schema.");
            Ok(())
        }
    }
}

/// Ctrl-C, or what a service manager sends.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
