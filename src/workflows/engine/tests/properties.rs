//! For any graph of all node types: the order of events and the moments of crashes do not change the result, nothing that finished runs
//! again, and a cancelled run ends.

use super::*;
use crate::workflows::graph::Definition;
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// What a random node is: its type, how often its calls fail, how it is set to fail.
#[derive(Clone, Debug)]
struct Kind {
    kind: u8,
    failures: u32,
    attempts: u32,
    on_error: u8,
    yes: bool,
    concurrency: u32,
    items: usize,
}

fn kinds() -> impl Strategy<Value = Kind> {
    (0_u8..16, 0_u32..4, 1_u32..4, 0_u8..10, any::<bool>(), 1_u32..4, 0_usize..5).prop_map(
        |(kind, failures, attempts, on_error, yes, concurrency, items)| Kind {
            kind,
            // Half of all calls never fail, or most runs would end at once.
            failures: failures.saturating_sub(1),
            attempts,
            on_error,
            yes,
            concurrency,
            items,
        },
    )
}

/// A run that can be made: the definition, how calls fail, how people answer.
#[derive(Clone, Debug)]
struct Case {
    definition: Definition,
    failures: HashMap<String, u32>,
    answers: HashMap<String, bool>,
}

fn make(index: usize, spec: &Kind, timeout: Option<u64>) -> Node {
    let id = format!("n{index}");
    let on_error = ["fail", "fail", "fail", "fail", "fail", "fail", "continue", "continue", "branch", "branch"][spec.on_error as usize];
    let mut config = json!({ "retry": { "maxAttempts": spec.attempts, "backoffMs": 10 }, "onError": on_error });
    let kind = match spec.kind {
        0..=5 => NodeKind::Tool,
        6 | 7 => {
            config["when"] = json!(if spec.yes { "1 < 2" } else { "1 > 2" });
            NodeKind::Condition
        }
        8 => {
            config["cases"] = json!([{ "handle": "true", "when": if spec.yes { "true" } else { "false" } }]);
            NodeKind::Switch
        }
        9 | 10 => {
            config["inputs"] = json!({ "items": (0..spec.items).collect::<Vec<_>>() });
            config["each"] = json!({ "n": "item" });
            config["concurrency"] = json!(spec.concurrency);
            config["onItemError"] = json!(if spec.yes { "continue" } else { "fail" });
            NodeKind::ForEach
        }
        11 => NodeKind::Merge,
        12 => {
            config["mode"] = json!("any");
            NodeKind::Merge
        }
        13 => {
            config["ms"] = json!(spec.items * 1000);
            NodeKind::Delay
        }
        14 => NodeKind::Approval,
        _ => {
            config["expressions"] = json!({ "twice": "2 * 21" });
            NodeKind::Transform
        }
    };
    if let Some(ms) = timeout.filter(|_| kind.calls()) {
        config["timeoutMs"] = json!(ms);
    }
    let mut node = node(&id, kind, config);
    if kind == NodeKind::Tool {
        node.tool_id = tool("x").tool_id;
    }
    node
}

fn cases(timeouts: bool) -> impl Strategy<Value = Case> {
    (1_usize..9).prop_flat_map(move |count| {
        let pairs = count * (count - 1) / 2;
        (prop::collection::vec((prop::bool::weighted(0.35), 0_u8..6), pairs), prop::collection::vec(kinds(), count)).prop_map(
            move |(connected, specs)| {
                let timeout = timeouts.then_some(5_000);
                let nodes: Vec<Node> = specs.iter().enumerate().map(|(index, spec)| make(index, spec, timeout)).collect();
                let mut edges = Vec::new();
                let mut connected = connected.into_iter();
                for target in 0..count {
                    for source in 0..target {
                        let Some((true, way)) = connected.next() else { continue };
                        let (from, to) = (format!("n{source}"), format!("n{target}"));
                        let names = nodes[source].branch_names();
                        let branch = names.get(way as usize).copied();
                        // Which branch arrives first at a merge of type any depends on the order, so nothing is carried there.
                        let carries =
                            nodes[target].config.mode.is_none() && !nodes[target].kind.joins() && nodes[target].kind != NodeKind::Delay;
                        let field = format!("from_{source}");
                        let mapping: &[(&str, &str)] = if carries { &[("$", &field)] } else { &[] };
                        edges.push(match branch {
                            Some(branch) => by(&from, branch, &to, mapping),
                            None => edge(&from, &to, mapping),
                        });
                    }
                }
                let failures = nodes.iter().zip(&specs).map(|(node, spec)| (node.id.clone(), spec.failures)).collect();
                let answers = nodes.iter().zip(&specs).map(|(node, spec)| (node.id.clone(), spec.yes)).collect();
                Case { definition: Definition { nodes, edges }, failures, answers }
            },
        )
    })
}

/// How one attempt ends: by which node and item it is, never by when.
fn outcome(case: &Case, call: &CallId, attempt: u32, inputs: &Map<String, Value>) -> Outcome {
    // Of a list, every other item fails like the node would.
    let fails = call.item.is_none_or(|item| item % 2 == 1) && attempt <= case.failures[&call.node];
    if fails {
        let message = format!("{} broke", call.node);
        return Outcome::Failure { class: "upstream".to_owned(), message, retryable: true };
    }
    Outcome::Success(json!({ "node": call.node, "item": call.item, "inputs": inputs }))
}

