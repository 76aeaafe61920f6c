//! The tenant wall: a transaction that carries the organization in a transaction-local setting, which row-level security reads.
//! Transaction-local, so that a pooler in transaction mode can stand in between.

use crate::{
    error::Result,
    ids::{OrganizationId, SessionId, UserId},
};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool, Postgres, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{
    ops::{Deref, DerefMut},
    time::Duration,
};

/// All migrations, in order. Run by the owner of the database, never by the application's role.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// The role the server works as: no superuser, no owner, no `BYPASSRLS`.
pub const APPLICATION_ROLE: &str = "toolcrib_app";

/// A connection that was in use so lately is taken to be alive.
const FRESH: Duration = Duration::from_secs(2);

/// A transaction inside the wall. Dropped without [`TenantTx::commit`], it is rolled back.
pub struct TenantTx(Transaction<'static, Postgres>);

impl TenantTx {
    pub async fn begin(pool: &PgPool, organization: Option<OrganizationId>, user: Option<UserId>) -> Result<Self> {
        // One way to the database and back. Ids are hexadecimal digits: nothing else gets into this text.
        let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let (organization, user) = (id(organization.map(|id| id.0)), id(user.map(|id| id.0)));
        let begin = format!("begin; set local app.organization_id = '{organization}'; set local app.user_id = '{user}'");
        Ok(Self(pool.begin_with(AssertSqlSafe(begin)).await?))
    }

    /// From here on the transaction is inside this session: it sees no other and no other's messages.
    pub async fn in_session(&mut self, session: SessionId) -> Result<()> {
        sqlx::query("select set_config('app.session_id', $1, true)").bind(session.0.to_string()).execute(&mut *self.0).await?;
        Ok(())
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.0.commit().await?)
    }
}

impl Deref for TenantTx {
    type Target = PgConnection;
    fn deref(&self) -> &PgConnection {
        &self.0
    }
}

impl DerefMut for TenantTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.0
    }
}

/// Text to look for, as a pattern in which only the ends are open.
pub(crate) fn like(text: &str) -> String {
    format!("%{}%", text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_"))
}

/// Brings the database to the newest schema, as its owner. Several servers may start at once: sqlx lets one go first.
pub async fn migrate(owner: &PgConnectOptions) -> std::result::Result<(), sqlx::migrate::MigrateError> {
    let mut connection = PgConnection::connect_with(owner).await?;
    MIGRATOR.run(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Are all migrations this program knows applied?
pub async fn is_migrated(pool: &PgPool) -> Result<bool> {
    let newest = MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or_default();
    let applied: Option<i64> = sqlx::query_scalar("select newest_migration()").fetch_one(pool).await?;
    Ok(applied.is_some_and(|applied| applied >= newest))
}

/// Connections that work as [`APPLICATION_ROLE`]. `own_login` says how that role (or one that was granted it) signs in by itself;
/// without it the owner's connections take the role on by `SET ROLE`. Two thirds of `connections`: the others are left to [`crate::lines::Lines`].
pub async fn application_pool(
    owner: PgConnectOptions,
    own_login: Option<PgConnectOptions>,
    connections: u32,
) -> std::result::Result<PgPool, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections((connections * 2 / 3).max(1))
        .acquire_timeout(Duration::from_secs(10))
        // sqlx asks each connection whether it lives when it is given back. Asking again when it is taken out is for those that have lain about.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| Box::pin(async move { Ok(meta.idle_for < FRESH || connection.ping().await.is_ok()) }));
    match own_login {
        Some(login) => pool.connect_with(login).await,
        None => {
            pool.after_connect(|connection, _| {
                Box::pin(async move { sqlx::query("set role toolcrib_app").execute(connection).await.map(|_| ()) })
            })
            .connect_with(owner)
            .await
        }
    }
}

/// Why the role that the pool works as must not be used, if so: row-level security would not hold it.
pub async fn why_unfit(pool: &PgPool) -> std::result::Result<Option<String>, sqlx::Error> {
    let (role, superuser, bypasses, owned): (String, bool, bool, i64) = sqlx::query_as(
        "select r.rolname::text, r.rolsuper, r.rolbypassrls,
                (select count(*) from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
                 and pg_has_role(r.oid, c.relowner, 'usage'))
         from pg_roles r where r.rolname = current_user",
    )
    .fetch_one(pool)
    .await?;
    let why = if superuser {
        "is a superuser"
    } else if bypasses {
        "has BYPASSRLS"
    } else if owned > 0 {
        "owns tables"
    } else {
        return Ok(None);
    };
    Ok(Some(format!("the role “{role}” {why}, so that the wall between organizations would not hold it")))
}
