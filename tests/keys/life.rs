use super::{VALUE, agent, everybody, key, tool};
use chrono::Duration;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    access::{Role, Scope},
    audit::{AuditFilter, list},
    keys::{self, ContextType, KeyChange, KeyFilter, KeyStatus, NewKey, NewMapping, Secret},
};

fn change(json: Value) -> KeyChange {
    serde_json::from_value(json).unwrap()
}

#[tokio::test]
async fn a_value_goes_in_and_is_nowhere_to_be_read_again() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let made = key(&test, &owner, "STRIPE_KEY").await;
    assert_eq!((made.masked_value.as_str(), made.status, made.mapping_count), ("••••abcd", KeyStatus::Active, 1));
    let got = keys::get(test.system(), &owner, made.id).await.unwrap();
    let listed = keys::list(test.system(), &owner, &KeyFilter::default()).await.unwrap();
    for shown in [serde_json::to_string(&got).unwrap(), serde_json::to_string(&listed).unwrap()] {
        assert!(!shown.contains(VALUE) && shown.contains("STRIPE_KEY"), "{shown}");
    }
    keys::change(test.system(), &owner, made.id, change(json!({"value": format!("{VALUE}-second")}))).await.unwrap();
    keys::delete(test.system(), &owner, made.id).await.unwrap();
    let log = list::list(test.system(), &owner, &AuditFilter::default(), None, 50).await.unwrap();
    let actions: Vec<&str> = log.items.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["key.delete", "key.replace_value", "key.create"]);
    assert!(!serde_json::to_string(&log).unwrap().contains("canary"));
}

#[tokio::test]
async fn what_lies_in_the_database_holds_no_value() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "STRIPE_KEY").await;
    let rows: Vec<(Vec<u8>, Vec<u8>, Vec<u8>)> =
        sqlx::query_as("select encrypted_value, encryption_iv, encryption_tag from tool_keys").fetch_all(test.owner()).await.unwrap();
    let (text, iv, tag) = &rows[0];
    assert_eq!((text.len(), iv.len(), tag.len()), (VALUE.len(), 16, 16));
    assert!(!text.windows(6).any(|part| part == b"canary"));
    let wrapped: (Vec<u8>, String) =
        sqlx::query_as("select wrapped_key, master_key_id from organization_data_keys").fetch_one(test.owner()).await.unwrap();
    assert_eq!((wrapped.0.len(), wrapped.1), (32, test.system().masters.ids().0));
}

#[tokio::test]
async fn replacing_a_value_keeps_the_mappings_and_renaming_keeps_the_value() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let made = key(&test, &owner, "OLD_NAME").await;
    let tool = tool(&test, &owner, "pay", "NEW_NAME").await;
    let renamed = keys::change(test.system(), &owner, made.id, change(json!({"key_name": "NEW_NAME"}))).await.unwrap();
    assert_eq!((renamed.key_name.as_str(), renamed.mapping_count, renamed.value_changed_at), ("NEW_NAME", 1, made.value_changed_at));
    let value = async || {
        let mut tx = test.system().tenant(&owner).await.unwrap();
        let ask = keys::Ask { organization_id: owner.organization_id, tool_id: tool, key_name: "NEW_NAME", agent_id: None, user_id: None };
        keys::resolve(&mut tx, test.system(), ask)
            .await
            .unwrap()
            .ok()
            .unwrap()
            .sent_to(&"https://api.example.com".parse().unwrap())
            .unwrap()
            .expose()
            .to_owned()
    };
    assert_eq!(value().await, VALUE);
    test.pass(Duration::seconds(1));
    let replaced = keys::change(test.system(), &owner, made.id, change(json!({"value": "  another value\n"}))).await.unwrap();
    assert!(replaced.value_changed_at > made.value_changed_at);
    assert_eq!((value().await.as_str(), replaced.masked_value.as_str(), replaced.mapping_count), ("another value", "••••alue", 1));
}

#[tokio::test]
async fn everything_wrong_with_a_new_key_is_said_at_once() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = NewKey::new("no name", Secret::from("abc"));
    new.expires_at = Some(test.now());
    new.owner_type = Some(keys::KeyOwner::Agent);
    new.owner_id = Some(uuid::Uuid::from_u128(1));
    new.tool_id = Some(uuid::Uuid::from_u128(2).into());
    new.mappings.push(NewMapping { context_id: Some(uuid::Uuid::from_u128(3)), ..everybody() });
    new.mappings.push(NewMapping { context_type: ContextType::Agent, context_id: Some(uuid::Uuid::from_u128(4)), ..everybody() });
    let Err(Error::Invalid(errors)) = keys::create(test.system(), &owner, new).await else { panic!("it was taken") };
    let places: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
    for place in ["/key_name", "/value", "/expires_at", "/owner_id", "/tool_id", "/mappings/0/context_id", "/mappings/1/context_id"] {
        assert!(places.contains(&place), "{place} in {places:?}");
    }
}

#[tokio::test]
async fn only_admins_and_owners_have_to_do_with_keys() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let made = key(&test, &owner, "KEY").await;
    for role in [Role::Builder, Role::Analyst, Role::Member] {
        let actor = test.member(&organization, role).await;
        let refused = |result: Result<(), Error>| assert!(matches!(result, Err(Error::Forbidden(_))), "{role:?}");
        refused(keys::list(test.system(), &actor, &KeyFilter::default()).await.map(drop));
        refused(keys::list_all(test.system(), &actor, KeyFilter::default()).await.map(drop));
        refused(keys::get(test.system(), &actor, made.id).await.map(drop));
        refused(keys::create(test.system(), &actor, NewKey::new("KEY", Secret::from(VALUE))).await.map(drop));
        refused(keys::change(test.system(), &actor, made.id, KeyChange::default()).await.map(drop));
        refused(keys::delete(test.system(), &actor, made.id).await);
        refused(keys::map(test.system(), &actor, made.id, everybody()).await.map(drop));
    }
    let builder = test.member(&organization, Role::Builder).await;
    assert_eq!(keys::names(test.system(), &builder).await.unwrap()[0].key_name, "KEY");
    let mut token = test.member(&organization, Role::Admin).await;
    token.scopes = Some(vec![Scope::Read, Scope::Write, Scope::Execute]);
    assert!(matches!(keys::get(test.system(), &token, made.id).await, Err(Error::Forbidden(_))));
    token.scopes = Some(vec![Scope::Admin]);
    assert!(keys::get(test.system(), &token, made.id).await.is_ok());
}

