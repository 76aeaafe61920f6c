//! The first start.

use super::{acme, ada, ready};
use support::TestSystem;
use toolcrib::{
    Error,
    organizations::membership::membership_of,
    users::{NewUser, Visit, authenticate::authenticate, set_up},
};

#[tokio::test]
async fn the_first_person_owns_the_first_organization_and_is_signed_in() {
    let test = TestSystem::new().await;
    assert!(set_up::needed(test.system()).await.unwrap());
    let (user, organization, cookie) = ready(&test).await;
    assert!(!set_up::needed(test.system()).await.unwrap());
    assert_eq!((user.email.as_str(), organization.slug.as_str()), ("ada@acme.example", "acme-robotics"));
    assert_eq!(authenticate(test.system(), &cookie).await.unwrap().unwrap().user, user);
    let (found, role) = membership_of(test.system(), user.id, "acme-robotics").await.unwrap().unwrap();
    assert_eq!((found, role), (organization, toolcrib::access::Role::Owner));
}

#[tokio::test]
async fn of_two_set_ups_at_once_one_is_refused_and_leaves_nothing() {
    let test = TestSystem::new().await;
    let other = NewUser { name: "Bob".to_owned(), email: "bob@acme.example".to_owned(), password: "another long one".to_owned() };
    let mut second = acme();
    second.slug = "second".to_owned();
    let visit = Visit::default();
    let (a, b) = tokio::join!(set_up::set_up(test.system(), acme(), ada(), &visit), set_up::set_up(test.system(), second, other, &visit));
    let refused = [a.err(), b.err()];
    assert_eq!(refused.iter().flatten().count(), 1, "{refused:?}");
    assert!(refused.iter().flatten().all(|error| matches!(error, Error::Conflict { .. })));
    let counts: (i64, i64) =
        sqlx::query_as("select (select count(*) from users), (select count(*) from organizations)").fetch_one(test.owner()).await.unwrap();
    assert_eq!(counts, (1, 1));
}

#[tokio::test]
async fn a_refused_set_up_names_every_wrong_field_at_once() {
    let test = TestSystem::new().await;
    let mut organization = acme();
    organization.slug = "Not a slug".to_owned();
    let owner = NewUser { name: " ".to_owned(), email: "ada".to_owned(), password: "short".to_owned() };
    let Err(Error::Invalid(errors)) = set_up::set_up(test.system(), organization, owner, &Visit::default()).await else {
        panic!("not refused")
    };
    let fields: Vec<&str> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(fields, ["/organization_slug", "/name", "/email", "/password"]);
    assert!(set_up::needed(test.system()).await.unwrap());
}
