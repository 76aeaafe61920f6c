//! For tests only: a fresh database for each test, people to act as, and the real server on a loopback port.
//!
//! ```ignore
//! let test = TestSystem::new().await;
//! let (organization, owner) = test.organization("acme").await;
//! let builder = test.member(&organization, Role::Builder).await;
//! let tool = toolcrib::tools::create::create(test.system(), &builder, new).await?;
//! ```
//!
//! The database is a copy of a template that is migrated once per state of `migrations/`. `TEST_DATABASE_URL` (else `DATABASE_URL`)
//! names the cluster; its user must be a superuser, which tests use to arrange and to check, never to run use cases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[cfg(feature = "server")]
mod answer;
mod database;
mod locked_api;
mod many_tools;
mod mcp;
mod names;
mod people;
pub mod pipedream;
#[cfg(feature = "server")]
mod server_under_test;
pub mod twilio;

#[cfg(feature = "server")]
pub use answer::{answer, read};
pub use database::{Database, cluster_url};
pub use locked_api::{LockedApi, Trouble};
pub use mcp::{Answers, McpStandIn, Mode, Revision, STDIO_SERVER};
pub use names::{changing_names, under_a_name};
#[cfg(feature = "server")]
pub use server_under_test::{TestServer, use_tls};
pub use {pipedream::Pipedream, twilio::Twilio};

use chrono::{DateTime, Duration, Utc};
use sqlx::PgPool;
use std::sync::{Arc, Mutex};
use toolcrib::{
    clock::Clock,
    config::Config,
    keys::{MasterKeys, master::MasterKey},
    system::System,
};

/// The master key of every test system: a server process on its database needs the same one.
pub const MASTER_KEY: &str = "dGVzdHMgb25seTogMzIgYnl0ZXMgb2Yga2V5IHRleHQ=";

/// A system of its own: nothing another test does can be seen in it.
pub struct TestSystem {
    system: System,
    owner: PgPool,
    /// How far the test has moved the clock on; the clock otherwise follows the machine's.
    shift: Arc<Mutex<Duration>>,
    database: Database,
    data: tempfile::TempDir,
}

impl TestSystem {
    /// A fresh database, migrated, empty.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with a changed configuration.
    pub async fn with(configure: impl FnOnce(&mut Config)) -> Self {
        let database = Database::migrated().await;
        let owner = database.owner_pool().await;
        let pool = toolcrib::db::application_pool(database.options(), None, 10).await.expect("connect as the application");
        let data = tempfile::tempdir().expect("temporary directory");
        let mut config = Config::read(|_| None).expect("default configuration");
        config.data_dir = data.path().to_owned();
        config.allow_private_hosts = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
        configure(&mut config);
        let shift = Arc::new(Mutex::new(Duration::zero()));
        let clock = {
            let (shift, machine) = (shift.clone(), Clock::system());
            Clock::from_fn(move || machine.now() + *shift.lock().unwrap())
        };
        Self {
            system: System::new(pool, clock, config, MasterKeys::of(MasterKey::parse(MASTER_KEY).expect("32 bytes"), None)),
            owner,
            shift,
            database,
            data,
        }
    }

    #[must_use]
    pub fn system(&self) -> &System {
        &self.system
    }

    /// A connection pool as the owner and superuser: to arrange what no use case can, and to check what is stored.
    #[must_use]
    pub fn owner(&self) -> &PgPool {
        &self.owner
    }

    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    #[must_use]
    pub fn data_dir(&self) -> &std::path::Path {
        self.data.path()
    }

    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.system.clock.now()
    }

    /// Moves the clock of this system on.
    pub fn pass(&self, time: Duration) {
        *self.shift.lock().unwrap() += time;
    }
}
