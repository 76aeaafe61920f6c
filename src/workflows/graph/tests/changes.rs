use super::{
    super::{
        FindingCode as Code, NodeKind,
        change::{Change, Source, apply, outputs, source_of},
        propose::{candidates, proposal},
        validate::validate,
    },
    *,
};

#[test]
fn proposals_go_by_name_and_type_and_never_to_a_later_step() {
    let definition = definition(json!([fed(), margins()]), json!([]));
    let wanted = json!({ "type": "array" });
    let found = candidates(&definition, &tools(), "margins", "rows", &wanted);
    let best = proposal(&found, &wanted, true).expect("a proposal");
    assert_eq!((best.node.as_str(), best.path.as_str(), best.score), ("load", "rows", 3));
    let number = json!({ "type": "integer" });
    assert_eq!(proposal(&candidates(&definition, &tools(), "margins", "top", &number), &number, false), None, "count is not meant by top");
    let connected = crate::workflows::graph::change::apply(
        definition,
        Change::SetStep {
            node: "margins".into(),
            label: String::new(),
            sources: vec![("rows".into(), Source::Field { node: "load".into(), path: "rows".into() })],
            retry: None,
            continue_on_error: false,
        },
        &tools(),
    )
    .expect("connected");
    let back = candidates(&connected, &tools(), "load", "limit", &number);
    assert!(back.is_empty(), "a step cannot be fed by what waits for it: {back:?}");
}

#[test]
fn a_workflow_grows_by_changes_and_what_is_removed_leaves_no_edge_behind() {
    let tools = tools();
    let change = |definition, change| apply(definition, change, &tools).expect("applied");
    let at = |node: &str, path: &str| Source::Field { node: node.into(), path: path.into() };
    let step =
        |node: &str, sources| Change::SetStep { node: node.into(), label: "  ".into(), sources, retry: None, continue_on_error: false };
    let field = crate::workflows::graph::InputField {
        name: "file".into(),
        kind: crate::workflows::graph::FieldKind::String,
        required: true,
        description: String::new(),
        default: None,
    };
    let mut d = change(Definition::default(), Change::SetInputs(vec![field]));
    d = change(d, Change::AddTool { tool_id: id(1), label: String::new() });
    d = change(d, Change::AddTool { tool_id: id(1), label: "Second".into() });
    d = change(d, Change::AddTool { tool_id: id(2), label: String::new() });
    assert_eq!(d.nodes.iter().map(|n| n.id.as_str()).collect::<Vec<_>>(), ["input", "load", "load_2", "margins"]);
    d = change(d, step("load", vec![("file".into(), at("input", "file"))]));
    d = change(d, step("load_2", vec![("file".into(), Source::Constant(json!("b.csv")))]));
    d = change(d, step("margins", vec![("rows".into(), at("load", "rows")), ("top".into(), at("load", "count"))]));
    d = change(
        d,
        Change::SetOutputs(vec![
            ("average".into(), at("margins", "average")),
            ("rows".into(), at("load", "rows")),
            ("also".into(), at("load", "rows")),
        ]),
    );
    assert_eq!(validate(&d, &tools).iter().filter(|f| f.is_error()).collect::<Vec<_>>(), Vec::<&crate::workflows::graph::Finding>::new());
    assert_eq!(outputs(&d).len(), 3, "one source may feed two fields");
    // The source of a field is replaced, not added to.
    d = change(d, step("margins", vec![("rows".into(), at("load_2", "rows"))]));
    let margins = d.node("margins").expect("there");
    assert_eq!((source_of(&d, margins, "rows"), source_of(&d, margins, "top")), (at("load_2", "rows"), at("load", "count")));
    assert!(apply(d.clone(), step("margins", vec![("rows".into(), at("gone", "rows"))]), &tools).is_err());
    d = change(d, Change::Move { node: "margins".into(), up: true });
    d = change(d, Change::Remove { node: "load".into() });
    assert_eq!(d.nodes.iter().map(|n| n.id.as_str()).collect::<Vec<_>>(), ["input", "margins", "load_2", "output"]);
    assert!(d.edges.iter().all(|e| e.source != "load" && e.target != "load"));
    d = change(d, Change::SetOutputs(vec![]));
    assert!(d.nodes.iter().all(|n| n.kind != NodeKind::Output));
}

