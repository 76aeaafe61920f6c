//! Two people change the same thing: nothing is overwritten unseen, and nothing typed is lost.

use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

#[tokio::test]
async fn an_entity_tag_sees_every_change_of_a_tool_and_of_a_workflow() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let new = json!({"name": "echo", "kind": "python", "script_content": "def main():\n    return 1\n"});
    let made = program.post(server.url("/v1/tools")).json(&new).send().await.unwrap();
    let tag = made.headers()["etag"].to_str().unwrap().to_owned();
    let path = server.url(made.headers()["location"].to_str().unwrap());
    let put = |tag: &str, body: Value| program.put(&path).header("if-match", tag).json(&body).send();
    // A display name makes no version, and is a change all the same.
    let renamed = put(&tag, json!({"display_name": "By one"})).await.unwrap();
    assert_eq!(renamed.status(), 200);
    let newest = renamed.headers()["etag"].to_str().unwrap().to_owned();
    assert_ne!(newest, tag);
    assert_eq!(put(&tag, json!({"display_name": "By another"})).await.unwrap().status(), 412);
    assert_eq!(put(&format!("{tag}, {newest}"), json!({"display_name": "Both are named"})).await.unwrap().status(), 200);
    assert_eq!(put("no tag", json!({})).await.unwrap().status(), 412);
    assert_eq!(put("*", json!({"display_name": "Whatever stands there"})).await.unwrap().status(), 200);

    let workflow = json!({"name": "flow", "definition": {"nodes": [], "edges": []}, "draft": true});
    let made = program.post(server.url("/v1/workflows")).json(&workflow).send().await.unwrap();
    assert_eq!(made.status(), 201);
    let tag = made.headers()["etag"].to_str().unwrap().to_owned();
    let path = server.url(made.headers()["location"].to_str().unwrap());
    let put = |tag: &str| program.put(&path).header("if-match", tag).json(&json!({"description": tag, "draft": true})).send();
    assert_eq!(put(&tag).await.unwrap().status(), 200);
    assert_eq!(put(&tag).await.unwrap().status(), 412);
    assert_eq!(program.put(&path).json(&json!({"description": "blind", "draft": true})).send().await.unwrap().status(), 422);
}

