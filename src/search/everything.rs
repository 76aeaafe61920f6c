//! Tools, agents, workflows, OpenAPI documents, members and, for those who may see them, MCP servers and keys whose name holds the text.

use super::{Found, FoundKind};
use crate::{access::Permission, actor::Actor, error::Result, system::System};

/// At most this many are shown.
const MOST: i64 = 12;

/// The best twelve of what the actor may see: names that begin with the text first, then the short ones.
pub async fn everything(system: &System, actor: &Actor, text: &str) -> Result<Vec<Found>> {
    actor.require(Permission::See)?;
    let text: String = text.trim().to_lowercase().chars().take(100).collect();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let manager = actor.agent_id.is_none() && actor.role.may(Permission::ManageTools);
    let builder = actor.agent_id.is_none() && actor.role.may(Permission::Build);
    let agent = actor.agent_id.map(|id| id.0);
    let mut tx = system.tenant(actor).await?;
    let rows = sqlx::query!(
        r#"select kind as "kind!", id as "id!", name as "name!", display_name as "display_name!", callable as "callable!" from (
             select 'tool' as kind, t.id, t.name, t.display_name, access.level >= 2 and t.status <> 'disabled' as callable
               from tools t, lateral (select tool_access(t, $2, $3, $4, $5) as level) access where access.level > 0
             union all
             select 'agent', id, name, display_name, false from agents where $4::uuid is null or id = $4
             union all
             select 'workflow', id, name, display_name, false from workflows where visibility = 'public' or owner_id = coalesce($4, $2) or $3
             union all
             select 'key', id, key_name, display_name, false from tool_keys where $3 and $4::uuid is null
             union all
             select 'mcp_server', id, name, name, false from mcp_servers where $7
             union all
             select 'openapi_document', id, base_url, title, false from openapi_documents where $4::uuid is null
             union all
             select 'member', u.id, u.email, u.name, false from memberships m join users u on u.id = m.user_id
               where $4::uuid is null and m.organization_id = $8
           ) thing
           where strpos(lower(display_name), $1) > 0 or strpos(lower(name), $1) > 0 or strpos(replace(name, '_', ' '), $1) > 0
           order by (starts_with(lower(display_name), $1) or starts_with(name, $1)) desc, length(display_name), lower(display_name), id
           limit $6"#,
        text,
        actor.user_id.0,
        manager,
        agent,
        system.clock.now(),
        MOST,
        builder,
        actor.organization_id.0
    )
    .fetch_all(&mut *tx)
    .await?;
    let found = rows.into_iter().map(|row| {
        let kind = match row.kind.as_str() {
            "agent" => FoundKind::Agent,
            "workflow" => FoundKind::Workflow,
            "key" => FoundKind::Key,
            "mcp_server" => FoundKind::McpServer,
            "openapi_document" => FoundKind::OpenapiDocument,
            "member" => FoundKind::Member,
            _ => FoundKind::Tool,
        };
        Found { kind, id: row.id, name: row.name, display_name: row.display_name, callable: row.callable }
    });
    Ok(found.collect())
}
