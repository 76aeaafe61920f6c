//! All SQL of attachments. Rows of another organization are kept out by row-level security, not by these statements.

use super::{Attachment, AttachmentChange};
use crate::{
    actor::Actor,
    db::{TenantTx, like},
    error::{Error, Result},
    ids::{AgentId, AttachmentId, GrantId, ToolId},
    tools::access::{Asker, Level},
};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What the rules of attaching need to know of a tool.
pub struct ToolFacts {
    pub id: ToolId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub kind: String,
    pub status: String,
    pub visibility: String,
    pub attach_to_agent: bool,
    pub execute_on_call_start: bool,
    /// How far whoever asks may go, and how far the agent may once the tool is attached to it.
    pub asker_level: Level,
    pub agent_level: Level,
    pub is_attached: bool,
}

/// A tool as seen from this agent and this person.
pub async fn tool_facts(tx: &mut TenantTx, actor: &Actor, agent: AgentId, tool: ToolId, now: DateTime<Utc>) -> Result<Option<ToolFacts>> {
    let asker = Asker::of(actor);
    Ok(sqlx::query_as!(
        ToolFacts,
        r#"select t.id as "id: ToolId", t.name, t.display_name, t.description, t.kind, t.status, t.visibility, t.attach_to_agent,
             t.execute_on_call_start, tool_access(t, $1, $5, $6, $4) as "asker_level!", tool_permission(t, $2, $4) as "agent_level!",
             exists (select from agent_tools x where x.agent_id = $2 and x.tool_id = t.id) as "is_attached!"
           from tools t where t.id = $3"#,
        asker.person,
        agent.0,
        tool.0,
        now,
        asker.manager,
        asker.agent
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Of the tools that the asker may see and that are not attached to the agent yet those whose words hold `search`, after `after` (display
/// name and id), `limit` of them.
pub async fn attachable(
    tx: &mut TenantTx,
    actor: &Actor,
    agent: AgentId,
    search: Option<&str>,
    after: Option<(&str, uuid::Uuid)>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<ToolFacts>> {
    let asker = Asker::of(actor);
    Ok(sqlx::query_as!(
        ToolFacts,
        r#"select t.id as "id: ToolId", t.name, t.display_name, t.description, t.kind, t.status, t.visibility, t.attach_to_agent,
             t.execute_on_call_start, tool_access(t, $1, $3, $4, $5) as "asker_level!", tool_permission(t, $2, $5) as "agent_level!",
             false as "is_attached!"
           from tools t
           where ($6::text is null or t.name ilike $6 or t.display_name ilike $6 or t.description ilike $6)
             and ($8::uuid is null or (t.display_name, t.id) > ($7::text, $8))
             and not exists (select from agent_tools x where x.agent_id = $2 and x.tool_id = t.id)
             and tool_access(t, $1, $3, $4, $5) >= 1
           order by t.display_name, t.id limit $9"#,
        asker.person,
        agent.0,
        asker.manager,
        asker.agent,
        now,
        search.map(like),
        after.map(|(name, _)| name),
        after.map(|(_, id)| id),
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// A new attachment, ready to be written.
pub struct AttachmentRow<'a> {
    pub agent_id: AgentId,
    pub tool_id: ToolId,
    pub is_vapi_attached: bool,
    pub usage_comments: &'a str,
    pub pinned_version: Option<i32>,
}

/// Puts an attachment in; a second one of the pair is refused by the constraint `agent_tools_unique`.
pub async fn insert_attachment(tx: &mut TenantTx, actor: &Actor, row: &AttachmentRow<'_>, now: DateTime<Utc>) -> Result<AttachmentId> {
    let id = AttachmentId::new();
    sqlx::query!(
        "insert into agent_tools (id, organization_id, agent_id, tool_id, is_vapi_attached, usage_comments, pinned_version, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        id.0,
        actor.organization_id.0,
        row.agent_id.0,
        row.tool_id.0,
        row.is_vapi_attached,
        row.usage_comments,
        row.pinned_version,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Gives the agent the permission to execute: a grant of its own, raised from `read` or renewed where it had expired.
pub async fn grant_execute(tx: &mut TenantTx, actor: &Actor, agent: AgentId, tool: ToolId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission, granted_by, created_at)
         values ($1, $2, $3, $4, 'agent', 'execute', $5, $6)
         on conflict on constraint tool_grants_unique do update
           set permission = 'execute', granted_by = excluded.granted_by, created_at = excluded.created_at, expires_at = null",
        GrantId::new().0,
        actor.organization_id.0,
        tool.0,
        agent.0,
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes an attachment out, and the grant that attaching made (same instant, never changed since). A grant that somebody gave on purpose stays.
/// Returns whether a grant went with it.
pub async fn remove_attachment(tx: &mut TenantTx, attachment: &Attachment) -> Result<bool> {
    let grants = sqlx::query!(
        "delete from tool_grants where tool_id = $1 and subject_type = 'agent' and subject_id = $2 and permission = 'execute'
           and expires_at is null and created_at = $3",
        attachment.tool_id.0,
        attachment.agent_id.0,
        attachment.created_at
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from agent_tools where id = $1", attachment.id.0).execute(&mut **tx).await?;
    Ok(grants.rows_affected() > 0)
}

/// What is pinned must be there.
pub async fn require_version(tx: &mut TenantTx, tool: ToolId, version: i32) -> Result<()> {
    let known = sqlx::query_scalar!(
        r#"select exists (select from tool_versions where tool_id = $1 and version = $2) as "known!""#,
        tool.0,
        version
    )
    .fetch_one(&mut **tx)
    .await?;
    if known { Ok(()) } else { Err(Error::invalid("pinned_version", "The tool has no such version.")) }
}

/// Changes an attachment; absent fields stay.
pub async fn change_attachment(tx: &mut TenantTx, id: AttachmentId, change: &AttachmentChange) -> Result<()> {
    sqlx::query!(
        "update agent_tools set is_enabled = coalesce($2, is_enabled), usage_comments = coalesce($3, usage_comments),
           rate_limit_per_minute = case when $4 then $5 else rate_limit_per_minute end,
           rate_limit_per_hour = case when $6 then $7 else rate_limit_per_hour end,
           pinned_version = case when $8 then $9 else pinned_version end
         where id = $1",
        id.0,
        change.is_enabled,
        change.usage_comments,
        change.rate_limit_per_minute.is_some(),
        change.rate_limit_per_minute.flatten(),
        change.rate_limit_per_hour.is_some(),
        change.rate_limit_per_hour.flatten(),
        change.pinned_version.is_some(),
        change.pinned_version.flatten()
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Which attachments of an agent to read: all, unless something is set.
#[derive(Default)]
pub struct Which<'a> {
    pub tool: Option<ToolId>,
    /// Display name and id of the tool after which to go on.
    pub after: Option<(&'a str, uuid::Uuid)>,
    pub limit: Option<i64>,
}

/// What is attached to an agent, by display name.
pub async fn attachments(tx: &mut TenantTx, agent: AgentId, which: Which<'_>, now: DateTime<Utc>) -> Result<Vec<Attachment>> {
    Ok(sqlx::query_as!(
        Attachment,
        r#"select x.id as "id: AttachmentId", x.agent_id as "agent_id: AgentId", t.id as "tool_id: ToolId", t.name as tool_name,
             t.display_name as tool_display_name, t.description as tool_description, t.kind as tool_kind, t.status as tool_status,
             t.visibility as tool_visibility, t.version as tool_version, x.is_vapi_attached, x.is_enabled, x.usage_comments, x.pinned_version,
             x.rate_limit_per_minute, x.rate_limit_per_hour, tool_permission(t, x.agent_id, $3) >= 2 as "is_permitted!",
             x.created_at, x.updated_at
           from agent_tools x join tools t on t.id = x.tool_id
           where x.agent_id = $1 and ($2::uuid is null or t.id = $2) and ($5::uuid is null or (t.display_name, t.id) > ($4::text, $5))
           order by t.display_name, t.id limit $6"#,
        agent.0,
        which.tool.map(|id| id.0),
        now,
        which.after.map(|(name, _)| name),
        which.after.map(|(_, id)| id),
        which.limit
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// The attachment of one tool.
pub async fn attachment(tx: &mut TenantTx, agent: AgentId, tool: ToolId, now: DateTime<Utc>) -> Result<Option<Attachment>> {
    Ok(attachments(tx, agent, Which { tool: Some(tool), ..Which::default() }, now).await?.pop())
}

/// What the model sees of a tool.
pub struct OfferedTool {
    pub name: String,
    pub description: String,
    pub function_schema: Value,
    pub usage_comments: String,
}

/// The tools an agent may be offered now: attached for the model, enabled, active, and permitted.
pub async fn offered_tools(tx: &mut TenantTx, agent: AgentId, now: DateTime<Utc>) -> Result<Vec<OfferedTool>> {
    Ok(sqlx::query_as!(
        OfferedTool,
        r#"select t.name, t.description, coalesce(v.snapshot -> 'function_schema', t.function_schema) as "function_schema!", x.usage_comments
           from agent_tools x join tools t on t.id = x.tool_id
           left join tool_versions v on v.tool_id = t.id and v.version = x.pinned_version
           where x.agent_id = $1 and x.is_vapi_attached and t.status = 'active' and tool_access(t, null, false, $1, $2) >= 2
           order by t.name"#,
        agent.0,
        now
    )
    .fetch_all(&mut **tx)
    .await?)
}

/// Is a tool of this name attached to the agent?
pub async fn has_tool_named(tx: &mut TenantTx, agent: AgentId, name: &str) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from agent_tools a join tools t on t.id = a.tool_id where a.agent_id = $1 and t.name = $2) as "has!""#,
        agent.0,
        name
    )
    .fetch_one(&mut **tx)
    .await?)
}
