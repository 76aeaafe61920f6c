//! `python`: a script's `main(**inputs)` in the sandbox.

use super::{Call, Executor, Failure, sandbox};
use crate::executions::ErrorClass;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{future::Future, pin::Pin};

const RUNNER: &str = include_str!("sandbox/runner.py");
const PYTHON: &str = "/usr/bin/python3";

pub struct Python;

impl Executor for Python {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

/// What the runner reports.
#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    output: Value,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    traceback: Vec<String>,
}

fn failed(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::Sandbox, message)
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    if !std::path::Path::new(PYTHON).exists() {
        return Err(failed(format!("{PYTHON} is not on this server, so Python tools cannot run. Install it: apt-get install python3")));
    }
    let script = call.tool.script_content.as_deref().unwrap_or_default();
    let ended = sandbox::run(call, &[PYTHON, "-I", "-B", "-c", RUNNER], json!({"script": script, "inputs": call.inputs})).await?;
    call.account.note("exit_code", ended.code);
    if ended.cut {
        return Err(failed(format!("The result is larger than {} MiB. Return less, or a summary.", sandbox::RESULT_BYTES / 1024 / 1024)));
    }
    let Ok(report) = serde_json::from_slice::<Report>(&ended.result) else {
        return Err(died(call, &ended));
    };
    match report.error {
        None => Ok(report.output),
        Some(error) => {
            if !report.traceback.is_empty() {
                call.account.note("traceback", report.traceback.clone());
            }
            let place = report.traceback.last().map(|line| format!(" ({line})")).unwrap_or_default();
            Err(failed(format!("{error}{place}")))
        }
    }
}

/// No report came: something killed the script, or the sandbox could not be set up.
fn died(call: &Call<'_>, ended: &sandbox::Ended) -> Failure {
    if let Some(why) = ended.complaint.as_deref() {
        return failed(format!("The sandbox could not be set up: {why}. Scripts do not run without it."));
    }
    match ended.code {
        // SIGXCPU, and the SIGKILL that follows it.
        Some(152 | 137) if call.deadline <= std::time::Instant::now() => super::timed_out(call.tool),
        Some(152) => Failure::new(ErrorClass::Timeout, "The script used up its processor time and was stopped."),
        Some(code) if code > 128 => failed(format!("The script was killed by signal {}, probably for using too much memory.", code - 128)),
        Some(code) => failed(format!("The script ended the interpreter (exit code {code}) before main returned.")),
        None => failed("The script was killed before main returned."),
    }
}
