//! A write that carries a key is done once: whoever asks again with the same key hears the same answer, for 24 hours.
//!
//! The key is taken before the work begins and the answer is stored before it leaves, each in a transaction of its own. A server that
//! dies in between leaves a key without an answer; nobody can know then whether the work was done, and we say so rather than do it twice.

use crate::{actor::Actor, db::TenantTx, error::Result, keys, system::System};
use chrono::TimeDelta;
use serde_json::Value;

/// How long an answer is kept.
const KEPT_HOURS: i64 = 24;
/// A server that has not given a sign for so long is taken for dead (as `executions::left_behind` does).
const SILENT_SECONDS: f64 = 20.0;

/// An answer as it was given the first time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// Name and value.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What to do with a request that carries a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begin {
    /// It is the first: do the work, then [`finish`] or [`release`].
    First,
    /// It was answered before.
    Again(Answer),
    /// The first one still runs.
    StillRunning,
    /// The server that worked on the first one stopped half-way.
    CutOff,
    /// The key was used for something else.
    Different,
}

/// Takes the key for this actor, unless somebody did before.
/// `request`: what makes two requests the same one.
pub async fn begin(system: &System, actor: &Actor, key: &str, request: &[&[u8]]) -> Result<Begin> {
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let fingerprint = keys::fingerprint(&mut tx, &system.masters, actor.organization_id, request).await?;
    sqlx::query!("delete from idempotency_keys where expires_at <= $1", now).execute(&mut *tx).await?;
    let taken = sqlx::query!(
        "insert into idempotency_keys (organization_id, user_id, agent_id, key, fingerprint, server_id, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing",
        actor.organization_id.0,
        actor.user_id.0,
        agent(actor),
        key,
        fingerprint.as_slice(),
        system.runner.id(),
        now,
        now + TimeDelta::hours(KEPT_HOURS)
    )
    .execute(&mut *tx)
    .await?;
    if taken.rows_affected() == 1 {
        tx.commit().await?;
        return Ok(Begin::First);
    }
    let first = earlier(&mut tx, actor, key, &fingerprint).await?;
    tx.commit().await?;
    Ok(first)
}

async fn earlier(tx: &mut TenantTx, actor: &Actor, key: &str, fingerprint: &[u8]) -> Result<Begin> {
    let row = sqlx::query!(
        r#"select k.fingerprint, k.status, k.headers, k.body,
             exists (select from servers s where s.id = k.server_id and not s.stopped and s.seen_at > now() - make_interval(secs => $4)) as "is_alive!",
             k.created_at > now() - make_interval(secs => $4) as "is_young!"
           from idempotency_keys k where k.user_id = $1 and k.agent_id = $2 and k.key = $3"#,
        actor.user_id.0,
        agent(actor),
        key,
        SILENT_SECONDS
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(Begin::StillRunning) }; // released this very moment: ask again
    if row.fingerprint != fingerprint {
        return Ok(Begin::Different);
    }
    match (row.status, row.body) {
        (Some(status), Some(body)) => Ok(Begin::Again(Answer {
            status: u16::try_from(status).unwrap_or(500),
            headers: row.headers.and_then(|headers| serde_json::from_value(headers).ok()).unwrap_or_default(),
            body,
        })),
        // A key just taken is being worked on, even by a server that has not signed yet.
        _ if row.is_alive || row.is_young => Ok(Begin::StillRunning),
        _ => Ok(Begin::CutOff),
    }
}

/// Keeps the answer for whoever asks again.
pub async fn finish(system: &System, actor: &Actor, key: &str, answer: &Answer) -> Result<()> {
    let headers = serde_json::to_value(&answer.headers).unwrap_or(Value::Null);
    let mut tx = system.tenant(actor).await?;
    sqlx::query!(
        "update idempotency_keys set status = $4, headers = $5, body = $6 where user_id = $1 and agent_id = $2 and key = $3",
        actor.user_id.0,
        agent(actor),
        key,
        i32::from(answer.status),
        headers,
        answer.body
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

/// Gives the key back: nothing was done that a second request would do twice.
pub async fn release(system: &System, actor: &Actor, key: &str) -> Result<()> {
    let mut tx = system.tenant(actor).await?;
    sqlx::query!(
        "delete from idempotency_keys where user_id = $1 and agent_id = $2 and key = $3 and status is null",
        actor.user_id.0,
        agent(actor),
        key
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await
}

fn agent(actor: &Actor) -> uuid::Uuid {
    actor.agent_id.map_or(uuid::Uuid::nil(), |id| id.0)
}
