use super::{
    super::{FindingCode as Code, Severity, validate::validate},
    *,
};

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
