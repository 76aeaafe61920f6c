//! Tools, agents, workflows and (for those who manage them) keys whose name holds the text.

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
    let agent = actor.agent_id.map(|id| id.0);
    let mut tx = system.tenant(actor).await?;
    let rows = sqlx::query!(
        r#"select kind as "kind!", id as "id!", name as "name!", display_name as "display_name!" from (
             select 'tool' as kind, id, name, display_name from tools where tool_access(tools, $2, $3, $4, $5) > 0
             union all
             select 'agent', id, name, display_name from agents where $4::uuid is null or id = $4
             union all
             select 'workflow', id, name, display_name from workflows where visibility = 'public' or owner_id = coalesce($4, $2) or $3
             union all
             select 'key', id, key_name, display_name from tool_keys where $3 and $4::uuid is null
           ) thing
           where strpos(lower(display_name), $1) > 0 or strpos(lower(name), $1) > 0 or strpos(replace(name, '_', ' '), $1) > 0
           order by (starts_with(lower(display_name), $1) or starts_with(name, $1)) desc, length(display_name), lower(display_name), id
           limit $6"#,
        text,
        actor.user_id.0,
        manager,
        agent,
        system.clock.now(),
        MOST
    )
    .fetch_all(&mut *tx)
    .await?;
    let found = rows.into_iter().map(|row| {
        let kind = match row.kind.as_str() {
            "agent" => FoundKind::Agent,
            "workflow" => FoundKind::Workflow,
            "key" => FoundKind::Key,
            _ => FoundKind::Tool,
        };
        Found { kind, id: row.id, name: row.name, display_name: row.display_name }
    });
    Ok(found.collect())
}
