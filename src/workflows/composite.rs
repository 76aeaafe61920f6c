//! Composite tools: a published version of a workflow that is called like any tool.

use super::{CompositeUse, NewComposite, catalog::output_schema, graph::validate::MOST_DEPTH, reach::Reach, store};
use crate::{
    access::Permission,
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::WorkflowId,
    problem::FieldError,
    system::System,
    tools::{self, Kind, NewTool, Status, Tool, Visibility, kinds::composite},
};
use chrono::{DateTime, Utc};

/// Makes a tool of a workflow that is published.
pub async fn make_tool(system: &System, actor: &Actor, id: WorkflowId, new: NewComposite) -> Result<Tool> {
    actor.require(Permission::Build)?;
    let workflow = {
        let mut tx = system.tenant(actor).await?;
        store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?
    };
    let mut tool = NewTool::new(new.name.as_deref().unwrap_or(&workflow.name), Kind::Composite);
    tool.display_name = new.display_name.unwrap_or(workflow.display_name);
    tool.description = new.description.unwrap_or(workflow.description);
    tool.visibility = new.visibility.unwrap_or(match workflow.visibility {
        super::Visibility::Public => Visibility::Public,
        super::Visibility::Private => Visibility::Private,
    });
    tool.status = if new.draft { Status::Draft } else { Status::Active };
    tool.timeout_ms = 300_000;
    tool.executor_config = composite::config(id, new.version);
    tools::create::create(system, actor, tool).await
}

/// The tools that run a workflow, as far as the actor sees them.
pub async fn uses(system: &System, actor: &Actor, id: WorkflowId) -> Result<Vec<CompositeUse>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, actor, id).await?.ok_or(Error::NotFound("workflow"))?;
    store::composite_uses(&mut tx, actor, id, system.clock.now()).await
}

/// Gives a composite tool the contract of the version it names, and names the newest where it names none. `before`: the tool as it was.
pub(crate) async fn fill(
    tx: &mut TenantTx,
    actor: &Actor,
    tool: &mut NewTool,
    before: Option<&Tool>,
    now: DateTime<Utc>,
    errors: &mut Vec<FieldError>,
) -> Result<()> {
    if tool.kind != Kind::Composite {
        return Ok(());
    }
    // A configuration of another shape is refused where all configurations are.
    let Some(target) = composite::target(&tool.executor_config) else { return Ok(()) };
    let mut wrong = |place: &str, message: String| errors.push(FieldError::new(format!("executor_config/{place}"), message));
    let Some(workflow) = store::find(tx, actor, target.workflow_id).await? else {
        // Who may change the tool need not see its workflow.
        if before.is_none_or(|before| composite::target(&before.executor_config) != Some(target)) {
            wrong("workflow_id", "There is no such workflow, or you may not see it.".to_owned());
        }
        return Ok(());
    };
    let Some(number) = target.version.or(workflow.published_version) else {
        wrong(
            "workflow_id",
            format!("“{}” was never published. Publish it first: a tool runs a published version.", workflow.display_name),
        );
        return Ok(());
    };
    let Some(version) = store::version(tx, workflow.id, number).await? else {
        wrong("version", format!("“{}” has no version {number}.", workflow.display_name));
        return Ok(());
    };
    let reach = Reach::of(tx, actor, &version.definition).await?;
    if before.is_some_and(|before| reach.calls_tool(&version.definition, before.id)) {
        wrong("workflow_id", format!("“{}” calls this tool, which would never end.", workflow.display_name));
    }
    if reach.below_definition(&version.definition) + 1 > MOST_DEPTH {
        wrong("workflow_id", format!("“{}” runs workflows inside each other, more than {MOST_DEPTH} deep.", workflow.display_name));
    }
    let tools = store::catalog(tx, actor, Some(&version.definition.tool_ids()), now).await?;
    tool.executor_config = composite::config(workflow.id, Some(number));
    tool.input_schema = version.definition.input_schema();
    tool.output_schema = output_schema(&version.definition, &tools);
    Ok(())
}
