//! Give a permission on a tool.

use super::{Grant, NewGrant, Subject, SubjectType, check_end, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::ToolId,
    problem::FieldError,
    system::System,
    tools::{self, Tool, access::Asker},
};
use chrono::{DateTime, Utc};
use serde_json::json;

/// Grants the tool to a member or an agent. Only its owner, admins, and whom an admin grant names may do that.
pub async fn give(system: &System, actor: &Actor, tool: ToolId, new: NewGrant) -> Result<Grant> {
    actor.require(Permission::Grant)?;
    let now = system.clock.now();
    let mut tx = system.tenant(actor).await?;
    let tool = grantable(&mut tx, actor, tool, now).await?;
    let grant = give_in(&mut tx, actor, &tool, new, now).await?;
    tx.commit().await?;
    Ok(grant)
}

/// The tool, held until the transaction ends, where the actor may say who uses it.
pub(super) async fn grantable(tx: &mut TenantTx, actor: &Actor, id: ToolId, now: DateTime<Utc>) -> Result<Tool> {
    tools::store::lock(tx, id).await?;
    let (tool, level) = tools::store::find(tx, Asker::of(actor), id, now).await?.ok_or(Error::NotFound("tool"))?;
    if level == tools::Level::None {
        return Err(Error::NotFound("tool"));
    }
    if tool.organization_id.is_none() {
        return Err(Error::Forbidden("This tool is built in: every member and agent may use it, and nobody can change that.".to_owned()));
    }
    if level < tools::Level::Admin {
        return Err(Error::Forbidden("Only the owner of this tool, admins and those with an admin grant say who may use it.".to_owned()));
    }
    Ok(tool)
}

pub(super) async fn give_in(tx: &mut TenantTx, actor: &Actor, tool: &Tool, new: NewGrant, now: DateTime<Utc>) -> Result<Grant> {
    let subject = Subject { subject_type: new.subject_type, subject_id: new.subject_id };
    let mut errors: Vec<FieldError> = check_end(new.expires_at, now).into_iter().collect();
    if store::subject_name(tx, actor, subject).await?.is_none() {
        let who = match subject.subject_type {
            SubjectType::User => "member",
            SubjectType::Agent => "agent",
        };
        errors.push(FieldError::new("subject_id", format!("There is no such {who} in this organization.")));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let id = store::insert(tx, actor, tool.id, subject, new.permission, new.expires_at, now).await?;
    let grant = store::find(tx, tool.id, id, now).await?.ok_or(Error::NotFound("grant"))?;
    let entry = audit::Entry {
        action: "tool.grant",
        object_type: "tool",
        object_id: Some(tool.id.0),
        object_name: &tool.name,
        before: None,
        after: Some(shown(&grant)),
    };
    audit::record(tx, actor, now, entry).await?;
    Ok(grant)
}

/// What the audit log says of a grant.
pub(super) fn shown(grant: &Grant) -> serde_json::Value {
    json!({
        "subject_type": grant.subject_type, "subject_id": grant.subject_id, "subject": grant.subject_name,
        "permission": grant.permission, "expires_at": grant.expires_at,
    })
}
