use super::*;
use crate::workflows::graph::{Edge, FieldKind, InputField, NodeConfig, Position, RetryPolicy};
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use std::collections::{BTreeSet, HashMap};

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000 + second, 0).expect("time")
}

fn tool(id: &str) -> Node {
    Node {
        id: id.to_owned(),
        kind: NodeKind::Tool,
        tool_id: None,
        label: None,
        position: Position::default(),
        config: NodeConfig::default(),
    }
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

fn ok(node: &str, output: Value) -> Event {
    Event::NodeFinished { node: node.to_owned(), attempt: 1, outcome: Outcome::Success(output), execution_id: None, duration_ms: 1.0 }
}

fn failed(node: &str, attempt: u32) -> Event {
    let outcome = Outcome::Failure { class: "upstream".to_owned(), message: "no answer".to_owned(), retryable: true };
    Event::NodeFinished { node: node.to_owned(), attempt, outcome, execution_id: None, duration_ms: 1.0 }
}

fn started(actions: &[Action]) -> Vec<&str> {
    actions.iter().filter_map(|action| if let Action::RunNode { node, .. } = action { Some(node.as_str()) } else { None }).collect()
}

fn begin(definition: &Definition) -> (RunState, Vec<Action>) {
    transition(definition, RunState::new(definition, Map::new()), Event::Start, at(0))
}

/// The table at the top of the engine, as data: every status with every event.
#[test]
fn every_transition_of_the_table_is_as_it_says() {
    let definition = Definition { nodes: vec![tool("a"), tool("b")], edges: vec![edge("a", "b", &[])] };
    let pending = RunState::new(&definition, Map::new());
    let (running, _) = begin(&definition);
    let waiting = RunState { status: RunStatus::Waiting, ..running.clone() };
    let (done_a, _) = transition(&definition, running.clone(), ok("a", json!({})), at(1));
    let (completed, _) = transition(&definition, done_a, ok("b", json!({})), at(2));
    let (failed_run, _) = transition(&definition, running.clone(), failed("a", 1), at(1));
    let (cancelled, _) = transition(&definition, running.clone(), Event::Cancel, at(1));
    let events = [Event::Start, Event::Resume, ok("a", json!({})), Event::RetryDue { node: "a".to_owned() }, Event::Cancel];
    use RunStatus as S;
    let table: [(&RunState, [(S, usize); 5]); 6] = [
        // start, resume, node finished, retry due, cancel: status after it, and how many actions
        (&pending, [(S::Running, 1), (S::Running, 1), (S::Pending, 0), (S::Pending, 0), (S::Cancelled, 1)]),
        (&running, [(S::Running, 0), (S::Running, 1), (S::Running, 1), (S::Running, 0), (S::Cancelled, 2)]),
        (&waiting, [(S::Waiting, 0), (S::Waiting, 1), (S::Waiting, 1), (S::Waiting, 0), (S::Cancelled, 2)]),
        (&completed, [(S::Completed, 0); 5]),
        (&failed_run, [(S::Failed, 0); 5]),
        (&cancelled, [(S::Cancelled, 0); 5]),
    ];
    let mut covered = BTreeSet::new();
    for (state, row) in table {
        for (index, (status, actions)) in row.into_iter().enumerate() {
            let (after, done) = transition(&definition, state.clone(), events[index].clone(), at(9));
            assert_eq!((after.status, done.len()), (status, actions), "{:?} on {:?}", state.status, events[index]);
            covered.insert((state.status.as_str(), index));
        }
    }
    assert_eq!(covered.len(), RunStatus::ALL.len() * events.len(), "a transition is not covered");
}

#[test]
fn independent_nodes_run_in_parallel_and_a_join_waits_for_all() {
    let definition = Definition {
        nodes: vec![tool("a"), tool("b"), tool("join")],
        edges: vec![edge("a", "join", &[("x", "left")]), edge("b", "join", &[("y", "right")])],
    };
    let (state, actions) = begin(&definition);
    assert_eq!(started(&actions), ["a", "b"]);
    let (state, actions) = transition(&definition, state, ok("b", json!({ "y": 2 })), at(1));
    assert_eq!(started(&actions), Vec::<&str>::new());
    let (state, actions) = transition(&definition, state, ok("a", json!({ "x": 1 })), at(2));
    let [Action::RunNode { node, inputs, .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!((node.as_str(), Value::Object(inputs.clone())), ("join", json!({ "left": 1, "right": 2 })));
    let (state, _) = transition(&definition, state, ok("join", json!("end")), at(3));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!("end"))));
}

#[test]
fn a_failure_fails_the_run_skips_what_depends_on_it_and_lets_other_branches_end() {
    let definition = Definition { nodes: vec![tool("a"), tool("b"), tool("after_a")], edges: vec![edge("a", "after_a", &[])] };
    let (state, _) = begin(&definition);
    let (state, actions) = transition(&definition, state, failed("a", 1), at(1));
    assert_eq!((state.status, actions.len()), (RunStatus::Running, 0));
    let (state, actions) = transition(&definition, state, ok("b", json!(1)), at(2));
    assert_eq!(actions, [Action::Finish]);
    assert_eq!(state.status, RunStatus::Failed);
    assert_eq!(state.error.as_deref(), Some("“a” failed: no answer"));
    assert_eq!((state.nodes["after_a"].status, state.nodes["b"].status), (NodeStatus::Skipped, NodeStatus::Success));
}

