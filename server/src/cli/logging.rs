//! Logs to standard error: `TOOLCRIB_LOG` says how much (`info`, `debug`, `server=debug,sqlx=warn` …), `TOOLCRIB_LOG_FORMAT` is `text` or `json`.

use std::io::IsTerminal;
use tracing_subscriber::{EnvFilter, fmt};

pub fn start() -> Result<(), String> {
    let level = std::env::var("TOOLCRIB_LOG").unwrap_or_else(|_| "info,sqlx=warn".to_owned());
    let filter =
        EnvFilter::try_new(&level).map_err(|_| format!("TOOLCRIB_LOG is “{level}”, which is not valid. Example: TOOLCRIB_LOG=info"))?;
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal()).with_target(false);
    match std::env::var("TOOLCRIB_LOG_FORMAT").unwrap_or_default().as_str() {
        "json" => logs.json().init(),
        "" | "text" => logs.init(),
        other => return Err(format!("TOOLCRIB_LOG_FORMAT is “{other}”; it is text or json")),
    }
    Ok(())
}
