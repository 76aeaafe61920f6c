//! `ETag` and `If-Match` of everything that is changed over REST: what comes too late is refused, and nothing is changed.

use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use support::{Answers, McpStandIn, Revision, TestServer, TestSystem};
use toolcrib::access::{Role, Scope};

/// A thing that is made, and three states it can be put into, none of which is the one it begins with.
struct Thing {
    what: &'static str,
    list: String,
    new: Value,
    states: [Value; 3],
}

async fn send(request: RequestBuilder) -> (u16, String, Value) {
    let answer = request.send().await.unwrap();
    let (status, tag) = (answer.status().as_u16(), answer.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned()));
    if status >= 400 {
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    let text = answer.text().await.unwrap();
    (status, tag.unwrap_or_default(), serde_json::from_str(&text).unwrap_or_default())
}

async fn things(program: &Client, server: &TestServer, upstream: &McpStandIn, member: uuid::Uuid) -> Vec<Thing> {
    let tool = json!({"name": "private_tool", "kind": "python", "visibility": "private", "script_content": "def main():\n    return 1\n"});
    let (_, _, tool) = send(program.post(server.url("/v1/tools")).json(&tool)).await;
    let url = upstream.url();
    let thing = |what, list: &str, new, states| Thing { what, list: list.to_owned(), new, states };
    let described = |name: &str| ["One", "Two", "Three"].map(|text| json!({"name": name, "description": text}));
    let granted = ["read", "admin", "execute"]
        .map(|permission| json!({"permission": permission, "expires_at": format!("2999-01-0{}T00:00:00Z", permission.len() - 3)}));
    vec![
        thing("agent", "/v1/agents", json!({"name": "helper"}), described("helper")),
        thing("category", "/v1/categories", json!({"name": "Finance"}), described("Finance")),
        thing(
            "grant",
            &format!("/v1/tools/{}/permissions", tool["id"].as_str().unwrap()),
            json!({"subject_type": "user", "subject_id": member, "permission": "execute"}),
            granted,
        ),
        thing(
            "key",
            "/v1/keys",
            json!({"key_name": "KEY", "value": "a-value-of-a-key"}),
            ["One", "Two", "Three"].map(|text| json!({"description": text})),
        ),
        thing(
            "MCP server",
            "/v1/mcp-servers",
            json!({"name": "weather", "url": url}),
            ["One", "Two", "Three"].map(|text| json!({"name": "weather", "url": url, "description": text})),
        ),
        thing("variable", "/v1/variables", json!({"name": "office"}), ["One", "Two", "Three"].map(|text| json!({"value": text}))),
        thing(
            "phone number",
            "/v1/phone-numbers",
            json!({"number": "+49 30 1234567"}),
            ["One", "Two", "Three"].map(|text| json!({"label": text})),
        ),
    ]
}

#[tokio::test]
async fn a_stale_update_or_deletion_is_refused_and_changes_nothing() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let server = test.server().await;
    let upstream = McpStandIn::start(Revision::Newest, Answers::Json).await;
    let program = test.program(&owner, &Scope::ALL).await;
    for Thing { what, list, new, states: [one, two, three] } in things(&program, &server, &upstream, member.user_id.0).await {
        let (status, made, thing) = send(program.post(server.url(&list)).json(&new)).await;
        assert_eq!(status, 201, "{what}: {thing}");
        let path = server.url(&format!("{list}/{}", thing["id"].as_str().unwrap()));
        let put = |tag: &str, state: &Value| send(program.put(&path).header("if-match", tag).json(state));
        assert_eq!(send(program.get(&path)).await.1, made, "{what}");
        assert!(made.starts_with('"') && made.ends_with('"'), "{what}: {made}");

        let (status, newest, _) = put(&made, &one).await;
        assert!(status == 200 && newest != made, "{what}: {status}, {newest}");
        let (_, tag, before) = send(program.get(&path)).await;
        assert_eq!(tag, newest, "{what}");
        for late in [made.as_str(), "\"no tag\""] {
            let (status, _, problem) = put(late, &two).await;
            assert_eq!((status, &problem["current"], &problem["status"]), (412, &json!(newest), &json!(412)), "{what}: {problem}");
            assert!(problem["detail"].as_str().unwrap().contains(what), "{problem}");
        }
        assert_eq!(send(program.delete(&path).header("if-match", &made)).await.0, 412, "{what}");
        assert_eq!(send(program.get(&path)).await, (200, newest.clone(), before), "{what}: something was changed");

        // Two at once, with what both have read: one of them is told.
        let (a, b) = tokio::join!(put(&newest, &two), put(&newest, &three));
        let mut both = [a.0, b.0];
        both.sort_unstable();
        assert_eq!(both, [200, 412], "{what}");
        let last = if a.0 == 200 { a.1 } else { b.1 };
        assert_eq!(put("*", &one).await.0, 200, "{what}: whatever stands there");
        assert_eq!(send(program.delete(&path).header("if-match", &last)).await.0, 412, "{what}");
        assert_eq!(send(program.put(&path).json(&two)).await.0, 200, "{what}: without the header, too");
        let (_, tag, _) = send(program.get(&path)).await;
        assert_eq!(send(program.delete(&path).header("if-match", &tag)).await.0, 204, "{what}");
        assert_eq!(send(program.put(&path).header("if-match", &tag).json(&one)).await.0, 404, "{what}: it is gone");
    }
}

