//! What happens to accounts stands in the audit log of every organization that the person belongs to.

use super::{EMAIL, PASSWORD, ready};
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::{
    access::Role,
    actor::Actor,
    audit::{AuditEntry, AuditFilter, list::list},
    users::{Visit, account::change_password, authenticate::authenticate, sign_in::sign_in},
};

async fn about_users(test: &TestSystem, actor: &Actor) -> Vec<AuditEntry> {
    let filter = AuditFilter { object_type: Some("user".to_owned()), ..AuditFilter::default() };
    list(test.system(), actor, &filter, None, 50).await.unwrap().items
}

/// Ada's own organization, one she joined, one she has nothing to do with; an owner of each.
async fn three(test: &TestSystem) -> (String, [Actor; 3]) {
    let (ada, acme, cookie) = ready(test).await;
    let (globex, globex_owner) = test.organization("globex").await;
    let (_, stranger) = test.organization("initech").await;
    test.joins(&globex, ada.id, "Ada", Role::Member).await;
    let acme_owner = test.member(&acme, Role::Owner).await;
    (cookie, [acme_owner, globex_owner, stranger])
}

fn visit() -> Visit {
    Visit { address: Some("203.0.113.9".parse().unwrap()), user_agent: None, old_token: None }
}

#[tokio::test]
async fn a_sign_in_and_a_new_password_are_recorded_in_every_organization_of_the_person_and_in_no_other() {
    let test = TestSystem::new().await;
    let (_, [acme, globex, stranger]) = three(&test).await;
    let (ada, cookie) = sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &visit()).await.unwrap();
    let me = authenticate(test.system(), &cookie).await.unwrap().unwrap();
    let new = "another long one".to_owned();
    change_password(test.system(), &me, PASSWORD.to_owned(), new.clone(), visit().address).await.unwrap();
    for admin in [&acme, &globex] {
        let entries = about_users(&test, admin).await;
        let actions: Vec<&str> = entries.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["user.change_password", "user.sign_in"]);
        for entry in &entries {
            assert_eq!((entry.actor_id, entry.object_id), (Some(ada.id.0), Some(ada.id.0)));
            assert_eq!((entry.actor_name.as_str(), entry.object_name.as_str()), ("Ada", EMAIL));
            assert_eq!(entry.address.as_deref(), Some("203.0.113.9"));
        }
        let written = serde_json::to_string(&entries).unwrap();
        assert!(!written.contains(PASSWORD) && !written.contains(&new), "{written}");
        assert_eq!(entries[0].after.as_ref().unwrap()["sessions_ended"], 1);
    }
    assert!(about_users(&test, &stranger).await.is_empty());
}

#[tokio::test]
async fn a_sign_in_that_fails_is_recorded_once_it_locks_the_account_and_not_before() {
    let test = TestSystem::new().await;
    let (_, [acme, globex, stranger]) = three(&test).await;
    let fail = async || sign_in(test.system(), EMAIL, "a wrong password".to_owned(), &visit()).await.unwrap_err();
    for _ in 0..5 {
        fail().await;
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(about_users(&test, &acme).await.is_empty(), "a mistyped password is nobody's business");
    fail().await;
    let began = Instant::now();
    while about_users(&test, &globex).await.is_empty() {
        assert!(began.elapsed() < Duration::from_secs(5), "nothing was recorded");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    for admin in [&acme, &globex] {
        let [entry] = &about_users(&test, admin).await[..] else { panic!("not one entry") };
        assert_eq!((entry.action.as_str(), entry.actor_type.as_str(), entry.actor_id), ("user.lock", "system", None));
        assert_eq!((entry.object_name.as_str(), entry.address.as_deref()), (EMAIL, Some("203.0.113.9")));
        assert!(entry.after.as_ref().unwrap()["locked_until"].is_string());
    }
    assert!(about_users(&test, &stranger).await.is_empty());
    // Refused for the wait alone: no password was looked at, nothing new is known.
    fail().await;
    // An address of nobody locks nothing of anybody.
    for _ in 0..7 {
        sign_in(test.system(), "nobody@acme.example", "a wrong password".to_owned(), &Visit::default()).await.unwrap_err();
    }
    // The right password at the moment of the lock is no failure.
    test.pass(chrono::Duration::seconds(3));
    sign_in(test.system(), EMAIL, PASSWORD.to_owned(), &visit()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let actions: Vec<String> = about_users(&test, &acme).await.into_iter().map(|entry| entry.action).collect();
    assert_eq!(actions, ["user.sign_in", "user.lock"]);
}
