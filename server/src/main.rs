//! The binary `toolcrib`.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    if let Err(why) = server::logs::begin(|name| std::env::var(name).ok()) {
        eprintln!("toolcrib: {why}");
        return ExitCode::FAILURE;
    }
    match server::cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("toolcrib: {why}");
            ExitCode::FAILURE
        }
    }
}
