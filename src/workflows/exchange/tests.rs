//! Real-looking documents, ours and others'.

use super::{
    plan::{By, Known, KnownTool, plan, resolved, wanted},
    *,
};
use crate::workflows::graph::NodeKind;
use serde_json::json;
use std::collections::BTreeMap;

fn tool(number: u128) -> ToolId {
    ToolId(uuid::Uuid::from_u128(number))
}

fn document() -> Document {
    serde_json::from_value(json!({
        "format": FORMAT, "version": 1, "name": "report", "display_name": "Report",
        "definition": {
            "nodes": [{ "id": "load", "toolId": tool(1) }, { "id": "send", "toolId": tool(2), "label": "Send it" }],
            "edges": [{ "id": "e", "source": "load", "target": "send" }] },
        "tools": [{ "id": tool(1), "name": "load_csv", "kind": "python" }, { "id": tool(2), "name": "send_mail", "kind": "api_request" }] }))
    .expect("document")
}

fn known(tools: &[(u128, &str, &str)]) -> Known {
    let tools = tools.iter().map(|(id, name, kind)| KnownTool {
        id: tool(*id),
        name: (*name).to_owned(),
        display_name: (*name).to_owned(),
        kind: (*kind).to_owned(),
    });
    Known { tools: tools.collect(), workflows: Vec::new() }
}

#[test]
fn what_is_written_is_read_again() {
    let written = document();
    assert_eq!(read(&written.text()), Ok(written));
}

#[test]
fn people_and_settings_of_tools_stay_behind() {
    let user = uuid::Uuid::from_u128(9);
    let definition: Definition = serde_json::from_value(json!({ "nodes": [{ "id": "ask", "type": "approval", "label": "Ask",
        "config": { "message": "?", "approvers": { "users": [user], "roles": ["admin"] } } }] }))
    .expect("definition");
    let written = write("a_name", "A name", "", &definition, &Catalog::default());
    assert!(!written.text().contains(&user.to_string()) && written.text().contains("admin"));
    assert!(written.notes[0].contains("“Ask”"), "{:?}", written.notes);
}

#[test]
fn tools_are_found_by_id_then_by_name_and_kind_and_what_is_missing_can_be_chosen() {
    let document = document();
    let here = known(&[(1, "renamed", "python"), (7, "send_mail", "api_request"), (8, "other", "python")]);
    let found = plan(&document, &here, &BTreeMap::new());
    let by: Vec<_> = found.matches.iter().map(|one| one.found.as_ref().map(|(id, _, by)| (id.clone(), *by))).collect();
    assert_eq!(by, [Some((tool(1).to_string(), By::Id)), Some((tool(7).to_string(), By::Name))]);
    assert_eq!((found.missing(), found.matches[1].steps.as_slice()), (0, &["Send it".to_owned()][..]));
    let definition = resolved(&document, &found);
    assert_eq!(definition.nodes[1].tool_id, Some(tool(7)));

    // Of another kind it is another tool.
    let elsewhere = known(&[(7, "send_mail", "python"), (8, "other", "python")]);
    let missing = plan(&document, &elsewhere, &BTreeMap::new());
    assert_eq!(missing.missing(), 2);
    let kept = resolved(&document, &missing);
    assert_eq!((kept.nodes.len(), kept.edges.len(), wanted(&kept.nodes[1])), (2, 1, Some("send_mail")));
    let choices = BTreeMap::from([(format!("tool:{}", tool(2)), tool(8).to_string())]);
    let chosen = plan(&document, &elsewhere, &choices);
    assert_eq!(chosen.missing(), 1);
    let definition = resolved(&document, &chosen);
    assert_eq!((definition.nodes[1].tool_id, wanted(&definition.nodes[1])), (Some(tool(8)), None));
}

