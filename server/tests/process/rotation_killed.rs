//! `toolcrib rotate-master-key` killed in the middle, beside a server that goes on, and run again.

use super::{Data, Server};
use serde_json::{Value, json};
use std::{
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use support::{MASTER_KEY, TestSystem, cluster_url};
use toolcrib::{
    access::Scope,
    actor::Actor,
    keys::{self, ContextType, MasterKeys, NewKey, NewMapping, Secret, master::MasterKey},
    system::System,
};

const NEXT: &str = "dGhlIG5leHQgb25lOiAzMiBieXRlcyBvZiBhIGtleS4=";
const VALUE: &str = "sk-rotated-0123456789";
const ORGANIZATIONS: usize = 9;

fn rotation(test: &TestSystem, data: &Data) -> Command {
    let mut url = reqwest::Url::parse(&cluster_url()).unwrap();
    url.set_path(test.database().name());
    let mut command = Server::command(data.path(), "127.0.0.1:0");
    command
        .arg("rotate-master-key")
        .env("DATABASE_URL", url.as_str())
        .env("TOOL_KEY_ENCRYPTION_MASTER", MASTER_KEY)
        .env("TOOL_KEY_ENCRYPTION_MASTER_NEXT", NEXT)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

async fn under_next(test: &TestSystem) -> usize {
    let next = MasterKey::parse(NEXT).unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from organization_data_keys where master_key_id = $1")
        .bind(next.id())
        .fetch_one(test.owner())
        .await
        .unwrap();
    usize::try_from(count).unwrap()
}

/// With these master keys every value opens.
async fn all_open(test: &TestSystem, current: &str, next: Option<&str>, owners: &[Actor]) -> bool {
    let mut system: System = test.system().clone();
    system.masters = Arc::new(MasterKeys::of(MasterKey::parse(current).unwrap(), next.map(|next| MasterKey::parse(next).unwrap())));
    for owner in owners {
        let mut tx = system.tenant(owner).await.unwrap();
        let ask = keys::Ask {
            organization_id: owner.organization_id,
            tool_id: uuid::Uuid::nil().into(),
            key_name: "KEY",
            agent_id: None,
            user_id: None,
        };
        let Ok(Ok(key)) = keys::resolve(&mut tx, &system, ask).await else { return false };
        if key.sent_to(&"https://api.example.com".parse().unwrap()).unwrap().expose() != VALUE {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn a_rotation_that_is_killed_in_the_middle_loses_nothing_and_goes_on_where_it_was() {
    let (test, data) = (TestSystem::new().await, Data::new());
    let mut owners = Vec::new();
    for index in 0..ORGANIZATIONS {
        let (_, owner) = test.organization(&format!("acme{index}")).await;
        let mut new = NewKey::new("KEY", Secret::from(VALUE));
        new.mappings.push(NewMapping { tool_id: None, context_type: ContextType::Global, context_id: None, priority: 0 });
        keys::create(test.system(), &owner, new).await.unwrap();
        owners.push(owner);
    }
    let server = Server::start_on(&test, &data, |command| {
        command.env("TOOL_KEY_ENCRYPTION_MASTER_NEXT", NEXT);
    })
    .await;
    // Somebody holds the row of the one in the middle, so that the rotation is caught at work.
    let mut ids: Vec<_> = owners.iter().map(|owner| owner.organization_id.0).collect();
    ids.sort_unstable();
    let mut held = test.owner().begin().await.unwrap();
    sqlx::query("select from organization_data_keys where organization_id = $1 for update").bind(ids[5]).execute(&mut *held).await.unwrap();
    let mut killed = rotation(&test, &data).spawn().unwrap();
    let began = Instant::now();
    while under_next(&test).await < 5 {
        assert!(killed.try_wait().unwrap().is_none(), "it ended by itself");
        assert!(began.elapsed() < Duration::from_secs(30), "it never got to the row that is held");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    super::signal("KILL", &killed.id().to_string());
    assert!(!killed.wait().unwrap().success());
    held.commit().await.unwrap();
    assert_eq!(under_next(&test).await, 5, "five were done, four were not");
    assert!(all_open(&test, MASTER_KEY, Some(NEXT), &owners).await);
    assert!(!all_open(&test, NEXT, None, &owners).await && !all_open(&test, MASTER_KEY, None, &owners).await, "both are needed now");
    // The server that runs takes a key in where the data key is under the old master key, and where it is under the new one.
    for id in [ids[0], ids[8]] {
        let owner = owners.iter().find(|owner| owner.organization_id.0 == id).unwrap();
        let program = test.program(owner, &Scope::ALL).await;
        let made =
            program.post(format!("http://{}/v1/keys", server.address)).json(&json!({"key_name": "LATER", "value": VALUE})).send().await;
        let made: Value = made.unwrap().json().await.unwrap();
        assert!(made["id"].is_string(), "{made}");
    }

    let again = rotation(&test, &data).output().unwrap();
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(again.status.success(), "{said}{}", String::from_utf8_lossy(&again.stderr));
    assert!(said.contains("4 data keys wrapped anew, 5 were already."), "{said}");
    assert!(said.contains("1 of 4 data keys") && said.contains("4 of 4 data keys"), "no progress: {said}");
    assert!(said.contains("Now start every server with the new key"), "{said}");
    assert!(!said.contains(NEXT) && !said.contains(MASTER_KEY));
    assert_eq!(under_next(&test).await, ORGANIZATIONS);
    assert!(all_open(&test, NEXT, None, &owners).await && !all_open(&test, MASTER_KEY, None, &owners).await);
    assert!(server.stop().success());
    let renewed = Server::start_on(&test, &data, |command| {
        command.env("TOOL_KEY_ENCRYPTION_MASTER", NEXT);
    })
    .await;
    assert!(renewed.stop().success());
}
