use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    executions::{ExecuteRequest, Status as Outcome, execute},
    openapi::{
        ImportOperations, Imported, NewOpenapiDocument, State, add::add, delete::delete, get::get, import::import, refresh::refresh,
    },
    tools::{self, Status, UpdateTool},
};

fn shop(base_url: &str, version: &str, description: &str) -> Value {
    json!({"openapi": "3.1.0", "info": {"title": "Shop", "version": version}, "servers": [{"url": base_url}], "paths": {
        "/items/{id}": {"get": {"operationId": "getItem", "summary": "One item", "description": description,
            "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}], "responses": {"200": {"description": "ok"}}}},
        "/items": {"post": {"operationId": "addItem", "requestBody": {"required": true, "content": {"application/json": {"schema":
            {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "price": {"type": "number"}}}}}}, "responses": {}}},
        "/upload": {"post": {"operationId": "upload", "requestBody": {"required": true, "content": {"multipart/form-data": {}}}, "responses": {}}}}})
}

fn document(value: &Value) -> NewOpenapiDocument {
    NewOpenapiDocument { text: value.to_string(), ..NewOpenapiDocument::default() }
}

fn choose(operations: &[&str]) -> ImportOperations {
    ImportOperations { operations: operations.iter().map(|key| (*key).to_owned()).collect(), activate: true }
}

fn outcomes(done: &[Imported]) -> Vec<(&str, &str, &str)> {
    done.iter().map(|one| (one.key.as_str(), one.name.as_str(), one.outcome.as_str())).collect()
}

/// Answers what it was asked.
async fn echo() -> String {
    use axum::{
        Json, Router,
        body::Bytes,
        http::{Method, Uri},
    };
    let app = Router::new().fallback(|method: Method, uri: Uri, body: Bytes| async move {
        Json(json!({"method": method.as_str(), "path": uri.path(), "body": serde_json::from_slice::<Value>(&body).unwrap_or_default()}))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

#[tokio::test]
async fn chosen_operations_become_tools_that_make_the_documented_request() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let added = add(test.system(), &owner, document(&shop(&echo().await, "1", "Reads"))).await.unwrap();
    assert_eq!(
        added.items.iter().map(|item| (item.key.as_str(), item.state)).collect::<Vec<_>>(),
        [("GET /items/{id}", State::New), ("POST /items", State::New), ("POST /upload", State::Impossible)]
    );
    let done = import(test.system(), &owner, added.document.id, choose(&["GET /items/{id}", "POST /items", "POST /upload", "GET /none"]))
        .await
        .unwrap();
    assert_eq!(
        outcomes(&done),
        [
            ("GET /items/{id}", "get_item", "created"),
            ("POST /items", "add_item", "created"),
            ("POST /upload", "upload", "refused"),
            ("GET /none", "", "refused")
        ]
    );
    let call = async |at: usize, inputs: Value| {
        execute(test.system(), &owner, ExecuteRequest::new(done[at].tool_id.unwrap(), inputs)).await.unwrap()
    };
    let read = call(0, json!({"id": 7})).await;
    assert_eq!((read.status, read.outputs), (Outcome::Success, Some(json!({"method": "GET", "path": "/items/7", "body": null}))));
    let made = call(1, json!({"name": "Drill", "price": 89.5})).await;
    assert_eq!(made.outputs, Some(json!({"method": "POST", "path": "/items", "body": {"name": "Drill", "price": 89.5}})));
    assert_eq!(call(1, json!({"price": 1})).await.status, Outcome::InvalidInput);
}

#[tokio::test]
async fn a_newer_document_shows_what_changed_and_what_was_edited_here_is_told_apart() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let base = "https://shop.example";
    let id = add(test.system(), &owner, document(&shop(base, "1", "Reads"))).await.unwrap().document.id;
    let done = import(test.system(), &owner, id, choose(&["GET /items/{id}", "POST /items"])).await.unwrap();
    let states =
        async || get(test.system(), &owner, id).await.unwrap().items.into_iter().map(|item| item.state).take(2).collect::<Vec<_>>();
    assert_eq!(states().await, [State::Same, State::Same]);

    let edit = UpdateTool { description: Some("Adds, in our words".to_owned()), ..UpdateTool::default() };
    tools::update(test.system(), &owner, done[1].tool_id.unwrap(), edit).await.unwrap();
    assert_eq!(states().await, [State::Same, State::Edited]);

    let mut newer = shop(base, "2", "Reads one item");
    newer["paths"]["/items"]["post"]["summary"] = json!("Add an item");
    let detail = refresh(test.system(), &owner, id, document(&newer)).await.unwrap();
    assert_eq!(detail.items.iter().map(|item| item.state).take(2).collect::<Vec<_>>(), [State::Changed, State::Conflict]);
    let change = &detail.items[0].changes[0];
    assert_eq!(
        (change.name.as_str(), change.before.as_str(), change.after.as_str()),
        ("description", "One item\n\nReads", "One item\n\nReads one item")
    );

    let again = import(test.system(), &owner, id, choose(&["GET /items/{id}"])).await.unwrap();
    assert_eq!(outcomes(&again), [("GET /items/{id}", "get_item", "updated")]);
    let tool = tools::get(test.system(), &owner, done[0].tool_id.unwrap()).await.unwrap();
    assert_eq!((tool.version, tool.status, tool.description.as_str()), (2, Status::Active, "One item\n\nReads one item"));
    assert_eq!(states().await, [State::Same, State::Conflict]);

    newer["paths"].as_object_mut().unwrap().remove("/items/{id}");
    let detail = refresh(test.system(), &owner, id, document(&newer)).await.unwrap();
    assert_eq!(detail.items.last().map(|item| (item.key.as_str(), item.state)), Some(("GET /items/{id}", State::Gone)));
    delete(test.system(), &owner, id).await.unwrap();
    assert!(tools::get(test.system(), &owner, tool.id).await.is_ok(), "its tools stay");
}

#[tokio::test]
async fn a_document_is_fetched_through_the_guard_and_never_from_inside() {
    let test = TestSystem::with(|config| config.allow_private_hosts.clear()).await;
    let (_, owner) = test.organization("acme").await;
    let from = |url: &str| NewOpenapiDocument { url: Some(url.to_owned()), ..NewOpenapiDocument::default() };
    for url in ["http://127.0.0.1:1/", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "nonsense"] {
        let Err(Error::Invalid(errors)) = add(test.system(), &owner, from(url)).await else { panic!("{url} was fetched") };
        assert_eq!(errors[0].pointer, "/url", "{url}");
    }
}

#[tokio::test]
async fn documents_stay_inside_their_organization_and_need_the_right_to_build() {
    let test = TestSystem::new().await;
    let (acme, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let id = add(test.system(), &owner, document(&shop("https://shop.example", "1", "x"))).await.unwrap().document.id;
    assert!(matches!(get(test.system(), &stranger, id).await, Err(Error::NotFound(_))));
    assert!(matches!(import(test.system(), &stranger, id, choose(&["POST /items"])).await, Err(Error::NotFound(_))));
    let member = test.member(&acme, Role::Member).await;
    assert!(matches!(add(test.system(), &member, document(&shop("https://a.example", "1", "x"))).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn a_document_without_a_server_needs_to_be_told_where_its_api_answers() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut nowhere = shop("/relative", "1", "x");
    let Err(Error::Invalid(errors)) = add(test.system(), &owner, document(&nowhere)).await else { panic!("it was taken") };
    assert_eq!(errors[0].pointer, "/base_url");
    nowhere["servers"] = json!([]);
    let told = NewOpenapiDocument { base_url: Some("https://shop.example/v1/".to_owned()), ..document(&nowhere) };
    assert_eq!(add(test.system(), &owner, told).await.unwrap().document.base_url, "https://shop.example/v1");
}