#[test]
fn broken_text_is_refused_with_line_and_column_and_wrong_shapes_with_the_field() {
    let Err(Refusal::Syntax { line, column, message }) = read("{\n  \"format\": \"toolcrib.workflow\",\n  \"version\" 1\n}") else {
        panic!("syntax")
    };
    assert_eq!((line, column), (3, 13));
    assert!(message.contains("expected `:`"), "{message}");
    let at = |change: fn(&mut Value)| {
        let mut value = serde_json::to_value(document()).expect("value");
        change(&mut value);
        match read(&value.to_string()) {
            Err(Refusal::Field { pointer, message }) => (pointer, message),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(at(|d| d["format"] = json!("other")).0, "/format");
    assert_eq!(at(|d| d["version"] = json!("one")).0, "/version");
    assert_eq!(at(|d| d["definition"]["nodes"][1]["id"] = json!(7)).0, "/definition/nodes/1/id");
    assert_eq!(at(|d| d["definition"]["nodes"][0]["type"] = json!("robot")).0, "/definition/nodes/0/type");
    assert_eq!(at(|d| d["definition"]["edges"][0]["mapping"] = json!([])).0, "/definition/edges/0/mapping");
    assert_eq!(at(|d| d["definition"]["nodes"] = json!([])).0, "/definition/nodes");
    // Two of one id, an edge to nowhere, a circle: no clear meaning.
    let twice = at(|d| d["definition"]["nodes"].as_array_mut().expect("nodes").push(json!({ "id": "load", "type": "delay" })));
    assert!(twice.1.contains("load"), "{twice:?}");
    assert!(at(|d| d["definition"]["edges"][0]["target"] = json!("nowhere")).1.contains("nowhere"));
    let back = |d: &mut Value| {
        d["definition"]["edges"].as_array_mut().expect("edges").push(json!({ "id": "b", "source": "send", "target": "load" }))
    };
    assert!(!at(back).1.is_empty());
    assert_eq!(read("  "), Err(Refusal::Empty));
    assert_eq!(read(r#"{"a": 1}"#), Err(Refusal::Unknown));
    assert_eq!(
        read(
            &serde_json::to_value(document())
                .map(|mut d| {
                    d["version"] = json!(2);
                    d.to_string()
                })
                .expect("text")
        ),
        Err(Refusal::Newer { version: 2 })
    );
    let large = format!("{{\"nodes\": [{}]}}", " ".repeat(MOST_BYTES));
    assert!(matches!(read(&large), Err(Refusal::TooLarge { .. })));
}

#[test]
fn what_a_canvas_copies_and_what_rest_gives_are_read_too() {
    let copied = json!({ "toolcrib": "workflow", "nodes": [{ "id": "wait", "type": "delay" }], "edges": [] });
    assert_eq!(read(&copied.to_string()).expect("copied").definition.nodes[0].kind, NodeKind::Delay);
    let rest = json!({ "id": "x", "name": "report", "display_name": "Report", "revision": 3, "definition": { "nodes": [{ "id": "wait", "type": "delay" }] } });
    let read = read(&rest.to_string()).expect("rest");
    assert_eq!((read.name.as_str(), read.display_name.as_str(), read.definition.nodes.len()), ("report", "Report", 1));
}

fn foreign(value: &Value) -> Foreign {
    match read(&value.to_string()) {
        Err(Refusal::Foreign(found)) => *found,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_workflow_of_n8n_is_explained_step_by_step_and_begun_as_an_outline_that_pretends_nothing() {
    let found = foreign(&json!({
        "name": "Lead intake", "active": false, "settings": { "executionOrder": "v1" }, "pinData": {},
        "nodes": [
            { "parameters": { "path": "lead" }, "id": "1", "name": "Webhook", "type": "n8n-nodes-base.webhook", "typeVersion": 2, "disabled": true, "position": [0, 0] },
            { "parameters": {}, "id": "2", "name": "Is it large?", "type": "n8n-nodes-base.if", "typeVersion": 2, "position": [220, 0] },
            { "parameters": {}, "id": "3", "name": "Ask the CRM", "type": "n8n-nodes-base.httpRequest", "typeVersion": 4, "disabled": true, "position": [440, -100] },
            { "parameters": { "jsCode": "return items" }, "id": "4", "name": "Code", "type": "n8n-nodes-base.code", "position": [440, 100] },
            { "parameters": {}, "id": "5", "name": "Loop", "type": "n8n-nodes-base.splitInBatches", "position": [660, 0] },
            { "parameters": { "content": "hi" }, "id": "6", "name": "Sticky Note", "type": "n8n-nodes-base.stickyNote", "position": [0, 300] }],
        "connections": {
            "Webhook": { "main": [[{ "node": "Is it large?", "type": "main", "index": 0 }]] },
            "Is it large?": { "main": [[{ "node": "Ask the CRM", "type": "main", "index": 0 }], [{ "node": "Code", "type": "main", "index": 0 }]] },
            "Ask the CRM": { "main": [[{ "node": "Loop", "type": "main", "index": 0 }]] },
            "Loop": { "main": [[], [{ "node": "Ask the CRM", "type": "main", "index": 0 }]] } } }));
    assert_eq!((found.product, found.name.as_str(), found.steps.len()), (Product::N8n, "Lead intake", 6));
    let here = |name: &str| found.steps.iter().find(|step| step.name == name).map(|step| step.here.as_str()).expect(name);
    assert!(here("Webhook").contains("Triggers") && here("Ask the CRM").contains("curl") && here("Code").contains("Python"));
    let outline = found.outline.expect("outline");
    let kinds: Vec<_> = outline.nodes.iter().map(|node| (node.name(), node.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("Webhook", NodeKind::Input),
            ("Is it large?", NodeKind::Condition),
            ("Ask the CRM", NodeKind::Tool),
            ("Code", NodeKind::Tool),
            ("Loop", NodeKind::ForEach)
        ]
    );
    // What was off there is off here; the input cannot be.
    assert_eq!(outline.nodes.iter().filter(|node| node.disabled).map(|node| node.name()).collect::<Vec<_>>(), ["Ask the CRM"]);
    let ends: Vec<_> = outline.edges.iter().map(|edge| (edge.source.as_str(), edge.branch(), edge.target.as_str())).collect();
    assert_eq!(
        ends,
        [
            ("input", None, "is_it_large"),
            ("is_it_large", Some("true"), "ask_the_crm"),
            ("is_it_large", Some("false"), "code"),
            ("ask_the_crm", None, "loop")
        ]
    );
    assert!(found.notes[0].contains("circles"), "{:?}", found.notes);
    // No function is pretended: what is to be done is a finding, and the whole is a draft that can be kept.
    assert!(outline.nodes.iter().all(|node| node.tool_id.is_none() && node.config.when.is_none()));
    let findings = crate::workflows::graph::validate::validate(&outline, &Catalog::default());
    assert!(!findings.is_empty() && findings.iter().all(|finding| !finding.code.is_structural()), "{findings:?}");
}

#[test]
fn other_products_are_recognised_by_their_shape() {
    let dify = foreign(&json!({ "app": { "name": "Helper", "mode": "workflow" }, "workflow": { "graph": {
        "nodes": [{ "id": "17", "data": { "type": "start", "title": "Start" } }, { "id": "18", "data": { "type": "llm", "title": "Answer it" } }], "edges": [] } } }));
    assert_eq!((dify.product, dify.steps.len(), dify.steps[0].here.as_str()), (Product::Dify, 2, "The workflow's input"));
    let yaml = "app:\n  mode: workflow\n  name: Helper\nkind: app\nversion: 0.1.5\nworkflow:\n  graph:\n    edges: []\n    nodes:\n    - data:\n        title: Begin\n        type: start\n      id: '17'\n    - data:\n        type: code\n        title: Count\n";
    let Err(Refusal::Foreign(dify)) = read(yaml) else { panic!("yaml") };
    let steps: Vec<_> = dify.steps.iter().map(|step| (step.name.as_str(), step.kind.as_str())).collect();
    assert_eq!(
        (dify.product, dify.name.as_str(), steps.as_slice()),
        (Product::Dify, "Helper", &[("Begin", "start"), ("Count", "code")][..])
    );
    let make = foreign(
        &json!({ "name": "Integration", "flow": [{ "id": 1, "module": "http:ActionSendData", "version": 3, "mapper": {} }], "metadata": { "version": 1 } }),
    );
    assert_eq!((make.product, make.steps[0].kind.as_str()), (Product::Make, "http:ActionSendData"));
    let zapier = foreign(
        &json!({ "metadata": { "version": "1" }, "zaps": [{ "title": "New lead", "nodes": { "1": { "id": 1, "action": "new_lead", "selected_api": "FacebookLeadsAPI" } } }] }),
    );
    assert_eq!((zapier.product, zapier.name.as_str(), zapier.steps[0].name.as_str()), (Product::Zapier, "New lead", "new_lead"));
    let langflow = foreign(
        &json!({ "name": "Basic", "last_tested_version": "1.1", "data": { "nodes": [{ "id": "ChatInput-1", "type": "genericNode", "data": { "type": "ChatInput", "node": { "display_name": "Chat Input" } } }], "edges": [] } }),
    );
    assert_eq!((langflow.product, langflow.steps[0].name.as_str()), (Product::LangFlow, "Chat Input"));
    let red = foreign(
        &json!([{ "id": "f", "type": "tab", "label": "Flow 1" }, { "id": "n", "type": "inject", "z": "f", "name": "Every hour", "wires": [["m"]] }]),
    );
    assert_eq!((red.product, red.name.as_str(), red.steps.len()), (Product::NodeRed, "Flow 1", 1));
    for found in [dify.product, make.product, zapier.product, langflow.product, red.product] {
        assert!(found.sentence().contains(found.name()));
    }
}
