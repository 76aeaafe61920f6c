//! Invitations by link.

use chrono::Duration;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    actor::Actor,
    organizations::{
        accept_invitation::{accept, accept_with_account, look_up},
        invite::{invite, open, revoke},
        membership::membership_of,
    },
    users::{NewUser, SignedIn, Visit, authenticate::authenticate},
};

fn grace(email: &str) -> NewUser {
    NewUser { name: "Grace".to_owned(), email: email.to_owned(), password: "a long enough one".to_owned() }
}

async fn signed_in(test: &TestSystem, actor: &Actor) -> SignedIn {
    let cookie = test.session(actor).await;
    authenticate(test.system(), &cookie).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_link_makes_one_member_with_the_role_it_names() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, secret) = invite(test.system(), &owner, Role::Builder, None).await.unwrap();
    let seen = look_up(test.system(), &secret).await.unwrap();
    assert_eq!((seen.organization_name.as_str(), seen.role), ("acme Ltd", Role::Builder));
    let (user, _, cookie) = accept_with_account(test.system(), &secret, grace("grace@acme.example"), &Visit::default()).await.unwrap();
    assert_eq!(authenticate(test.system(), &cookie).await.unwrap().unwrap().user, user);
    assert_eq!(membership_of(test.system(), user.id, "acme").await.unwrap().unwrap().1, Role::Builder);
    let again = accept_with_account(test.system(), &secret, grace("second@acme.example"), &Visit::default()).await.unwrap_err();
    assert!(again.to_string().contains("used already"), "{again}");
    assert!(open(test.system(), &owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn of_two_people_who_use_a_link_at_once_one_joins_and_the_other_has_no_account() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, secret) = invite(test.system(), &owner, Role::Member, None).await.unwrap();
    let visit = Visit::default();
    let (a, b) = tokio::join!(
        accept_with_account(test.system(), &secret, grace("a@acme.example"), &visit),
        accept_with_account(test.system(), &secret, grace("b@acme.example"), &visit)
    );
    assert_eq!(usize::from(a.is_ok()) + usize::from(b.is_ok()), 1);
    let users = sqlx::query_scalar::<_, i64>("select count(*) from users").fetch_one(test.owner()).await.unwrap();
    assert_eq!(users, 2);
}

#[tokio::test]
async fn a_link_runs_out_after_seven_days() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, secret) = invite(test.system(), &owner, Role::Member, None).await.unwrap();
    test.pass(Duration::days(7));
    let refused = look_up(test.system(), &secret).await.unwrap_err();
    assert!(refused.to_string().contains("expired"), "{refused}");
    assert!(accept_with_account(test.system(), &secret, grace("grace@acme.example"), &Visit::default()).await.is_err());
    assert!(open(test.system(), &owner).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_link_that_was_taken_back_is_unknown() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (id, secret) = invite(test.system(), &owner, Role::Member, None).await.unwrap();
    let (_, stranger) = test.organization("globex").await;
    assert!(matches!(revoke(test.system(), &stranger, id).await, Err(Error::NotFound("invitation"))));
    revoke(test.system(), &owner, id).await.unwrap();
    assert!(matches!(look_up(test.system(), &secret).await, Err(Error::NotFound("invitation"))));
}

#[tokio::test]
async fn an_invitation_for_an_address_is_for_nobody_else() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let (_, secret) = invite(test.system(), &owner, Role::Admin, Some("Grace@Acme.example".to_owned())).await.unwrap();
    let person = signed_in(&test, &stranger).await;
    assert!(matches!(accept(test.system(), &person, &secret, None).await, Err(Error::Forbidden(_))));
    let refused = accept_with_account(test.system(), &secret, grace("eve@acme.example"), &Visit::default()).await.unwrap_err();
    assert!(refused.problem().field("email").is_some());
    accept_with_account(test.system(), &secret, grace(""), &Visit::default()).await.unwrap();
}

#[tokio::test]
async fn whoever_is_a_member_already_keeps_their_role_and_the_link_stays_good() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let (_, secret) = invite(test.system(), &owner, Role::Member, None).await.unwrap();
    let me = signed_in(&test, &owner).await;
    accept(test.system(), &me, &secret, None).await.unwrap();
    assert_eq!(membership_of(test.system(), owner.user_id, "acme").await.unwrap().unwrap().1, Role::Owner);
    let person = signed_in(&test, &stranger).await;
    accept(test.system(), &person, &secret, None).await.unwrap();
    assert_eq!(membership_of(test.system(), stranger.user_id, "acme").await.unwrap().unwrap().1, Role::Member);
}

#[tokio::test]
async fn admins_invite_anybody_but_owners_and_others_invite_nobody() {
    let test = TestSystem::new().await;
    let (organization, _) = test.organization("acme").await;
    let admin = test.member(&organization, Role::Admin).await;
    assert!(matches!(invite(test.system(), &admin, Role::Owner, None).await, Err(Error::Forbidden(_))));
    invite(test.system(), &admin, Role::Admin, None).await.unwrap();
    let builder = test.member(&organization, Role::Builder).await;
    assert!(matches!(invite(test.system(), &builder, Role::Member, None).await, Err(Error::Forbidden(_))));
    assert!(matches!(open(test.system(), &builder).await, Err(Error::Forbidden(_))));
}
