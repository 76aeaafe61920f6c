//! SQL of mappings: for which calls a key is, and which keys a call could get.

use super::{ContextType, KeyMapping, NewMapping, Who, choose::Candidate, store::odd};
use crate::{
    db::TenantTx,
    error::Result,
    ids::{AgentId, KeyId, KeyMappingId, OrganizationId, ToolId, UserId},
};
use chrono::{DateTime, Utc};
use sqlx::types::Uuid;

pub(super) async fn mappings(tx: &mut TenantTx, key: KeyId) -> Result<Vec<KeyMapping>> {
    let rows = sqlx::query!(
        r#"select m.id, m.key_id, m.tool_id, t.name as "tool_name?", m.context_type, m.context_id, m.priority, m.created_at,
             coalesce(a.display_name, u.name) as "context_name?"
           from tool_key_mappings m left join tools t on t.id = m.tool_id
             left join agents a on m.context_type = 'agent' and a.id = m.context_id
             left join users u on m.context_type = 'user' and u.id = m.context_id
           where m.key_id = $1
           order by array_position(array['agent', 'user', 'global'], m.context_type), m.priority desc, m.created_at desc, m.id desc"#,
        key.0
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KeyMapping {
                id: KeyMappingId(row.id),
                key_id: KeyId(row.key_id),
                tool_id: row.tool_id.map(ToolId),
                tool_name: row.tool_name,
                context_type: ContextType::parse(&row.context_type).ok_or_else(|| odd("context"))?,
                context_id: row.context_id,
                context_name: row.context_name,
                priority: row.priority,
                created_at: row.created_at,
            })
        })
        .collect()
}

pub(super) async fn insert_mapping(
    tx: &mut TenantTx,
    organization: OrganizationId,
    key: KeyId,
    id: KeyMappingId,
    new: &NewMapping,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into tool_key_mappings (id, organization_id, tool_id, key_id, context_type, context_id, priority, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        organization.0,
        new.tool_id.map(|id| id.0),
        key.0,
        new.context_type.as_str(),
        new.context_id,
        new.priority,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn remove_mapping(tx: &mut TenantTx, key: KeyId, mapping: KeyMappingId) -> Result<()> {
    sqlx::query!("delete from tool_key_mappings where key_id = $1 and id = $2", key.0, mapping.0).execute(&mut **tx).await?;
    Ok(())
}

/// The names of the agent and the person of a call.
pub(super) async fn context_names(tx: &mut TenantTx, who: &Who) -> Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id!", display_name as "name!" from agents where id = $1
           union all select u.id, u.name from users u join memberships m on m.user_id = u.id
             where u.id = $2 and m.organization_id = current_organization()"#,
        who.agent_id.map(|id| id.0),
        who.user_id.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

pub(super) async fn agent_exists(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from agents where id = $1) as "exists!""#, id).fetch_one(&mut **tx).await?)
}

pub(super) async fn is_member(tx: &mut TenantTx, organization: OrganizationId, id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from memberships where organization_id = $1 and user_id = $2) as "exists!""#,
        organization.0,
        id
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Every mapping of keys of this name; with a tool, agent and user only those that such a call has to do with.
pub(super) async fn candidates(
    tx: &mut TenantTx,
    key_name: &str,
    call: Option<(ToolId, Option<AgentId>, Option<UserId>)>,
) -> Result<Vec<Candidate>> {
    let (tool, agent, user) = call.map_or((None, None, None), |(tool, agent, user)| (Some(tool), agent, user));
    let rows = sqlx::query!(
        r#"select m.id, m.context_type, m.context_id, m.tool_id, m.priority, m.created_at, k.id as key_id, k.key_name, k.display_name,
             k.masked_value, k.tool_id as key_tool_id, k.is_active, k.expires_at, k.allowed_hosts
           from tool_key_mappings m join tool_keys k on k.id = m.key_id
           where k.key_name = $1
             and ($2::uuid is null or ((m.tool_id is null or m.tool_id = $2) and (k.tool_id is null or k.tool_id = $2)
               and (m.context_type = 'global' or (m.context_type = 'agent' and m.context_id = $3) or (m.context_type = 'user' and m.context_id = $4))))"#,
        key_name,
        tool.map(|id| id.0),
        agent.map(|id| id.0),
        user.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Candidate {
                mapping_id: KeyMappingId(row.id),
                context_type: ContextType::parse(&row.context_type).ok_or_else(|| odd("context"))?,
                context_id: row.context_id,
                tool_id: row.tool_id.map(ToolId),
                priority: row.priority,
                mapped_at: row.created_at,
                key_id: KeyId(row.key_id),
                key_name: row.key_name,
                display_name: row.display_name,
                masked_value: row.masked_value,
                key_tool_id: row.key_tool_id.map(ToolId),
                is_active: row.is_active,
                expires_at: row.expires_at,
                allowed_hosts: row.allowed_hosts,
            })
        })
        .collect()
}
