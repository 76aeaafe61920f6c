//! What is logged, and how: `TOOLCRIB_LOG` and `TOOLCRIB_LOG_FORMAT`.

use std::io::{self, Write};
use toolcrib::keys::redact::log_line;
use tracing_subscriber::EnvFilter;

const USUAL: &str = "info,sqlx=warn,tower_http=warn";

/// Begins to log to standard error. The error is one line for the person who started the server.
pub fn begin(get: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let text = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let filter = filter(text("TOOLCRIB_LOG").as_deref())?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Clean);
    match text("TOOLCRIB_LOG_FORMAT").as_deref() {
        Some("json") => logs.json().init(),
        None | Some("text") => logs.with_target(false).init(),
        Some(other) => return Err(format!("TOOLCRIB_LOG_FORMAT is “{other}”. Known are text and json.")),
    }
    guard_panics();
    Ok(())
}

/// Standard error without the values of keys that are in use at this moment, whoever logs them.
struct Clean;

impl Write for Clean {
    /// An event comes in one piece.
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let clean = std::str::from_utf8(event).ok().and_then(log_line);
        io::stderr().lock().write_all(clean.as_deref().map_or(event, str::as_bytes))?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// What a panic says goes the same way.
fn guard_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let message = panic.payload_as_str().unwrap_or("(no message)");
        let backtrace = std::backtrace::Backtrace::capture();
        let backtrace = match backtrace.status() {
            std::backtrace::BacktraceStatus::Captured => format!("\n{backtrace}"),
            _ => String::new(),
        };
        let line = format!("thread panicked at {place}: {message}{backtrace}\n");
        let _ = Clean.write_all(line.as_bytes());
    }));
}

/// A misspelt filter would silence just what somebody wanted to see.
fn filter(value: Option<&str>) -> Result<EnvFilter, String> {
    EnvFilter::try_new(value.unwrap_or(USUAL)).map_err(|error| {
        format!("TOOLCRIB_LOG is “{}”, which is not valid: {error}. Example: TOOLCRIB_LOG={USUAL}", value.unwrap_or(USUAL))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_is_none_is_refused_and_names_the_variable() {
        for wrong in ["info,toolcrib=lout", "=", "a=b=c"] {
            let why = filter(Some(wrong)).unwrap_err();
            assert!(why.contains("TOOLCRIB_LOG") && why.contains(wrong) && !why.contains('\n'), "{why}");
        }
        for right in ["debug", "warn,toolcrib=trace", USUAL] {
            filter(Some(right)).unwrap();
        }
        filter(None).unwrap();
    }
}
