//! API tokens.

use chrono::Duration;
use support::TestSystem;
use toolcrib::{
    Error,
    access::{Permission, Role, Scope},
    actor::Source,
    ids::AgentId,
    organizations::members,
    tokens::{NewToken, authenticate, create::create, list::list, revoke::revoke, shown_once},
};

fn new(scopes: &[Scope]) -> NewToken {
    NewToken { name: "nightly".to_owned(), scopes: scopes.to_vec(), expires_in_days: Some(30), agent_id: None }
}

fn message(error: &Error) -> String {
    assert!(matches!(error, Error::Unauthenticated(_)), "{error:?}");
    error.to_string()
}

#[tokio::test]
async fn a_token_acts_as_its_maker_within_its_scopes() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (token, value) = create(test.system(), &owner, new(&[Scope::Read])).await.unwrap();
    assert!(value.starts_with("tc_") && token.hint.len() < 20 && !token.hint.contains(&value[8..20]));
    let actor = authenticate(test.system(), &value, None).await.unwrap();
    assert_eq!((actor.user_id, actor.organization_id, actor.source), (owner.user_id, owner.organization_id, Source::Rest));
    assert!(actor.may(Permission::See));
    for permission in [Permission::UseTools, Permission::Build, Permission::ManageMembers] {
        let refused = actor.require(permission).unwrap_err();
        assert!(refused.to_string().contains("lacks the scope"), "{refused}");
    }
    let stored: Vec<u8> = sqlx::query_scalar("select token_hash from api_tokens").fetch_one(test.owner()).await.unwrap();
    assert_eq!(stored, toolcrib::random::hash(&value));
}

#[tokio::test]
async fn unknown_expired_and_revoked_tokens_are_refused_with_their_reason() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (kept, value) = create(test.system(), &owner, new(&[Scope::Read])).await.unwrap();
    assert!(message(&authenticate(test.system(), "sk-123", None).await.unwrap_err()).contains("no API token"));
    assert!(message(&authenticate(test.system(), "tc_unknown", None).await.unwrap_err()).contains("unknown"));
    let (revoked, other) = create(test.system(), &owner, new(&[Scope::Read])).await.unwrap();
    revoke(test.system(), &owner, revoked.id).await.unwrap();
    revoke(test.system(), &owner, revoked.id).await.unwrap();
    assert!(message(&authenticate(test.system(), &other, None).await.unwrap_err()).contains("revoked"));
    test.pass(Duration::days(30));
    assert!(message(&authenticate(test.system(), &value, None).await.unwrap_err()).contains("expired"));
    assert!(list(test.system(), &owner).await.unwrap().iter().any(|token| token.id == kept.id));
}

#[tokio::test]
async fn use_is_noted_at_most_once_a_minute() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, value) = create(test.system(), &owner, new(&[Scope::Read])).await.unwrap();
    let last = async || list(test.system(), &owner).await.unwrap()[0].last_used_at;
    assert_eq!(last().await, None);
    authenticate(test.system(), &value, None).await.unwrap();
    let first = last().await.unwrap();
    test.pass(Duration::seconds(30));
    authenticate(test.system(), &value, None).await.unwrap();
    assert_eq!(last().await, Some(first));
    test.pass(Duration::seconds(31));
    authenticate(test.system(), &value, None).await.unwrap();
    assert!(last().await.unwrap() > first);
}

#[tokio::test]
async fn a_token_ends_with_the_membership_of_its_maker_and_does_not_come_back_with_it() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let (_, value) = create(test.system(), &builder, new(&[Scope::Read])).await.unwrap();
    members::remove(test.system(), &owner, builder.user_id).await.unwrap();
    message(&authenticate(test.system(), &value, None).await.unwrap_err());
    test.joins(&organization, builder.user_id, "builder", Role::Builder).await;
    message(&authenticate(test.system(), &value, None).await.unwrap_err());
}

#[tokio::test]
async fn a_demoted_maker_demotes_the_token() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let admin = test.member(&organization, Role::Admin).await;
    let (_, value) = create(test.system(), &admin, new(&Scope::ALL)).await.unwrap();
    assert!(authenticate(test.system(), &value, None).await.unwrap().may(Permission::ManageMembers));
    members::change_role(test.system(), &owner, admin.user_id, Role::Analyst).await.unwrap();
    assert!(!authenticate(test.system(), &value, None).await.unwrap().may(Permission::ManageMembers));
}