#[tokio::test]
async fn a_stale_change_of_an_attachment_is_refused_and_changes_nothing() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &Scope::ALL).await;
    let tool = json!({"name": "public_tool", "kind": "python", "visibility": "public", "script_content": "def main():\n    return 1\n"});
    let (_, _, tool) = send(program.post(server.url("/v1/tools")).json(&tool)).await;
    let (_, _, agent) = send(program.post(server.url("/v1/agents")).json(&json!({"name": "helper"}))).await;
    let list = server.url(&format!("/v1/agents/{}/tools", agent["id"].as_str().unwrap()));
    let (status, made, attachment) = send(program.post(&list).json(&json!({"tool_id": tool["id"]}))).await;
    assert_eq!(status, 201, "{attachment}");
    let path = format!("{list}/{}", tool["id"].as_str().unwrap());
    let patch = |tag: &str, notes: &str| send(program.patch(&path).header("if-match", tag).json(&json!({"usage_comments": notes})));
    let (status, newest, _) = patch(&made, "Theirs").await;
    assert_eq!(status, 200);
    let (status, _, problem) = patch(&made, "Mine").await;
    assert_eq!((status, &problem["current"]), (412, &json!(newest)));
    assert_eq!(send(program.delete(&path).header("if-match", &made)).await.0, 412);
    let (_, tag, stored) = send(program.get(&path)).await;
    assert_eq!((&tag, &stored["usage_comments"]), (&newest, &json!("Theirs")));
    assert_eq!(send(program.delete(&path).header("if-match", &newest)).await.0, 204);
}

#[tokio::test]
async fn a_variable_is_changed_by_admins_under_the_rules_it_was_made_by() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let server = test.server().await;
    let program = test.program(&owner, &Scope::ALL).await;
    let new = json!({"name": "office", "description": "Where we are", "value": "Hall 3"});
    let (_, _, made) = send(program.post(server.url("/v1/variables")).json(&new)).await;
    let path = server.url(&format!("/v1/variables/{}", made["id"].as_str().unwrap()));
    let put = |program: &Client, change: Value| send(program.put(&path).json(&change));
    let (status, _, changed) = put(&program, json!({"value": "Hall 4"})).await;
    assert_eq!((status, &changed["value"], &changed["description"]), (200, &json!("Hall 4"), &json!("Where we are")));
    assert_eq!(put(&program, json!({"value": null})).await.2["value"], Value::Null, "each call brings it from now on");
    let (status, _, refused) = put(&program, json!({"description": "x".repeat(501), "value": "y".repeat(2001)})).await;
    let places: Vec<&str> = refused["errors"].as_array().unwrap().iter().filter_map(|error| error["pointer"].as_str()).collect();
    assert_eq!((status, places), (422, vec!["/description", "/value"]));
    assert_eq!(put(&program, json!({"name": "other"})).await.0, 422, "tools name it");
    assert_eq!(put(&test.program(&builder, &Scope::ALL).await, json!({"value": "x"})).await.0, 403);
    let foreign = test.program(&stranger, &Scope::ALL).await;
    assert_eq!((put(&foreign, json!({"value": "x"})).await.0, send(foreign.get(&path)).await.0), (404, 404));
    let seen: i64 = sqlx::query_scalar("select count(*) from audit_log where action = 'variable.update' and after->>'value' = 'Hall 4'")
        .fetch_one(test.owner())
        .await
        .unwrap();
    assert_eq!(seen, 1);
}
