use super::{EMAIL, PASSWORD, ready};
use support::TestSystem;
use toolcrib::{
    access::Role,
    organizations::delete::delete,
    users::{SignedIn, Visit, authenticate::authenticate, last_organization::remember, sign_in::sign_in, sign_out::sign_out},
};

async fn who(test: &TestSystem, cookie: &str) -> SignedIn {
    authenticate(test.system(), cookie).await.unwrap().unwrap()
}

#[tokio::test]
async fn each_session_remembers_its_own_and_a_new_one_begins_with_the_persons_last() {
    let test = TestSystem::new().await;
    let (ada, acme, here) = ready(&test).await;
    let (globex, globex_owner) = test.organization("globex").await;
    test.joins(&globex, ada.id, "Ada", Role::Member).await;
    let (_, there) = sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &Visit::default()).await.unwrap();
    assert_eq!(who(&test, &there).await.last_organization_id, None);
    remember(test.system(), &who(&test, &here).await, globex.id).await.unwrap();
    remember(test.system(), &who(&test, &there).await, acme.id).await.unwrap();
    remember(test.system(), &who(&test, &here).await, globex.id).await.unwrap();
    assert_eq!(who(&test, &here).await.last_organization_id, Some(globex.id));
    assert_eq!(who(&test, &there).await.last_organization_id, Some(acme.id));
    sign_out(test.system(), &here).await.unwrap();
    sign_out(test.system(), &there).await.unwrap();
    let (_, again) = sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &Visit::default()).await.unwrap();
    assert_eq!(who(&test, &again).await.last_organization_id, Some(acme.id), "the one gone to last, whichever session");
    remember(test.system(), &who(&test, &again).await, globex.id).await.unwrap();
    delete(test.system(), &globex_owner, "globex").await.unwrap();
    assert_eq!(who(&test, &again).await.last_organization_id, None, "what is gone is forgotten");
}
