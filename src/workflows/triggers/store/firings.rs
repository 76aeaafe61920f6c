//! What came of firings, which deliveries were taken, which runs a trigger has open.

use crate::{
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, RunId, TriggerId},
    page::Cursor,
    workflows::triggers::{Firing, Outcome},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// One firing, as it is written.
pub(in crate::workflows::triggers) struct NewFiring<'a> {
    pub outcome: Outcome,
    pub reason: &'a str,
    pub due_at: Option<DateTime<Utc>>,
    pub run_id: Option<RunId>,
    /// How many due times it stands for.
    pub count: i32,
    pub fired_at: DateTime<Utc>,
}

/// False: this due time was recorded before.
pub(in crate::workflows::triggers) async fn record(
    tx: &mut TenantTx,
    (organization, trigger): (OrganizationId, TriggerId),
    firing: &NewFiring<'_>,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into workflow_trigger_firings (id, organization_id, trigger_id, outcome, reason, due_at, run_id, count, fired_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
        RunId::new().0,
        organization.0,
        trigger.0,
        firing.outcome.as_str(),
        firing.reason,
        firing.due_at,
        firing.run_id.map(|run| run.0),
        firing.count,
        firing.fired_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether this due time is on record.
pub(in crate::workflows::triggers) async fn is_recorded(tx: &mut TenantTx, trigger: TriggerId, due_at: DateTime<Utc>) -> Result<bool> {
    let found = sqlx::query_scalar!("select 1 from workflow_trigger_firings where trigger_id = $1 and due_at = $2", trigger.0, due_at)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(found.is_some())
}

/// Refusals of one kind within a minute are counted in one row.
pub(in crate::workflows::triggers) async fn refuse(
    tx: &mut TenantTx,
    (organization, trigger): (OrganizationId, TriggerId),
    reason: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into workflow_trigger_firings (id, organization_id, trigger_id, outcome, reason, minute, fired_at)
         values ($1, $2, $3, 'refused', $4, $5, $6)
         on conflict (trigger_id, reason, minute) where minute is not null
         do update set count = workflow_trigger_firings.count + 1, fired_at = excluded.fired_at",
        RunId::new().0,
        organization.0,
        trigger.0,
        reason,
        now.timestamp().div_euclid(60),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The one that has waited longest for the run before to end.
pub(in crate::workflows::triggers) async fn first_queued(
    tx: &mut TenantTx,
    trigger: TriggerId,
) -> Result<Option<(Uuid, Option<DateTime<Utc>>)>> {
    let row = sqlx::query!(
        "select id, due_at from workflow_trigger_firings where trigger_id = $1 and outcome = 'queued' order by due_at limit 1",
        trigger.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.id, row.due_at)))
}

pub(in crate::workflows::triggers) async fn count_queued(tx: &mut TenantTx, trigger: TriggerId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from workflow_trigger_firings where trigger_id = $1 and outcome = 'queued'"#,
        trigger.0
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// What became of one that waited.
pub(in crate::workflows::triggers) async fn settle(
    tx: &mut TenantTx,
    id: Uuid,
    outcome: Outcome,
    reason: &str,
    run: Option<RunId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update workflow_trigger_firings set outcome = $2, reason = $3, run_id = $4, fired_at = $5 where id = $1",
        id,
        outcome.as_str(),
        reason,
        run.map(|run| run.0),
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The runs of a trigger that have not ended, oldest first.
pub(in crate::workflows::triggers) async fn open_runs(tx: &mut TenantTx, trigger: TriggerId) -> Result<Vec<RunId>> {
    let ids = sqlx::query_scalar!(
        "select id from workflow_runs where trigger_id = $1 and status in ('pending', 'running', 'waiting') order by created_at, id",
        trigger.0
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(ids.into_iter().map(RunId).collect())
}

/// Takes a delivery. `Some`: it was taken before, by this run. Who takes the same one at this moment is waited for.
pub(in crate::workflows::triggers) async fn take_delivery(
    tx: &mut TenantTx,
    (organization, trigger): (OrganizationId, TriggerId),
    key: &str,
    run: RunId,
    expires_at: DateTime<Utc>,
) -> Result<Option<RunId>> {
    let done = sqlx::query!(
        "insert into workflow_trigger_deliveries (organization_id, trigger_id, key, run_id, expires_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        organization.0,
        trigger.0,
        key,
        run.0,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    if done.rows_affected() == 1 {
        return Ok(None);
    }
    let taken = sqlx::query_scalar!("select run_id from workflow_trigger_deliveries where trigger_id = $1 and key = $2", trigger.0, key)
        .fetch_optional(&mut **tx)
        .await?;
    taken.map(|run| Some(RunId(run))).ok_or_else(|| Error::Unavailable("This delivery is being forgotten. Send it again.".to_owned()))
}

/// After how many seconds another firing would fit, if this one does not.
pub(in crate::workflows::triggers) async fn take_firing(
    tx: &mut TenantTx,
    (organization, trigger): (OrganizationId, TriggerId),
    per_minute: u32,
    now: DateTime<Utc>,
) -> Result<Option<i32>> {
    Ok(sqlx::query_scalar!(
        "select take_firing($1, $2, $3, $4)",
        organization.0,
        trigger.0,
        now,
        i32::try_from(per_minute).unwrap_or(i32::MAX)
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Newest first.
pub(in crate::workflows::triggers) async fn list_firings(
    tx: &mut TenantTx,
    trigger: TriggerId,
    cursor: Option<Cursor>,
    limit: i64,
) -> Result<Vec<Firing>> {
    let rows = sqlx::query!(
        "select id, outcome, reason, due_at, run_id, count, fired_at from workflow_trigger_firings
         where trigger_id = $1 and ($2::timestamptz is null or (fired_at, id) < ($2, $3)) order by fired_at desc, id desc limit $4",
        trigger.0,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Firing {
                id: row.id,
                outcome: Outcome::parse(&row.outcome).ok_or_else(|| Error::internal("a firing is stored with an unknown outcome"))?,
                reason: row.reason,
                due_at: row.due_at,
                run_id: row.run_id.map(RunId),
                count: row.count,
                fired_at: row.fired_at,
            })
        })
        .collect()
}
