//! Published versions.

use super::{json, stored};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{UserId, WorkflowId},
    workflows::{Workflow, WorkflowVersion, WorkflowVersionHead},
};
use chrono::{DateTime, Utc};

/// The number of the new version. `None`: it was published or changed meanwhile.
pub(in crate::workflows) async fn publish(
    tx: &mut TenantTx,
    actor: &Actor,
    workflow: &Workflow,
    note: &str,
    now: DateTime<Utc>,
) -> Result<Option<i32>> {
    let version = sqlx::query_scalar!(
        r#"update workflows set published_version = coalesce(published_version, 0) + 1
           where id = $1 and revision = $2 and published_version is not distinct from $3 returning published_version as "version!""#,
        workflow.id.0,
        workflow.revision,
        workflow.published_version
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(version) = version else { return Ok(None) };
    sqlx::query!(
        "insert into workflow_versions (organization_id, workflow_id, version, revision, definition, note, created_by, created_by_name, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        actor.organization_id.0,
        workflow.id.0,
        version,
        workflow.revision,
        json(&workflow.definition)?,
        note,
        actor.user_id.0,
        actor.user_name,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(Some(version))
}

/// Newest first.
pub(in crate::workflows) async fn versions(
    tx: &mut TenantTx,
    workflow: WorkflowId,
    before: Option<i32>,
    limit: i64,
) -> Result<Vec<WorkflowVersionHead>> {
    let rows = sqlx::query!(
        "select version, revision, note, created_by, created_by_name, created_at from workflow_versions
         where workflow_id = $1 and ($2::integer is null or version < $2) order by version desc limit $3",
        workflow.0,
        before,
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| WorkflowVersionHead {
            version: row.version,
            revision: row.revision,
            note: row.note,
            created_by: row.created_by.map(UserId),
            created_by_name: row.created_by_name,
            created_at: row.created_at,
        })
        .collect())
}

pub(in crate::workflows) async fn version(tx: &mut TenantTx, workflow: WorkflowId, version: i32) -> Result<Option<WorkflowVersion>> {
    let row = sqlx::query!(
        "select revision, definition, note, created_by, created_by_name, created_at from workflow_versions where workflow_id = $1 and version = $2",
        workflow.0,
        version
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| {
        let head = WorkflowVersionHead {
            version,
            revision: row.revision,
            note: row.note,
            created_by: row.created_by.map(UserId),
            created_by_name: row.created_by_name,
            created_at: row.created_at,
        };
        Ok(WorkflowVersion { head, definition: stored(row.definition)? })
    })
    .transpose()
}
