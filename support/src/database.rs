//! A database for one test: a copy of a template that was migrated once.

use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::str::FromStr;
use toolcrib::{clock::Clock, db, ids::OrganizationId};

/// Left behind by tests that were killed: removed once they are this old.
const STALE_AFTER_SECONDS: i64 = 1800;

/// The cluster that tests use; the user is a superuser.
pub fn cluster_url() -> String {
    ["TEST_DATABASE_URL", "DATABASE_URL"].into_iter().find_map(|name| std::env::var(name).ok()).expect(
        "TEST_DATABASE_URL is not set. It names a PostgreSQL with pgvector and a superuser; scripts/test-database.sh starts one and prints it.",
    )
}

/// Dropped with the value.
pub struct Database {
    name: String,
    cluster: PgConnectOptions,
}

impl Database {
    /// All migrations applied, no rows.
    pub async fn migrated() -> Self {
        let cluster = cluster();
        let template = template(&cluster).await;
        Self::create(cluster, Some(&template)).await
    }

    /// Nothing in it, not even migrations.
    pub async fn empty() -> Self {
        Self::create(cluster(), None).await
    }

    async fn create(cluster: PgConnectOptions, template: Option<&str>) -> Self {
        let now = Clock::system().now().timestamp();
        let name = format!("tc_test_{now}_{}", OrganizationId::new().0.simple());
        let mut admin = PgConnection::connect_with(&cluster).await.expect("connect to the test cluster");
        run(&mut admin, format!(r#"create database "{name}" template "{}""#, template.unwrap_or("template0"))).await;
        remove_stale(&mut admin, now).await;
        admin.close().await.ok();
        Self { name, cluster }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How to connect as the owner.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.cluster.clone().database(&self.name)
    }

    pub async fn owner_pool(&self) -> PgPool {
        PgPoolOptions::new().max_connections(4).connect_with(self.options()).await.expect("connect as the owner")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (cluster, name) = (self.cluster.clone(), self.name.clone());
        // Inside a runtime one may not block on another: hence the thread.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                if let Ok(mut admin) = PgConnection::connect_with(&cluster).await {
                    let sql = AssertSqlSafe(format!(r#"drop database if exists "{name}" with (force)"#));
                    if let Err(error) = sqlx::query(sql).execute(&mut admin).await {
                        eprintln!("could not drop {name}: {error}");
                    }
                }
            });
        });
        dropped.join().ok();
    }
}

fn cluster() -> PgConnectOptions {
    PgConnectOptions::from_str(&cluster_url()).expect("TEST_DATABASE_URL is a PostgreSQL address").database("postgres")
}

async fn run(connection: &mut PgConnection, sql: String) {
    connection.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

/// The template for today's migrations; made by whichever test comes first, while the others wait.
async fn template(cluster: &PgConnectOptions) -> String {
    let all: Vec<u8> = db::MIGRATOR.iter().flat_map(|migration| migration.checksum.to_vec()).collect();
    let name = format!("tc_template_{}", &hex::encode(toolcrib::random::hash(&hex::encode(all)))[..16]);
    let mut admin = PgConnection::connect_with(cluster).await.expect("connect to the test cluster");
    if exists(&mut admin, &name).await {
        return name;
    }
    sqlx::query("select pg_advisory_lock(hashtextextended($1, 0))").bind(&name).execute(&mut admin).await.unwrap();
    if !exists(&mut admin, &name).await {
        // Under another name until it is whole: a test that is killed half-way leaves no half template.
        let making = format!("tc_test_{}_making_{name}", Clock::system().now().timestamp());
        run(&mut admin, format!(r#"drop database if exists "{making}" with (force)"#)).await;
        run(&mut admin, format!(r#"create database "{making}" template template0"#)).await;
        db::migrate(&cluster.clone().database(&making)).await.expect("migrate the template");
        run(&mut admin, format!(r#"alter database "{making}" rename to "{name}""#)).await;
    }
    admin.close().await.ok(); // gives the lock back
    name
}

async fn exists(admin: &mut PgConnection, name: &str) -> bool {
    sqlx::query_scalar("select exists (select from pg_database where datname = $1)").bind(name).fetch_one(admin).await.unwrap()
}

async fn remove_stale(admin: &mut PgConnection, now: i64) {
    let names: Vec<String> = sqlx::query_scalar("select datname::text from pg_database where datname like 'tc\\_test\\_%'")
        .fetch_all(&mut *admin)
        .await
        .unwrap();
    for name in names {
        let made = name.split('_').nth(2).and_then(|seconds| seconds.parse::<i64>().ok());
        if made.is_some_and(|made| now - made > STALE_AFTER_SECONDS) {
            // Another test may be removing the same one.
            admin.execute(AssertSqlSafe(format!(r#"drop database if exists "{name}" with (force)"#))).await.ok();
        }
    }
}
