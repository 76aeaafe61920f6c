//! Runs that keep results of an earlier one: from the failed node, from any node, up to a node, with outputs given by hand.

use super::{NodeResult, NodeStatus, Origin, Plan, RunState};
use crate::workflows::graph::{NodeKind, order::descendants};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Where a run begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// At the start: nothing is kept.
    #[default]
    Start,
    /// At what failed or never ran: all that went well is kept.
    Failure,
    /// At this node: it and what depends on it run anew.
    Node(String),
}

/// What of a workflow is to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    pub from: From,
    /// The last node to run: only what leads to it runs, and its output is the run's.
    pub until: Option<String>,
    /// Node → the output to take instead of running it.
    pub pins: BTreeMap<String, Value>,
}

/// The state a run begins with. `earlier`: the results that may be kept. `Err`: which field of the part is wrong, and why.
pub fn state(
    plan: &Plan,
    input: Map<String, Value>,
    seed: u64,
    earlier: Option<&BTreeMap<String, NodeResult>>,
    part: &Part,
) -> Result<RunState, (String, String)> {
    let definition = plan.definition();
    let mut state = RunState::new(definition, input, seed);
    if let (Some(earlier), false) = (earlier, part.from == From::Start) {
        let anew = match &part.from {
            From::Node(id) if plan.index(id).is_none() => return Err(("from".to_owned(), format!("There is no step “{id}”."))),
            From::Node(id) => descendants(definition, id),
            From::Start | From::Failure => BTreeSet::new(),
        };
        for node in definition.nodes.iter().filter(|node| !anew.contains(node.id.as_str())) {
            if let Some(result) = earlier.get(&node.id).filter(|result| keeps(plan, &node.id, result)) {
                state.nodes.insert(node.id.clone(), kept(result));
            }
        }
        drop_orphans(plan, &mut state);
    }
    put_pins(plan, &mut state, &part.pins)?;
    if let Some(until) = &part.until {
        if plan.index(until).is_none() {
            return Err(("until".to_owned(), format!("There is no step “{until}”.")));
        }
        let needed = leading_to(plan, until, &part.pins);
        for (_, result) in
            state.nodes.iter_mut().filter(|(id, result)| !needed.contains(id.as_str()) && result.status == NodeStatus::Pending)
        {
            (result.status, result.origin) = (NodeStatus::Skipped, Some(Origin::LeftOut));
        }
        state.until = Some(until.clone());
    }
    Ok(state)
}

/// What is given by hand stands in for its nodes.
fn put_pins(plan: &Plan, state: &mut RunState, pins: &BTreeMap<String, Value>) -> Result<(), (String, String)> {
    for (id, output) in pins {
        let node = plan.definition().node(id).ok_or_else(|| (format!("pins/{id}"), format!("There is no step “{id}”.")))?;
        if node.kind.branches() || matches!(node.kind, NodeKind::Input | NodeKind::Output) {
            let message = format!("“{}” is of type {}: its output cannot be given by hand.", node.name(), node.kind.as_str());
            return Err((format!("pins/{id}"), message));
        }
        let pinned =
            NodeResult { status: NodeStatus::Success, output: Some(output.clone()), origin: Some(Origin::Pinned), ..NodeResult::default() };
        state.nodes.insert(id.clone(), pinned);
    }
    Ok(())
}

