//! One's own account.

use super::{EMAIL, PASSWORD, ready};
use support::TestSystem;
use toolcrib::{
    Error,
    users::{Visit, account, authenticate::authenticate, sign_in::sign_in},
};

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_signs_every_other_browser_out() {
    let test = TestSystem::new().await;
    let (_, _, here) = ready(&test).await;
    let (_, elsewhere) = sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &Visit::default()).await.unwrap();
    let me = authenticate(test.system(), &here).await.unwrap().unwrap();
    let refused =
        account::change_password(test.system(), &me, "not it at all".to_owned(), "a new long one".to_owned(), None).await.unwrap_err();
    assert!(refused.problem().field("current_password").is_some());
    let refused = account::change_password(test.system(), &me, PASSWORD.to_owned(), EMAIL.to_owned(), None).await.unwrap_err();
    assert!(refused.problem().field("new_password").is_some());
    let ended = account::change_password(test.system(), &me, PASSWORD.to_owned(), "a new long one".to_owned(), None).await.unwrap();
    assert_eq!(ended, 1);
    assert!(authenticate(test.system(), &elsewhere).await.unwrap().is_none());
    assert!(authenticate(test.system(), &here).await.unwrap().is_some());
    assert!(sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &Visit::default()).await.is_err());
    sign_in(test.system(), EMAIL, "a new long one".to_owned(), &Visit::default()).await.unwrap();
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let other = test.member(&organization, toolcrib::access::Role::Member).await;
    let (mine, theirs) = (test.session(&owner).await, test.session(&other).await);
    let me = authenticate(test.system(), &mine).await.unwrap().unwrap();
    let them = authenticate(test.system(), &theirs).await.unwrap().unwrap();
    let refused = account::end_session(test.system(), &me, them.session_id).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound("session")));
    assert_eq!(account::end_other_sessions(test.system(), &me).await.unwrap(), 0);
    assert!(authenticate(test.system(), &theirs).await.unwrap().is_some());
    let sessions = account::sessions(test.system(), &me).await.unwrap();
    assert_eq!(sessions.len(), 1);
    assert!(sessions[0].current);
}
