//! Where one field comes from: nothing, a constant, a workflow input, or a field of another step.

use crate::{api::workflows::BY_AGENT, components::field::FieldError};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::workflows::{
    canvas::fields::outline::words,
    graph::{
        Catalog, Definition, Node, NodeKind,
        change::Source,
        propose::{Candidate, candidates, proposal},
    },
};

/// The choices of one row, and which is chosen.
#[derive(Clone)]
pub(super) struct Choices {
    /// The step.
    pub node: String,
    pub groups: Vec<(String, Vec<(String, String)>)>,
    pub chosen: String,
    pub value: String,
    /// The choice is a proposal, not yet saved.
    pub proposed: bool,
}

/// A value as it is typed into a field: text as it is, all else as JSON.
pub(super) fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn encode(source: &Source) -> String {
    serde_json::to_string(source).unwrap_or_default()
}

/// What could feed `field` of `node`, with `current` chosen, or what is proposed where nothing is.
pub(super) fn choices(
    definition: &Definition,
    tools: &Catalog,
    node: &str,
    field: &str,
    schema: &Value,
    current: &Source,
    required: bool,
) -> Choices {
    let found = candidates(definition, tools, node, field, schema);
    let at = |c: &Candidate| encode(&Source::Field { node: c.node.clone(), path: c.path.clone() });
    let (mut chosen, mut value, mut proposed) = (String::new(), String::new(), false);
    let told = words(definition, node, field);
    match current {
        _ if told.is_some() => (chosen, value) = (BY_AGENT.to_owned(), told.unwrap_or_default().to_owned()),
        Source::Nothing => {
            // Proposed where it is needed, or plainly the same thing.
            if let Some(best) = proposal(&found, schema, required) {
                (chosen, proposed) = (at(best), true);
            }
        }
        Source::Constant(constant) => (chosen, value) = ("constant".to_owned(), shown(constant)),
        Source::Expression(text) => (chosen, value) = ("expression".to_owned(), text.clone()),
        Source::Field { node, path } => match found.iter().find(|c| c.node == *node && c.path == *path) {
            Some(candidate) => chosen = at(candidate),
            None => (chosen, value) = (format!("path:{node}"), path.clone()),
        },
    }
    let is_input = |c: &Candidate| definition.node(&c.node).is_some_and(|node| node.kind == NodeKind::Input);
    let option = |c: &Candidate| {
        let mut label = c.label.clone();
        if !c.kind.is_empty() {
            label.push_str(&format!(" ({})", c.kind));
        }
        (at(c), label)
    };
    let offered: Vec<&Candidate> = found.iter().filter(|c| c.fits || chosen == at(c)).collect();
    let later = toolcrib::workflows::graph::order::descendants(definition, node);
    let sources: Vec<(String, String)> = definition
        .nodes
        .iter()
        .filter(|other| {
            other.kind != NodeKind::Output
                && other.id != node
                && (!later.contains(other.id.as_str()) || chosen == format!("path:{}", other.id))
        })
        .map(|other| (format!("path:{}", other.id), format!("A path in {}", title(other, tools))))
        .collect();
    let mut plain = vec![
        (String::new(), "Nothing".to_owned()),
        ("constant".to_owned(), "A constant".to_owned()),
        ("expression".to_owned(), "An expression".to_owned()),
    ];
    // What the workflow gives back is no input of it.
    if definition.node(node).is_some_and(|node| node.kind != NodeKind::Output) {
        plain.push((BY_AGENT.to_owned(), "AI: the agent that calls it".to_owned()));
    }
    let groups = vec![
        (String::new(), plain),
        ("Workflow inputs".to_owned(), offered.iter().filter(|c| is_input(c)).map(|c| option(c)).collect()),
        ("Outputs of steps".to_owned(), offered.iter().filter(|c| !is_input(c)).map(|c| option(c)).collect()),
        ("By path".to_owned(), sources),
    ];
    Choices { node: node.to_owned(), groups, chosen, value, proposed }
}

fn title(node: &Node, tools: &Catalog) -> String {
    if node.kind == NodeKind::Input { "the workflow's inputs".to_owned() } else { node.title(tools).to_owned() }
}

/// The select and the text beside it. `index` places them in the form's list.
#[component]
pub(super) fn SourceFields(
    index: usize,
    label: String,
    choices: Choices,
    chosen: String,
    value: String,
    #[prop(into)] error: Signal<Option<String>>,
) -> impl IntoView {
    let error_id = format!("source-{index}-error");
    let by_agent = choices.chosen == BY_AGENT;
    let (hint_id, placeholder) = (
        format!("source-{}-{index}-agent", choices.node),
        if by_agent { "what the agent is told of it" } else { "constant, expression or path" },
    );
    let options = choices
        .groups
        .into_iter()
        .filter(|(_, options)| !options.is_empty())
        .map(|(group, options)| {
            let options = options
                .into_iter()
                .map(|(option, label)| {
                    let selected = chosen == option;
                    view! {
                        <option value=option selected=selected>
                            {label}
                        </option>
                    }
                })
                .collect_view();
            if group.is_empty() { options.into_any() } else { view! { <optgroup label=group>{options}</optgroup> }.into_any() }
        })
        .collect_view();
    view! {
        <div class="source flex flex-wrap gap-2">
            <select class="field" name=format!("fields[{index}][source]") aria-label=format!("Source of {label}")>
                {options}
            </select>
            <input
                class="field font-mono"
                name=format!("fields[{index}][value]")
                aria-label=format!("Constant, expression or path for {label}")
                placeholder=placeholder
                aria-describedby=by_agent.then(|| hint_id.clone())
                autocomplete="off"
                value=value
                aria-invalid=move || error.with(Option::is_some).then_some("true")
            />
        </div>
        {by_agent
            .then(|| {
                view! {
                    <p id=hint_id.clone() class="mt-1 text-xs text-info">
                        "The calling agent fills it: an input of the workflow. The text is what it is told of it."
                    </p>
                }
            })}
        {choices
            .proposed
            .then(|| view! { <p class="mt-1 text-xs text-info">"Proposed by name and type. Save the step to keep it."</p> })}
        <FieldError id=error_id error=error />
    }
}
