//! Every stored part changed, and rows swapped: it is noticed, and what was touched is named.

use super::{VALUE, key, tool};
use sqlx::AssertSqlSafe;
use support::TestSystem;
use toolcrib::{Error, actor::Actor, ids::ToolId, keys};

async fn open(test: &TestSystem, actor: &Actor, tool: ToolId) -> Result<String, String> {
    let mut tx = test.system().tenant(actor).await.unwrap();
    let ask =
        keys::Ask { organization_id: actor.organization_id, tool_id: tool, key_name: "KEY", agent_id: None, user_id: Some(actor.user_id) };
    match keys::resolve(&mut tx, test.system(), ask).await {
        Ok(Ok(key)) => Ok(super::plain(&key).to_owned()),
        Ok(Err(unresolved)) => Err(unresolved.to_string()),
        Err(Error::Unavailable(why)) => Err(why),
        Err(error) => panic!("{error}"),
    }
}

async fn as_owner(test: &TestSystem, sql: &str) {
    let mut tx = test.owner().begin().await.unwrap();
    sqlx::query("set local session_replication_role = replica").execute(&mut *tx).await.unwrap();
    assert!(sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await.unwrap().rows_affected() > 0, "{sql}");
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_changed_bit_in_any_stored_part_is_detected_and_named() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "KEY").await;
    let tool = tool(&test, &owner, "pay", "KEY").await;
    assert_eq!(open(&test, &owner, tool).await.unwrap(), VALUE);
    for (table, column, named) in [
        ("tool_keys", "encrypted_value", "The value of the key “KEY”"),
        ("tool_keys", "encryption_iv", "The value of the key “KEY”"),
        ("tool_keys", "encryption_tag", "The value of the key “KEY”"),
        ("organization_data_keys", "wrapped_key", "The data key of organization"),
        ("organization_data_keys", "wrap_iv", "The data key of organization"),
        ("organization_data_keys", "wrap_tag", "The data key of organization"),
    ] {
        let flip = format!("update {table} set {column} = set_bit({column}, 5, 1 - get_bit({column}, 5))");
        as_owner(&test, &flip).await;
        let why = open(&test, &owner, tool).await.unwrap_err();
        assert!(why.starts_with(named) && why.contains("changed in the database") && !why.contains(VALUE), "{column}: {why}");
        as_owner(&test, &flip).await;
        assert_eq!(open(&test, &owner, tool).await.unwrap(), VALUE, "{column} was put back");
    }
    as_owner(&test, "update organization_data_keys set master_key_id = '0123456789abcdef'").await;
    let why = open(&test, &owner, tool).await.unwrap_err();
    assert!(why.contains("0123456789abcdef, which this server does not have"), "{why}");
}

#[tokio::test]
async fn a_value_that_is_renamed_in_the_database_does_not_open() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "OTHER").await;
    let tool = tool(&test, &owner, "pay", "KEY").await;
    as_owner(&test, "update tool_keys set key_name = 'KEY'").await;
    assert!(open(&test, &owner, tool).await.unwrap_err().starts_with("The value of the key “KEY”"));
}

#[tokio::test]
async fn a_value_copied_to_another_row_does_not_open() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first, second) = (key(&test, &owner, "KEY").await, key(&test, &owner, "KEY").await);
    let tool = tool(&test, &owner, "pay", "KEY").await;
    // The second mapping is newer: its key is the one that is used.
    let copy = format!(
        "update tool_keys k set encrypted_value = o.encrypted_value, encryption_iv = o.encryption_iv, encryption_tag = o.encryption_tag
         from tool_keys o where k.id = '{}' and o.id = '{}'",
        second.id, first.id
    );
    as_owner(&test, &copy).await;
    let why = open(&test, &owner, tool).await.unwrap_err();
    assert!(why.contains("copied from another row") && why.contains(&second.id.to_string()), "{why}");
}

#[tokio::test]
async fn rows_swapped_between_organizations_do_not_open() {
    let test = TestSystem::new().await;
    let (_, ours) = test.organization("acme").await;
    let (_, theirs) = test.organization("other").await;
    let stolen = key(&test, &theirs, "KEY").await;
    let own = key(&test, &ours, "KEY").await;
    let tool = tool(&test, &ours, "pay", "KEY").await;
    // The whole row of the other organization, moved into ours, in the place of our own.
    as_owner(&test, &format!("delete from tool_key_mappings where key_id = '{}'", own.id)).await;
    let ours_id = ours.organization_id;
    as_owner(&test, &format!("update tool_keys set organization_id = '{ours_id}' where id = '{}'", stolen.id)).await;
    as_owner(&test, &format!("update tool_key_mappings set organization_id = '{ours_id}' where key_id = '{}'", stolen.id)).await;
    let why = open(&test, &ours, tool).await.unwrap_err();
    assert!(why.starts_with("The value of the key “KEY”"), "{why}");
    // With their data key moved along it does not open either: that is bound to its organization too.
    as_owner(&test, &format!("delete from organization_data_keys where organization_id = '{ours_id}'")).await;
    as_owner(&test, &format!("update organization_data_keys set organization_id = '{ours_id}'")).await;
    let why = open(&test, &ours, tool).await.unwrap_err();
    assert!(why.starts_with("The data key of organization") && why.contains("copied from another organization"), "{why}");
}
