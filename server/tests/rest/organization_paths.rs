use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    access::Scope,
    agents::{self, NewAgent},
};

#[tokio::test]
async fn the_earlier_paths_answer_in_their_envelopes_and_words() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let scopes = [Scope::Read, Scope::Write, Scope::Execute];
    let (program, foreign) = (test.program(&owner, &scopes).await, test.program(&stranger, &scopes).await);
    let json = async |answer: reqwest::Response| (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default());
    let new = json!({"name": "echo", "label": "Echo", "type": "python", "async": true, "status": "active",
        "function_schema": {"name": "echo", "parameters": {"type": "object", "properties": {"text": {"type": "string"}}}},
        "script_content": "def main(text='x'):\n    return text\n"});
    let (status, made) = json(program.post(server.url("/api/tools")).json(&new).send().await.unwrap()).await;
    let tool = &made["tool"];
    assert_eq!((status, &tool["label"], &tool["type"], &tool["async"]), (201, &json!("Echo"), &json!("python"), &json!(true)), "{made}");
    assert_eq!(tool["display_name"], "Echo");
    assert!(tool["input_schema"]["properties"]["text"].is_object());
    let wrong =
        json!({"name": "Calendar Integration", "label": "x".repeat(201), "type": "python", "script_content": "def main():\n    pass\n"});
    let (status, refused) = json(program.post(server.url("/api/tools")).json(&wrong).send().await.unwrap()).await;
    let mut places: Vec<&str> = refused["errors"].as_array().unwrap().iter().filter_map(|error| error["pointer"].as_str()).collect();
    places.sort_unstable();
    assert_eq!((status, places), (422, vec!["/label", "/name"]));
    let (_, listed) = json(program.get(server.url("/api/tools")).send().await.unwrap()).await;
    let same = listed["tools"].as_array().unwrap().iter().find(|one| one["label"] == "Echo").unwrap();
    for field in ["type", "async", "function_schema", "static_config", "config_metadata", "organization_id", "updated_at"] {
        assert_eq!(same[field], tool[field], "{field} is the same in the list");
    }
    let id = tool["id"].as_str().unwrap();
    let agent = agents::create::create(test.system(), &owner, NewAgent { name: "helper".to_owned(), ..NewAgent::default() }).await.unwrap();
    let base = server.url(&format!("/api/acme/agents/{}/tools", agent.id));
    let which = json!({"toolId": id});
    assert_eq!(foreign.post(format!("{base}/attach")).json(&which).send().await.unwrap().status(), 404);
    let elsewhere = server.url(&format!("/api/globex/agents/{}/tools/attach", agent.id));
    assert_eq!(program.post(elsewhere).json(&which).send().await.unwrap().status(), 404);
    let (status, attached) = json(program.post(format!("{base}/attach")).json(&which).send().await.unwrap()).await;
    assert_eq!((status, &attached["attachment"]["is_vapi_attached"]), (201, &json!(true)), "offered to the model, without a Vapi key");
    assert_eq!(json(program.post(format!("{base}/attach")).json(&which).send().await.unwrap()).await.0, 409);
    assert_eq!(json(program.get(&base).send().await.unwrap()).await.1["tools"][0]["tool_name"], "echo");
    let again = json!({"tool_id": id});
    assert_eq!(program.post(format!("{base}/detach")).json(&again).send().await.unwrap().status(), 204);
    assert_eq!(program.post(format!("{base}/detach")).json(&again).send().await.unwrap().status(), 404);
    let one = server.url(&format!("/api/acme/tools/{id}"));
    assert_eq!(json(program.get(&one).send().await.unwrap()).await.1["tool"]["id"], json!(id));
    assert_eq!(program.delete(&one).send().await.unwrap().status(), 204);
    assert_eq!(program.get(&one).send().await.unwrap().status(), 404);
}
