//! Sign-in, sessions and the wait that grows.

use super::{EMAIL, PASSWORD, ready};
use chrono::Duration;
use support::TestSystem;
use toolcrib::{
    Error,
    users::{Visit, authenticate::authenticate, sign_in::sign_in, sign_out::sign_out},
};

fn from(address: &str) -> Visit {
    Visit { address: Some(address.parse().unwrap()), user_agent: None, old_token: None }
}

async fn fail(test: &TestSystem, email: &str, visit: &Visit) -> Error {
    sign_in(test.system(), email, "a wrong password".to_owned(), visit).await.unwrap_err()
}

fn wait_of(error: &Error) -> Option<u64> {
    match error {
        Error::RateLimited { retry_after, .. } => Some(*retry_after),
        _ => None,
    }
}

#[tokio::test]
async fn signing_in_begins_a_new_session_and_ends_the_one_the_browser_came_with() {
    let test = TestSystem::new().await;
    let (user, _, old) = ready(&test).await;
    let visit = Visit { old_token: Some(old.clone()), ..Visit::default() };
    let (_, new) = sign_in(test.system(), "ADA@acme.example", PASSWORD.to_owned(), &visit).await.unwrap();
    assert_ne!(old, new);
    assert!(authenticate(test.system(), &old).await.unwrap().is_none(), "the old cookie is worth nothing");
    assert_eq!(authenticate(test.system(), &new).await.unwrap().unwrap().user.id, user.id);
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from user_sessions").fetch_all(test.owner()).await.unwrap();
    assert!(stored.iter().all(|hash| hash.len() == 32 && hash != new.as_bytes()), "only a hash is stored");
    sign_out(test.system(), &new).await.unwrap();
    assert!(authenticate(test.system(), &new).await.unwrap().is_none());
}

#[tokio::test]
async fn a_session_lives_thirty_days_after_its_last_use() {
    let test = TestSystem::new().await;
    let (_, _, cookie) = ready(&test).await;
    for _ in 0..3 {
        test.pass(Duration::days(29));
        assert!(authenticate(test.system(), &cookie).await.unwrap().is_some());
    }
    test.pass(Duration::days(31));
    assert!(authenticate(test.system(), &cookie).await.unwrap().is_none());
}

#[tokio::test]
async fn an_unknown_address_and_a_wrong_password_get_the_same_answer() {
    let test = TestSystem::new().await;
    ready(&test).await;
    let (wrong, unknown) = (fail(&test, EMAIL, &Visit::default()).await, fail(&test, "nobody@acme.example", &Visit::default()).await);
    assert_eq!(wrong.problem(), unknown.problem());
}

#[tokio::test]
async fn the_wait_of_an_account_doubles_with_each_failure_and_ends_with_a_success() {
    let test = TestSystem::new().await;
    ready(&test).await;
    let visit = Visit::default();
    for _ in 0..5 {
        assert_eq!(wait_of(&fail(&test, EMAIL, &visit).await), None);
    }
    for seconds in [2, 4, 8] {
        assert_eq!(wait_of(&fail(&test, EMAIL, &visit).await), None, "this one is looked at");
        let refused = sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &visit).await.unwrap_err();
        let wait = wait_of(&refused).expect("even the right password has to wait");
        assert!(wait == seconds || wait == seconds - 1, "{wait} of {seconds}");
        assert!(refused.to_string().contains("second"), "{refused}");
        test.pass(Duration::seconds(seconds.try_into().unwrap()));
    }
    sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &visit).await.unwrap();
    assert_eq!(wait_of(&fail(&test, EMAIL, &visit).await), None, "counting begins anew");
}

#[tokio::test]
async fn accounts_that_do_not_exist_wait_alike() {
    let test = TestSystem::new().await;
    for _ in 0..6 {
        fail(&test, "nobody@acme.example", &Visit::default()).await;
    }
    assert!(wait_of(&fail(&test, "nobody@acme.example", &Visit::default()).await).is_some());
}

#[tokio::test]
async fn an_address_that_tries_many_accounts_has_to_wait_and_is_not_washed_clean_by_an_account_of_its_own() {
    let test = TestSystem::new().await;
    ready(&test).await;
    let bad = from("203.0.113.7");
    for n in 0..19 {
        fail(&test, &format!("victim{n}@acme.example"), &bad).await;
    }
    sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &bad).await.unwrap();
    for n in 19..21 {
        fail(&test, &format!("victim{n}@acme.example"), &bad).await;
    }
    assert!(wait_of(&fail(&test, "victim99@acme.example", &bad).await).is_some());
    sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &from("203.0.113.8")).await.unwrap();
}

#[tokio::test]
async fn attempts_at_once_are_all_counted() {
    let test = TestSystem::new().await;
    ready(&test).await;
    let tries = (0..20).map(|_| {
        let system = test.system().clone();
        tokio::spawn(async move { sign_in(&system, EMAIL, "a wrong password".to_owned(), &Visit::default()).await.unwrap_err() })
    });
    let mut looked_at = 0;
    for attempt in tries.collect::<Vec<_>>() {
        looked_at += i32::from(wait_of(&attempt.await.unwrap()).is_none());
    }
    assert!(looked_at <= 7, "{looked_at} guesses were let through at once");
}
