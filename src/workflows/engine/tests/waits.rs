use super::*;

#[test]
fn a_delay_waits_as_long_as_it_says_and_hands_on_what_it_was_given() {
    let wait = node("wait", NodeKind::Delay, json!({ "ms": 60_000, "inputs": { "x": 1 } }));
    let plan = plan(vec![wait, tool("b")], vec![edge("wait", "b", &[("x", "x")])]);
    let (state, actions) = begin(&plan);
    assert_eq!((state.status, wakes(&actions).1, state.next_due()), (RunStatus::Waiting, at(60), Some(at(60))));
    let (_, again) = transition(&plan, state.clone(), Event::Resume, at(20));
    assert_eq!(wakes(&again).1, at(60), "a crash does not begin the wait anew");
    let (state, actions) = transition(&plan, state, due(&actions), at(60));
    assert_eq!((state.status, started(&actions), given(&actions)), (RunStatus::Running, vec!["b"], json!({ "x": 1 })));
}

#[test]
fn a_delay_may_be_fed_its_end_and_one_that_is_past_is_over_at_once() {
    for (config, second) in [
        (json!({ "until": "2023-11-14T22:14:20Z" }), 60),
        (json!({ "expressions": { "ms": "input.seconds * 1000" } }), 5),
        (json!({ "inputs": { "until": "2023-11-14T22:14:20Z" } }), 60),
        (json!({ "until": "2001-01-01T00:00:00Z" }), 0),
    ] {
        let plan = plan(vec![node("wait", NodeKind::Delay, config.clone())], vec![]);
        let (_, actions) = with_input(&plan, json!({ "seconds": 5 }));
        assert_eq!(wakes(&actions).1, at(second), "{config}");
    }
    let plan = plan(vec![node("wait", NodeKind::Delay, json!({ "inputs": { "until": "tomorrow" } }))], vec![]);
    let (state, _) = begin(&plan);
    assert_eq!(state.error.as_deref(), Some("“wait” failed: “until” must be a time, not \"tomorrow\"."));
}

#[test]
fn while_something_runs_a_run_that_waits_too_is_running() {
    let plan = plan(vec![node("wait", NodeKind::Delay, json!({ "ms": 1000 })), tool("b")], vec![]);
    let (state, _) = begin(&plan);
    assert_eq!(state.status, RunStatus::Running);
    let (state, _) = transition(&plan, state, ok("b", json!(1)), at(0));
    assert_eq!(state.status, RunStatus::Waiting);
}

fn asking(config: Value, with_way: bool) -> Plan {
    let mut edges = vec![edge("ask", "yes", &[("by", "who"), ("amount", "amount")])];
    if with_way {
        edges.push(by("ask", "rejected", "no", &[("note", "why")]));
    }
    let mut ask = node("ask", NodeKind::Approval, config);
    ask.config.inputs.insert("amount".to_owned(), json!(7));
    plan(if with_way { vec![ask, tool("yes"), tool("no")] } else { vec![ask, tool("yes")] }, edges)
}

fn answer(approved: bool) -> Event {
    let decision = Decision { approved, by: "Ada".to_owned(), note: "too much".to_owned() };
    Event::Decided { node: "ask".to_owned(), decision }
}

#[test]
fn an_approved_run_goes_on_and_tells_who_it_was() {
    let plan = asking(json!({}), true);
    let (state, actions) = begin(&plan);
    assert_eq!((state.status, actions.len(), state.next_due()), (RunStatus::Waiting, 0, None));
    let (state, actions) = transition(&plan, state, answer(true), at(5));
    assert_eq!((started(&actions), given(&actions)), (vec!["yes"], json!({ "who": "Ada", "amount": 7 })));
    let (after, actions) = transition(&plan, state.clone(), answer(false), at(6));
    assert_eq!((after, actions), (state, vec![]), "one answer is enough");
}

#[test]
fn a_rejected_run_takes_its_branch_or_fails_with_who_and_why() {
    let plan = asking(json!({}), true);
    let (state, _) = begin(&plan);
    let (state, actions) = transition(&plan, state, answer(false), at(5));
    assert_eq!((started(&actions), given(&actions)), (vec!["no"], json!({ "why": "too much" })));
    assert_eq!(state.nodes["yes"].status, NodeStatus::Skipped);
    let plan = asking(json!({}), false);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, answer(false), at(5));
    assert_eq!(state.error.as_deref(), Some("“ask” failed: Ada rejected it. too much"));
}

#[test]
fn what_nobody_answers_in_time_fails_or_counts_as_an_answer_as_set() {
    for (choice, begins, status) in
        [("fail", vec![], RunStatus::Failed), ("approve", vec!["yes"], RunStatus::Running), ("reject", vec!["no"], RunStatus::Running)]
    {
        let plan = asking(json!({ "expiresAfterMs": 1000, "onExpiry": choice }), true);
        let (state, first) = begin(&plan);
        let (state, actions) = transition(&plan, state, due(&first), at(1));
        assert_eq!((started(&actions), state.status), (begins, status), "{choice}");
        let (after, _) = transition(&plan, state.clone(), answer(true), at(2));
        assert_eq!(after, state, "an answer that comes late changes nothing");
    }
}

#[test]
fn a_workflow_is_called_like_a_tool() {
    let id = crate::ids::WorkflowId(uuid::Uuid::from_u128(5));
    let plan = plan(vec![node("sub", NodeKind::Workflow, json!({ "workflowId": id, "inputs": { "x": 1 } }))], vec![]);
    let (_, actions) = begin(&plan);
    let Action::Call { target, inputs, .. } = &actions[0] else { panic!("{actions:?}") };
    assert_eq!((*target, Value::Object(inputs.clone())), (Target::Workflow(id), json!({ "x": 1 })));
}
