//! Who has a draft open, and that somebody saved it, as the canvas is told.

use reqwest::{Client, Response};
use serde_json::{Value, json};
use std::time::Duration;
use support::{TestServer, TestSystem};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 2] = [Scope::Read, Scope::Write];

/// Reads events one by one.
struct Told {
    answer: Response,
    read: String,
}

impl Told {
    async fn open(request: reqwest::RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        assert_eq!((answer.status().as_u16(), answer.headers()["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        Self { answer, read: String::new() }
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.read.split_once("\n\n") {
                let data: String = event.lines().filter_map(|line| line.strip_prefix("data:")).collect();
                self.read = rest.to_owned();
                if !data.is_empty() {
                    return serde_json::from_str(data.trim()).unwrap();
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.answer.chunk()).await.expect("something is told").unwrap();
            self.read.push_str(std::str::from_utf8(&chunk.expect("the stream goes on")).unwrap());
        }
    }

    /// The next of this name.
    async fn until(&mut self, name: &str) -> Value {
        loop {
            let event = self.next().await;
            if event["event"] == name {
                return event;
            }
        }
    }

    /// Waits until as many are there; who they are, each with the step that is chosen.
    async fn present(&mut self, count: usize) -> Vec<(String, Value)> {
        loop {
            let event = self.next().await;
            let Some(list) = event["present"].as_array() else { continue };
            if list.len() == count {
                return list.iter().map(|one| (one["tab"].as_str().unwrap().to_owned(), one["chosen"].clone())).collect();
            }
        }
    }
}

async fn workflow(program: &Client, server: &TestServer) -> String {
    let nodes = json!([{"id": "first", "type": "delay", "config": {"ms": 1}}]);
    let new = json!({"name": "shared", "visibility": "public", "definition": {"nodes": nodes, "edges": []}});
    let made: Value = program.post(server.url("/v1/workflows")).json(&new).send().await.unwrap().json().await.unwrap();
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_a_draft_open_is_told_who_else_has_and_that_it_was_saved() {
    let test = TestSystem::new().await;
    let (organization, ada) = test.organization("acme").await;
    let bo = test.member(&organization, Role::Builder).await;
    let server = test.server().await;
    let program = test.program(&ada, &ALL).await;
    let id = workflow(&program, &server).await;
    let live = |tab: &str| server.url(&format!("/acme/workflows/{id}/live?tab={tab}"));
    let (first, second) = (test.browser(&server, &ada).await, test.browser(&server, &bo).await);

    let mut at_ada = Told::open(first.get(live("a1"))).await;
    let state = at_ada.next().await;
    assert_eq!((&state["event"], &state["revision"]), (&json!("state"), &json!(1)), "{state}");
    assert_eq!(state["present"][0]["name"], ada.user_name, "{state}");
    let mut at_bo = Told::open(second.get(live("b1"))).await;
    let state = at_bo.next().await;
    assert_eq!(state["present"].as_array().unwrap().len(), 2, "{state}");
    assert_eq!(at_ada.present(2).await.len(), 2);

    // A second tab of the same person is a second presence; a step that is chosen is told.
    let other_tab = Told::open(first.get(live("a2"))).await;
    at_bo.present(3).await;
    let body = json!({"org": "acme", "id": id, "tab": "a1", "chosen": "first"});
    let said = first
        .post(server.url("/api/fn/workflows/here"))
        .header("origin", server.origin())
        .header("accept", "application/json")
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(said.status().as_u16(), 200);
    loop {
        let present = at_bo.present(3).await;
        if present.iter().any(|(tab, chosen)| tab == "a1" && chosen == "first") {
            break;
        }
    }
    drop(other_tab);
    at_bo.present(2).await;

    // A save is told with who made it, also by REST.
    let url = server.url(&format!("/v1/workflows/{id}"));
    let saved = program.put(&url).json(&json!({"revision": 1, "description": "New"})).send().await.unwrap();
    assert_eq!(saved.status().as_u16(), 200, "{}", saved.text().await.unwrap());
    let told = at_bo.until("saved").await;
    assert_eq!((&told["revision"], &told["name"]), (&json!(2), &json!(ada.user_name)));
    drop(at_ada);
    assert_eq!(at_bo.present(1).await[0].0, "b1");
}

#[tokio::test]
async fn nobody_listens_to_or_speaks_in_what_they_may_not_see() {
    let test = TestSystem::new().await;
    let (organization, ada) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let bo = test.member(&organization, Role::Builder).await;
    let server = test.server().await;
    let program = test.program(&ada, &ALL).await;
    let id = workflow(&program, &server).await;
    let live = server.url(&format!("/acme/workflows/{id}/live?tab=t1"));
    let status = async |asked: reqwest::RequestBuilder| asked.send().await.unwrap().status().as_u16();
    let nobody = Client::builder().no_proxy().build().unwrap();
    assert_eq!(status(nobody.get(&live)).await, 401);
    assert_eq!(status(program.get(&live)).await, 401);
    let (own, foreign, other) =
        (test.browser(&server, &ada).await, test.browser(&server, &stranger).await, test.browser(&server, &bo).await);
    assert_eq!(status(foreign.get(&live)).await, 404);
    assert_eq!(status(foreign.get(live.replace("/acme/", "/globex/"))).await, 404);
    assert_eq!(status(own.get(server.url("/acme/workflows/nonsense/live?tab=t1"))).await, 404);
    assert_eq!(status(own.get(live.replace("tab=t1", "tab=a%20b"))).await, 422);
    let here = |browser: &Client, org: &str| {
        let body = json!({"org": org, "id": id, "tab": "t1", "chosen": null});
        browser
            .post(server.url("/api/fn/workflows/here"))
            .header("origin", server.origin())
            .header("accept", "application/json")
            .json(&body)
    };
    assert_eq!(status(here(&foreign, "acme")).await, 404);
    assert_eq!(status(here(&foreign, "globex")).await, 404);
    assert_eq!(status(here(&nobody, "acme")).await, 401);
    // What became private is nobody else's.
    assert_eq!(status(here(&other, "acme")).await, 200);
    let url = server.url(&format!("/v1/workflows/{id}"));
    assert_eq!(status(program.put(&url).json(&json!({"revision": 1, "visibility": "private"}))).await, 200);
    assert_eq!(status(other.get(&live)).await, 404);
    assert_eq!(status(here(&other, "acme")).await, 404);
}