/// Drives a run to its end. `picks` chooses which of the open things happens next; where `crashes` says so the process dies: what was
/// under way is lost, the state is read back from its stored form. With `timeouts`, times may run out while calls are under way.
fn drive(case: &Case, picks: &[usize], crashes: &[bool], cancel_at: Option<usize>) -> RunState {
    let plan = Plan::new(case.definition.clone());
    let mut succeeded: BTreeMap<CallId, u32> = BTreeMap::new();
    let (mut state, mut open) = begin(&plan);
    for step in 0..10_000 {
        assert_nothing_finished_runs(&state, &open);
        let actions;
        if cancel_at == Some(step) {
            (state, actions) = transition(&plan, state, Event::Cancel, at(1));
            open.clear();
        } else if step < crashes.len() && crashes[step] {
            let stored = serde_json::to_value(&state).expect("stored");
            state = serde_json::from_value(stored.clone()).expect("read back");
            assert_eq!(serde_json::to_value(&state).expect("stored again"), stored);
            (state, actions) = transition(&plan, state, Event::Resume, at(1));
            open.clear();
        } else {
            let asked = state.nodes.iter().filter(|(id, result)| {
                result.status == NodeStatus::Waiting && plan.definition().node(id).is_some_and(|node| node.kind == NodeKind::Approval)
            });
            let asked: Vec<String> = asked.map(|(id, _)| id.clone()).collect();
            open.retain(|action| matches!(action, Action::Call { .. } | Action::WakeAt { .. }));
            if open.is_empty() && asked.is_empty() {
                break;
            }
            let next = picks.get(step % picks.len().max(1)).copied().unwrap_or(0) % (open.len() + asked.len());
            let event = if next < open.len() {
                match open.remove(next) {
                    Action::Call { call, attempt, inputs, .. } => {
                        let outcome = outcome(case, &call, attempt, &inputs);
                        if matches!(outcome, Outcome::Success(_)) && is_current(&state, &call, attempt) {
                            *succeeded.entry(call.clone()).or_default() += 1;
                        }
                        finished(call, attempt, outcome)
                    }
                    Action::WakeAt { call, due } => Event::Due { call, due },
                    Action::Stop { .. } | Action::Finish => unreachable!("left out above"),
                }
            } else {
                let node = asked[next - open.len()].clone();
                let decision = Decision { approved: case.answers[&node], by: "Ada".to_owned(), note: String::new() };
                Event::Decided { node, decision }
            };
            (state, actions) = transition(&plan, state, event, at(1));
        }
        open.extend(actions);
    }
    assert!(state.status.is_final(), "the run does not end: {state:?}");
    assert!(state.nodes.values().all(|result| result.status.is_final()), "a node was left behind: {state:?}");
    assert!(succeeded.values().all(|&times| times == 1), "a call succeeded twice: {succeeded:?}");
    state
}

fn is_current(state: &RunState, call: &CallId, attempt: u32) -> bool {
    state.nodes.get(&call.node).is_some_and(|result| match call.item {
        None => result.status == NodeStatus::Running && result.attempts == attempt,
        Some(item) => {
            let item = result.items.as_ref().and_then(|items| items.done.get(&item));
            result.status == NodeStatus::Running && item.is_some_and(|item| item.status == NodeStatus::Running && item.attempts == attempt)
        }
    })
}

fn assert_nothing_finished_runs(state: &RunState, open: &[Action]) {
    for action in open {
        if let Action::Call { call, attempt, .. } = action {
            let result = &state.nodes[&call.node];
            let (status, attempts) = match call.item {
                None => (result.status, result.attempts),
                Some(item) => result
                    .items
                    .as_ref()
                    .and_then(|items| items.done.get(&item))
                    .map_or((result.status, 0), |item| (item.status, item.attempts)),
            };
            let runs_again = status.is_final() && attempts < *attempt;
            assert!(!runs_again, "{call:?} is finished and is called for attempt {attempt}");
        }
    }
}

/// What must not depend on order and crashes: all but the times, and the items of a list that was given up at a failure.
fn result(state: &RunState) -> Value {
    let nodes: BTreeMap<_, _> =
        state.nodes.iter().map(|(id, r)| (id, (r.status, r.attempts, untimed(&r.output), &r.error, &r.branch))).collect();
    json!({ "status": state.status, "output": untimed(&state.output), "error": state.error, "nodes": nodes })
}

fn untimed(output: &Option<Value>) -> Option<String> {
    output.as_ref().map(Value::to_string)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_events_and_any_crash_point_end_in_the_same_result(
        case in cases(false),
        picks in prop::collection::vec(0_usize..8, 1..40),
        crashes in prop::collection::vec(prop::bool::weighted(0.3), 0..40),
    ) {
        let undisturbed = drive(&case, &[0], &[], None);
        prop_assert_eq!(result(&drive(&case, &picks, &[], None)), result(&undisturbed));
        prop_assert_eq!(result(&drive(&case, &picks, &crashes, None)), result(&undisturbed));
    }

    #[test]
    fn with_times_that_run_out_at_any_moment_a_run_still_ends_and_repeats_nothing(
        case in cases(true),
        picks in prop::collection::vec(0_usize..8, 1..40),
        crashes in prop::collection::vec(prop::bool::weighted(0.2), 0..40),
    ) {
        drive(&case, &picks, &crashes, None);
    }

    #[test]
    fn cancel_always_ends_the_run(
        case in cases(true),
        picks in prop::collection::vec(0_usize..8, 1..40),
        crashes in prop::collection::vec(prop::bool::weighted(0.2), 0..20),
        step in 0_usize..12,
    ) {
        drive(&case, &picks, &crashes, Some(step));
    }
}
