//! SQL of triggers, their firings and deliveries.

mod firings;

pub(super) use firings::*;

use super::{NewTrigger, Schedule, Trigger, TriggerKind, Webhook};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{OrganizationId, RunId, TriggerId, UserId, WorkflowId},
    keys::Sealed,
    system::System,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What its kind needs, as it is stored.
#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<Schedule>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    webhook: Option<Webhook>,
}

fn settings(new: &NewTrigger) -> Result<Value> {
    let settings = Settings { schedule: new.schedule.clone(), webhook: new.webhook.clone() };
    serde_json::to_value(&settings).map_err(|error| Error::Internal(Box::new(error)))
}

fn stored<T: serde::de::DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(Box::new(error)))
}

fn kind(word: &str) -> Result<TriggerKind> {
    TriggerKind::parse(word).ok_or_else(|| Error::internal(format!("unknown kind of trigger {word}")))
}

/// Where a hook is found and what opens it.
pub(super) struct Hook<'a> {
    pub address: &'a str,
    pub secret: &'a Sealed,
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    actor: &Actor,
    (id, workflow): (TriggerId, WorkflowId),
    new: &NewTrigger,
    hook: Option<&Hook<'_>>,
    next_due_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into workflow_triggers (id, organization_id, workflow_id, kind, name, is_enabled, version, input, settings, user_id, address,
           secret_text, secret_iv, secret_tag, secret_changed_at, next_due_at, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, case when $11::text is not null then $16::timestamptz end, $15, $16, $16)",
        id.0,
        actor.organization_id.0,
        workflow.0,
        new.kind.as_str(),
        new.name,
        new.is_enabled,
        new.version,
        Value::Object(new.input.clone()),
        settings(new)?,
        actor.user_id.0,
        hook.map(|hook| hook.address),
        hook.map(|hook| hook.secret.text.as_slice()),
        hook.map(|hook| hook.secret.iv.as_slice()),
        hook.map(|hook| hook.secret.tag.as_slice()),
        next_due_at,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// False: somebody else saved it meanwhile.
