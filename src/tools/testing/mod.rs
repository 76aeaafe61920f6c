//! The tests beside a script: run in the sandbox of the script itself, their last result kept with the tool.

use crate::ids::UserId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod propose;
#[cfg(feature = "ssr")]
pub mod run;
#[cfg(feature = "ssr")]
mod store;

#[cfg(feature = "ssr")]
pub use {
    propose::propose,
    run::{last, run},
};

/// How one test ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TestResult {
    pub name: String,
    pub passed: bool,
    pub ms: f64,
    /// What it printed; the end of it, where it was much.
    pub output: String,
    pub error: Option<String>,
    /// The lines it went through, the last one is where it failed.
    pub traceback: Vec<String>,
}

/// How all tests of a tool ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct TestRun {
    /// The tool's version at that time.
    pub version: i32,
    /// Whether script, tests and what the script asks for are still those that ran.
    pub is_current: bool,
    pub passed: bool,
    /// What kept the tests from running, or from running to the end.
    pub error: Option<String>,
    pub results: Vec<TestResult>,
    pub ran_by: Option<UserId>,
    pub ran_at: DateTime<Utc>,
    pub duration_ms: f64,
}

impl TestRun {
    /// One sentence: how many, and which ones fail.
    #[must_use]
    pub fn sentence(&self) -> String {
        let failing: Vec<&str> = self.results.iter().filter(|test| !test.passed).map(|test| test.name.as_str()).collect();
        match (&self.error, failing.len()) {
            (Some(error), 0) => format!("The tests did not run: {error}"),
            (None, 0) => format!("All {} tests pass.", self.results.len()),
            (_, count) => {
                let named: Vec<&str> = failing.iter().take(10).copied().collect();
                let more = if count > named.len() { ", …" } else { "" };
                format!("{count} of {} tests fail: {}{more}.", self.results.len(), named.join(", "))
            }
        }
    }
}

/// The inputs that a script's signature and docstring propose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Proposal {
    pub schema: serde_json::Value,
    /// The docstring's first sentences.
    pub description: String,
    /// What could not be said in a schema.
    pub notes: Vec<String>,
    pub error: Option<String>,
}
