//! What a test of a key is asked, and what it found.

use crate::{ids::ToolId, tools::words};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// With which tool to test a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TestRequest {
    /// Left out: the first one that asks for the key.
    pub tool_id: Option<ToolId>,
}

words! {
    /// What a test of a key found.
    TestOutcome {
        Accepted = "accepted", "Accepted";
        Refused = "refused", "Refused";
        /// The answer says nothing about the key.
        Unclear = "unclear", "Unclear";
        Unreachable = "unreachable", "Unreachable";
    }
}

/// The last test of a key, from the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastTest {
    pub tool_name: String,
    pub outcome: TestOutcome,
    pub status: Option<u16>,
    pub at: DateTime<Utc>,
}

/// What came of testing a key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyTest {
    pub outcome: TestOutcome,
    /// One sentence.
    pub message: String,
    pub tool_id: ToolId,
    pub tool_name: String,
    /// The request line, without the key.
    pub request: Option<String>,
    pub status: Option<u16>,
    /// The beginning of what the API answered, without the key.
    pub answer: Option<String>,
    pub ms: f64,
}
