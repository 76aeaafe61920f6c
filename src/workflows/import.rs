//! A workflow from a document.

use super::{
    NewWorkflow, Visibility, Workflow, catalog, create,
    exchange::{
        Refusal,
        plan::{Known, KnownTool, plan, resolved},
        read,
    },
    graph::layout,
    list,
};
use crate::{
    actor::Actor,
    error::{Error, Result},
    names,
    system::System,
};
use std::collections::BTreeMap;

/// What an import asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    pub text: String,
    /// The document's, or the next that is free, where empty.
    pub display_name: String,
    /// What stands in for what is missing: key of the plan's match → id.
    pub choices: BTreeMap<String, String>,
    /// A foreign workflow is begun as an outline: its steps by name, set to nothing.
    pub outline: bool,
}

/// The tools and workflows that whoever imports may use.
pub async fn known(system: &System, actor: &Actor) -> Result<Known> {
    let tools = catalog::catalog(system, actor).await?.tools.into_values();
    let tools = tools.map(|tool| KnownTool { id: tool.id, name: tool.name, display_name: tool.display_name, kind: tool.kind }).collect();
    let workflows = list::names(system, actor).await?.into_iter().map(|(id, name, _)| (id, name)).collect();
    Ok(Known { tools, workflows })
}

/// The new workflow, as a private draft: what is missing shows as problems, nothing is left out.
pub async fn import(system: &System, actor: &Actor, import: Import) -> Result<Workflow> {
    let refused = |refusal: &Refusal| Error::invalid("document", refusal.words());
    let (name, display_name, description, mut definition) = match read(&import.text) {
        Ok(document) => {
            let plan = plan(&document, &known(system, actor).await?, &import.choices);
            let definition = resolved(&document, &plan);
            (document.name, document.display_name, document.description, definition)
        }
        Err(Refusal::Foreign(foreign)) if import.outline => match foreign.outline {
            Some(outline) => {
                let lines: Vec<String> = foreign.steps.iter().map(|step| format!("{}: {}", step.name, step.here)).collect();
                let text = format!("An outline of a workflow of {}.\n{}", foreign.product.name(), lines.join("\n"));
                (String::new(), foreign.name, text.chars().take(5_000).collect(), outline)
            }
            None => return Err(refused(&Refusal::Foreign(foreign))),
        },
        Err(refusal) => return Err(refused(&refusal)),
    };
    layout::arrange(&mut definition);
    let or = |text: &str, other: &str| if text.trim().is_empty() { other.trim().to_owned() } else { text.trim().to_owned() };
    let display_name = or(&import.display_name, &or(&display_name, &or(&name, "Imported workflow")));
    // Its own name where it still has it, else one from what people read.
    let name = if import.display_name.trim().is_empty() && !name.is_empty() { name } else { names::name_from(&display_name) };
    let name = if name.len() < 2 { "imported_workflow".to_owned() } else { name };
    let mut number = 1;
    loop {
        let nth = |text: &str, between: &str| if number == 1 { text.to_owned() } else { format!("{text}{between}{number}") };
        let new = NewWorkflow {
            name: nth(&name.chars().take(46).collect::<String>(), "_"),
            display_name: nth(&display_name.chars().take(190).collect::<String>(), " "),
            description: description.clone(),
            definition: definition.clone(),
            visibility: Visibility::Private,
            draft: true,
        };
        match create::create(system, actor, new).await {
            Err(Error::Conflict { .. }) if number < 99 => number += 1,
            other => return other,
        }
    }
}