#[tokio::test]
async fn a_form_that_comes_too_late_shows_both_side_by_side_and_keeps_what_was_typed() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let new = json!({"name": "echo", "kind": "python", "script_content": "def main():\n    return 1\n"});
    let tool: Value = program.post(server.url("/v1/tools")).json(&new).send().await.unwrap().json().await.unwrap();
    let id = tool["id"].as_str().unwrap();
    let page = async |path: &str| browser.get(server.url(path)).send().await.unwrap().text().await.unwrap();
    let hidden = |page: &str, name: &str| {
        let at = page.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no field {name}"));
        page[at..].split('"').nth(3).unwrap().to_owned()
    };
    let send = async |path: &str, from: &str, fields: &[(&str, &str)]| {
        let answer = browser.post(server.url(path)).header("referer", server.url(from)).form(fields).send().await.unwrap();
        let target = answer.headers()["location"].to_str().unwrap().to_owned();
        target.strip_prefix(&server.origin()).map_or(target.clone(), str::to_owned)
    };
    let tab = format!("/acme/tools/{id}/definition");
    let expected = hidden(&page(&tab).await, "expected");
    program.put(server.url(&format!("/v1/tools/{id}"))).json(&json!({"display_name": "Theirs"})).send().await.unwrap();
    let mut fields = vec![
        ("org", "acme"),
        ("id", id),
        ("expected", &expected),
        ("form[kind]", "python"),
        ("form[name]", "echo"),
        ("form[display_name]", "Mine"),
        ("form[visibility]", "private"),
        ("form[schema_by]", "rows"),
        ("form[script]", "def main():\r\n    return 1\r\n"),
        ("form[timeout_s]", "30"),
        ("form[max_attempts]", "3"),
    ];
    let back = send("/api/fn/tools/update", &tab, &fields).await;
    let refused = page(&back).await;
    assert!(refused.contains("Stored now") && refused.contains("Theirs"), "{back}");
    assert!(refused.contains("value=\"Mine\""), "what was typed is lost");
    let newest = hidden(&refused, "overwrite");
    fields.push(("overwrite", &newest));
    send("/api/fn/tools/update", &tab, &fields).await;
    let stored: Value = program.get(server.url(&format!("/v1/tools/{id}"))).send().await.unwrap().json().await.unwrap();
    assert_eq!(stored["display_name"], "Mine");

    let made: Value = program.post(server.url("/v1/agents")).json(&json!({"name": "helper"})).send().await.unwrap().json().await.unwrap();
    let agent = made["id"].as_str().unwrap();
    let settings = format!("/acme/agents/{agent}/settings");
    let expected = hidden(&page(&settings).await, "expected");
    let path = server.url(&format!("/v1/agents/{agent}"));
    program.put(&path).json(&json!({"name": "helper", "description": "Theirs"})).send().await.unwrap();
    let fields = [("org", "acme"), ("id", agent), ("expected", &expected), ("name", "helper"), ("description", "Mine")];
    let refused = page(&send("/api/fn/agents/update", &settings, &fields).await).await;
    assert!(refused.contains("Stored now") && refused.contains("Theirs") && refused.contains("Mine"));
    let stored: Value = program.get(&path).send().await.unwrap().json().await.unwrap();
    assert_eq!(stored["description"], "Theirs");

    // A workflow is changed part by part; what others did to other parts stays.
    let workflow = json!({"name": "flow", "definition": {"nodes": [], "edges": []}, "visibility": "public", "draft": true});
    let made: Value = program.post(server.url("/v1/workflows")).json(&workflow).send().await.unwrap().json().await.unwrap();
    let id = made["id"].as_str().unwrap();
    let tab = format!("/acme/workflows/{id}");
    let revision = hidden(&page(&tab).await, "revision");
    let input = json!({"id": "input", "type": "input", "config": {"fields": [{"name": "theirs", "type": "integer", "required": true}]}});
    let change = json!({"revision": 1, "display_name": "Renamed", "definition": {"nodes": [input], "edges": []}, "draft": true});
    let path = server.url(&format!("/v1/workflows/{id}"));
    assert_eq!(program.put(&path).json(&change).send().await.unwrap().status(), 200);
    let mut fields = vec![("org", "acme"), ("id", id), ("revision", &revision), ("fields[0][name]", "mine"), ("fields[0][kind]", "string")];
    let back = send("/api/fn/workflows/save_inputs", &tab, &fields).await;
    let refused = page(&back).await;
    assert!(refused.contains("Stored now") && refused.contains("Input theirs") && refused.contains("integer, required"), "{back}");
    assert!(refused.contains("value=\"mine\"") && hidden(&refused, "revision") == revision, "it would be saved over theirs unseen");
    let newest = hidden(&refused, "overwrite");
    fields.push(("overwrite", &newest));
    send("/api/fn/workflows/save_inputs", &tab, &fields).await;
    let stored: Value = program.get(&path).send().await.unwrap().json().await.unwrap();
    assert_eq!((&stored["revision"], &stored["display_name"]), (&json!(3), &json!("Renamed")));
    assert_eq!(stored["definition"]["nodes"][0]["config"]["fields"][0]["name"], "mine");
    let fields = [("org", "acme"), ("id", id), ("revision", "2"), ("display_name", "Late"), ("name", "flow"), ("visibility", "public")];
    let refused = page(&send("/api/fn/workflows/save_settings", &tab, &fields).await).await;
    assert!(refused.contains("Stored now") && refused.contains("Renamed") && refused.contains("Late"));
    let gone = [("org", "acme"), ("id", id), ("revision", "2"), ("node", "no_such_step"), ("fields[0][name]", "a")];
    let refused = page(&send("/api/fn/workflows/save_step", &tab, &gone).await).await;
    assert!(!refused.contains("name=\"overwrite\""), "there is no place to save it to");
}
