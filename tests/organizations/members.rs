//! Roles, and the last owner.

use support::TestSystem;
use toolcrib::{Error, access::Role, organizations::members};

#[tokio::test]
async fn the_last_owner_neither_leaves_nor_becomes_anything_less() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let refused = members::change_role(test.system(), &owner, owner.user_id, Role::Admin).await.unwrap_err();
    assert!(matches!(refused, Error::Conflict { .. }), "{refused}");
    assert!(matches!(members::remove(test.system(), &owner, owner.user_id).await, Err(Error::Conflict { .. })));
    let second = test.member(&organization, Role::Owner).await;
    members::remove(test.system(), &owner, owner.user_id).await.unwrap();
    assert!(matches!(members::remove(test.system(), &second, second.user_id).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn two_owners_who_demote_each_other_at_once_leave_one_owner() {
    let test = TestSystem::new().await;
    let (organization, a) = test.organization("acme").await;
    let b = test.member(&organization, Role::Owner).await;
    let (one, two) = tokio::join!(
        members::change_role(test.system(), &a, b.user_id, Role::Member),
        members::change_role(test.system(), &b, a.user_id, Role::Member)
    );
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
    let owners =
        sqlx::query_scalar::<_, i64>("select count(*) from memberships where role = 'owner'").fetch_one(test.owner()).await.unwrap();
    assert_eq!(owners, 1);
}

#[tokio::test]
async fn an_admin_neither_makes_nor_removes_owners() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    test.member(&organization, Role::Owner).await;
    let admin = test.member(&organization, Role::Admin).await;
    let member = test.member(&organization, Role::Member).await;
    for refused in [
        members::change_role(test.system(), &admin, member.user_id, Role::Owner).await,
        members::change_role(test.system(), &admin, admin.user_id, Role::Owner).await,
        members::change_role(test.system(), &admin, owner.user_id, Role::Member).await,
        members::remove(test.system(), &admin, owner.user_id).await,
    ] {
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
    members::change_role(test.system(), &admin, member.user_id, Role::Admin).await.unwrap();
}

#[tokio::test]
async fn members_without_the_role_change_nobody_but_may_leave() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let other = test.member(&organization, Role::Member).await;
    for role in [Role::Builder, Role::Analyst, Role::Member] {
        let actor = test.member(&organization, role).await;
        assert!(matches!(members::change_role(test.system(), &actor, other.user_id, Role::Builder).await, Err(Error::Forbidden(_))));
        assert!(matches!(members::remove(test.system(), &actor, other.user_id).await, Err(Error::Forbidden(_))));
        members::remove(test.system(), &actor, actor.user_id).await.unwrap();
    }
    assert_eq!(members::list(test.system(), &other).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_member_of_another_organization_is_not_found() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    for refused in [
        members::change_role(test.system(), &owner, stranger.user_id, Role::Member).await,
        members::remove(test.system(), &owner, stranger.user_id).await,
    ] {
        assert!(matches!(refused, Err(Error::NotFound("member"))), "{refused:?}");
    }
    assert_eq!(members::list(test.system(), &owner).await.unwrap().len(), 1);
}
