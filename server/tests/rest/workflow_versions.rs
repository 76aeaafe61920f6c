//! Drafts and published versions: what runs while somebody changes the draft.

use serde_json::{Value, json};
use support::{TestSystem, answer};
use toolcrib::access::{Role, Scope};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

/// A workflow that gives back `word`.
fn says(word: &str) -> Value {
    json!({"nodes": [{"id": "say", "type": "transform", "config": {"inputs": {"word": word}}}]})
}

#[tokio::test]
async fn runs_use_what_is_published_until_something_else_is_and_an_old_version_comes_back() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let member = test.program(&test.member(&organization, Role::Member).await, &ALL).await;
    let foreign = test.program(&stranger, &ALL).await;
    let new = json!({"name": "saying", "visibility": "public", "definition": says("one")});
    let (_, made) = answer(program.post(server.url("/v1/workflows")).json(&new)).await;
    assert_eq!(made["published_version"], Value::Null);
    let url = server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()));
    let run = async |mut body: Value| {
        body["wait"] = json!(true);
        let (status, run) = answer(program.post(format!("{url}/execute")).json(&body)).await;
        assert_eq!(status, 200, "{run}");
        (run["output_data"]["word"].as_str().unwrap().to_owned(), run["workflow_version"].as_i64(), run)
    };
    let save =
        async |revision: i32, word: &str| answer(program.put(&url).json(&json!({"revision": revision, "definition": says(word)}))).await;
    let (word, version, _) = run(json!({})).await;
    assert_eq!((word.as_str(), version), ("one", None), "what was never published runs as it stands");

    let publish = format!("{url}/publish");
    let (status, first) = answer(program.post(&publish).json(&json!({"revision": 1, "note": "The first"}))).await;
    assert_eq!((status, &first["version"], &first["revision"], &first["note"]), (201, &json!(1), &json!(1), &json!("The first")));
    let (status, problem) = answer(program.post(&publish).json(&json!({"revision": 1}))).await;
    assert_eq!((status, problem["detail"].as_str().unwrap()), (409, "Nothing has changed since version 1."));
    assert_eq!(save(1, "two").await.0, 200);
    let (word, version, of_one) = run(json!({})).await;
    assert_eq!((word.as_str(), version), ("one", Some(1)), "the draft does not run by itself");
    let (word, version, _) = run(json!({"draft": true})).await;
    assert_eq!((word.as_str(), version), ("two", None));

    let (status, _) = answer(program.post(&publish).json(&json!({"revision": 1}))).await;
    assert_eq!(status, 412, "somebody who has not seen the newest draft does not publish it");
    assert_eq!(answer(program.post(&publish)).await.0, 422);
    assert_eq!(answer(member.post(&publish).json(&json!({"revision": 2}))).await.0, 403);
    assert_eq!(answer(foreign.post(&publish).json(&json!({"revision": 2}))).await.0, 404);
    let (status, second) = answer(program.post(&publish).header("If-Match", "\"2\"")).await;
    assert_eq!((status, &second["version"]), (201, &json!(2)), "{second}");
    let (word, version, _) = run(json!({})).await;
    assert_eq!((word.as_str(), version), ("two", Some(2)));
    let (word, version, _) = run(json!({"version": 1})).await;
    assert_eq!((word.as_str(), version), ("one", Some(1)));
    let rerun = server.url(&format!("/v1/workflows/executions/{}/rerun", of_one["id"].as_str().unwrap()));
    let (_, same) = answer(program.post(&rerun).json(&json!({"from": "start", "wait": true}))).await;
    assert_eq!((&same["output_data"]["word"], &same["workflow_version"]), (&json!("one"), &json!(1)), "a run is repeated as it was");
    let (_, newest) = answer(program.post(&rerun).json(&json!({"from": "start", "wait": true, "newest": true}))).await;
    assert_eq!((&newest["output_data"]["word"], &newest["workflow_version"]), (&json!("two"), &json!(2)));
    let (status, problem) = answer(program.post(format!("{url}/execute")).json(&json!({"version": 9}))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/version")));
    assert_eq!(answer(program.post(format!("{url}/execute")).json(&json!({"version": 1, "draft": true}))).await.0, 422);

    let versions = format!("{url}/versions");
    let (_, page) = answer(program.get(format!("{versions}?limit=1"))).await;
    assert_eq!((&page["items"][0]["version"], page["items"].as_array().unwrap().len()), (&json!(2), 1));
    let (_, page) = answer(program.get(format!("{versions}?limit=1&cursor={}", page["next_cursor"].as_str().unwrap()))).await;
    assert_eq!((&page["items"][0]["version"], &page["next_cursor"]), (&json!(1), &Value::Null));
    let (_, one) = answer(program.get(format!("{versions}/1"))).await;
    assert_eq!(one["definition"]["nodes"][0]["config"]["inputs"]["word"], "one");
    let (_, comparison) = answer(program.get(format!("{versions}/1/compare/2"))).await;
    assert_eq!((comparison["changed"].as_array().unwrap().len(), &comparison["changed"][0]["name"]), (1, &json!("Step say")));
    let (_, comparison) = answer(program.get(format!("{versions}/2/compare/draft"))).await;
    assert_eq!((&comparison["changed"], &comparison["to"]), (&json!([]), &Value::Null));
    for nowhere in ["9", "1/compare/9", "x/compare/1"] {
        assert!(matches!(answer(program.get(format!("{versions}/{nowhere}"))).await.0, 404), "{nowhere}");
    }
    assert_eq!(answer(foreign.get(&versions)).await.0, 404);

    let restore = format!("{versions}/1/restore");
    assert_eq!(answer(member.post(&restore)).await.0, 403);
    assert_eq!(answer(program.post(&restore).header("If-Match", "\"1\"")).await.0, 412);
    let (status, restored) = answer(program.post(&restore).header("If-Match", "\"2\"")).await;
    assert_eq!((status, &restored["revision"], &restored["published_version"]), (200, &json!(3), &json!(2)), "{restored}");
    assert_eq!(answer(program.post(&restore)).await.0, 409, "it is as it was then");
    let (word, _, _) = run(json!({})).await;
    assert_eq!(word, "two", "a restored draft is not published");
    let (_, third) = answer(program.post(&publish).json(&json!({"revision": 3}))).await;
    assert_eq!(third["version"], 3);
    assert_eq!(run(json!({})).await.0, "one");
    let actions: Vec<String> =
        sqlx::query_scalar("select action from audit_log where action like 'workflow.pub%'").fetch_all(test.owner()).await.unwrap();
    assert_eq!(actions.len(), 3);
}

