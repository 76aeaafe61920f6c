//! The tests beside a script, and inputs proposed from it.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{
    ids::ToolId,
    tools::testing::{Proposal, TestRun},
};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    executions::{self, ExecutionFilter},
    tools::{self, Kind, testing},
};

/// A line that the last call or the last tests complained of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScriptError {
    /// `script` or `tests`.
    pub place: String,
    pub line: u32,
    pub message: String,
}

/// The lines that this version's last call and last tests stopped at.
#[server(prefix = "/api/fn", endpoint = "tools/script_errors")]
pub async fn script_errors(org: String, id: String) -> Result<Vec<ScriptError>, AppError> {
    let system = context::system()?;
    let actor = context::actor(&org).await?;
    let id: ToolId = id.parse().map_err(|_| toolcrib::Error::NotFound("tool"))?;
    let tool = tools::get(&system, &actor, id).await?;
    let mut found = Vec::new();
    if !matches!(tool.kind, Kind::Python | Kind::Shell) {
        return Ok(found);
    }
    let filter = ExecutionFilter { tool_id: Some(id), limit: Some(1), ..ExecutionFilter::default() };
    if let Some(last) = executions::list(&system, &actor, filter).await?.items.first() {
        let execution = executions::get(&system, &actor, last.id).await?;
        if let Some(message) = execution.error_message.filter(|_| execution.tool_version == tool.version) {
            let frames = execution.account["traceback"].as_array().cloned().unwrap_or_default();
            let lines: Vec<&str> = frames.iter().filter_map(serde_json::Value::as_str).collect();
            found.extend(stopped_at(&lines, &message));
        }
    }
    let run = testing::last(&system, &actor, id).await?.filter(|run| run.is_current);
    for test in run.into_iter().flat_map(|run| run.results).filter(|test| !test.passed) {
        let lines: Vec<&str> = test.traceback.iter().map(String::as_str).collect();
        let said = test.error.unwrap_or(test.output);
        found.extend(stopped_at(&lines, &format!("{}: {said}", test.name)));
    }
    found.dedup();
    Ok(found)
}

#[cfg(any(feature = "ssr", test))]
/// The last line of the script and of the tests that a traceback went through; for a shell script the one it names.
fn stopped_at(traceback: &[&str], message: &str) -> Vec<ScriptError> {
    let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
    let mut found = Vec::new();
    let mut add = |place: &str, line: Option<u32>| {
        if let Some(line) = line {
            found.push(ScriptError { place: place.to_owned(), line, message: message.to_owned() });
        }
    };
    add("script", traceback.iter().rev().find_map(|line| line.strip_prefix("line ")).and_then(number));
    add("tests", traceback.iter().rev().find_map(|line| line.strip_prefix("test line ")).and_then(number));
    if traceback.is_empty() {
        add("script", message.split("tool.sh: line ").nth(1).and_then(number));
        add("tests", message.split("test.sh: line ").nth(1).and_then(number));
    }
    found
}

/// How they ended last.
#[server(prefix = "/api/fn", endpoint = "tools/last_tests")]
pub async fn last_tests(org: String, id: String) -> Result<Option<TestRun>, AppError> {
    let actor = context::actor(&org).await?;
    let id: ToolId = id.parse().map_err(|_| toolcrib::Error::NotFound("tool"))?;
    Ok(testing::last(&context::system()?, &actor, id).await?)
}

/// Runs them; the page then shows the result that was kept.
#[server(prefix = "/api/fn", endpoint = "tools/run_tests")]
pub async fn run_tests(org: String, id: ToolId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    testing::run(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/tools/{id}/tests"));
    Ok(())
}

/// What the script's `main` takes.
#[server(prefix = "/api/fn", endpoint = "tools/propose_inputs")]
pub async fn propose_inputs(org: String, #[server(default)] script: String) -> Result<Proposal, AppError> {
    let actor = context::actor(&org).await?;
    Ok(testing::propose(&context::system()?, &actor, &script).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_found_in_tracebacks_and_in_what_a_shell_says() {
        let places = |traceback: &[&str], message: &str| -> Vec<(String, u32)> {
            stopped_at(traceback, message).into_iter().map(|error| (error.place, error.line)).collect()
        };
        let both = places(&["test line 3, in test_a: main()", "line 12, in main: f()", "line 4, in f: 1 / 0"], "ZeroDivisionError");
        assert_eq!(both, [("script".to_owned(), 4), ("tests".to_owned(), 3)]);
        assert_eq!(places(&[], "exit status 2: tool.sh: line 17: x: not found"), [("script".to_owned(), 17)]);
        assert_eq!(places(&[], "no lines here"), []);
    }
}
