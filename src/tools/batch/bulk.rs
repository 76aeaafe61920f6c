//! The same change of many tools.

use super::{BulkAction, BulkItem, BulkReport, MOST, Outcome};
use crate::{
    Error, Result,
    access::Permission,
    actor::Actor,
    ids::ToolId,
    system::System,
    tools::{self, Status, Tool, UpdateTool, categories},
};

/// Does it with each tool on its own, and says of each what became of it. Refused as a whole only where nothing could be done with any.
pub async fn bulk(system: &System, actor: &Actor, ids: &[ToolId], action: BulkAction) -> Result<BulkReport> {
    actor.require(Permission::Build)?;
    let mut kept: Vec<ToolId> = Vec::new();
    for id in ids {
        if !kept.contains(id) {
            kept.push(*id);
        }
    }
    if kept.is_empty() {
        return Err(Error::invalid("ids", "Choose at least one tool."));
    }
    if kept.len() > MOST {
        return Err(Error::invalid("ids", format!("At most {MOST} tools at once.")));
    }
    let action = checked(system, actor, action).await?;
    let mut items = Vec::with_capacity(kept.len());
    for id in kept {
        let tool = match changeable(system, actor, id).await {
            Ok(tool) => tool,
            Err((_, error @ Error::Internal(_))) => return Err(error),
            Err((name, error)) => {
                items.push(BulkItem { id, name, outcome: Outcome::Refused, why: Some(error.to_string()) });
                continue;
            }
        };
        let name = tool.name.clone();
        items.push(match one(system, actor, tool, &action).await {
            Ok(outcome) => BulkItem { id, name, outcome, why: None },
            Err(Error::Internal(source)) => return Err(Error::Internal(source)),
            Err(Error::Invalid(errors)) => {
                let why = errors.into_iter().map(|error| format!("{} {}", error.pointer.trim_start_matches('/'), error.message));
                BulkItem { id, name, outcome: Outcome::Refused, why: Some(why.collect::<Vec<_>>().join(" ").trim().to_owned()) }
            }
            Err(error) => BulkItem { id, name, outcome: Outcome::Refused, why: Some(error.to_string()) },
        });
    }
    Ok(BulkReport { action, items })
}

/// The tool, of somebody who may change it.
async fn changeable(system: &System, actor: &Actor, id: ToolId) -> std::result::Result<Tool, (String, Error)> {
    let (tool, level) = tools::get::get_with_level(system, actor, id).await.map_err(|error| (String::new(), error))?;
    level.require_admin().map_err(|error| (tool.name.clone(), error))?;
    Ok(tool)
}

/// What is wrong with the action itself is said once, not for every tool.
async fn checked(system: &System, actor: &Actor, action: BulkAction) -> Result<BulkAction> {
    let tag = |tag: String| {
        let tag = tag.trim().to_owned();
        if tag.is_empty() {
            Err(Error::invalid("tag", "This is needed."))
        } else if tag.chars().count() > 50 || tag.contains(',') {
            Err(Error::invalid("tag", "A tag has at most 50 characters and no comma."))
        } else {
            Ok(tag)
        }
    };
    Ok(match action {
        BulkAction::AddTag { tag: text } => BulkAction::AddTag { tag: tag(text)? },
        BulkAction::RemoveTag { tag: text } => BulkAction::RemoveTag { tag: tag(text)? },
        BulkAction::Move { category_id: Some(id) } => {
            let found = categories::get(system, actor, id).await;
            found.map_err(|error| match error {
                Error::NotFound(_) => Error::invalid("category_id", "There is no such category."),
                other => other,
            })?;
            BulkAction::Move { category_id: Some(id) }
        }
        other => other,
    })
}

async fn one(system: &System, actor: &Actor, tool: Tool, action: &BulkAction) -> Result<Outcome> {
    let id = tool.id;
    let status = |next: Status| async move {
        if tool.status == next {
            return Ok(Outcome::Unchanged);
        }
        tools::change_status(system, actor, id, next).await.map(|_| Outcome::Done)
    };
    let change = match action {
        BulkAction::Activate => return status(Status::Active).await,
        BulkAction::Disable => return status(Status::Disabled).await,
        BulkAction::Deprecate => return status(Status::Deprecated).await,
        BulkAction::Delete => return tools::delete(system, actor, id).await.map(|()| Outcome::Done),
        BulkAction::AddTag { tag } if tool.tags.contains(tag) => return Ok(Outcome::Unchanged),
        BulkAction::AddTag { tag } => {
            UpdateTool { tags: Some(tool.tags.iter().cloned().chain([tag.clone()]).collect()), ..UpdateTool::default() }
        }
        BulkAction::RemoveTag { tag } if !tool.tags.contains(tag) => return Ok(Outcome::Unchanged),
        BulkAction::RemoveTag { tag } => {
            UpdateTool { tags: Some(tool.tags.iter().filter(|old| *old != tag).cloned().collect()), ..UpdateTool::default() }
        }
        BulkAction::Move { category_id } if tool.category_id == *category_id => return Ok(Outcome::Unchanged),
        BulkAction::Move { category_id } => UpdateTool { category_id: Some(*category_id), ..UpdateTool::default() },
    };
    // Tags are replaced as a whole: not over somebody else's, who was faster.
    let change = UpdateTool { expected_updated_at: Some(tool.updated_at), ..change };
    tools::update(system, actor, id, change).await.map(|_| Outcome::Done)
}
