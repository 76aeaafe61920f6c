//! A run as the canvas shows it: how each step stands, in few bytes. What a step gave is asked for when somebody looks at it.

use super::{
    Run,
    engine::{NodeResult, NodeStatus, Origin, RunStatus},
};
use crate::ids::RunId;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// How long the reason of a failure may be on a card.
const LINE: usize = 300;

/// How a step stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NodeLive {
    pub status: NodeStatus,
    #[serde(default)]
    pub attempts: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<DateTime<Utc>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<f64>,
    /// How many items it gave, where it gave a list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Of a `for_each`: how many are done, of how many, and how many of these failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<(u32, u32, u32)>,
    /// One line of why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// How the run stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunLive {
    pub id: RunId,
    pub status: RunStatus,
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub started_at: Option<DateTime<Utc>>,
    #[serde(default)]
    pub completed_at: Option<DateTime<Utc>>,
}

/// What who follows a run is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum LiveEvent {
    /// All of it, told first, after every connection.
    State {
        run: RunLive,
        nodes: BTreeMap<String, NodeLive>,
    },
    Run {
        run: RunLive,
    },
    Node {
        id: String,
        node: NodeLive,
    },
}

impl From<&NodeResult> for NodeLive {
    fn from(result: &NodeResult) -> Self {
        let items = result.items.as_ref().map(|items| (items.next.saturating_sub(items.open), items.total, items.failed));
        Self {
            status: result.status,
            attempts: result.attempts,
            started_at: result.started_at,
            completed_at: result.completed_at,
            duration_ms: result.duration_ms,
            count: items.map(|(_, total, _)| u64::from(total)).or_else(|| result.output.as_ref().and_then(how_many)),
            items,
            error: result.error.as_deref().map(line),
            branch: result.branch.clone(),
            origin: result.origin,
        }
    }
}

impl From<&Run> for RunLive {
    fn from(run: &Run) -> Self {
        Self {
            id: run.id,
            status: run.status,
            error: run.error_message.as_deref().map(line),
            started_at: run.started_at,
            completed_at: run.completed_at,
        }
    }
}

/// Every step of a run that has begun, or will not begin.
#[must_use]
pub fn nodes(run: &Run) -> BTreeMap<String, NodeLive> {
    run.node_results.iter().map(|(id, result)| (id.clone(), NodeLive::from(result))).collect()
}

/// How many items an output has: a list, or an object with one list in it.
#[must_use]
pub fn how_many(output: &Value) -> Option<u64> {
    let len = |list: &Vec<Value>| u64::try_from(list.len()).unwrap_or(u64::MAX);
    match output {
        Value::Array(list) => Some(len(list)),
        Value::Object(fields) => {
            let mut lists = fields.values().filter_map(Value::as_array);
            lists.next().filter(|_| lists.next().is_none()).map(len)
        }
        _ => None,
    }
}

/// The first line, cut.
#[must_use]
pub fn line(text: &str) -> String {
    let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    if first.chars().count() <= LINE { first.to_owned() } else { first.chars().take(LINE - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_list_is_counted_also_as_the_only_one_of_an_object() {
        assert_eq!(how_many(&json!([1, 2])), Some(2));
        assert_eq!(how_many(&json!({ "items": [1, 2, 3], "total": 3 })), Some(3));
        assert_eq!(how_many(&json!({ "a": [1], "b": [2] })), None, "which of the two would be meant?");
        assert_eq!(how_many(&json!("ab")), None);
    }

    #[test]
    fn a_reason_is_one_line_that_fits_a_card() {
        assert_eq!(line("\n  Traceback:\n  more"), "Traceback:");
        assert_eq!(line(&"x".repeat(1000)).chars().count(), LINE);
    }
}
