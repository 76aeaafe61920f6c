//! The end of an organization.

use support::TestSystem;
use toolcrib::{
    Error,
    access::{Role, Scope},
    organizations::delete::delete,
    tokens::{self, NewToken},
};

#[tokio::test]
async fn only_an_owner_who_types_its_address_deletes_an_organization_and_everything_in_it() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let admin = test.member(&organization, Role::Admin).await;
    let new = NewToken { name: "ci".to_owned(), scopes: vec![Scope::Read], expires_in_days: None, agent_id: None };
    let (_, value) = tokens::create::create(test.system(), &owner, new).await.unwrap();
    assert!(matches!(delete(test.system(), &admin, "acme").await, Err(Error::Forbidden(_))));
    assert!(delete(test.system(), &owner, "acm").await.unwrap_err().problem().field("confirm").is_some());
    tokens::authenticate(test.system(), &value, None).await.unwrap();
    delete(test.system(), &owner, "acme").await.unwrap();
    assert!(matches!(tokens::authenticate(test.system(), &value, None).await, Err(Error::Unauthenticated(_))));
    let left: Vec<String> = sqlx::query_scalar("select slug from organizations").fetch_all(test.owner()).await.unwrap();
    assert_eq!(left, ["globex"]);
    assert_eq!(toolcrib::organizations::members::list(test.system(), &other).await.unwrap().len(), 1);
}
