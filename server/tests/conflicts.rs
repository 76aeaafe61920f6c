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
    let tab = format!("/acme/workflows/{id}/outline");
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

/// The value of a hidden field, in the first form of the page that has it after `mark`.
fn hidden(page: &str, mark: &str, name: &str) -> String {
    let from = page.find(mark).unwrap_or_else(|| panic!("no {mark}"));
    let at = page[from..].find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no field {name} after {mark}"));
    page[from + at..].split('"').nth(3).unwrap().to_owned()
}

/// A form of a page: where it is, where it goes, what was typed, what somebody else did meanwhile, and where it shows.
struct Late {
    page: String,
    mark: String,
    sent_to: &'static str,
    mine: Vec<(&'static str, String)>,
    api: String,
    theirs: Value,
    field: &'static str,
    shown: [&'static str; 2],
    stored: Value,
}

#[tokio::test]
async fn every_form_of_a_thing_that_is_there_tells_of_what_came_before_it() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, toolcrib::access::Role::Member).await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let program = test.program(&owner, &Scope::ALL).await;
    let make = async |path: &str, new: Value| {
        let made: Value = program.post(server.url(path)).json(&new).send().await.unwrap().json().await.unwrap();
        (format!("{path}/{}", made["id"].as_str().unwrap_or_else(|| panic!("{made}"))), made["id"].as_str().unwrap().to_owned())
    };
    let (_, tool) =
        make("/v1/tools", json!({"name": "secret_tool", "kind": "python", "script_content": "def main():\n    return 1\n"})).await;
    let subject = format!("user:{}", member.user_id);
    let grants = format!("/v1/tools/{tool}/permissions");
    let (grant_at, grant) = make(&grants, json!({"subject_type": "user", "subject_id": member.user_id, "permission": "read"})).await;
    let (category_at, category) = make("/v1/categories", json!({"name": "Finance"})).await;
    let (key_at, key) = make("/v1/keys", json!({"key_name": "KEY", "value": "a-value-of-a-key"})).await;
    let (mcp_at, mcp) = make("/v1/mcp-servers", json!({"name": "weather", "url": "http://127.0.0.1:1/mcp"})).await;
    let (variable_at, variable) = make("/v1/variables", json!({"name": "office"})).await;
    let (number_at, number) = make("/v1/phone-numbers", json!({"number": "+49 30 1234567", "label": "Desk"})).await;
    let text = |text: &str| text.to_owned();
    let row = |id: &str| format!("name=\"id\" value=\"{id}\"");
    let key_fields = |description: &str| {
        vec![("id", key.clone()), ("key_name", text("KEY")), ("key_type", text("api-key")), ("description", text(description))]
    };
    let forms = [
        Late {
            page: text("/acme/tools/categories"),
            mark: row(&category),
            sent_to: "categories/update",
            mine: vec![("id", category), ("name", text("Finance")), ("description", text("Mine"))],
            api: category_at,
            theirs: json!({"description": "Theirs"}),
            field: "description",
            shown: ["Theirs", "value=\"Mine\""],
            stored: json!("Mine"),
        },
        Late {
            page: format!("/acme/tools/{tool}/access"),
            mark: format!("name=\"grant\" value=\"{grant}\""),
            sent_to: "access/change",
            mine: vec![("id", tool.clone()), ("grant", grant), ("permission", text("execute")), ("expires_at", String::new())],
            api: grant_at.clone(),
            theirs: json!({"permission": "admin"}),
            field: "permission",
            shown: [">Admin<", ">Execute<"],
            stored: json!("execute"),
        },
        Late {
            page: format!("/acme/access?cell={tool}~{subject}"),
            mark: format!("name=\"subject\" value=\"{subject}\""),
            sent_to: "access/set",
            mine: vec![
                ("id", tool.clone()),
                ("subject", subject.clone()),
                ("permission", text("execute")),
                ("expires_at", text("2999-01-02T00:00")),
                ("back", format!("cell={tool}~{subject}")),
            ],
            api: grant_at,
            theirs: json!({"permission": "read"}),
            field: "permission",
            shown: ["No end", "2999-01-02 00:00 UTC"],
            stored: json!("execute"),
        },
        Late {
            page: format!("/acme/keys/{key}/settings"),
            mark: text("Name, expiry and hosts"),
            sent_to: "keys/change",
            mine: key_fields("Mine"),
            api: key_at.clone(),
            theirs: json!({"description": "Theirs"}),
            field: "description",
            shown: ["Theirs", "Mine"],
            stored: json!("Mine"),
        },
        Late {
            page: format!("/acme/keys/{key}/settings"),
            mark: row(&key),
            sent_to: "keys/replace",
            mine: vec![("id", key.clone()), ("secret_value", text("my-new-value-9999"))],
            api: key_at,
            theirs: json!({"value": "their-new-value-7777"}),
            field: "masked_value",
            shown: ["7777, set on ", "The new one"],
            stored: json!("••••9999"),
        },
        Late {
            page: format!("/acme/mcp-servers/{mcp}/settings"),
            mark: row(&mcp),
            sent_to: "mcp-servers/update",
            mine: vec![
                ("id", mcp),
                ("transport", text("streamable_http")),
                ("name", text("weather")),
                ("url", text("http://127.0.0.1:2/mcp")),
            ],
            api: mcp_at,
            theirs: json!({"name": "weather", "url": "http://127.0.0.1:3/mcp"}),
            field: "url",
            shown: ["http://127.0.0.1:3/mcp", "value=\"http://127.0.0.1:2/mcp\""],
            stored: json!("http://127.0.0.1:2/mcp"),
        },
        Late {
            page: text("/acme/settings/variables"),
            mark: row(&variable),
            sent_to: "variables/update",
            mine: vec![("id", variable), ("value", text("Mine"))],
            api: variable_at,
            theirs: json!({"value": "Theirs"}),
            field: "value",
            shown: ["Theirs", "value=\"Mine\""],
            stored: json!("Mine"),
        },
        Late {
            page: text("/acme/settings/phone-numbers"),
            mark: row(&number),
            sent_to: "phone_numbers/update",
            mine: vec![("id", number), ("label", text("Mine"))],
            api: number_at,
            theirs: json!({"label": "Theirs"}),
            field: "label",
            shown: ["Theirs", "value=\"Mine\""],
            stored: json!("Mine"),
        },
    ];
    let page = async |path: &str| browser.get(server.url(path)).send().await.unwrap().text().await.unwrap();
    for Late { page: place, mark, sent_to, mine, api, theirs, field, shown, stored } in forms {
        let read = async || program.get(server.url(&api)).send().await.unwrap().json::<Value>().await.unwrap();
        let send = async |fields: &[(&str, String)]| {
            let mut all = vec![("org", "acme".to_owned())];
            all.extend(fields.iter().cloned());
            let request = browser.post(server.url(&format!("/api/fn/{sent_to}"))).header("referer", server.url(&place));
            let answer = request.form(&all).send().await.unwrap();
            let target = answer.headers()["location"].to_str().unwrap().to_owned();
            target.strip_prefix(&server.origin()).map_or(target.clone(), str::to_owned)
        };
        let expected = hidden(&page(&place).await, &mark, "expected");
        assert_eq!(program.put(server.url(&api)).json(&theirs).send().await.unwrap().status(), 200, "{sent_to}");
        let before = read().await;
        let mut fields = mine.clone();
        fields.push(("expected", expected.clone()));
        let refused = page(&send(&fields).await).await;
        assert!(refused.contains("Stored now") && shown.iter().all(|text| refused.contains(text)), "{sent_to}: {refused}");
        assert_eq!(refused.matches("aria-label=\"Conflict\"").count(), 1, "{sent_to}: it belongs to one form");
        assert_eq!(read().await, before, "{sent_to}: something was saved");
        assert_eq!(hidden(&refused, &mark, "expected"), expected, "{sent_to}: it would be saved over theirs unseen");
        fields.push(("overwrite", hidden(&refused, "aria-label=\"Conflict\"", "overwrite")));
        send(&fields).await;
        assert_eq!(read().await[field], stored, "{sent_to}");
        // A form without a state is none that a page of ours has.
        let blind = page(&send(&mine).await).await;
        assert!(blind.contains("This form is out of date."), "{sent_to}: {blind}");
    }
}