pub(super) async fn save(
    tx: &mut TenantTx,
    actor: &Actor,
    id: TriggerId,
    new: &NewTrigger,
    next_due_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update workflow_triggers set name = $3, is_enabled = $4, version = $5, input = $6, settings = $7, user_id = $8, next_due_at = $9,
           updated_at = $10, revision = revision + 1
         where id = $1 and revision = $2",
        id.0,
        new.revision,
        new.name,
        new.is_enabled,
        new.version,
        Value::Object(new.input.clone()),
        settings(new)?,
        actor.user_id.0,
        next_due_at,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The new secret counts from now on; the one before until then.
pub(super) async fn rotate(
    tx: &mut TenantTx,
    id: TriggerId,
    secret: &Sealed,
    old_until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update workflow_triggers set
           old_secret_text = case when $5::timestamptz is not null then secret_text end, old_secret_iv = case when $5::timestamptz is not null then secret_iv end,
           old_secret_tag = case when $5::timestamptz is not null then secret_tag end, old_secret_until = $5,
           secret_text = $2, secret_iv = $3, secret_tag = $4, secret_changed_at = $6, updated_at = $6, revision = revision + 1
         where id = $1",
        id.0,
        secret.text,
        secret.iv,
        secret.tag,
        old_until,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn delete(tx: &mut TenantTx, id: TriggerId) -> Result<()> {
    sqlx::query!("delete from workflow_triggers where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// All of a workflow, or the one of this id.
pub(super) async fn list(tx: &mut TenantTx, workflow: WorkflowId, only: Option<TriggerId>) -> Result<Vec<Trigger>> {
    let rows = sqlx::query!(
        r#"select t.id, t.name, t.kind, t.is_enabled, t.version, t.input, t.settings, t.revision, t.user_id, t.address, t.secret_changed_at,
             t.old_secret_until, t.next_due_at, t.created_at, t.updated_at,
             (select u.name from memberships m join users u on u.id = m.user_id where m.organization_id = t.organization_id and m.user_id = t.user_id) as acts_as_name,
             fired.fired_at as "last_fired_at?", fired.run_id as "last_run_id?", refused.fired_at as "last_refused_at?", refused.reason as "last_refusal?"
           from workflow_triggers t
             left join lateral (select f.fired_at, f.run_id from workflow_trigger_firings f
                                where f.trigger_id = t.id and f.outcome = 'started' order by f.fired_at desc, f.id desc limit 1) fired on true
             left join lateral (select f.fired_at, f.reason from workflow_trigger_firings f
                                where f.trigger_id = t.id and f.outcome = 'refused' order by f.fired_at desc, f.id desc limit 1) refused on true
           where t.workflow_id = $1 and ($2::uuid is null or t.id = $2) order by t.created_at, t.id"#,
        workflow.0,
        only.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let settings: Settings = stored(row.settings)?;
            Ok(Trigger {
                id: TriggerId(row.id),
                workflow_id: workflow,
                name: row.name,
                kind: kind(&row.kind)?,
                is_enabled: row.is_enabled,
                version: row.version,
                input: stored(row.input)?,
                schedule: settings.schedule,
                webhook: settings.webhook,
                revision: row.revision,
                acts_as: UserId(row.user_id),
                acts_as_name: row.acts_as_name,
                address: row.address.map(|address| format!("/v1/hooks/{address}")),
                secret_changed_at: row.secret_changed_at,
                old_secret_until: row.old_secret_until,
                next_due_at: row.next_due_at.filter(|_| row.is_enabled),
                upcoming: Vec::new(),
                last_fired_at: row.last_fired_at,
                last_run_id: row.last_run_id.map(RunId),
                last_refused_at: row.last_refused_at,
                last_refusal: row.last_refusal,
                created_at: row.created_at,
                updated_at: row.updated_at,
            })
        })
        .collect()
}

/// What a firing needs to know.
pub(super) struct Armed {
    pub id: TriggerId,
    pub organization_id: OrganizationId,
    pub workflow_id: WorkflowId,
    pub kind: TriggerKind,
    pub name: String,
    pub is_enabled: bool,
    pub version: Option<i32>,
    pub input: Map<String, Value>,
    pub schedule: Option<Schedule>,
    pub webhook: Option<Webhook>,
    pub user_id: UserId,
    pub next_due_at: Option<DateTime<Utc>>,
}

struct ArmedRow {
    id: uuid::Uuid,
    organization_id: uuid::Uuid,
    workflow_id: uuid::Uuid,
    kind: String,
    name: String,
    is_enabled: bool,
    version: Option<i32>,
    input: Value,
    settings: Value,
    user_id: uuid::Uuid,
    next_due_at: Option<DateTime<Utc>>,
}

impl ArmedRow {
    fn read(self) -> Result<Armed> {
        let settings: Settings = stored(self.settings)?;
        Ok(Armed {
            id: TriggerId(self.id),
            organization_id: OrganizationId(self.organization_id),
            workflow_id: WorkflowId(self.workflow_id),
            kind: kind(&self.kind)?,
            name: self.name,
            is_enabled: self.is_enabled,
            version: self.version,
            input: stored(self.input)?,
            schedule: settings.schedule,
            webhook: settings.webhook,
            user_id: UserId(self.user_id),
            next_due_at: self.next_due_at,
        })
    }
}

/// For this server alone until the transaction ends. `None`: another server has it at this moment, or it is gone.
pub(super) async fn claim(tx: &mut TenantTx, id: TriggerId) -> Result<Option<Armed>> {
    let row = sqlx::query_as!(
        ArmedRow,
        "select id, organization_id, workflow_id, kind, name, is_enabled, version, input, settings, user_id, next_due_at
         from workflow_triggers where id = $1 for update skip locked",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(ArmedRow::read).transpose()
}

pub(super) async fn armed(tx: &mut TenantTx, id: TriggerId) -> Result<Option<Armed>> {
    let row = sqlx::query_as!(
        ArmedRow,
        "select id, organization_id, workflow_id, kind, name, is_enabled, version, input, settings, user_id, next_due_at
         from workflow_triggers where id = $1",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(ArmedRow::read).transpose()
}

/// The secrets that count now, sealed.
pub(super) async fn secrets(tx: &mut TenantTx, id: TriggerId, now: DateTime<Utc>) -> Result<Vec<Sealed>> {
    let row = sqlx::query!(
        "select secret_text, secret_iv, secret_tag, old_secret_text, old_secret_iv, old_secret_tag, old_secret_until from workflow_triggers where id = $1",
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(Vec::new()) };
    let sealed = |parts| match parts {
        (Some(text), Some(iv), Some(tag)) => Some(Sealed { text, iv, tag }),
        _ => None,
    };
    let old = sealed((row.old_secret_text, row.old_secret_iv, row.old_secret_tag)).filter(|_| row.old_secret_until > Some(now));
    Ok(sealed((row.secret_text, row.secret_iv, row.secret_tag)).into_iter().chain(old).collect())
}

pub(super) async fn set_next_due(tx: &mut TenantTx, id: TriggerId, next: Option<DateTime<Utc>>) -> Result<()> {
    sqlx::query!("update workflow_triggers set next_due_at = $2 where id = $1", id.0, next).execute(&mut **tx).await?;
    Ok(())
}

pub(super) async fn find_hook(system: &System, address: &str) -> Result<Option<(TriggerId, OrganizationId)>> {
    let row = sqlx::query!(r#"select id as "id!", organization_id as "organization_id!" from find_hook($1)"#, address)
        .fetch_optional(&system.pool)
        .await?;
    Ok(row.map(|row| (TriggerId(row.id), OrganizationId(row.organization_id))))
}

/// Triggers of all organizations that have something to do.
pub(super) async fn due(system: &System, now: DateTime<Utc>, most: i32) -> Result<Vec<(TriggerId, OrganizationId)>> {
    let rows = sqlx::query!(r#"select id as "id!", organization_id as "organization_id!" from due_triggers($1, $2)"#, now, most)
        .fetch_all(&system.pool)
        .await?;
    Ok(rows.into_iter().map(|row| (TriggerId(row.id), OrganizationId(row.organization_id))).collect())
}

pub(super) async fn sweep(system: &System, now: DateTime<Utc>, firings_before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("select sweep_triggers($1, $2)", now, firings_before).execute(&system.pool).await?;
    Ok(())
}
