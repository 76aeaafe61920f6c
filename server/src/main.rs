//! The binary `toolcrib`.

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    match server::cli::run(server::cli::Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("toolcrib: {why}.");
            ExitCode::FAILURE
        }
    }
}
