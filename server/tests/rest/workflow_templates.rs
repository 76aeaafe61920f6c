use reqwest::Client;
use serde_json::json;
use support::{TestSystem, answer};
use toolcrib::{access::Scope, builtins::install};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

#[tokio::test]
async fn a_workflow_is_made_from_a_template_run_exported_and_imported_again() {
    let test = TestSystem::new().await;
    install::install(&test.database().options()).await.unwrap();
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program: Client = test.program(&owner, &ALL).await;
    let (status, templates) = answer(program.get(server.url("/v1/workflow-templates"))).await;
    assert_eq!(status, 200);
    let items = templates["items"].as_array().unwrap();
    assert!(items.len() >= 8);
    let template = items.iter().find(|template| template["name"] == "price_margins").unwrap();
    assert_eq!(template["needs"], json!(["calculate", "render_template"]));

    let made = json!({ "template": "price_margins", "display_name": "Margins", "name": "margins" });
    let (status, made) = answer(program.post(server.url("/v1/workflows")).json(&made)).await;
    assert_eq!((status, &made["name"], &made["findings"]), (201, &json!("margins"), &json!([])), "{made}");
    let here = format!("/v1/workflows/{}", made["id"].as_str().unwrap());
    let start = json!({ "input": template["sample_input"], "wait": true });
    let (_, run) = answer(program.post(server.url(&format!("{here}/execute"))).json(&start)).await;
    assert_eq!((&run["status"], &run["output_data"]), (&json!("completed"), &template["sample_output"]), "{run}");

    let (status, document) = answer(program.get(server.url(&format!("{here}/export")))).await;
    assert_eq!((status, &document["format"], &document["version"]), (200, &json!("toolcrib.workflow"), &json!(1)));
    assert_eq!(answer(program.get(server.url(&format!("{here}/export?version=1")))).await.0, 404);
    let (status, again) =
        answer(program.post(server.url("/v1/workflows/import")).json(&json!({ "document": document, "display_name": "Margins again" })))
            .await;
    assert_eq!((status, &again["name"], &again["findings"]), (201, &json!("margins_again"), &json!([])), "{again}");
    assert_eq!(again["definition"], made["definition"]);
}

#[tokio::test]
async fn what_is_no_template_and_no_document_says_so_with_the_field() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let (status, problem) = answer(program.post(server.url("/v1/workflows")).json(&json!({ "template": "nothing" }))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/template")), "{problem}");
    let (status, problem) =
        answer(program.post(server.url("/v1/workflows")).json(&json!({ "template": "follow_up", "color": "red" }))).await;
    assert_eq!(status, 422, "{problem}");
    // Without a template every field is judged as ever.
    let (status, problem) = answer(program.post(server.url("/v1/workflows")).json(&json!({ "name": 7 }))).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/name")), "{problem}");
    let n8n = json!({ "document": { "nodes": [{ "name": "Webhook", "type": "n8n-nodes-base.webhook" }], "connections": {} } });
    let (status, problem) = answer(program.post(server.url("/v1/workflows/import")).json(&n8n)).await;
    assert_eq!(status, 422);
    assert!(problem["errors"][0]["message"].as_str().unwrap().contains("n8n"), "{problem}");
    assert_eq!(answer(Client::new().get(server.url("/v1/workflow-templates"))).await.0, 401);
    let (_, list) = answer(program.get(server.url("/v1/workflows"))).await;
    assert_eq!(list["items"], json!([]));
}
