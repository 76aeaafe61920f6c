use super::*;

#[test]
fn a_condition_takes_one_branch_and_skips_the_other() {
    let choose = node("if", NodeKind::Condition, json!({ "when": "a.count > 10" }));
    let plan = plan(
        vec![tool("a"), choose, tool("many"), tool("few"), tool("after_many")],
        vec![edge("a", "if", &[]), by("if", "true", "many", &[]), by("if", "false", "few", &[]), edge("many", "after_many", &[])],
    );
    for (count, taken, skipped) in [(11, "many", "few"), (3, "few", "many")] {
        let (state, _) = begin(&plan);
        let (state, actions) = transition(&plan, state, ok("a", json!({ "count": count })), at(1));
        assert_eq!(started(&actions), [taken]);
        assert_eq!(state.nodes[skipped].status, NodeStatus::Skipped);
    }
}

#[test]
fn a_switch_takes_the_first_case_that_holds_or_its_default() {
    let cases = json!({ "cases": [{ "handle": "big", "when": "input.n > 100" }, { "handle": "medium", "when": "input.n > 10" }] });
    let plan = plan(
        vec![node("size", NodeKind::Switch, cases), tool("big"), tool("medium"), tool("rest")],
        vec![by("size", "big", "big", &[]), by("size", "medium", "medium", &[]), by("size", "default", "rest", &[])],
    );
    for (n, taken) in [(500, "big"), (50, "medium"), (5, "rest")] {
        let (state, actions) = with_input(&plan, json!({ "n": n }));
        assert_eq!((started(&actions), state.nodes["size"].attempts), (vec![taken], 1));
    }
}

#[test]
fn a_condition_that_cannot_be_decided_fails_and_says_why() {
    let plan = plan(vec![node("if", NodeKind::Condition, json!({ "when": "input.gone > 1" }))], vec![]);
    let (state, _) = begin(&plan);
    assert!(state.error.as_deref().is_some_and(|error| error.contains("cannot be decided")), "{:?}", state.error);
}

#[test]
fn merge_all_waits_for_every_branch_that_comes_and_takes_what_arrived() {
    let choose = node("if", NodeKind::Condition, json!({ "when": "input.go" }));
    let plan = plan(
        vec![choose, tool("yes"), tool("no"), tool("always"), Node::new("join", NodeKind::Merge), tool("end")],
        vec![
            by("if", "true", "yes", &[]),
            by("if", "false", "no", &[]),
            edge("yes", "join", &[("$", "answer")]),
            edge("no", "join", &[("$", "answer")]),
            edge("always", "join", &[("$", "extra")]),
            edge("join", "end", &[("$", "all")]),
        ],
    );
    let (state, actions) = with_input(&plan, json!({ "go": false }));
    assert_eq!(started(&actions), ["always", "no"]);
    let (state, actions) = transition(&plan, state, ok("no", json!("no")), at(1));
    assert!(started(&actions).is_empty());
    let (_, actions) = transition(&plan, state, ok("always", json!(1)), at(2));
    assert_eq!(given(&actions), json!({ "all": { "answer": "no", "extra": 1 } }));
}

#[test]
fn merge_any_goes_on_with_the_first_branch_and_the_second_changes_nothing() {
    let join = node("join", NodeKind::Merge, json!({ "mode": "any" }));
    let plan = plan(
        vec![tool("a"), tool("b"), join, tool("end")],
        vec![edge("a", "join", &[("$", "first")]), edge("b", "join", &[("$", "first")]), edge("join", "end", &[("first", "first")])],
    );
    let (state, _) = begin(&plan);
    let (state, actions) = transition(&plan, state, ok("b", json!("b")), at(1));
    assert_eq!((started(&actions), given(&actions)), (vec!["end"], json!({ "first": "b" })));
    let (state, actions) = transition(&plan, state, ok("a", json!("a")), at(2));
    assert!(actions.is_empty());
    let (state, _) = transition(&plan, state, ok("end", json!(1)), at(3));
    assert_eq!((state.status, &state.nodes["join"].output), (RunStatus::Completed, &Some(json!({ "first": "b" }))));
}

#[test]
fn merge_any_with_no_branch_that_comes_is_skipped() {
    let choose = |id: &str| node(id, NodeKind::Condition, json!({ "when": "false" }));
    let join = node("join", NodeKind::Merge, json!({ "mode": "any" }));
    let plan = plan(vec![choose("x"), choose("y"), join], vec![by("x", "true", "join", &[]), by("y", "true", "join", &[])]);
    let (state, _) = begin(&plan);
    assert_eq!((state.status, state.nodes["join"].status), (RunStatus::Completed, NodeStatus::Skipped));
}

#[test]
fn an_error_branch_is_taken_with_what_went_wrong_and_the_run_completes() {
    let risky = Node { config: serde_json::from_value(json!({ "onError": "branch" })).expect("settings"), ..tool("risky") };
    let plan = plan(
        vec![risky, tool("next"), tool("repair")],
        vec![edge("risky", "next", &[]), by("risky", "error", "repair", &[("message", "text"), ("class", "kind")])],
    );
    let (state, _) = begin(&plan);
    let (bad, actions) = transition(&plan, state.clone(), failed("risky", 1), at(1));
    assert_eq!((started(&actions), given(&actions)), (vec!["repair"], json!({ "text": "no answer", "kind": "upstream" })));
    let (bad, _) = transition(&plan, bad, ok("repair", json!("mended")), at(2));
    assert_eq!((bad.status, bad.output, bad.nodes["next"].status), (RunStatus::Completed, Some(json!("mended")), NodeStatus::Skipped));
    let (good, actions) = transition(&plan, state, ok("risky", json!(1)), at(1));
    assert_eq!((started(&actions), good.nodes["repair"].status), (vec!["next"], NodeStatus::Skipped));
}

#[test]
fn a_failure_before_a_merge_is_not_hidden_by_it() {
    let plan = plan(vec![tool("a"), tool("b"), Node::new("join", NodeKind::Merge)], vec![edge("a", "join", &[]), edge("b", "join", &[])]);
    let (state, _) = begin(&plan);
    let (state, _) = transition(&plan, state, ok("a", json!(1)), at(1));
    let (state, _) = transition(&plan, state, failed("b", 1), at(1));
    assert_eq!((state.status, state.nodes["join"].status), (RunStatus::Failed, NodeStatus::Skipped));
}

#[test]
fn a_transform_makes_fields_or_one_value() {
    let fields = node("fields", NodeKind::Transform, json!({ "inputs": { "fixed": 1 }, "expressions": { "double": "input.n * 2" } }));
    let value =
        node("value", NodeKind::Transform, json!({ "expressions": { "x": "fields.double" }, "result": "[inputs.x, fields.fixed]" }));
    let plan = plan(vec![fields, value], vec![edge("fields", "value", &[])]);
    let (state, _) = with_input(&plan, json!({ "n": 4 }));
    assert_eq!((&state.nodes["fields"].output, state.output), (&Some(json!({ "fixed": 1, "double": 8 })), Some(json!([8, 1]))));
}
