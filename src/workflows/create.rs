//! A new workflow.

use super::{NewWorkflow, Workflow, as_errors, catalog::catalog_of, check_words, get::get, graph::validate::validate, store};
use crate::{
    access::Permission,
    actor::Actor,
    audit,
    db::TenantTx,
    error::{Error, Result},
    ids::WorkflowId,
    problem::FieldError,
    system::System,
};

/// Makes a workflow that belongs to the actor.
pub async fn create(system: &System, actor: &Actor, new: NewWorkflow) -> Result<Workflow> {
    actor.require(Permission::Build)?;
    let name = new.name.trim().to_owned();
    let display_name = if new.display_name.trim().is_empty() { name.clone() } else { new.display_name.trim().to_owned() };
    let mut errors = check_words(&name, &display_name, &new.description);
    let mut tx = system.tenant(actor).await?;
    errors.extend(refusals(&mut tx, system, actor, &new.definition, new.draft, None).await?);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let new = NewWorkflow { name, display_name, description: new.description.trim().to_owned(), ..new };
    let id = WorkflowId::new();
    store::insert(&mut tx, actor, id, &new).await?;
    let after = serde_json::json!({ "name": new.name, "visibility": new.visibility, "steps": new.definition.nodes.len(), "revision": 1 });
    let entry = audit::Entry {
        action: "workflow.create",
        object_type: "workflow",
        object_id: Some(id.0),
        object_name: &new.display_name,
        before: None,
        after: Some(after),
    };
    audit::record(&mut tx, actor, system.clock.now(), entry).await?;
    tx.commit().await?;
    get(system, actor, id).await
}

/// Why a definition cannot be kept: any error; of a draft only those that leave its meaning unclear.
pub(super) async fn refusals(
    tx: &mut TenantTx,
    system: &System,
    actor: &Actor,
    definition: &super::graph::Definition,
    draft: bool,
    this: Option<WorkflowId>,
) -> Result<Vec<FieldError>> {
    let tools = catalog_of(tx, system, actor, definition, this).await?;
    let mut findings = validate(definition, &tools);
    findings.retain(|finding| finding.is_error() && (!draft || finding.code.is_structural()));
    Ok(as_errors(definition, &findings))
}
