//! Executions whose server died: nobody else would ever finish them.
//!
//! Each server gives a sign of life in `servers`, and every execution names its server. What a silent server left running is finished
//! by whichever server notices, as failed. (Workflow runs are not given up but taken up again: see `workflows::runner`.)

use super::{ErrorClass, store};
use crate::{
    error::Result,
    ids::{ExecutionId, OrganizationId},
    system::System,
};
use std::time::Duration;

const SIGN_EVERY: Duration = Duration::from_secs(5);
/// Four signs missed: the database may be slow, or a machine stand still for a moment.
const SILENT_SECONDS: f64 = 20.0;
/// A server that comes back from a long pause may still begin calls before its next sign; its name is kept that long.
const FORGET_SECONDS: f64 = 3600.0;
const AT_ONCE: i32 = 200;

/// What is said of such an execution.
pub const MESSAGE: &str = "The server stopped while this ran.";

/// "I am here." The first one before any call is taken.
pub async fn sign(system: &System) -> Result<()> {
    sqlx::query!(
        "insert into servers (id) values ($1) on conflict (id) do update set seen_at = now(), stopped = false",
        system.runner.id()
    )
    .execute(&system.pool)
    .await?;
    Ok(())
}

/// "I am going": whatever still runs here is cut off, and the next server need not wait to say so.
pub async fn sign_off(system: &System) -> Result<()> {
    sqlx::query!("update servers set stopped = true where id = $1", system.runner.id()).execute(&system.pool).await?;
    Ok(())
}

/// Finishes what silent servers left behind. How many.
pub async fn finish_left_behind(system: &System) -> Result<usize> {
    let found = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!" from left_behind_executions(make_interval(secs => $1), $2)"#,
        SILENT_SECONDS,
        AT_ONCE
    )
    .fetch_all(&system.pool)
    .await?;
    let mut finished = 0;
    for row in found {
        finished += usize::from(finish(system, OrganizationId(row.organization_id), ExecutionId(row.id)).await?);
    }
    if finished == 0 {
        sqlx::query!("delete from servers where seen_at < now() - make_interval(secs => $1)", FORGET_SECONDS).execute(&system.pool).await?;
    }
    Ok(finished)
}

/// `false`: somebody else was faster, or it came to an end after all.
async fn finish(system: &System, organization: OrganizationId, id: ExecutionId) -> Result<bool> {
    let mut tx = system.tenant_of(organization).await?;
    let Some(mut execution) = store::lock_open(&mut tx, id).await? else { return Ok(false) };
    execution.status = ErrorClass::Internal.status();
    execution.error_class = Some(ErrorClass::Internal);
    execution.error_message = Some(MESSAGE.to_owned());
    execution.completed_at = Some(system.clock.now());
    let done = store::complete(&mut tx, &execution).await?;
    store::count(&mut tx, organization, &execution).await?;
    tx.commit().await?;
    Ok(done)
}

/// Signs and looks until the server stops.
pub async fn serve(system: System) {
    loop {
        if let Err(error) = sign(&system).await {
            tracing::warn!(%error, "could not give a sign of life");
        }
        match finish_left_behind(&system).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "finished executions that a server left behind"),
            Err(error) => tracing::warn!(%error, "could not look for executions that were left behind"),
        }
        tokio::time::sleep(SIGN_EVERY).await;
    }
}
