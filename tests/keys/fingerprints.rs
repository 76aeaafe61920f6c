//! What is kept of a request that carries an Idempotency-Key says nothing of a key's value in its body.

use super::VALUE;
use sha2::{Digest, Sha256};
use support::TestSystem;
use toolcrib::{
    actor::Actor,
    config::Config,
    idempotency::{Begin, begin},
    keys::{MasterKeys, rotate::rotate_master_key},
    system::System,
};

async fn stored(test: &TestSystem, actor: &Actor) -> Vec<u8> {
    let found = sqlx::query_scalar("select fingerprint from idempotency_keys where organization_id = $1").bind(actor.organization_id.0);
    found.fetch_one(test.owner()).await.unwrap()
}

#[tokio::test]
async fn a_guess_at_a_value_cannot_be_tried_on_what_the_database_holds_of_a_request() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, other) = test.organization("globex").await;
    let mut config = Config::read(|_| None).unwrap();
    config.data_dir = test.data_dir().join("keys");
    let process = || {
        let (masters, _) = MasterKeys::load(&config, |_| None).unwrap();
        System::new(test.system().pool.clone(), test.system().clock.clone(), config.clone(), masters)
    };
    let server = process();
    let body = format!("{{\"name\": \"CRM\", \"value\": \"{VALUE}\"}}");
    let request: [&[u8]; 4] = [b"POST", b"/v1/keys", b"", body.as_bytes()];
    assert_eq!(begin(&server, &owner, "k", &request).await.unwrap(), Begin::First);
    assert_eq!(begin(&server, &other, "k", &request).await.unwrap(), Begin::First);

    let mut plain = Sha256::new();
    for part in request {
        plain.update((part.len() as u64).to_be_bytes());
        plain.update(part);
    }
    let (mine, theirs) = (stored(&test, &owner).await, stored(&test, &other).await);
    assert!(mine.len() == 32 && mine != theirs, "the same request of another organization looks different");
    for guess in [plain.finalize().to_vec(), Sha256::digest(body.as_bytes()).to_vec(), Sha256::digest(request.concat()).to_vec()] {
        assert!(guess != mine && guess != theirs);
    }

    // It still tells requests apart, on every server, and after the master key was rotated.
    let another = body.replace("CRM", "ERP");
    let different: [&[u8]; 4] = [b"POST", b"/v1/keys", b"", another.as_bytes()];
    let moved: [&[u8]; 4] = [b"POST", b"/v1/keys", body.as_bytes(), b""];
    let same = async |server: &System| {
        assert_eq!(begin(server, &owner, "k", &request).await.unwrap(), Begin::StillRunning);
        assert_eq!(begin(server, &owner, "k", &different).await.unwrap(), Begin::Different);
        assert_eq!(begin(server, &owner, "k", &moved).await.unwrap(), Begin::Different);
    };
    same(&server).await;
    same(&process()).await;
    assert!(rotate_master_key(&process(), |_, _| {}).await.unwrap().file_replaced);
    same(&server).await;
    same(&process()).await;
}
