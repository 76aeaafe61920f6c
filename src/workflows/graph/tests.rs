use super::{
    Catalog, Definition, FindingCode as Code, NodeKind, Severity, ToolShape,
    change::{Change, Source, apply, outputs, source_of},
    propose::{candidates, proposal},
    validate::validate,
};
use crate::ids::ToolId;
use serde_json::{Value, json};

fn id(n: u128) -> ToolId {
    ToolId(uuid::Uuid::from_u128(n))
}

fn tools() -> Catalog {
    let shape = |n, name: &str, input_schema, output_schema| {
        let (display_name, kind, status) = (name.to_uppercase(), "python".to_owned(), "active".to_owned());
        (
            id(n),
            ToolShape {
                id: id(n),
                name: name.to_owned(),
                display_name,
                kind,
                status,
                input_schema,
                output_schema,
                fixed: vec!["token".to_owned()],
            },
        )
    };
    Catalog::from_iter([
        shape(
            1,
            "load",
            json!({ "type": "object", "properties": { "file": { "type": "string" }, "limit": { "type": "integer" }, "token": { "type": "string" } }, "required": ["file", "token"] }),
            json!({ "type": "object", "properties": { "rows": { "type": "array", "items": { "type": "object", "properties": { "price": { "type": "number" } } } }, "count": { "type": "integer" } } }),
        ),
        shape(
            2,
            "margins",
            json!({ "type": "object", "properties": { "rows": { "type": "array" }, "top": { "type": "integer" } }, "required": ["rows"] }),
            json!({ "type": "object", "properties": { "average": { "type": "number" } } }),
        ),
    ])
}

fn definition(nodes: Value, edges: Value) -> Definition {
    serde_json::from_value(json!({ "nodes": nodes, "edges": edges })).expect("a definition")
}

fn load(extra: Value) -> Value {
    json!({ "id": "load", "toolId": id(1), "config": { "inputs": extra } })
}

fn fed() -> Value {
    load(json!({ "file": "a.csv" }))
}

fn margins() -> Value {
    json!({ "id": "margins", "toolId": id(2) })
}

