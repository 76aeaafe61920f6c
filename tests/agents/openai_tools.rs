use super::{agent, attachment, tool};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    agents::{AttachmentChange, NewAttachment, attach::attach, change_attachment::change_attachment, openai_tools::openai_tools},
    tools::Visibility,
};

#[tokio::test]
async fn the_list_has_name_description_with_notes_and_parameters() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    let new = NewAttachment { usage_comments: "Only in the morning.".to_owned(), ..attachment(tool.id) };
    attach(test.system(), &owner, agent.id, new).await.unwrap();
    let tools = openai_tools(test.system(), &owner, agent.id).await.unwrap();
    assert_eq!(tools[0]["type"], json!("function"));
    assert_eq!(tools[0]["function"]["name"], json!("load"));
    assert_eq!(tools[0]["function"]["description"], json!("What load does.\n\nOnly in the morning."));
    assert_eq!(tools[0]["function"]["parameters"]["properties"]["count"]["type"], json!("integer"));
}

#[tokio::test]
async fn what_the_agent_cannot_call_now_is_not_offered() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let names = ["switched_off", "disabled", "expired", "offered"];
    let mut ids = Vec::new();
    for name in names {
        let tool = tool(&test, &owner, name, Visibility::Private).await;
        attach(test.system(), &owner, agent.id, attachment(tool.id)).await.unwrap();
        ids.push(tool.id);
    }
    let off = AttachmentChange { is_enabled: Some(false), ..AttachmentChange::default() };
    change_attachment(test.system(), &owner, agent.id, ids[0], off).await.unwrap();
    sqlx::query("update tools set status = 'disabled' where id = $1").bind(ids[1]).execute(test.owner()).await.unwrap();
    sqlx::query("update tool_grants set expires_at = $2 where tool_id = $1")
        .bind(ids[2])
        .bind(test.now())
        .execute(test.owner())
        .await
        .unwrap();
    let tools = openai_tools(test.system(), &owner, agent.id).await.unwrap();
    let offered: Vec<_> = tools.as_array().unwrap().iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect();
    assert_eq!(offered, ["offered"]);
}