#[test]
fn a_workflow_that_would_run_itself_is_found_however_far_round() {
    let other = crate::ids::WorkflowId(uuid::Uuid::from_u128(5));
    let this = crate::ids::WorkflowId(uuid::Uuid::from_u128(6));
    let shape = |reaches, depth| crate::workflows::graph::WorkflowShape {
        id: other,
        display_name: "Other".into(),
        input_schema: json!({ "type": "object", "properties": { "file": { "type": "string" } }, "required": ["file"] }),
        output_schema: json!({ "type": "object", "properties": { "total": { "type": "number" } } }),
        reaches,
        depth,
    };
    let calling = |id| json!([{ "id": "sub", "type": "workflow", "config": { "workflowId": id, "inputs": { "file": "a" } } }]);
    let judge = |id, reaches, depth| {
        let catalog = Catalog { workflows: [(other, shape(reaches, depth))].into(), this: Some(this), ..tools() };
        validate(&definition(calling(id), json!([])), &catalog).iter().map(|f| f.code).collect::<Vec<_>>()
    };
    assert_eq!(judge(other, vec![], 0), []);
    assert_eq!(judge(other, vec![this], 1), [Code::Recursion]);
    assert_eq!(judge(this, vec![], 0), [Code::Recursion]);
    assert_eq!(judge(other, vec![], 7), [Code::Recursion]);
}

#[test]
fn an_edge_that_is_drawn_proposes_what_it_would_carry() {
    let definition = definition(json!([fed(), margins(), { "id": "each", "type": "for_each", "toolId": id(1) }]), json!([]));
    let found = crate::workflows::graph::propose::mapping(&definition, &tools(), "load", "margins");
    assert_eq!(found, [("rows".to_owned(), "rows".to_owned())].into());
    let found = crate::workflows::graph::propose::mapping(&definition, &tools(), "load", "each");
    assert_eq!(found.get("rows").map(String::as_str), Some("items"), "{found:?}");
}

#[test]
fn all_types_and_settings_are_kept_as_they_were_written() {
    let written = json!({ "nodes": [
        { "id": "c", "type": "condition", "position": { "x": 0.0, "y": 0.0 }, "config": { "when": "input.n > 1" } },
        { "id": "s", "type": "switch", "position": { "x": 0.0, "y": 0.0 }, "config": { "cases": [{ "handle": "a", "when": "true" }] } },
        { "id": "e", "type": "for_each", "toolId": id(1), "position": { "x": 0.0, "y": 0.0 },
          "config": { "retry": { "maxAttempts": 2, "backoffMs": 5, "jitter": false }, "timeoutMs": 5, "onError": "branch", "each": { "file": "item" }, "concurrency": 3, "onItemError": "continue" } },
        { "id": "m", "type": "merge", "position": { "x": 0.0, "y": 0.0 }, "config": { "mode": "any" } },
        { "id": "t", "type": "transform", "position": { "x": 0.0, "y": 0.0 }, "config": { "expressions": { "a": "1" }, "result": "inputs.a" } },
        { "id": "d", "type": "delay", "position": { "x": 0.0, "y": 0.0 }, "config": { "ms": 5 } },
        { "id": "p", "type": "approval", "position": { "x": 0.0, "y": 0.0 },
          "config": { "message": "Really?", "approvers": { "roles": ["admin"] }, "expiresAfterMs": 5, "onExpiry": "reject", "colour": "red" } },
        { "id": "w", "type": "workflow", "position": { "x": 0.0, "y": 0.0 }, "config": { "workflowId": uuid::Uuid::from_u128(5) } }
    ], "edges": [{ "id": "x", "source": "c", "target": "s", "sourceHandle": "true" }] });
    let read: Definition = serde_json::from_value(written.clone()).expect("read");
    assert_eq!(serde_json::to_value(&read).expect("written"), written);
}
