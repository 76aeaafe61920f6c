//! Reports and previews that a page shows after its form was sent, with and without a script.

use super::{BulkReport, ImportReport, portable::Document};
use crate::{Error, Result, access::Permission, actor::Actor, system::System};
use chrono::Duration;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const KEPT_DAYS: i64 = 7;

/// What is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Batch {
    Bulk {
        report: BulkReport,
    },
    /// Looked at, not yet written.
    Preview {
        document: Document,
        report: ImportReport,
    },
    Imported {
        report: ImportReport,
    },
}

/// Keeps it for a week, for its maker only.
pub async fn keep(system: &System, actor: &Actor, batch: &Batch) -> Result<Uuid> {
    let now = system.clock.now();
    let id = Uuid::now_v7();
    // As text: a parameter for JSON would be read as jsonb, which forgets the order of fields.
    let body = serde_json::to_string(batch).map_err(|error| Error::Internal(error.into()))?;
    let mut tx = system.tenant(actor).await?;
    sqlx::query!("delete from tool_batches where expires_at < $1", now).execute(&mut *tx).await?;
    sqlx::query!(
        "insert into tool_batches (id, organization_id, created_by, body, created_at, expires_at) values ($1, $2, $3, $4::text::json, $5, $6)",
        id,
        actor.organization_id.0,
        actor.user_id.0,
        body,
        now,
        now + Duration::days(KEPT_DAYS)
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// What was kept under this id by the same person.
pub async fn kept(system: &System, actor: &Actor, id: Uuid) -> Result<Batch> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let body = sqlx::query_scalar!(
        "select body from tool_batches where id = $1 and created_by = $2 and expires_at >= $3",
        id,
        actor.user_id.0,
        system.clock.now()
    )
    .fetch_optional(&mut *tx)
    .await?;
    serde_json::from_value(body.ok_or(Error::NotFound("report"))?).map_err(|error| Error::Internal(error.into()))
}
