//! `python`: a script's `main(**inputs)` in the sandbox.

use super::{
    Call, Executor, Failure,
    sandbox::{self, failed},
    script,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{future::Future, pin::Pin};

pub struct Python;

impl Executor for Python {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

/// What comes back of a script.
#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    output: Value,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    traceback: Vec<String>,
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let ended = script::run(call, "python").await?;
    if ended.cut {
        return Err(failed(format!("The result is larger than {} MiB. Return less, or a summary.", sandbox::RESULT_BYTES / 1024 / 1024)));
    }
    let Ok(report) = serde_json::from_slice::<Report>(&ended.result) else {
        return Err(script::died(call, &ended).unwrap_or_else(|| {
            failed(format!("The script ended the interpreter (exit code {}) before main returned.", ended.code.unwrap_or_default()))
        }));
    };
    match report.error {
        None => Ok(report.output),
        Some(error) => {
            if !report.traceback.is_empty() {
                call.account.note("traceback", json!(report.traceback));
            }
            let place = report.traceback.last().map(|line| format!(" ({line})")).unwrap_or_default();
            Err(failed(format!("{error}{place}")))
        }
    }
}
