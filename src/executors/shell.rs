//! `shell`: a bash script in the sandbox. Inputs are JSON on standard input and in `TOOL_INPUT`, and a variable each; standard output is the
//! output, as JSON where it is JSON; standard error is the log, and an exit status other than 0 an error.

use super::{
    Call, Executor, Failure,
    sandbox::{self, failed},
    script,
};
use serde_json::Value;
use std::{future::Future, pin::Pin};

pub struct Shell;

impl Executor for Shell {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let ended = script::run(call, "shell").await?;
    let output = read(&ended.result);
    let failure = if let Some(failure) = script::died(call, &ended) {
        Some(failure)
    } else if ended.cut {
        Some(failed(format!("The output is larger than {} MiB. Print less, or a summary.", sandbox::RESULT_BYTES / 1024 / 1024)))
    } else {
        match ended.code {
            Some(0) => None,
            code => {
                // More than is told: what is cut here lies before it, so that no value is cut in two.
                let log = call.keys.redactor.text(&call.account.log_end(64 * 1024));
                Some(failed(complaint(code.unwrap_or_default(), &log[log.ceil_char_boundary(log.len().saturating_sub(4_000))..])))
            }
        }
    };
    match failure {
        None => Ok(output),
        // What it printed until then may tell more; cut output does not.
        Some(failure) => Err(Failure { outputs: Some(output).filter(|output| !ended.cut && *output != Value::Null), ..failure }),
    }
}

/// JSON where it is JSON, text where it is text, null where nothing was printed.
fn read(printed: &[u8]) -> Value {
    let text = String::from_utf8_lossy(printed);
    let bare = text.trim();
    if bare.is_empty() {
        return Value::Null;
    }
    serde_json::from_str(bare).unwrap_or_else(|_| Value::String(text.trim_end_matches('\n').to_owned()))
}

fn complaint(code: i32, log: &str) -> String {
    let last: Vec<&str> = log.lines().rev().filter(|line| !line.trim().is_empty()).take(5).collect();
    if last.is_empty() {
        return format!("The script ended with exit status {code} and said nothing on standard error.");
    }
    let last: Vec<&str> = last.into_iter().rev().collect();
    format!("The script ended with exit status {code}: {}", last.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_printed_is_json_or_text_or_nothing() {
        assert_eq!(read(b" {\"a\": 1}\n"), json!({"a": 1}));
        assert_eq!(read(b"two\nlines\n"), json!("two\nlines"));
        assert_eq!(read(b"42\n"), json!(42));
        assert_eq!(read(b"\n \n"), Value::Null);
        assert_eq!(read(b"{\"a\": 1} trailing"), json!("{\"a\": 1} trailing"));
    }

    #[test]
    fn the_last_lines_of_the_log_are_told() {
        assert_eq!(complaint(3, "one\n\ntwo\n"), "The script ended with exit status 3: one\ntwo");
        assert!(complaint(1, " \n").contains("said nothing"));
    }
}