/// A definition, and every finding it must have: code, node, field, severity.
#[test]
fn every_kind_of_mistake_is_found_where_it_is() {
    let edge =
        |from: &str, to: &str, mapping: Value| json!({ "id": format!("{from}-{to}"), "source": from, "target": to, "mapping": mapping });
    let rows = || edge("load", "margins", json!({ "rows": "rows" }));
    let input = |fields: Value| json!({ "id": "in", "type": "input", "config": { "fields": fields } });
    use Severity::{Error, Warning};
    type Found<'a> = (Code, Option<&'a str>, Option<&'a str>, Severity);
    let table: Vec<(&str, Value, Value, Vec<Found>)> = vec![
        ("nothing is wrong", json!([fed(), margins()]), json!([rows()]), vec![]),
        ("it is empty", json!([]), json!([]), vec![(Code::Empty, None, None, Error)]),
        (
            "an id comes twice",
            json!([fed(), fed()]),
            json!([]),
            vec![
                (Code::DuplicateId, Some("load"), None, Error),
                (Code::Unreachable, Some("load"), None, Warning),
                (Code::Unreachable, Some("load"), None, Warning),
            ],
        ),
        ("an edge ends nowhere", json!([fed()]), json!([edge("load", "gone", json!({}))]), vec![(Code::DanglingEdge, None, None, Error)]),
        (
            "a delay does not say how long",
            json!([fed(), { "id": "w", "type": "delay" }]),
            json!([edge("load", "w", json!({}))]),
            vec![(Code::BadConfig, Some("w"), Some("ms"), Error)],
        ),
        (
            "a condition does not say by what",
            json!([fed(), { "id": "if", "type": "condition" }]),
            json!([edge("load", "if", json!({}))]),
            vec![(Code::BadConfig, Some("if"), Some("when"), Error)],
        ),
        (
            "an edge leaves a condition by a branch it does not have",
            json!([{ "id": "if", "type": "condition", "config": { "when": "1 < 2" } }, fed()]),
            json!([{ "id": "e", "source": "if", "target": "load", "sourceHandle": "maybe" }]),
            vec![(Code::UnknownHandle, Some("load"), None, Error)],
        ),
        (
            "an edge takes a branch for a field",
            json!([{ "id": "if", "type": "condition", "config": { "when": "1 < 2" } }, load(json!({}))]),
            json!([{ "id": "e", "source": "if", "target": "load", "sourceHandle": "true", "targetHandle": "file" }]),
            vec![(Code::UnknownHandle, Some("load"), None, Error)],
        ),
        (
            "a step waits for both branches of a condition",
            json!([{ "id": "if", "type": "condition", "config": { "when": "1 < 2" } }, { "id": "x", "toolId": id(1), "config": { "inputs": { "file": "x" } } },
                { "id": "y", "toolId": id(1), "config": { "inputs": { "file": "y" } } }, fed()]),
            json!([{ "id": "1", "source": "if", "target": "x", "sourceHandle": "true" }, { "id": "2", "source": "if", "target": "y", "sourceHandle": "false" },
                edge("x", "load", json!({})), edge("y", "load", json!({}))]),
            vec![(Code::Unreachable, Some("load"), None, Error)],
        ),
        (
            "a merge joins them",
            json!([{ "id": "if", "type": "condition", "config": { "when": "1 < 2" } }, { "id": "x", "toolId": id(1), "config": { "inputs": { "file": "x" } } },
                { "id": "y", "toolId": id(1), "config": { "inputs": { "file": "y" } } }, { "id": "join", "type": "merge" }, margins()]),
            json!([{ "id": "1", "source": "if", "target": "x", "sourceHandle": "true" }, { "id": "2", "source": "if", "target": "y", "sourceHandle": "false" },
                edge("x", "join", json!({ "rows": "rows" })), edge("y", "join", json!({ "rows": "rows" })), edge("join", "margins", json!({ "rows": "rows" }))]),
            vec![],
        ),
        (
            "what a merge hands on has a type",
            json!([fed(), { "id": "other", "toolId": id(1), "config": { "inputs": { "file": "x" } } }, { "id": "join", "type": "merge" }, margins()]),
            json!([
                edge("load", "join", json!({ "count": "n" })),
                edge("other", "join", json!({})),
                edge("join", "margins", json!({ "n": "rows" }))
            ]),
            vec![(Code::TypeMismatch, Some("margins"), Some("rows"), Error)],
        ),
        (
            "two cases of a switch have one name",
            json!([{ "id": "s", "type": "switch", "config": { "cases": [{ "handle": "a", "when": "true" }, { "handle": "a", "when": "false" }] } }]),
            json!([]),
            vec![(Code::BadConfig, Some("s"), Some("cases"), Error)],
        ),
        (
            "an expression cannot be read",
            json!([fed(), { "id": "if", "type": "condition", "config": { "when": "load.count >" } }]),
            json!([edge("load", "if", json!({}))]),
            vec![(Code::BadExpression, Some("if"), Some("when"), Error)],
        ),
        (
            "an expression names a step that it does not wait for",
            json!([fed(), { "id": "if", "type": "condition", "config": { "when": "load.count > 1" } }]),
            json!([]),
            vec![
                (Code::Unreachable, Some("load"), None, Warning),
                (Code::BadExpression, Some("if"), Some("when"), Error),
                (Code::Unreachable, Some("if"), None, Warning),
            ],
        ),
        (
            "an expression names nothing that is known",
            json!([{ "id": "load", "toolId": id(1), "config": { "expressions": { "file": "nobody.file" } } }]),
            json!([]),
            vec![(Code::BadExpression, Some("load"), Some("file"), Error)],
        ),
        (
            "a list has nothing to call",
            json!([fed(), { "id": "each", "type": "for_each" }]),
            json!([edge("load", "each", json!({ "rows": "items" }))]),
            vec![(Code::UnknownTool, Some("each"), Some("toolId"), Error)],
        ),
        (
            "a list to go over is not fed",
            json!([{ "id": "each", "type": "for_each", "toolId": id(1), "config": { "each": { "file": "item" } } }]),
            json!([]),
            vec![(Code::RequiredInput, Some("each"), Some("items"), Error)],
        ),
        (
            "what every item needs is neither in each nor fed",
            json!([fed(), { "id": "each", "type": "for_each", "toolId": id(1), "config": { "each": { "limit": "item" } } }]),
            json!([edge("load", "each", json!({ "rows": "items" }))]),
            vec![(Code::RequiredInput, Some("each"), Some("file"), Error)],
        ),
        (
            "a transform makes nothing",
            json!([fed(), { "id": "t", "type": "transform" }]),
            json!([edge("load", "t", json!({}))]),
            vec![(Code::BadConfig, Some("t"), Some("result"), Error)],
        ),
        (
            "an approval asks nobody, and a role that does not exist",
            json!([{ "id": "ask", "type": "approval", "config": { "approvers": {} } }]),
            json!([]),
            vec![(Code::BadConfig, Some("ask"), Some("approvers"), Error)],
        ),
        (
            "a workflow is not known",
            json!([{ "id": "sub", "type": "workflow", "config": { "workflowId": uuid::Uuid::from_u128(77) } }]),
            json!([]),
            vec![(Code::UnknownWorkflow, Some("sub"), Some("workflowId"), Error)],
        ),
        (
            "an error branch leads nowhere",
            json!([{ "id": "load", "toolId": id(1), "config": { "inputs": { "file": "a" }, "onError": "branch" } }]),
            json!([]),
            vec![(Code::BadPolicy, Some("load"), Some("onError"), Warning)],
        ),
        (
            "steps wait for each other",
            json!([fed(), margins()]),
            json!([rows(), edge("margins", "load", json!({}))]),
            vec![(Code::Cycle, Some("load"), None, Error)],
        ),
        (
            "a step is behind a cycle",
            json!([fed(), margins(), { "id": "last", "toolId": id(1), "config": { "inputs": { "file": "b" } } }]),
            json!([rows(), edge("margins", "load", json!({})), edge("margins", "last", json!({}))]),
            vec![(Code::Cycle, Some("load"), None, Error), (Code::Unreachable, Some("last"), None, Error)],
        ),
        (
            "nothing leads to the output",
            json!([fed(), { "id": "out", "type": "output" }]),
            json!([]),
            vec![(Code::Unreachable, Some("out"), None, Error)],
        ),
        (
            "a tool is unknown",
            json!([{ "id": "x", "toolId": id(9) }]),
            json!([]),
            vec![(Code::UnknownTool, Some("x"), Some("toolId"), Error)],
        ),
        ("a tool is missing", json!([{ "id": "x" }]), json!([]), vec![(Code::UnknownTool, Some("x"), Some("toolId"), Error)]),
        (
            "a required input is not fed",
            json!([load(json!({}))]),
            json!([]),
            vec![(Code::RequiredInput, Some("load"), Some("file"), Error)],
        ),
        (
            "a constant has the wrong type",
            json!([load(json!({ "file": 7 }))]),
            json!([]),
            vec![(Code::TypeMismatch, Some("load"), Some("file"), Error)],
        ),
        (
            "a constant has no field to go to",
            json!([load(json!({ "file": "a", "colour": 1 }))]),
            json!([]),
            vec![(Code::UnknownHandle, Some("load"), Some("colour"), Error)],
        ),
        (
            "a number goes to a list",
            json!([fed(), margins()]),
            json!([edge("load", "margins", json!({ "count": "rows" }))]),
            vec![(Code::TypeMismatch, Some("margins"), Some("rows"), Error)],
        ),
        (
            "prices of all rows are a list",
            json!([fed(), margins()]),
            json!([edge("load", "margins", json!({ "rows[*].price": "rows" }))]),
            vec![],
        ),
        (
            "an output has no such field",
            json!([fed(), margins()]),
            json!([edge("load", "margins", json!({ "lines": "rows" }))]),
            vec![(Code::UnknownHandle, Some("margins"), Some("rows"), Warning)],
        ),
        (
            "a path is broken",
            json!([fed(), margins()]),
            json!([edge("load", "margins", json!({ "rows[": "rows" }))]),
            vec![(Code::BadPath, Some("margins"), Some("rows"), Error)],
        ),
        (
            "a handle has no such input",
            json!([fed(), margins()]),
            json!([rows(), { "id": "h", "source": "load", "target": "margins", "sourceHandle": "count", "targetHandle": "bottom" }]),
            vec![(Code::UnknownHandle, Some("margins"), Some("bottom"), Error)],
        ),
        (
            "a field is fed twice",
            json!([fed(), margins()]),
            json!([rows(), { "id": "again", "source": "load", "target": "margins", "sourceHandle": "rows", "targetHandle": "rows" }]),
            vec![(Code::FedTwice, Some("margins"), Some("rows"), Error)],
        ),
        (
            "the workflow has no such input",
            json!([input(json!([])), load(json!({}))]),
            json!([edge("in", "load", json!({ "path": "file" }))]),
            vec![(Code::UnknownHandle, Some("load"), Some("file"), Error)],
        ),
        (
            "an input's type does not fit",
            json!([input(json!([{ "name": "top", "type": "array" }])), load(json!({}))]),
            json!([edge("in", "load", json!({ "top": "file" }))]),
            vec![(Code::TypeMismatch, Some("load"), Some("file"), Error)],
        ),
        (
            "an input has no valid name and a wrong default",
            json!([input(json!([{ "name": "Top 5" }, { "name": "n", "type": "integer", "default": "x" }])), fed()]),
            json!([]),
            vec![(Code::BadInputField, Some("in"), Some("Top 5"), Error), (Code::BadInputField, Some("in"), Some("n"), Error)],
        ),
        (
            "a retry policy is out of range",
            json!([{ "id": "load", "toolId": id(1), "config": { "inputs": { "file": "a" }, "retry": { "maxAttempts": 99 } } }]),
            json!([]),
            vec![(Code::BadPolicy, Some("load"), Some("retry"), Error)],
        ),
    ];
    for (what, nodes, edges, expected) in table {
        let findings = validate(&definition(nodes, edges), &tools());
        let found: Vec<Found> = findings.iter().map(|f| (f.code, f.node.as_deref(), f.field.as_deref(), f.severity)).collect();
        assert_eq!(found, expected, "{what}: {findings:#?}");
        assert!(findings.iter().all(|f| !f.message.is_empty() && !f.remedy.is_empty()), "{what}");
    }
}

