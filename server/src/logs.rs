//! What is logged, and how: `TOOLCRIB_LOG` and `TOOLCRIB_LOG_FORMAT`.

use tracing_subscriber::EnvFilter;

const USUAL: &str = "info,sqlx=warn,tower_http=warn";

/// Begins to log to standard error. The error is one line for the person who started the server.
pub fn begin(get: impl Fn(&str) -> Option<String>) -> Result<(), String> {
    let text = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
    let filter = filter(text("TOOLCRIB_LOG").as_deref())?;
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match text("TOOLCRIB_LOG_FORMAT").as_deref() {
        Some("json") => logs.json().init(),
        None | Some("text") => logs.with_target(false).init(),
        Some(other) => return Err(format!("TOOLCRIB_LOG_FORMAT is “{other}”. Known are text and json.")),
    }
    Ok(())
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
