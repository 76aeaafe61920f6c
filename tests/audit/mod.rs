//! The audit log.

use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    audit::{AuditFilter, AuditOrder, AuditSort, export, list::list},
    organizations::{invite::invite, members, rename::rename},
};

#[tokio::test]
async fn nobody_changes_or_removes_what_was_written() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    rename(test.system(), &owner, "Acme").await.unwrap();
    for statement in ["update audit_log set actor_name = 'eve'", "delete from audit_log", "truncate audit_log"] {
        let mut tx = test.system().tenant(&owner).await.unwrap();
        let refused = sqlx::query(statement).execute(&mut *tx).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn a_change_and_its_line_are_kept_together_or_not_at_all() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    members::change_role(test.system(), &owner, builder.user_id, Role::Analyst).await.unwrap();
    members::change_role(test.system(), &owner, owner.user_id, Role::Member).await.unwrap_err();
    let page = list(test.system(), &owner, &AuditFilter::default(), None, 50).await.unwrap();
    assert_eq!(page.items.len(), 1);
    let entry = &page.items[0];
    assert_eq!((entry.action.as_str(), entry.actor_name.as_str()), ("member.change_role", "owner"));
    assert_eq!(entry.before.as_ref().unwrap()["role"], "builder");
    assert_eq!(entry.after.as_ref().unwrap()["role"], "analyst");
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition_while_more_is_written() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for n in 0..7 {
        rename(test.system(), &owner, &format!("Acme {n}")).await.unwrap();
    }
    let (mut names, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = list(test.system(), &owner, &AuditFilter::default(), cursor.as_deref(), 3).await.unwrap();
        names.extend(page.items.into_iter().map(|entry| entry.object_name));
        rename(test.system(), &owner, "written meanwhile").await.unwrap();
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(names, ["Acme 6", "Acme 5", "Acme 4", "Acme 3", "Acme 2", "Acme 1", "Acme 0"]);
    assert!(matches!(list(test.system(), &owner, &AuditFilter::default(), Some("garbage"), 3).await, Err(Error::Malformed(_))));
}

#[tokio::test]
async fn any_column_sorts_and_pages_follow_each_other_in_that_order() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    for name in ["Delta", "alpha", "Charlie", "bravo", "echo"] {
        rename(test.system(), &owner, name).await.unwrap();
    }
    let walk = async |sort: AuditSort, descending: bool| {
        let filter = AuditFilter { order: AuditOrder { sort, descending }, ..AuditFilter::default() };
        let (mut names, mut cursor) = (Vec::new(), None::<String>);
        loop {
            let page = list(test.system(), &owner, &filter, cursor.as_deref(), 2).await.unwrap();
            assert!(!page.is_cut);
            names.extend(page.items.into_iter().map(|entry| entry.object_name));
            cursor = page.next_cursor;
            if cursor.is_none() {
                return names;
            }
        }
    };
    assert_eq!(walk(AuditSort::Object, false).await, ["alpha", "bravo", "Charlie", "Delta", "echo"]);
    assert_eq!(walk(AuditSort::Object, true).await, ["echo", "Delta", "Charlie", "bravo", "alpha"]);
    assert_eq!(walk(AuditSort::When, false).await, ["Delta", "alpha", "Charlie", "bravo", "echo"]);
    for sort in AuditSort::ALL {
        let mut all = walk(*sort, false).await;
        all.sort();
        assert_eq!(all, ["Charlie", "Delta", "alpha", "bravo", "echo"], "{sort}: nothing twice, nothing left out");
    }
    let by = |sort, descending| AuditFilter { order: AuditOrder { sort, descending }, ..AuditFilter::default() };
    let cursor = list(test.system(), &owner, &by(AuditSort::Who, false), None, 2).await.unwrap().next_cursor;
    let other = list(test.system(), &owner, &by(AuditSort::Who, true), cursor.as_deref(), 2).await;
    assert!(matches!(other, Err(Error::Malformed(_))), "a cursor of another order: {other:?}");
}

#[tokio::test]
async fn filters_narrow_and_the_wall_holds() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let admin = test.member(&organization, Role::Admin).await;
    rename(test.system(), &stranger, "Globex Inc").await.unwrap();
    rename(test.system(), &owner, "Acme").await.unwrap();
    invite(test.system(), &admin, Role::Member, None).await.unwrap();
    let count = async |filter: AuditFilter| list(test.system(), &owner, &filter, None, 50).await.unwrap().items.len();
    assert_eq!(count(AuditFilter::default()).await, 2);
    assert_eq!(count(AuditFilter { action: Some("invitation".to_owned()), ..Default::default() }).await, 1);
    assert_eq!(count(AuditFilter { action: Some("invit".to_owned()), ..Default::default() }).await, 0);
    assert_eq!(count(AuditFilter { actor: Some(admin.user_id.0), ..Default::default() }).await, 1);
    assert_eq!(count(AuditFilter { actor: Some(stranger.user_id.0), ..Default::default() }).await, 0);
    assert_eq!(count(AuditFilter { object_type: Some("organization".to_owned()), ..Default::default() }).await, 1);
    assert_eq!(count(AuditFilter { from: Some(test.now()), ..Default::default() }).await, 0);
    let builder = test.member(&organization, Role::Builder).await;
    assert!(matches!(list(test.system(), &builder, &AuditFilter::default(), None, 50).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn the_export_is_a_table_without_secrets_and_without_formulas() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    rename(test.system(), &owner, "=cmd|' /C calc'!A0").await.unwrap();
    let (_, secret) = invite(test.system(), &owner, Role::Member, None).await.unwrap();
    let csv = export(test.system(), &owner, &AuditFilter::default()).await.unwrap();
    let lines: Vec<&str> = csv.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 3);
    assert!(lines[0].starts_with("time,actor_type,actor,"));
    assert!(lines[2].contains(",organization,'=cmd|"), "{}", lines[2]);
    assert!(!csv.contains(&secret));
}
