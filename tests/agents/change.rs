use super::{agent, attachment, audited, tool};
use support::TestSystem;
use toolcrib::{
    Error,
    agents::{
        AttachmentChange, NewAgent, attach::attach, change_attachment::change_attachment, create::create, delete::delete, get::get,
        list::list, update::update,
    },
    tools::Visibility,
};

#[tokio::test]
async fn two_agents_of_one_name_conflict_at_the_name() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    agent(&test, &owner, "stock_keeper").await;
    let second = create(test.system(), &owner, NewAgent { name: "stock_keeper".to_owned(), ..NewAgent::default() }).await;
    assert!(matches!(&second, Err(Error::Conflict { field: Some(field), .. }) if field == "name"), "{second:?}");
    assert_eq!(audited(&test, "agent.create").await, 1);
}

#[tokio::test]
async fn a_name_taken_by_another_agent_is_refused_and_nothing_changes() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    agent(&test, &owner, "first").await;
    let second = agent(&test, &owner, "second").await;
    let taken = NewAgent { name: "first".to_owned(), display_name: "New".to_owned(), ..NewAgent::default() };
    assert!(matches!(update(test.system(), &owner, second.id, taken, None).await, Err(Error::Conflict { .. })));
    assert_eq!(get(test.system(), &owner, second.id).await.unwrap(), second);
}

#[tokio::test]
async fn saving_an_agent_unchanged_writes_no_audit_entry() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let same = agent(&test, &owner, "stock_keeper").await;
    let unchanged = NewAgent { name: same.name.clone(), display_name: same.display_name.clone(), description: String::new() };
    update(test.system(), &owner, same.id, unchanged, None).await.unwrap();
    assert_eq!(audited(&test, "agent.update").await, 0);
}

#[tokio::test]
async fn a_deleted_agent_takes_its_grants_and_tokens_along() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let doomed = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Private).await;
    attach(test.system(), &owner, doomed.id, attachment(tool.id)).await.unwrap();
    test.agent_token(&owner, doomed.id, &toolcrib::access::Scope::ALL).await;
    delete(test.system(), &owner, doomed.id).await.unwrap();
    let left: i64 = sqlx::query_scalar(
        "select (select count(*) from tool_grants) + (select count(*) from api_tokens) + (select count(*) from agent_tools)",
    )
    .fetch_one(test.owner())
    .await
    .unwrap();
    assert_eq!(left, 0);
    assert!(matches!(get(test.system(), &owner, doomed.id).await, Err(Error::NotFound("agent"))));
}

#[tokio::test]
async fn an_agents_own_token_sees_itself_only_and_changes_nothing() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let this = agent(&test, &owner, "this_one").await;
    let other = agent(&test, &owner, "other_one").await;
    let mut token = owner.clone();
    token.agent_id = Some(this.id);
    let (seen, _) = list(test.system(), &token, None, None, 50).await.unwrap();
    assert_eq!(seen.iter().map(|row| row.agent.id).collect::<Vec<_>>(), [this.id]);
    assert!(matches!(get(test.system(), &token, other.id).await, Err(Error::NotFound("agent"))));
    assert!(matches!(delete(test.system(), &token, this.id).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn pages_of_agents_go_on_where_the_last_one_ended() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for name in ["aa", "bb", "cc"] {
        agent(&test, &owner, name).await;
    }
    let (first, next) = list(test.system(), &owner, None, None, 2).await.unwrap();
    let (second, end) = list(test.system(), &owner, None, next.as_deref(), 2).await.unwrap();
    let names: Vec<_> = first.iter().chain(&second).map(|row| row.agent.name.as_str()).collect();
    assert_eq!((names, end), (vec!["aa", "bb", "cc"], None));
    let (found, _) = list(test.system(), &owner, Some("%"), None, 50).await.unwrap();
    assert!(found.is_empty(), "a percent sign is searched for, not a pattern");
}

#[tokio::test]
async fn switching_off_keeps_the_notes_and_notes_keep_the_switch() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    attach(test.system(), &owner, agent.id, attachment(tool.id)).await.unwrap();
    let off = AttachmentChange { is_enabled: Some(false), ..AttachmentChange::default() };
    change_attachment(test.system(), &owner, agent.id, tool.id, off).await.unwrap();
    let notes = AttachmentChange { usage_comments: Some("Only in the morning.".to_owned()), ..AttachmentChange::default() };
    let changed = change_attachment(test.system(), &owner, agent.id, tool.id, notes).await.unwrap();
    assert_eq!((changed.is_enabled, changed.usage_comments.as_str()), (false, "Only in the morning."));
    assert_eq!(audited(&test, "agent.change_tool").await, 2);
}
