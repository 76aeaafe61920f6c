use super::{VALUE, key, tool};
use std::sync::Arc;
use support::TestSystem;
use toolcrib::{
    Error,
    actor::Actor,
    config::Config,
    keys::{
        self, MasterKeys,
        master::{MasterKey, why_unfit},
        rotate::rotate_master_key,
    },
    system::System,
};

/// A system whose master key lies in a file, and the loader for more processes on the same file.
async fn on_files() -> (TestSystem, System, impl Fn() -> System) {
    let test = TestSystem::new().await;
    let mut config = Config::read(|_| None).unwrap();
    config.data_dir = test.data_dir().join("keys");
    let (pool, clock) = (test.system().pool.clone(), test.system().clock.clone());
    let process = move || {
        let (masters, _) = MasterKeys::load(&config, |_| None).unwrap();
        System::new(pool.clone(), clock.clone(), config.clone(), masters)
    };
    (test, process(), process)
}

async fn opens(system: &System, actor: &Actor, tool: toolcrib::ids::ToolId) -> bool {
    let mut tx = system.tenant(actor).await.unwrap();
    let ask = keys::Ask { organization_id: actor.organization_id, tool_id: tool, key_name: "KEY", agent_id: None, user_id: None };
    matches!(keys::resolve(&mut tx, system, ask).await, Ok(Ok(key)) if super::plain(&key) == VALUE)
}

async fn take(system: &System, actor: &Actor) {
    let mut new = keys::NewKey::new("KEY", keys::Secret::from(VALUE));
    new.mappings.push(super::everybody());
    keys::create(system, actor, new).await.unwrap();
}

async fn wrapped_with(test: &TestSystem) -> Vec<String> {
    sqlx::query_scalar("select distinct master_key_id from organization_data_keys").fetch_all(test.owner()).await.unwrap()
}

#[tokio::test]
async fn rotation_rewraps_every_data_key_while_a_server_goes_on_working() {
    let (test, server, process) = on_files().await;
    let mut people = Vec::new();
    for index in 0..5 {
        let (_, owner) = test.organization(&format!("acme{index}")).await;
        take(&server, &owner).await;
        let tool = tool(&test, &owner, "pay", "KEY").await;
        people.push((owner, tool));
    }
    let before = wrapped_with(&test).await;
    let mut heard = Vec::new();
    let report = rotate_master_key(&process(), |done, of| heard.push((done, of))).await.unwrap();
    assert_eq!((report.rewrapped, report.already, report.failed.len(), report.file_replaced), (5, 0, 0, true));
    assert_eq!(heard.last(), Some(&(5, 5)));
    assert_eq!(wrapped_with(&test).await, std::slice::from_ref(&report.to));
    assert_eq!(before, [report.from]);
    // The server that ran all the time, and one that starts afterwards.
    for system in [&server, &process()] {
        for (owner, tool) in &people {
            assert!(opens(system, owner, *tool).await);
        }
    }
    let (_, late) = test.organization("late").await;
    take(&server, &late).await;
    assert_eq!(wrapped_with(&test).await, [report.to]);
}

#[tokio::test]
async fn a_rotation_that_was_killed_goes_on_where_it_was() {
    let (test, server, process) = on_files().await;
    let mut people = Vec::new();
    for index in 0..4 {
        let (_, owner) = test.organization(&format!("acme{index}")).await;
        take(&server, &owner).await;
        let tool = tool(&test, &owner, "pay", "KEY").await;
        people.push((owner, tool));
    }
    // Dropped in the middle, as a kill would.
    let killed = process();
    let half = tokio::spawn(async move {
        rotate_master_key(&killed, |done, _| {
            if done == 2 {
                panic!("killed")
            }
        })
        .await
        .ok();
    });
    assert!(half.await.is_err());
    assert_eq!(wrapped_with(&test).await.len(), 2, "half of them are under the new master key");
    for (owner, tool) in &people {
        assert!(opens(&server, owner, *tool).await && opens(&process(), owner, *tool).await, "in between everything opens");
    }
    assert!(why_unfit(&server.pool, &process().masters).await.unwrap().is_none());
    let report = rotate_master_key(&process(), |_, _| ()).await.unwrap();
    assert_eq!((report.rewrapped, report.already, report.file_replaced), (2, 2, true));
    assert_eq!(wrapped_with(&test).await, [report.to]);
    for (owner, tool) in &people {
        assert!(opens(&server, owner, *tool).await && opens(&process(), owner, *tool).await);
    }
}

#[tokio::test]
async fn keys_from_the_environment_rotate_with_both_given() {
    let test = TestSystem::new().await;
    let text = |byte: u8| {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode([byte; 32])
    };
    let master = |byte| MasterKey::parse(&text(byte)).unwrap();
    let process = |current, next: Option<u8>| {
        let mut system = test.system().clone();
        system.masters = Arc::new(MasterKeys::of(master(current), next.map(master)));
        system
    };
    let (_, owner) = test.organization("acme").await;
    take(&process(1, None), &owner).await;
    let tool = tool(&test, &owner, "pay", "KEY").await;
    let Err(Error::Unavailable(why)) = rotate_master_key(&process(1, None), |_, _| ()).await else { panic!("without a next key") };
    assert!(why.contains("TOOL_KEY_ENCRYPTION_MASTER_NEXT"));
    assert!(rotate_master_key(&process(1, Some(1)), |_, _| ()).await.is_err(), "onto itself");
    let report = rotate_master_key(&process(1, Some(2)), |_, _| ()).await.unwrap();
    assert_eq!((report.rewrapped, report.file_replaced), (1, false));
    assert!(opens(&process(1, Some(2)), &owner, tool).await && opens(&process(2, None), &owner, tool).await);
    assert!(!opens(&process(1, None), &owner, tool).await);
    let why = why_unfit(&test.system().pool, &process(1, None).masters).await.unwrap().unwrap();
    assert!(why.contains(master(2).id()) && !why.contains(&text(2)), "{why}");
}

#[tokio::test]
async fn a_data_key_that_does_not_open_is_named_and_keeps_the_old_master_key() {
    let (test, server, process) = on_files().await;
    let (broken, owner) = test.organization("broken").await;
    take(&server, &owner).await;
    let (_, whole) = test.organization("whole").await;
    take(&server, &whole).await;
    sqlx::query(
        "update organization_data_keys set wrap_tag = set_byte(wrap_tag, 0, 255 - get_byte(wrap_tag, 0)) where organization_id = $1",
    )
    .bind(broken.id)
    .execute(test.owner())
    .await
    .unwrap();
    let report = rotate_master_key(&process(), |_, _| ()).await.unwrap();
    assert_eq!((report.rewrapped, report.failed.len(), report.file_replaced), (1, 1, false));
    assert!(report.failed[0].contains(&broken.id.to_string()));
    let tool = tool(&test, &whole, "pay", "KEY").await;
    assert!(opens(&server, &whole, tool).await && opens(&process(), &whole, tool).await);
    let _ = key(&test, &test.organization("third").await.1, "KEY").await;
}
