//! The binary `toolcrib`.

use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("TOOLCRIB_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,tower_http=warn"));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("TOOLCRIB_LOG_FORMAT").is_ok_and(|format| format == "json") {
        logs.json().init();
    } else {
        logs.with_target(false).init();
    }
    match server::cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("toolcrib: {why}");
            ExitCode::FAILURE
        }
    }
}
