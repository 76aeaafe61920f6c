use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

fn echo(name: &str) -> Value {
    json!({"name": name, "kind": "python", "status": "active", "visibility": "public", "script_content": "def main():\n    return 1\n"})
}

#[tokio::test]
async fn tools_are_changed_duplicated_exported_and_imported_over_rest() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let post = async |path: &str, body: Value| {
        let answer = program.post(server.url(path)).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (_, a) = post("/v1/tools", echo("aa")).await;
    let (_, b) = post("/v1/tools", echo("bb")).await;
    let (status, report) = post("/v1/tools/bulk", json!({"ids": [a["id"], b["id"]], "action": "add_tag", "tag": "red"})).await;
    assert_eq!((status, &report["items"][1]["outcome"]), (200, &json!("done")), "{report}");
    assert_eq!(post("/v1/tools/bulk", json!({"ids": [], "action": "disable"})).await.0, 422);
    assert_eq!(post("/v1/tools/bulk", json!({"ids": [a["id"]], "action": "explode"})).await.0, 422);
    let (status, copy) = post(&format!("/v1/tools/{}/duplicate", a["id"].as_str().unwrap()), json!({})).await;
    assert_eq!((status, &copy["name"], &copy["status"]), (201, &json!("aa_copy"), &json!("draft")));

    let one: Value =
        program.get(server.url(&format!("/v1/tools/export?ids={}", b["id"].as_str().unwrap()))).send().await.unwrap().json().await.unwrap();
    assert_eq!((one["tools"].as_array().unwrap().len(), &one["tools"][0]["tags"]), (1, &json!(["red"])));
    let all: Value = program.get(server.url("/v1/tools/export")).send().await.unwrap().json().await.unwrap();
    assert_eq!(all["tools"].as_array().unwrap().len(), 3);
    assert_eq!(program.get(server.url("/v1/tools/export?ids=x")).send().await.unwrap().status(), 400);

    let foreign = test.program(&other, &[Scope::Read, Scope::Write]).await;
    let import = async |body: Value| {
        let answer = foreign.post(server.url("/v1/tools/import")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (_, dry) = import(json!({"document": all, "dry_run": true})).await;
    assert_eq!(dry["items"][0]["action"], "create", "{dry}");
    let none: Value = foreign.get(server.url("/v1/tools?q=aa")).send().await.unwrap().json().await.unwrap();
    assert_eq!(none["items"], json!([]));
    let (status, done) = import(json!({"document": all, "fingerprint": dry["fingerprint"]})).await;
    assert_eq!((status, done["items"].as_array().unwrap().len()), (200, 3));
    assert_eq!(import(json!({"document": all, "fingerprint": dry["fingerprint"]})).await.0, 412);
    assert_eq!(import(json!({"document": {"format": "x"}})).await.0, 422);
    let reader = test.program(&other, &[Scope::Read]).await;
    let refused = reader.post(server.url("/v1/tools/import")).json(&json!({"document": all})).send().await.unwrap();
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn the_file_of_tools_is_for_who_is_signed_in_and_a_member() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    program.post(server.url("/v1/tools")).json(&echo("aa")).send().await.unwrap();
    let browser = test.browser(&server, &owner).await;
    let file = browser.get(server.url("/acme/tools.json")).send().await.unwrap();
    assert!(file.headers()["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"tools-acme-"));
    assert_eq!(file.json::<Value>().await.unwrap()["tools"][0]["name"], "aa");
    assert_eq!(server.get("/acme/tools.json").send().await.unwrap().status(), 401);
    let other = test.browser(&server, &stranger).await;
    assert_eq!(other.get(server.url("/acme/tools.json")).send().await.unwrap().status(), 404);
}
