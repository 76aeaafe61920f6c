use super::*;

fn item(node: &str, item: u32) -> CallId {
    CallId { node: node.to_owned(), item: Some(item) }
}

fn over(config: Value, list: Value) -> (Plan, RunState, Vec<Action>) {
    let mut each = node("each", NodeKind::ForEach, config);
    each.config.inputs.insert("items".to_owned(), list);
    let plan = plan(vec![each], vec![]);
    let (state, actions) = begin(&plan);
    (plan, state, actions)
}

fn items_called(actions: &[Action]) -> Vec<u32> {
    actions.iter().filter_map(|action| if let Action::Call { call, .. } = action { call.item } else { None }).collect()
}

#[test]
fn every_item_is_called_no_more_at_once_than_allowed_and_results_keep_the_order_of_the_list() {
    let (plan, mut state, actions) = over(json!({ "concurrency": 2, "each": { "n": "item * 10", "at": "index" } }), json!([1, 2, 3]));
    assert_eq!((items_called(&actions), given(&actions)), (vec![0, 1], json!({ "n": 10, "at": 0 })));
    let mut next = Vec::new();
    for (place, begins) in [(1, vec![2]), (2, vec![]), (0, vec![])] {
        (state, next) = transition(&plan, state, finished(item("each", place), 1, Outcome::Success(json!(place))), at(1));
        assert_eq!(items_called(&next), begins);
    }
    assert_eq!(next, [Action::Finish]);
    assert_eq!(state.output, Some(json!({ "results": [0, 1, 2], "errors": [], "count": 3, "failed": 0 })));
}

#[test]
fn an_items_own_fields_are_given_with_what_all_calls_have_in_common() {
    let (_, _, actions) = over(json!({ "inputs": { "unit": "EUR" } }), json!([{ "price": 1 }, { "price": 2 }]));
    assert_eq!(given(&actions), json!({ "unit": "EUR", "price": 1 }));
    let (_, state, _) = over(json!({}), json!([7]));
    assert!(
        state.error.as_deref().is_some_and(|error| error.contains("Item 0 of 1 failed: The item is of type integer")),
        "{:?}",
        state.error
    );
}

#[test]
fn an_empty_list_is_done_at_once_and_what_is_no_list_fails() {
    let (_, state, _) = over(json!({}), json!([]));
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(json!({ "results": [], "errors": [], "count": 0, "failed": 0 }))));
    let (_, state, _) = over(json!({}), json!({ "a": 1 }));
    assert_eq!(state.error.as_deref(), Some("“each” failed: “items” must be a list, not of type object."));
}

#[test]
fn the_first_item_that_fails_fails_the_node_once_the_calls_under_way_have_ended() {
    let (plan, state, _) = over(json!({ "concurrency": 2, "each": { "n": "item" } }), json!([1, 2, 3, 4]));
    let (state, actions) = transition(&plan, state, Event::failed(item("each", 1), 1, "upstream", "broken", true), at(1));
    assert_eq!((state.status, items_called(&actions)), (RunStatus::Running, vec![]));
    let (state, _) = transition(&plan, state, finished(item("each", 0), 1, Outcome::Success(json!(1))), at(1));
    assert_eq!(state.error.as_deref(), Some("“each” failed: Item 1 of 4 failed: broken"));
    assert_eq!(state.nodes["each"].items.as_ref().map(|items| items.next), Some(2), "nothing more was begun");
}

#[test]
fn a_list_may_be_gone_over_in_spite_of_failures_which_are_told() {
    let config = json!({ "concurrency": 3, "onItemError": "continue", "each": { "n": "item" }, "retry": { "maxAttempts": 2, "backoffMs": 0, "jitter": false } });
    let (plan, state, _) = over(config, json!([1, 2]));
    let (state, _) = transition(&plan, state, finished(item("each", 0), 1, Outcome::Success(json!("ok"))), at(1));
    let (state, actions) = transition(&plan, state, Event::failed(item("each", 1), 1, "upstream", "broken", true), at(1));
    let (state, actions) = transition(&plan, state, due(&actions), at(1));
    assert_eq!(items_called(&actions), [1], "an item has attempts of its own");
    let (state, _) = transition(&plan, state, Event::failed(item("each", 1), 2, "upstream", "broken", true), at(1));
    let output = json!({ "results": ["ok", null], "errors": [{ "index": 1, "message": "broken" }], "count": 2, "failed": 1 });
    assert_eq!((state.status, state.output), (RunStatus::Completed, Some(output)));
}

#[test]
fn after_a_crash_only_items_that_had_not_ended_are_called_again() {
    let (plan, state, _) = over(json!({ "concurrency": 3, "each": { "n": "item" } }), json!([1, 2, 3, 4, 5]));
    let (state, _) = transition(&plan, state, finished(item("each", 1), 1, Outcome::Success(json!(2))), at(1));
    let state: RunState = serde_json::from_str(&serde_json::to_string(&state).expect("stored")).expect("read back");
    let (_, actions) = transition(&plan, state, Event::Resume, at(2));
    assert_eq!(items_called(&actions), [0, 2, 3]);
    assert_eq!(given(&actions), json!({ "n": 1 }));
}

#[test]
fn a_hundred_thousand_items_are_refused_with_their_number_and_ten_thousand_run() {
    let (_, state, _) = over(json!({ "each": { "n": "item" } }), (0..100_000).collect());
    assert!(
        state.error.as_deref().is_some_and(|error| error.contains("100000 items") && error.contains("10000 at most")),
        "{:?}",
        state.error
    );
    let (plan, mut state, actions) = over(json!({ "concurrency": 50, "each": { "n": "item" } }), (0..10_000).collect());
    let mut open: std::collections::VecDeque<u32> = items_called(&actions).into();
    let began = std::time::Instant::now();
    while let Some(place) = open.pop_front() {
        let next;
        (state, next) = transition(&plan, state, finished(item("each", place), 1, Outcome::Success(json!(place))), at(1));
        open.extend(items_called(&next));
    }
    assert_eq!((state.status, state.output.map(|output| output["count"].clone())), (RunStatus::Completed, Some(json!(10_000))));
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn cancelling_stops_every_item_under_way() {
    let (plan, state, _) = over(json!({ "concurrency": 2, "each": { "n": "item" } }), json!([1, 2, 3]));
    let (state, actions) = transition(&plan, state, Event::Cancel, at(1));
    assert_eq!(actions, [Action::Stop { call: item("each", 0) }, Action::Stop { call: item("each", 1) }, Action::Finish]);
    assert_eq!(state.status, RunStatus::Cancelled);
}
