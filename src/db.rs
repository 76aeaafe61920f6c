//! The tenant wall: a transaction that carries the organization in a transaction-local setting, which row-level security reads.
//! Transaction-local, so that a pooler in transaction mode can stand in between.

use crate::{
    error::Result,
    ids::{OrganizationId, UserId},
};
use sqlx::{PgConnection, PgPool, Postgres, Transaction, migrate::Migrator};
use std::ops::{Deref, DerefMut};

/// All migrations, in order. Run by the owner of the database, never by the application's role.
pub static MIGRATOR: Migrator = sqlx::migrate!();

/// The role the server works as: no superuser, no owner, no `BYPASSRLS`.
pub const APPLICATION_ROLE: &str = "toolcrib_app";

/// A transaction inside the wall. Dropped without [`TenantTx::commit`], it is rolled back.
pub struct TenantTx(Transaction<'static, Postgres>);

impl TenantTx {
    pub async fn begin(pool: &PgPool, organization: Option<OrganizationId>, user: Option<UserId>) -> Result<Self> {
        let mut tx = pool.begin().await?;
        sqlx::query("select set_config('app.organization_id', $1, true), set_config('app.user_id', $2, true)")
            .bind(organization.map(|id| id.to_string()).unwrap_or_default())
            .bind(user.map(|id| id.to_string()).unwrap_or_default())
            .execute(&mut *tx)
            .await?;
        Ok(Self(tx))
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
