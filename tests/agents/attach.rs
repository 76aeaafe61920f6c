use super::{agent, attachment, audited, tool};
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    agents::{attach::attach, attachments, delete::delete, detach::detach},
    tools::Visibility,
};

async fn grants(test: &TestSystem) -> i64 {
    sqlx::query_scalar("select count(*) from tool_grants where subject_type = 'agent'").fetch_one(test.owner()).await.unwrap()
}

#[tokio::test]
async fn a_private_tool_is_granted_by_its_owner_and_the_grant_goes_with_the_attachment() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let agent = agent(&test, &builder, "stock_keeper").await;
    let tool = tool(&test, &builder, "load", Visibility::Private).await;

    let attached = attach(test.system(), &builder, agent.id, attachment(tool.id)).await.unwrap();
    assert!(attached.is_permitted && attached.obstacle().is_none());
    assert_eq!((grants(&test).await, audited(&test, "agent.attach_tool").await), (1, 1));

    detach(test.system(), &builder, agent.id, tool.id).await.unwrap();
    assert_eq!((grants(&test).await, audited(&test, "agent.detach_tool").await), (0, 1));
}

#[tokio::test]
async fn a_grant_given_on_purpose_survives_detaching() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Private).await;
    sqlx::query(
        "insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission, created_at) values (gen_random_uuid(), $1, $2, $3, 'agent', 'execute', now() - interval '1 day')",
    )
    .bind(owner.organization_id)
    .bind(tool.id)
    .bind(agent.id)
    .execute(test.owner())
    .await
    .unwrap();
    attach(test.system(), &owner, agent.id, attachment(tool.id)).await.unwrap();
    detach(test.system(), &owner, agent.id, tool.id).await.unwrap();
    assert_eq!(grants(&test).await, 1);
}

#[tokio::test]
async fn somebody_elses_private_tool_is_not_to_be_seen_and_not_to_be_attached() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let agent = agent(&test, &builder, "stock_keeper").await;
    let tool = tool(&test, &owner, "secret_load", Visibility::Private).await;
    let listed = attachments::available(test.system(), &builder, agent.id, None, None, None).await.unwrap().items;
    assert!(listed.iter().all(|available| available.tool_id != tool.id));
    let refused = attach(test.system(), &builder, agent.id, attachment(tool.id)).await;
    assert!(matches!(refused, Err(Error::NotFound("tool"))), "{refused:?}");
}

#[tokio::test]
async fn what_can_be_attached_comes_in_pages_and_is_searched_whole() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let mut ids = Vec::new();
    for number in 0..7 {
        ids.push(tool(&test, &owner, &format!("load_{number}"), Visibility::Public).await.id);
    }
    tool(&test, &owner, "percent_tool", Visibility::Public).await;
    attach(test.system(), &owner, agent.id, attachment(ids[2])).await.unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    for expected in [4, 2] {
        let page = attachments::available(test.system(), &owner, agent.id, Some(" LOAD "), cursor.as_deref(), Some(4)).await.unwrap();
        assert_eq!(page.items.len(), expected);
        seen.extend(page.items.into_iter().map(|tool| tool.tool_id));
        cursor = page.next_cursor;
    }
    assert_eq!((cursor, seen), (None, [0, 1, 3, 4, 5, 6].map(|index: usize| ids[index]).to_vec()));
    // What stands for anything in a pattern stands for itself here.
    for (search, count) in [("%", 0), ("load_5", 1), ("nothing of that name", 0), ("percent", 1)] {
        let page = attachments::available(test.system(), &owner, agent.id, Some(search), None, None).await.unwrap();
        assert_eq!(page.items.len(), count, "{search}");
    }
    let wrong = attachments::available(test.system(), &owner, agent.id, None, Some("no cursor"), None).await;
    assert!(matches!(wrong, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn who_may_only_read_a_private_tool_may_not_hand_it_on() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let agent = agent(&test, &builder, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Private).await;
    sqlx::query(
        "insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission) values (gen_random_uuid(), $1, $2, $3, 'user', 'read')",
    )
    .bind(owner.organization_id)
    .bind(tool.id)
    .bind(builder.user_id)
    .execute(test.owner())
    .await
    .unwrap();
    let listed = attachments::available(test.system(), &builder, agent.id, None, None, None).await.unwrap().items;
    assert!(listed.iter().any(|available| available.tool_id == tool.id && available.obstacle.is_some()));
    let refused = attach(test.system(), &builder, agent.id, attachment(tool.id)).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    assert_eq!(grants(&test).await, 0);
}

#[tokio::test]
async fn a_tool_is_attached_once_even_when_two_people_attach_it_at_the_same_time() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    let attempts = (0..4).map(|_| {
        let (system, owner) = (test.system().clone(), owner.clone());
        tokio::spawn(async move { attach(&system, &owner, agent.id, attachment(tool.id)).await })
    });
    let mut done = 0;
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.unwrap() {
            Ok(_) => done += 1,
            Err(Error::Conflict { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((done, audited(&test, "agent.attach_tool").await), (1, 1));
}

#[tokio::test]
async fn a_tool_kept_from_agents_is_refused_at_its_field() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    sqlx::query("update tools set attach_to_agent = false where id = $1").bind(tool.id).execute(test.owner()).await.unwrap();
    let refused = attach(test.system(), &owner, agent.id, attachment(tool.id)).await;
    assert!(matches!(&refused, Err(Error::Invalid(errors)) if errors[0].pointer == "/tool_id"), "{refused:?}");
    // One that runs at the start of a call may be attached, but is not offered to the model.
    sqlx::query("update tools set execute_on_call_start = true where id = $1").bind(tool.id).execute(test.owner()).await.unwrap();
    assert!(!attach(test.system(), &owner, agent.id, attachment(tool.id)).await.unwrap().is_vapi_attached);
}

#[tokio::test]
async fn another_organizations_agents_and_tools_do_not_exist() {
    let test = TestSystem::new().await;
    let (_, acme) = test.organization("acme").await;
    let (_, other) = test.organization("other").await;
    let agent_here = agent(&test, &acme, "stock_keeper").await;
    let tool_there = tool(&test, &other, "load", Visibility::Public).await;
    let tool_here = tool(&test, &acme, "load", Visibility::Public).await;
    let foreign_tool = attach(test.system(), &acme, agent_here.id, attachment(tool_there.id)).await;
    assert!(matches!(foreign_tool, Err(Error::NotFound("tool"))), "{foreign_tool:?}");
    let foreign_agent = attach(test.system(), &other, agent_here.id, attachment(tool_there.id)).await;
    assert!(matches!(foreign_agent, Err(Error::NotFound("agent"))), "{foreign_agent:?}");
    attach(test.system(), &acme, agent_here.id, attachment(tool_here.id)).await.unwrap();
    assert!(matches!(detach(test.system(), &other, agent_here.id, tool_here.id).await, Err(Error::NotFound("agent"))));
    assert!(matches!(delete(test.system(), &other, agent_here.id).await, Err(Error::NotFound("agent"))));
}

#[tokio::test]
async fn an_analyst_attaches_nothing() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let analyst = test.member(&organization, Role::Analyst).await;
    let agent = agent(&test, &owner, "stock_keeper").await;
    let tool = tool(&test, &owner, "load", Visibility::Public).await;
    assert!(matches!(attach(test.system(), &analyst, agent.id, attachment(tool.id)).await, Err(Error::Forbidden(_))));
}