/// The state of a run of one node and what follows it. Unlike [`state`], nothing before it runs: what leads there, or to what follows, must
/// have a result in `earlier` or a pin, and what lies aside of it is left out.
pub fn from_here(
    plan: &Plan,
    input: Map<String, Value>,
    seed: u64,
    earlier: Option<&BTreeMap<String, NodeResult>>,
    (id, part): (&str, &Part),
) -> Result<RunState, (String, String)> {
    let definition = plan.definition();
    let first = definition.node(id).ok_or_else(|| ("from".to_owned(), format!("There is no step “{id}”.")))?;
    let mut anew: BTreeSet<&str> = descendants(definition, id);
    if let Some(until) = &part.until {
        let last = definition.node(until).ok_or_else(|| ("until".to_owned(), format!("There is no step “{until}”.")))?;
        if !anew.contains(until.as_str()) {
            return Err(("until".to_owned(), format!("“{}” does not follow “{}”.", last.name(), first.name())));
        }
        let leading = leading_to(plan, until, &part.pins);
        anew.retain(|id| leading.contains(*id));
    }
    let given = NodeResult { status: NodeStatus::Success, output: Some(Value::Object(input.clone())), ..NodeResult::default() };
    let mut state = RunState::new(definition, input, seed);
    put_pins(plan, &mut state, &part.pins)?;
    let mut needed = BTreeSet::new();
    for id in &anew {
        needed.extend(leading_to(plan, id, &part.pins));
    }
    let mut missing = Vec::new();
    for &index in &plan.order {
        let node = plan.node(index);
        let id = node.id.as_str();
        if anew.contains(id) || part.pins.contains_key(id) {
            continue;
        }
        let found = match (node.kind, earlier.and_then(|earlier| earlier.get(id))) {
            (NodeKind::Input, _) => Some(given.clone()),
            (_, Some(result)) if keeps(plan, id, result) => Some(result.clone()),
            // Skipped because a branch was not taken, not because the run ended before it.
            (_, Some(result)) if result.status == NodeStatus::Skipped && passed_by(plan, &state, index) => {
                Some(NodeResult { origin: None, ..result.clone() })
            }
            (..) if node.is_off() && !passed_by(plan, &state, index) => {
                Some(NodeResult { status: NodeStatus::Skipped, origin: Some(Origin::Disabled), ..NodeResult::default() })
            }
            _ => None,
        };
        let result = match found {
            Some(result) => kept(&result),
            None => {
                if needed.contains(id) {
                    missing.push(format!("“{}”", node.name()));
                }
                NodeResult { status: NodeStatus::Skipped, origin: Some(Origin::LeftOut), ..NodeResult::default() }
            }
        };
        state.nodes.insert(id.to_owned(), result);
    }
    if !missing.is_empty() {
        let more = missing.len().saturating_sub(3);
        missing.truncate(3);
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!(
            "“{}” cannot be begun with: there is no earlier result of {}{rest}. Run to here first, choose a run that has it, or pin an output.",
            first.name(),
            missing.join(", ")
        );
        return Err(("from".to_owned(), message));
    }
    let left_out: Vec<&str> =
        descendants(definition, id).into_iter().filter(|id| !anew.contains(id) && !part.pins.contains_key(*id)).collect();
    for id in left_out {
        let result = NodeResult { status: NodeStatus::Skipped, origin: Some(Origin::LeftOut), ..NodeResult::default() };
        state.nodes.insert(id.to_owned(), result);
    }
    state.until.clone_from(&part.until);
    Ok(state)
}

/// What went well, or went wrong in a way the workflow foresees. A step that was off when it was passed by and still is, or neither.
fn keeps(plan: &Plan, id: &str, result: &NodeResult) -> bool {
    let Some(index) = plan.index(id) else { return false };
    let off = plan.node(index).is_off();
    match result.status {
        NodeStatus::Success => !off,
        NodeStatus::Error => !off && plan.handles_errors(index),
        NodeStatus::Skipped => off && result.origin == Some(Origin::Disabled),
        _ => false,
    }
}

/// A result of an earlier run in this one. Whether its node was off still decides how the run goes on past it.
fn kept(result: &NodeResult) -> NodeResult {
    let origin = Some(result.origin.filter(|origin| *origin == Origin::Disabled).unwrap_or(Origin::Kept));
    NodeResult { origin, ..result.clone() }
}

/// Whether the run took another branch than those that lead here.
fn passed_by(plan: &Plan, state: &RunState, index: usize) -> bool {
    let view = super::scope::View { plan, state };
    let ways = &plan.incoming[index];
    let taken = |way: &super::plan::Way| view.is_taken(way);
    if plan.node(index).kind.joins() { !ways.is_empty() && !ways.iter().any(taken) } else { !ways.iter().all(taken) }
}

/// A result is kept only if all that it came from is: what waits for a node that runs anew runs anew too.
fn drop_orphans(plan: &Plan, state: &mut RunState) {
    for &index in &plan.order {
        let id = &plan.node(index).id;
        let stale = plan.incoming[index].iter().any(|way| {
            let source = state.nodes.get(&plan.node(way.source).id);
            // A branch that was not taken has no result to keep: it is skipped again.
            source.is_some_and(|source| !source.status.is_final()) && !plan.node(index).kind.joins()
        });
        if stale && let Some(result) = state.nodes.get_mut(id) {
            *result = NodeResult::default();
        }
    }
}

/// The node and all that leads to it; what is pinned needs nothing before it.
fn leading_to(plan: &Plan, id: &str, pins: &BTreeMap<String, Value>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open: Vec<usize> = plan.index(id).into_iter().collect();
    while let Some(index) = open.pop() {
        let id = &plan.node(index).id;
        if found.insert(id.clone()) && !pins.contains_key(id) {
            open.extend(plan.incoming[index].iter().map(|way| way.source));
        }
    }
    found
}
