use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::Scope;

fn echo(name: &str) -> Value {
    json!({"name": name, "kind": "python", "status": "active", "visibility": "public", "script_content": "def main():\n    return 1\n", "tags": ["red"]})
}

#[tokio::test]
async fn tools_are_filtered_sorted_and_paged_over_rest() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    for name in ["bb", "aa", "cc"] {
        assert_eq!(program.post(server.url("/v1/tools")).json(&echo(name)).send().await.unwrap().status(), 201);
    }
    let get = async |path: &str| {
        let answer = program.get(server.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let names =
        |page: &Value| page["items"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let (_, first) = get("/v1/tools?sort=name&limit=2&tag=red").await;
    assert_eq!(names(&first), ["aa", "bb"]);
    let (_, second) = get(&format!("/v1/tools?sort=name&limit=2&tag=red&cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!((names(&second), &second["next_cursor"]), (vec!["cc".to_owned()], &Value::Null));
    assert_eq!(names(&get("/v1/tools?sort=name&dir=desc&limit=1").await.1), ["cc"]);
    assert_eq!(names(&get("/v1/tools?unused_since=2020-01-01T00:00:00Z&q=AA").await.1), ["aa"]);
    assert_eq!(names(&get("/v1/tools?visibility=private").await.1), Vec::<String>::new());
    assert_eq!(get("/v1/tools?sort=colour").await.0, 400);
    assert_eq!(get("/v1/tools?cursor=x").await.0, 400);
}

#[tokio::test]
async fn categories_and_tags_are_managed_over_rest() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let make = async |body: Value| {
        let answer = program.post(server.url("/v1/categories")).json(&body).send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (status, top) = make(json!({"name": "Finance"})).await;
    assert_eq!(status, 201);
    let (_, below) = make(json!({"name": "Invoices", "parent_id": top["id"]})).await;
    assert_eq!((&below["parent_id"], &below["depth"]), (&top["id"], &json!(1)));
    assert_eq!(make(json!({"name": "Finance"})).await.0, 409);
    let at = |category: &Value| server.url(&format!("/v1/categories/{}", category["id"].as_str().unwrap()));
    let ring = program.put(at(&top)).json(&json!({"parent_id": below["id"]})).send().await.unwrap();
    assert_eq!((ring.status().as_u16(), ring.json::<Value>().await.unwrap()["errors"][0]["pointer"].clone()), (422, json!("/parent_id")));
    let moved: Value = program.put(at(&below)).json(&json!({"parent_id": null})).send().await.unwrap().json().await.unwrap();
    assert_eq!((&moved["parent_id"], &moved["name"]), (&Value::Null, &json!("Invoices")));
    assert_eq!(program.delete(at(&top)).send().await.unwrap().status(), 204);
    assert_eq!(program.get(at(&top)).send().await.unwrap().status(), 404);

    program.post(server.url("/v1/tools")).json(&echo("aa")).send().await.unwrap();
    let tags: Value = program.get(server.url("/v1/tags")).send().await.unwrap().json().await.unwrap();
    assert_eq!(tags["items"], json!([{"name": "red", "tool_count": 1}]));
    let renamed: Value =
        program.put(server.url("/v1/tags/red")).json(&json!({"name": "dark red"})).send().await.unwrap().json().await.unwrap();
    assert_eq!(renamed, json!({"tools": 1}));
    assert_eq!(program.delete(server.url("/v1/tags/dark%20red")).send().await.unwrap().status(), 204);
    assert_eq!(program.delete(server.url("/v1/tags/red")).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn versions_are_read_compared_and_restored_over_rest() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &[Scope::Read, Scope::Write]).await;
    let tool: Value = program.post(server.url("/v1/tools")).json(&echo("aa")).send().await.unwrap().json().await.unwrap();
    let at = |rest: &str| server.url(&format!("/v1/tools/{}{rest}", tool["id"].as_str().unwrap()));
    program.put(at("")).json(&json!({"script_content": "def main():\n    return 2\n"})).send().await.unwrap();
    let one: Value = program.get(at("/versions/1")).send().await.unwrap().json().await.unwrap();
    assert_eq!(one["snapshot"]["script_content"], "def main():\n    return 1\n");
    let compared: Value = program.get(at("/versions/1/compare/2")).send().await.unwrap().json().await.unwrap();
    assert_eq!(
        (&compared["changed"][0]["name"], &compared["changed"][0]["lines"][1]["right"]["text"]),
        (&json!("script_content"), &json!("    return 2"))
    );
    let restore = |tag: &'static str| program.post(at("/versions/1/restore")).header("if-match", tag).send();
    assert_eq!(restore("\"1\"").await.unwrap().status(), 412);
    let restored = restore("\"2\"").await.unwrap();
    assert_eq!(restored.status(), 200);
    assert!(restored.headers()["etag"].to_str().unwrap().starts_with("\"3."), "{:?}", restored.headers()["etag"]);
    assert_eq!(restore("\"3\"").await.unwrap().status(), 409);
    assert_eq!(program.get(at("/versions/9")).send().await.unwrap().status(), 404);
}