#[test]
fn a_cycle_is_told_by_the_names_of_its_steps() {
    let nodes = json!([{ "id": "a", "toolId": id(1), "label": "Load", "config": { "inputs": { "file": "x" } } }, margins()]);
    let edges = json!([{ "id": "1", "source": "a", "target": "margins", "mapping": { "rows": "rows" } }, { "id": "2", "source": "margins", "target": "a" }]);
    let findings = validate(&definition(nodes, edges), &tools());
    assert_eq!(findings[0].message, "These steps wait for each other: “Load” → “margins” → “Load”.");
}

#[test]
fn a_thousand_nodes_are_judged_and_one_more_is_too_many() {
    let nodes = |count: usize| {
        (0..count).map(|i| json!({ "id": format!("n{i}"), "toolId": id(1), "config": { "inputs": { "file": "x" } } })).collect::<Value>()
    };
    let edges =
        (1..1000).map(|i| json!({ "id": format!("e{i}"), "source": format!("n{}", i - 1), "target": format!("n{i}") })).collect::<Value>();
    assert_eq!(validate(&definition(nodes(1000), edges.clone()), &tools()), []);
    let codes: Vec<Code> = validate(&definition(nodes(1001), edges), &tools()).iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::TooLarge]);
}

#[test]
fn the_stored_shape_is_camel_case_and_snake_case_is_understood() {
    let camel = json!({ "nodes": [{ "id": "a", "type": "tool", "toolId": id(1), "position": { "x": 1.0, "y": 2.0 }, "config": { "continueOnError": true, "colour": "red" } }],
        "edges": [{ "id": "e", "source": "a", "target": "b", "sourceHandle": "x", "targetHandle": "y" }] });
    let snake = json!({ "nodes": [{ "id": "a", "tool_id": id(1), "position": { "x": 1.0, "y": 2.0 }, "config": { "continue_on_error": true, "colour": "red" } }],
        "edges": [{ "id": "e", "source": "a", "target": "b", "source_handle": "x", "target_handle": "y" }] });
    let read: Definition = serde_json::from_value(snake).expect("snake case");
    assert_eq!(serde_json::to_value(&read).expect("json"), camel);
    assert!(serde_json::from_value::<Definition>(json!({ "nodes": [{ "id": "a", "type": "teleport" }] })).is_err());
    assert!(serde_json::from_value::<Definition>(json!({ "nodez": [] })).is_err());
}

#[test]
fn proposals_go_by_name_and_type_and_never_to_a_later_step() {
    let definition = definition(json!([fed(), margins()]), json!([]));
    let wanted = json!({ "type": "array" });
    let found = candidates(&definition, &tools(), "margins", "rows", &wanted);
    let best = proposal(&found, &wanted, true).expect("a proposal");
    assert_eq!((best.node.as_str(), best.path.as_str(), best.score), ("load", "rows", 3));
    let number = json!({ "type": "integer" });
    assert_eq!(proposal(&candidates(&definition, &tools(), "margins", "top", &number), &number, false), None, "count is not meant by top");
    let connected = super::change::apply(
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
    let field = super::InputField {
        name: "file".into(),
        kind: super::FieldKind::String,
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
    assert_eq!(validate(&d, &tools).iter().filter(|f| f.is_error()).collect::<Vec<_>>(), Vec::<&super::Finding>::new());
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
    let shape = |reaches, depth| super::WorkflowShape {
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
    let found = super::propose::mapping(&definition, &tools(), "load", "margins");
    assert_eq!(found, [("rows".to_owned(), "rows".to_owned())].into());
    let found = super::propose::mapping(&definition, &tools(), "load", "each");
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
