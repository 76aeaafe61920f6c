//! A workflow made from a template.

use super::{FromTemplate, data};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::WorkflowId,
    system::System,
    workflows::{
        self, NewWorkflow, Visibility, Workflow,
        exchange::{
            Document,
            plan::{Known, plan, resolved},
        },
        graph::Definition,
        import::known,
    },
};
use std::collections::BTreeMap;

/// More of one name are not numbered any further.
const MOST_ALIKE: u32 = 99;

/// The workflow, ready to run, and before it those that its steps run. Tools that are missing here are named.
pub async fn create(system: &System, actor: &Actor, from: FromTemplate) -> Result<Workflow> {
    actor.require(Permission::Build)?;
    let whole = data::find(from.template.trim())
        .ok_or_else(|| Error::invalid("template", format!("There is no template “{}”.", from.template.trim())))?;
    let known = known(system, actor).await?;
    let documents = whole.parts.iter().map(|part| &part.document).chain([&whole.document]);
    let missing: Vec<String> = documents
        .flat_map(|document| plan(document, &known, &BTreeMap::new()).matches)
        .filter(|one| one.found.is_none() && one.kind != "workflow")
        .map(|one| one.name)
        .collect();
    if !missing.is_empty() {
        let message = format!(
            "It needs platform tools that are not here, or that you may not use: {}. Ask whoever runs this server.",
            missing.join(", ")
        );
        return Err(Error::invalid("template", message));
    }
    let visibility = from.visibility.unwrap_or(Visibility::Private);
    let mut made: Vec<(WorkflowId, WorkflowId)> = Vec::new();
    let main = async {
        for part in &whole.parts {
            let workflow = numbered(system, actor, &part.document, &known, &made, (None, None), visibility).await?;
            made.push((part.stands_for, workflow.id));
        }
        numbered(system, actor, &whole.document, &known, &made, (from.name.as_deref(), from.display_name.as_deref()), visibility).await
    };
    let main = main.await;
    if main.is_err() {
        for (_, id) in &made {
            workflows::delete::delete(system, actor, *id).await?;
        }
    }
    main
}

/// Under its own name, or the next that is free. `made`: what stands for a workflow, and the workflow.
async fn numbered(
    system: &System,
    actor: &Actor,
    document: &Document,
    known: &Known,
    made: &[(WorkflowId, WorkflowId)],
    (name, display_name): (Option<&str>, Option<&str>),
    visibility: Visibility,
) -> Result<Workflow> {
    let mut definition: Definition = resolved(document, &plan(document, known, &BTreeMap::new()));
    for node in &mut definition.nodes {
        if let Some((_, id)) = made.iter().find(|(stands_for, _)| node.config.workflow_id == Some(*stands_for)) {
            node.config.workflow_id = Some(*id);
            node.config.other.shift_remove(workflows::exchange::WANTED);
        }
    }
    let mut number = 1;
    loop {
        let nth = |text: &str, between: &str| if number == 1 { text.to_owned() } else { format!("{text}{between}{number}") };
        let new = NewWorkflow {
            name: name.map_or_else(|| nth(&document.name, "_"), str::to_owned),
            display_name: display_name.map_or_else(|| nth(&document.display_name, " "), str::to_owned),
            description: document.description.clone(),
            definition: definition.clone(),
            visibility,
            draft: false,
        };
        match workflows::create::create(system, actor, new).await {
            Err(Error::Conflict { .. }) if name.is_none() && number < MOST_ALIKE => number += 1,
            other => return other,
        }
    }
}
