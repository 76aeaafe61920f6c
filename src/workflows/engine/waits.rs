//! Times that come: the end of a delay, of the patience for an answer, of the patience for a call, and the next attempt.

use super::{CallId, Decision, NodeStatus, plan::Step, turn::Turn};
use crate::workflows::graph::{OnExpiry, RetryPolicy};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value, json};

/// A year: nothing waits longer.
const LONGEST_MS: u64 = 366 * 86_400_000;
const LONGEST_BACKOFF_MS: u64 = 300_000;

impl Turn<'_> {
    /// A time has come. It counts if it is still the one that is waited for.
    pub fn due(&mut self, call: &CallId, due: DateTime<Utc>) {
        let Some(index) = self.plan.index(&call.node) else { return };
        if let Some(item) = call.item {
            return self.item_due(index, item, due);
        }
        let Some(result) = self.result(index).filter(|result| result.due_at == Some(due)) else { return };
        match (result.status, self.plan.step(index)) {
            (NodeStatus::Retrying, _) => self.again(index),
            (NodeStatus::Running, Ok(Step::Call(_))) => self.timed_out(index),
            (NodeStatus::Waiting, Ok(Step::Delay { .. })) => match self.inputs(index) {
                Ok(inputs) => self.succeed(index, Value::Object(inputs), None),
                Err(message) => self.fail(index, "mapping", message),
            },
            (NodeStatus::Waiting, Ok(Step::Approval { on_expiry, .. })) => {
                let nobody = |approved| Decision { approved, by: String::new(), note: "Nobody answered in time.".to_owned() };
                match on_expiry {
                    OnExpiry::Fail => self.fail(index, "expired", "Nobody answered in time.".to_owned()),
                    OnExpiry::Approve => self.decide(index, &nobody(true)),
                    OnExpiry::Reject => self.decide(index, &nobody(false)),
                }
            }
            _ => return,
        }
        self.advance();
    }

    pub fn decided(&mut self, node: &str, decision: &Decision) {
        let Some(index) = self.plan.index(node) else { return };
        if self.status(index) == NodeStatus::Waiting && matches!(self.plan.step(index), Ok(Step::Approval { .. })) {
            self.decide(index, decision);
            self.advance();
        }
    }

    fn decide(&mut self, index: usize, decision: &Decision) {
        let inputs = match self.inputs(index) {
            Ok(inputs) => inputs,
            Err(message) => return self.fail(index, "mapping", message),
        };
        let id = &self.plan.node(index).id;
        let has_way = self.plan.definition().edges.iter().any(|edge| edge.source == *id && edge.branch() == Some("rejected"));
        if !decision.approved && !has_way {
            let by = if decision.by.is_empty() { "It was rejected.".to_owned() } else { format!("{} rejected it.", decision.by) };
            let message = if decision.note.is_empty() { by } else { format!("{by} {}", decision.note) };
            return self.fail(index, "rejected", message);
        }
        let mut output = inputs;
        let facts = json!({
            "approved": decision.approved, "by": decision.by, "note": decision.note,
            "decided_at": self.at.to_rfc3339_opts(SecondsFormat::Millis, true),
        });
        output.extend(facts.as_object().cloned().unwrap_or_default());
        let branch = if decision.approved { "approved" } else { "rejected" };
        self.succeed(index, Value::Object(output), Some(branch.to_owned()));
    }
}

pub(super) fn time(text: &str) -> Result<DateTime<Utc>, String> {
    let time = DateTime::parse_from_rfc3339(text).map_err(|_| format!("“{text}” is no time such as 2026-12-24T18:00:00Z."))?;
    Ok(time.with_timezone(&Utc))
}

pub(super) fn after(at: DateTime<Utc>, ms: u64) -> DateTime<Utc> {
    at + TimeDelta::milliseconds(i64::try_from(ms.min(LONGEST_MS)).unwrap_or(0))
}

/// When a delay ends: what is fed counts before what is set.
pub(super) fn delay(
    at: DateTime<Utc>,
    ms: Option<u64>,
    until: Option<DateTime<Utc>>,
    inputs: &Map<String, Value>,
) -> Result<DateTime<Utc>, String> {
    let due = match (inputs.get("ms"), inputs.get("until"), ms, until) {
        (Some(fed), ..) => {
            let ms = fed.as_f64().filter(|ms| *ms >= 0.0).ok_or_else(|| format!("“ms” must be a number of milliseconds, not {fed}."))?;
            after(at, ms as u64)
        }
        (None, Some(fed), ..) => time(fed.as_str().unwrap_or_default()).map_err(|_| format!("“until” must be a time, not {fed}."))?,
        (None, None, Some(ms), _) => after(at, ms),
        (None, None, None, Some(until)) => until,
        (None, None, None, None) => return Err("It is not said how long to wait.".to_owned()),
    };
    if due - at > TimeDelta::milliseconds(LONGEST_MS as i64) {
        return Err("A delay takes a year at most.".to_owned());
    }
    Ok(due.max(at))
}

/// The wait before the next attempt: doubled each time, and with jitter between half and all of it. The same run always waits the same.
pub(super) fn backoff(policy: RetryPolicy, seed: u64, call: &CallId, attempt: u32) -> TimeDelta {
    let full = policy.backoff_ms.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(LONGEST_BACKOFF_MS);
    let wait = if policy.jitter { full / 2 + (full - full / 2) * draw(seed, call, attempt) / 1000 } else { full };
    TimeDelta::milliseconds(i64::try_from(wait).unwrap_or(0))
}

/// 0 to 1000, by FNV-1a over what names the attempt.
fn draw(seed: u64, call: &CallId, attempt: u32) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let item = call.item.map_or(0, |item| item.wrapping_add(1));
    for byte in seed.to_le_bytes().iter().chain(call.node.as_bytes()).chain(&item.to_le_bytes()).chain(&attempt.to_le_bytes()) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    (hash >> 20) % 1001
}