#[test]
fn a_failed_call_is_tried_again_after_a_growing_wait_and_then_fails() {
    let mut node = tool("a");
    node.config.retry = Some(RetryPolicy { max_attempts: 3, backoff_ms: 1000 });
    let definition = Definition { nodes: vec![node], edges: vec![] };
    let (state, _) = begin(&definition);
    let (state, actions) = transition(&definition, state, failed("a", 1), at(0));
    assert_eq!(actions, [Action::RetryAt { node: "a".to_owned(), at: at(1) }]);
    let (state, actions) = transition(&definition, state, Event::RetryDue { node: "a".to_owned() }, at(1));
    assert_eq!(started(&actions), ["a"]);
    let (state, actions) = transition(&definition, state, failed("a", 2), at(1));
    assert_eq!(actions, [Action::RetryAt { node: "a".to_owned(), at: at(3) }]);
    let (state, _) = transition(&definition, state, Event::RetryDue { node: "a".to_owned() }, at(3));
    let (state, _) = transition(&definition, state, failed("a", 3), at(3));
    assert_eq!((state.status, state.nodes["a"].attempts), (RunStatus::Failed, 3));
}

#[test]
fn a_node_may_fail_without_failing_the_run() {
    let mut node = tool("a");
    node.config.continue_on_error = true;
    node.config.default_output = Some(json!({ "x": "stand-in" }));
    let definition = Definition { nodes: vec![node, tool("b")], edges: vec![edge("a", "b", &[("x", "x"), ("gone", "y")])] };
    let (state, _) = begin(&definition);
    let (state, actions) = transition(&definition, state, failed("a", 1), at(1));
    let [Action::RunNode { inputs, .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(Value::Object(inputs.clone()), json!({ "x": "stand-in" }));
    let (state, _) = transition(&definition, state, ok("b", json!(1)), at(2));
    assert_eq!(state.status, RunStatus::Completed);
}

#[test]
fn an_output_that_lacks_a_mapped_field_fails_the_node_and_says_so() {
    let definition = Definition { nodes: vec![tool("a"), tool("b")], edges: vec![edge("a", "b", &[("rows[0].name", "name")])] };
    let (state, _) = begin(&definition);
    let (state, _) = transition(&definition, state, ok("a", json!({ "rows": [] })), at(1));
    assert_eq!(state.status, RunStatus::Failed);
    assert_eq!(state.error.as_deref(), Some("“b” failed: The input “name” takes “rows[0].name” of “a”, but its output has no such field."));
}

#[test]
fn input_and_output_nodes_carry_values_in_and_out_and_optional_inputs_may_be_missing() {
    let field = |name: &str| InputField {
        name: name.to_owned(),
        kind: FieldKind::String,
        required: false,
        description: String::new(),
        default: None,
    };
    let mut input = Node { kind: NodeKind::Input, ..tool("in") };
    input.config.fields = vec![field("file"), field("note")];
    let output = Node { kind: NodeKind::Output, ..tool("out") };
    let definition = Definition {
        nodes: vec![input, tool("a"), output],
        edges: vec![edge("in", "a", &[("file", "path"), ("note", "note")]), edge("a", "out", &[("rows[*].n", "numbers")])],
    };
    let run = RunState::new(&definition, json!({ "file": "a.csv" }).as_object().expect("object").clone());
    let (state, actions) = transition(&definition, run, Event::Start, at(0));
    let [Action::RunNode { inputs, .. }] = actions.as_slice() else { panic!("{actions:?}") };
    assert_eq!(Value::Object(inputs.clone()), json!({ "path": "a.csv" }));
    let (state, _) = transition(&definition, state, ok("a", json!({ "rows": [{ "n": 1 }, { "n": 2 }] })), at(1));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "numbers": [1, 2] }))));
}

#[test]
fn a_late_or_repeated_result_changes_nothing() {
    let definition = Definition { nodes: vec![tool("a"), tool("b")], edges: vec![edge("a", "b", &[])] };
    let (state, _) = begin(&definition);
    let (state, _) = transition(&definition, state, ok("a", json!(1)), at(1));
    for late in [ok("a", json!(2)), failed("a", 1), failed("b", 7), ok("nobody", json!(1))] {
        let (after, actions) = transition(&definition, state.clone(), late, at(2));
        assert_eq!((after, actions), (state.clone(), vec![]));
    }
}

/// How the tools of a random workflow behave: fails the first `failures` times.
#[derive(Clone, Debug)]
struct Case {
    definition: Definition,
    failures: Vec<u32>,
}

