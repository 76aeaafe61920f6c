//! What servers tell each other of drafts, and how far a draft is.

use crate::{db::TenantTx, error::Result, ids::WorkflowId};
use sqlx::PgConnection;

/// The channel on which it is told.
pub(in crate::workflows) const DRAFTS: &str = "toolcrib_drafts";

/// In a transaction: once it is committed.
pub(in crate::workflows) async fn tell_servers(connection: &mut PgConnection, text: &str) -> Result<()> {
    sqlx::query_scalar!("select pg_notify('toolcrib_drafts', $1)", text).fetch_one(connection).await?;
    Ok(())
}

pub(in crate::workflows) async fn newest_revision(tx: &mut TenantTx, id: WorkflowId) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!("select revision from workflows where id = $1", id.0).fetch_optional(&mut **tx).await?)
}