#[tokio::test]
async fn a_draft_with_problems_is_not_published_and_of_two_who_publish_at_once_one_does() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let new = json!({"name": "unfinished", "draft": true, "definition": {"nodes": [{"id": "if", "type": "condition"}]}});
    let (_, made) = answer(program.post(server.url("/v1/workflows")).json(&new)).await;
    let url = server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()));
    let publish = |revision: i32| answer(program.post(format!("{url}/publish")).json(&json!({"revision": revision})));
    let (status, problem) = publish(1).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/definition/nodes/0/when")), "{problem}");
    assert_eq!(answer(program.put(&url).json(&json!({"revision": 1, "definition": says("one")}))).await.0, 200);
    let (one, two) = tokio::join!(publish(2), publish(2));
    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "{one:?} {two:?}");
}

#[tokio::test]
async fn a_workflow_inside_another_runs_as_it_was_published() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let make = async |name: &str, definition: Value| {
        let (status, made) = answer(program.post(server.url("/v1/workflows")).json(&json!({"name": name, "definition": definition}))).await;
        assert_eq!(status, 201, "{made}");
        made["id"].as_str().unwrap().to_owned()
    };
    let inner = make("inner", says("one")).await;
    let outer = make("outer", json!({"nodes": [{"id": "sub", "type": "workflow", "config": {"workflowId": inner}}]})).await;
    let url = server.url(&format!("/v1/workflows/{inner}"));
    assert_eq!(answer(program.post(format!("{url}/publish")).json(&json!({"revision": 1}))).await.0, 201);
    assert_eq!(answer(program.put(&url).json(&json!({"revision": 1, "definition": says("two")}))).await.0, 200);
    let (_, run) = answer(program.post(server.url(&format!("/v1/workflows/{outer}/execute"))).json(&json!({"wait": true}))).await;
    assert_eq!(run["output_data"], json!({"word": "one"}), "{run}");
}

#[tokio::test]
async fn a_save_that_comes_too_late_is_refused_with_the_difference() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let (_, made) = answer(program.post(server.url("/v1/workflows")).json(&json!({"name": "saying", "definition": says("one")}))).await;
    let url = server.url(&format!("/v1/workflows/{}", made["id"].as_str().unwrap()));
    let save = |word: &str| answer(program.put(&url).json(&json!({"revision": 1, "definition": says(word)})));
    assert_eq!(save("mine").await.0, 200);
    let (status, problem) = save("yours").await;
    assert_eq!((status, &problem["current"], &problem["differences"][0]["field"]), (412, &json!("\"2\""), &json!("Step say")), "{problem}");
    let difference = &problem["differences"][0];
    assert!(difference["stored"].as_str().unwrap().contains("mine") && difference["sent"].as_str().unwrap().contains("yours"), "{problem}");
}