#[tokio::test]
async fn another_organization_s_key_is_not_there() {
    let test = TestSystem::new().await;
    let (_, ours) = test.organization("acme").await;
    let (_, theirs) = test.organization("other").await;
    let made = key(&test, &ours, "KEY").await;
    let gone = |result: Result<(), Error>| assert!(matches!(result, Err(Error::NotFound(_))));
    gone(keys::get(test.system(), &theirs, made.id).await.map(drop));
    gone(keys::change(test.system(), &theirs, made.id, KeyChange::default()).await.map(drop));
    gone(keys::delete(test.system(), &theirs, made.id).await);
    gone(keys::map(test.system(), &theirs, made.id, everybody()).await.map(drop));
    let agent = agent(&test, &ours, "helper").await;
    let mapping = NewMapping { context_type: ContextType::Agent, context_id: Some(agent.0), ..everybody() };
    let mut new = NewKey::new("KEY", Secret::from(VALUE));
    new.mappings.push(mapping);
    assert!(matches!(keys::create(test.system(), &theirs, new).await, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn mappings_are_made_once_and_go_with_the_agent_or_the_member() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let made = key(&test, &owner, "KEY").await;
    assert!(matches!(keys::map(test.system(), &owner, made.id, everybody()).await, Err(Error::Conflict { .. })));
    let (agent, person) = (agent(&test, &owner, "helper").await, test.member(&organization, Role::Member).await);
    for (context_type, id) in [(ContextType::Agent, agent.0), (ContextType::User, person.user_id.0)] {
        let mapping = NewMapping { context_type, context_id: Some(id), ..everybody() };
        let mapping = keys::map(test.system(), &owner, made.id, mapping).await.unwrap();
        assert!(mapping.context_name.is_some());
    }
    toolcrib::agents::delete::delete(test.system(), &owner, agent).await.unwrap();
    toolcrib::organizations::members::remove(test.system(), &owner, person.user_id).await.unwrap();
    let left = keys::get(test.system(), &owner, made.id).await.unwrap().mappings;
    assert_eq!(left.iter().map(|mapping| mapping.context_type).collect::<Vec<_>>(), [ContextType::Global]);
    keys::unmap(test.system(), &owner, made.id, left[0].id).await.unwrap();
    assert!(matches!(keys::unmap(test.system(), &owner, made.id, left[0].id).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn a_tool_that_asks_for_another_key_is_not_mapped() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let made = key(&test, &owner, "KEY").await;
    let other = tool(&test, &owner, "other", "OTHER_KEY").await;
    let Err(Error::Invalid(errors)) = keys::map(test.system(), &owner, made.id, NewMapping { tool_id: Some(other), ..everybody() }).await
    else {
        panic!("it was mapped")
    };
    assert!(errors[0].message.contains("OTHER_KEY"), "{errors:?}");
}

#[tokio::test]
async fn keys_made_at_once_in_a_new_organization_share_one_data_key() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = tool(&test, &owner, "pay", "KEY").await;
    futures_util::future::join_all((0..8).map(|_| key(&test, &owner, "KEY"))).await;
    let count: i64 = sqlx::query_scalar("select count(*) from organization_data_keys").fetch_one(test.owner()).await.unwrap();
    assert_eq!(count, 1);
    for made in keys::list(test.system(), &owner, &KeyFilter::default()).await.unwrap().items {
        keys::change(test.system(), &owner, made.id, change(json!({"is_active": false}))).await.unwrap();
        keys::change(test.system(), &owner, made.id, change(json!({"is_active": true, "key_name": "RENAMED"}))).await.unwrap();
    }
    let mut tx = test.system().tenant(&owner).await.unwrap();
    let ask = keys::Ask { organization_id: owner.organization_id, tool_id: tool, key_name: "RENAMED", agent_id: None, user_id: None };
    assert_eq!(
        keys::resolve(&mut tx, test.system(), ask)
            .await
            .unwrap()
            .ok()
            .unwrap()
            .sent_to(&"https://api.example.com".parse().unwrap())
            .unwrap()
            .expose(),
        VALUE
    );
}

#[tokio::test]
async fn the_whole_list_is_whole_beyond_what_one_page_holds() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for n in 0..102 {
        key(&test, &owner, &format!("MANY_{n:03}")).await;
    }
    let names = async |filter: KeyFilter| {
        let keys = keys::list_all(test.system(), &owner, filter).await.unwrap();
        keys.into_iter().map(|key| key.key_name).collect::<Vec<_>>()
    };
    let newest_first: Vec<String> = (0..102).rev().map(|n| format!("MANY_{n:03}")).collect();
    assert_eq!(names(KeyFilter::default()).await, newest_first);
    // A filter holds for every page, and a cursor or a limit for none.
    let filter = KeyFilter { text: Some("many_10".to_owned()), limit: Some(1), ..KeyFilter::default() };
    assert_eq!(names(filter).await, ["MANY_101", "MANY_100"]);
}