fn cases() -> impl Strategy<Value = Case> {
    (1_usize..9).prop_flat_map(|count| {
        let pairs = count * (count - 1) / 2;
        (
            prop::collection::vec(prop::bool::weighted(0.35), pairs),
            prop::collection::vec((0_u32..4, 1_u32..4, prop::bool::weighted(0.2)), count),
        )
            .prop_map(move |(connected, behaviours)| {
                let name = |i: usize| format!("n{i}");
                let mut nodes: Vec<Node> = (0..count).map(|i| tool(&name(i))).collect();
                let mut edges = Vec::new();
                let mut connected = connected.into_iter();
                for target in 0..count {
                    for source in 0..target {
                        if connected.next() == Some(true) {
                            edges.push(edge(&name(source), &name(target), &[("value", &format!("from_{source}"))]));
                        }
                    }
                }
                let mut failures = Vec::new();
                for (node, (fails, attempts, goes_on)) in nodes.iter_mut().zip(behaviours) {
                    node.config.retry = Some(RetryPolicy { max_attempts: attempts, backoff_ms: 10 });
                    node.config.continue_on_error = goes_on;
                    // Half of all nodes never fail, or most runs would end at once.
                    failures.push(if fails < 2 { 0 } else { fails - 1 });
                }
                Case { definition: Definition { nodes, edges }, failures }
            })
    })
}

/// Drives a run to its end. `picks` chooses which of the open things happens next; at each step where `crashes` says so the process
/// dies: what was in flight is lost, the state is read back from its stored form.
fn drive(case: &Case, picks: &[usize], crashes: &[bool], cancel_at: Option<usize>) -> RunState {
    let definition = &case.definition;
    let mut finished: HashMap<String, u32> = HashMap::new();
    let (mut state, actions) = begin(definition);
    let mut open: Vec<Action> = actions;
    for step in 0..10_000 {
        for (id, result) in &state.nodes {
            assert!(
                !result.status.is_final() || !open.iter().any(|a| matches!(a, Action::RunNode { node, .. } if node == id)),
                "{id} is finished and runs"
            );
        }
        let before = state.clone();
        let actions;
        if cancel_at == Some(step) {
            (state, actions) = transition(definition, state, Event::Cancel, at(1));
            open.retain(|action| {
                !actions
                    .iter()
                    .any(|stop| matches!((action, stop), (Action::RunNode { node: a, .. }, Action::StopNode { node: b }) if a == b))
            });
        } else if crashes.get(step % crashes.len().max(1)).copied().unwrap_or(false) && step < crashes.len() {
            let stored = serde_json::to_string(&state).expect("stored");
            state = serde_json::from_str(&stored).expect("read back");
            assert_eq!(state, before);
            open.clear();
            (state, actions) = transition(definition, state, Event::Resume, at(1));
        } else {
            open.retain(|action| matches!(action, Action::RunNode { .. } | Action::RetryAt { .. }));
            if open.is_empty() {
                break;
            }
            let next = open.remove(picks.get(step % picks.len().max(1)).copied().unwrap_or(0) % open.len());
            let event = match next {
                Action::RunNode { node, attempt, inputs } => {
                    let index: usize = node[1..].parse().expect("index");
                    let outcome = if attempt <= case.failures[index] {
                        Outcome::Failure { class: "upstream".to_owned(), message: format!("{node} broke"), retryable: true }
                    } else {
                        *finished.entry(node.clone()).or_default() += 1;
                        Outcome::Success(json!({ "value": { "node": node, "inputs": inputs } }))
                    };
                    Event::NodeFinished { node, attempt, outcome, execution_id: None, duration_ms: 1.0 }
                }
                Action::RetryAt { node, .. } => Event::RetryDue { node },
                Action::StopNode { .. } | Action::Finish => unreachable!("filtered above"),
            };
            (state, actions) = transition(definition, state, event, at(1));
        }
        open.extend(actions);
    }
    assert!(state.status.is_final(), "the run does not end: {state:?}");
    assert!(finished.values().all(|&times| times == 1), "a node finished twice: {finished:?}");
    state
}

/// What must not depend on order and crashes: all but the times.
fn result(state: &RunState) -> Value {
    let nodes: BTreeMap<_, _> = state.nodes.iter().map(|(id, r)| (id, (r.status, r.attempts, &r.output, &r.error))).collect();
    json!({ "status": state.status, "output": state.output, "error": state.error, "nodes": nodes })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_of_completions_and_any_crash_point_end_in_the_same_result(
        case in cases(),
        picks in prop::collection::vec(0_usize..8, 1..40),
        crashes in prop::collection::vec(prop::bool::weighted(0.3), 0..40),
    ) {
        let undisturbed = drive(&case, &[0], &[], None);
        prop_assert_eq!(result(&drive(&case, &picks, &[], None)), result(&undisturbed));
        prop_assert_eq!(result(&drive(&case, &picks, &crashes, None)), result(&undisturbed));
    }

    #[test]
    fn cancel_always_ends_the_run(
        case in cases(),
        picks in prop::collection::vec(0_usize..8, 1..40),
        crashes in prop::collection::vec(prop::bool::weighted(0.2), 0..20),
        step in 0_usize..12,
    ) {
        let state = drive(&case, &picks, &crashes, Some(step));
        prop_assert!(state.nodes.values().all(|result| result.status.is_final()));
    }
}