#[tokio::test]
async fn builders_make_tokens_of_their_own_and_see_no_others() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let member = test.member(&organization, Role::Member).await;
    let (owners, _) = create(test.system(), &owner, new(&[Scope::Read])).await.unwrap();
    let (builders, _) = create(test.system(), &builder, new(&[Scope::Read])).await.unwrap();
    assert!(matches!(create(test.system(), &member, new(&[Scope::Read])).await, Err(Error::Forbidden(_))));
    assert_eq!(list(test.system(), &builder).await.unwrap().iter().map(|t| t.id).collect::<Vec<_>>(), [builders.id]);
    assert_eq!(list(test.system(), &owner).await.unwrap().len(), 2);
    assert!(list(test.system(), &stranger).await.unwrap().is_empty());
    assert!(matches!(revoke(test.system(), &builder, owners.id).await, Err(Error::NotFound("token"))));
    assert!(matches!(revoke(test.system(), &stranger, owners.id).await, Err(Error::NotFound("token"))));
    revoke(test.system(), &owner, builders.id).await.unwrap();
}

#[tokio::test]
async fn a_token_makes_no_token_that_may_more_than_itself() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, writer) = create(test.system(), &owner, new(&[Scope::Read, Scope::Write])).await.unwrap();
    let writer = authenticate(test.system(), &writer, None).await.unwrap();
    assert!(matches!(create(test.system(), &writer, new(&[Scope::Read])).await, Err(Error::Forbidden(_))));
    let (_, admin) = create(test.system(), &owner, new(&[Scope::Write, Scope::Admin])).await.unwrap();
    let admin = authenticate(test.system(), &admin, None).await.unwrap();
    assert!(matches!(create(test.system(), &admin, new(&[Scope::Execute])).await, Err(Error::Forbidden(_))));
    create(test.system(), &admin, new(&[Scope::Write])).await.unwrap();
}

#[tokio::test]
async fn a_token_for_an_agent_names_an_agent_of_this_organization() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let agent = AgentId::new();
    sqlx::query("insert into agents (id, organization_id, name, display_name) values ($1, $2, 'stock_keeper', 'Stock keeper')")
        .bind(agent)
        .bind(stranger.organization_id)
        .execute(test.owner())
        .await
        .unwrap();
    let asked = |agent_id| NewToken { agent_id: Some(agent_id), ..new(&[Scope::Read, Scope::Execute]) };
    for foreign in [agent, AgentId::new()] {
        assert!(create(test.system(), &owner, asked(foreign)).await.unwrap_err().problem().field("agent_id").is_some());
    }
    let (_, value) = create(test.system(), &stranger, asked(agent)).await.unwrap();
    let actor = authenticate(test.system(), &value, None).await.unwrap();
    assert_eq!(actor.agent_id, Some(agent));
    assert!(actor.may(Permission::UseTools) && !actor.may(Permission::Build));
}

#[tokio::test]
async fn what_is_wrong_with_a_new_token_is_said_at_each_field() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let bad = NewToken { name: " ".to_owned(), scopes: Vec::new(), expires_in_days: Some(0), agent_id: None };
    let problem = create(test.system(), &owner, bad).await.unwrap_err().problem();
    for field in ["name", "scopes", "expires_in_days"] {
        assert!(problem.field(field).is_some(), "{field}");
    }
}

#[tokio::test]
async fn a_secret_is_shown_once_and_to_its_owner_only() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let other = test.member(&organization, Role::Admin).await;
    let key = shown_once::keep(test.system(), owner.user_id, "tc_secret").await.unwrap();
    let stored: String = sqlx::query_scalar("select body::text from form_flashes").fetch_one(test.owner()).await.unwrap();
    assert!(!stored.contains("tc_secret") && !stored.contains(&hex::encode("tc_secret")));
    assert_eq!(shown_once::take(test.system(), other.user_id, &key).await.unwrap(), None);
    assert_eq!(shown_once::take(test.system(), owner.user_id, &key).await.unwrap().as_deref(), Some("tc_secret"));
    assert_eq!(shown_once::take(test.system(), owner.user_id, &key).await.unwrap(), None);
    let late = shown_once::keep(test.system(), owner.user_id, "tc_secret").await.unwrap();
    test.pass(Duration::minutes(11));
    assert_eq!(shown_once::take(test.system(), owner.user_id, &late).await.unwrap(), None);
}
