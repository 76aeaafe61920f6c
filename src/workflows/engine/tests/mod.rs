//! The engine's rules as sentences, and properties that hold for any graph, order and crash.

mod branches;
mod disabled;
mod here;
mod items;
mod parts;
mod properties;
mod rules;
mod waits;

use super::*;
use crate::{
    ids::ToolId,
    workflows::graph::{Edge, Node, NodeKind},
};
use serde_json::json;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).expect("time")
}

fn tool(id: &str) -> Node {
    Node { tool_id: Some(ToolId(uuid::Uuid::from_u128(1))), ..Node::new(id, NodeKind::Tool) }
}

/// A node of any type with its settings in JSON.
fn node(id: &str, kind: NodeKind, config: Value) -> Node {
    let tool_id = (kind == NodeKind::ForEach).then(|| ToolId(uuid::Uuid::from_u128(1)));
    Node { tool_id, config: serde_json::from_value(config).expect("settings"), ..Node::new(id, kind) }
}

fn edge(source: &str, target: &str, mapping: &[(&str, &str)]) -> Edge {
    let mapping = mapping.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
    Edge {
        id: format!("{source}-{target}"),
        source: source.to_owned(),
        target: target.to_owned(),
        source_handle: None,
        target_handle: None,
        mapping,
    }
}

/// An edge that leaves its source by a branch.
fn by(source: &str, branch: &str, target: &str, mapping: &[(&str, &str)]) -> Edge {
    Edge { id: format!("{source}-{branch}-{target}"), source_handle: Some(branch.to_owned()), ..edge(source, target, mapping) }
}

fn plan(nodes: Vec<Node>, edges: Vec<Edge>) -> Plan {
    Plan::new(crate::workflows::graph::Definition { nodes, edges })
}

fn call(node: &str) -> CallId {
    CallId { node: node.to_owned(), item: None }
}

fn finished(call: CallId, attempt: u32, outcome: Outcome) -> Event {
    Event::Finished { call, attempt, outcome, execution_id: None, duration_ms: 1.0 }
}

fn ok(node: &str, output: Value) -> Event {
    finished(call(node), 1, Outcome::Success(output))
}

fn failed(node: &str, attempt: u32) -> Event {
    Event::failed(call(node), attempt, "upstream", "no answer", true)
}

fn started(actions: &[Action]) -> Vec<&str> {
    actions.iter().filter_map(|action| if let Action::Call { call, .. } = action { Some(call.node.as_str()) } else { None }).collect()
}

/// What the first call of the actions was given.
fn given(actions: &[Action]) -> Value {
    let inputs = actions.iter().find_map(|action| if let Action::Call { inputs, .. } = action { Some(inputs.clone()) } else { None });
    Value::Object(inputs.expect("a call"))
}

/// When the first timer of the actions rings.
fn wakes(actions: &[Action]) -> (CallId, DateTime<Utc>) {
    actions
        .iter()
        .find_map(|action| if let Action::WakeAt { call, due } = action { Some((call.clone(), *due)) } else { None })
        .expect("a timer")
}

fn due(actions: &[Action]) -> Event {
    let (call, due) = wakes(actions);
    Event::Due { call, due }
}

fn new(plan: &Plan) -> RunState {
    RunState::new(plan.definition(), Map::new(), 7)
}

fn begin(plan: &Plan) -> (RunState, Vec<Action>) {
    transition(plan, new(plan), Event::Start, at(0))
}

fn with_input(plan: &Plan, input: Value) -> (RunState, Vec<Action>) {
    transition(plan, RunState::new(plan.definition(), input.as_object().expect("object").clone(), 7), Event::Start, at(0))
}

/// Each node with its status, shortened.
fn statuses(state: &RunState) -> Vec<String> {
    state.nodes.iter().map(|(id, result)| format!("{id}:{}", result.status.as_str())).collect()
}
