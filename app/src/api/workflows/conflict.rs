//! The refusal of a form that comes too late: what the part of the workflow that it changes is now, beside what it would become.

use crate::error::AppError;
use serde_json::Value;
use toolcrib::{
    Error,
    problem::Difference,
    workflows::{
        UpdateWorkflow, Workflow,
        graph::{
            Catalog, Definition, InputField, Node, OnError,
            change::{Change, Source, fed, outputs, source_of},
            compare,
        },
    },
};

/// `applied`: the newest definition with the change; `None` where the change has lost its place, so that it cannot be saved over it.
pub(super) fn of_change(stored: &Workflow, change: &Change, applied: Option<&Definition>, tools: &Catalog) -> AppError {
    let mut refusal = refusal(stored);
    let now = facts(&stored.definition, change, tools);
    match applied {
        Some(applied) => refusal.0.differences = differences(now, facts(applied, change, tools)),
        None => {
            refusal.0.current = None;
            refusal.0.detail = format!("{} What you changed is not there any more.", refusal.0.detail);
        }
    }
    refusal
}

/// The same for names, description and visibility.
pub(super) fn of_settings(stored: &Workflow, sent: &UpdateWorkflow) -> AppError {
    let mut refusal = refusal(stored);
    let fields = [
        ("Display name", &stored.display_name, &sent.display_name),
        ("Name", &stored.name, &sent.name),
        ("Description", &stored.description, &sent.description),
    ];
    let pair = |name: &str, value: &str| (name.to_owned(), value.replace("\r\n", "\n").trim().to_owned());
    let mut now: Vec<_> = fields.iter().map(|(name, stored, _)| pair(name, stored)).collect();
    let mut then: Vec<_> = fields.iter().map(|(name, stored, sent)| pair(name, sent.as_deref().unwrap_or(stored))).collect();
    now.push(pair("Visibility", stored.visibility.label()));
    then.push(pair("Visibility", sent.visibility.unwrap_or(stored.visibility).label()));
    refusal.0.differences = differences(now, then);
    refusal
}

/// The same for the whole definition: its steps and connections, one by one.
pub(super) fn of_definition(stored: &Workflow, sent: &Definition) -> AppError {
    let mut refusal = refusal(stored);
    refusal.0.differences = compare::differences(&stored.definition, sent);
    refusal
}

fn pretty(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn refusal(stored: &Workflow) -> AppError {
    let message =
        format!("Somebody else changed this workflow while you were at it; it is at revision {} now. Nothing was saved.", stored.revision);
    let mut refusal = AppError::from(Error::Stale(message));
    refusal.0.current = Some(stored.revision.to_string());
    refusal
}

type Facts = Vec<(String, String)>;

/// What the part that this change touches says, as people read it.
fn facts(definition: &Definition, change: &Change, tools: &Catalog) -> Facts {
    let title = |id: &str| definition.node(id).map_or_else(|| id.to_owned(), |node| node.title(tools).to_owned());
    let source = |source: &Source| match source {
        Source::Nothing => String::new(),
        Source::Constant(value) => shown(value),
        Source::Expression(text) => format!("the expression {text}"),
        Source::Field { node, path } => format!("{} of {}", if path == "$" { "the whole output" } else { path }, title(node)),
    };
    match change {
        Change::SetInputs(_) => definition.inputs().iter().map(|field| (format!("Input {}", field.name), input(field))).collect(),
        Change::SetOutputs(_) => outputs(definition).iter().map(|(name, from)| (format!("Output {name}"), source(from))).collect(),
        Change::SetStep { node: id, sources, .. } => {
            let Some(node) = definition.node(id) else { return Vec::new() };
            step(definition, node, sources.iter().map(|(name, _)| name.clone()).collect(), source)
        }
        Change::SetConfig { node: id, .. } => {
            let settings = definition.node(id).map(|node| pretty(&node.config)).unwrap_or_default();
            vec![(format!("Settings of {}", title(id)), settings)]
        }
        Change::Disable { nodes, .. } => {
            let steps = nodes.iter().filter_map(|id| definition.node(id));
            steps.map(|node| (format!("{} disabled", node.title(tools)), if node.disabled { "Yes" } else { "No" }.to_owned())).collect()
        }
        // A form whose field the calling agent fills: what the workflow takes, and the step.
        Change::Patch(patch) => {
            let inputs = definition.inputs().iter().map(|field| (format!("Input {}", field.name), input(field)));
            let steps = patch.put_nodes.iter().filter_map(|(_, node)| definition.node(&node.id)).filter(|node| node.kind.is_step());
            inputs.chain(steps.flat_map(|node| step(definition, node, Vec::new(), source))).collect()
        }
        Change::AddTool { .. }
        | Change::AddWorkflow { .. }
        | Change::AddNode { .. }
        | Change::Remove { .. }
        | Change::Move { .. }
        | Change::Rename { .. }
        | Change::Place { .. }
        | Change::Insert { .. }
        | Change::Delete { .. } => {
            let steps = definition.nodes.iter().filter(|node| node.kind.is_step());
            vec![("Steps".to_owned(), steps.map(|node| node.title(tools)).collect::<Vec<_>>().join("\n"))]
        }
    }
}

/// What a step is set to: `names` first, then what it is fed besides.
fn step(definition: &Definition, node: &Node, mut names: Vec<String>, source: impl Fn(&Source) -> String) -> Facts {
    let more: Vec<String> = fed(definition, node).into_iter().filter(|name| !names.contains(name)).collect();
    names.extend(more);
    let mut facts: Facts = names.into_iter().map(|name| (name.clone(), source(&source_of(definition, node, &name)))).collect();
    facts.push(("Label".to_owned(), node.label.clone().unwrap_or_default()));
    let retry = node.config.retry.map(|retry| format!("{} attempts, {} ms before the second", retry.max_attempts, retry.backoff_ms));
    facts.push(("Retries".to_owned(), retry.unwrap_or_else(|| "1 attempt".to_owned())));
    let goes_on = node.config.on_error() == OnError::Continue;
    facts.push(("Go on when this step fails".to_owned(), if goes_on { "Yes" } else { "No" }.to_owned()));
    facts
}

fn input(field: &InputField) -> String {
    let mut lines = vec![format!("{}{}", field.kind.as_str(), if field.required { ", required" } else { "" })];
    lines.extend(field.default.as_ref().map(|value| format!("Default: {}", shown(value))));
    lines.extend(Some(field.description.clone()).filter(|text| !text.is_empty()));
    lines.join("\n")
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Where the two are not the same, in the order of the first, then of what only the second has.
fn differences(stored: Facts, sent: Facts) -> Vec<Difference> {
    let value =
        |facts: &Facts, name: &str| facts.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let only_sent = sent.iter().filter(|(name, _)| !stored.iter().any(|(other, _)| other == name));
    let names: Vec<String> = stored.iter().chain(only_sent).map(|(name, _)| name.clone()).collect();
    names
        .into_iter()
        .map(|field| Difference { stored: value(&stored, &field), sent: value(&sent, &field), field })
        .filter(|difference| difference.stored != difference.sent)
        .collect()
}
