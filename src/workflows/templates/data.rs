//! The templates as they are stored: steps name platform tools by name, and workflows that come with them.

use super::Template;
use crate::{
    builtins::install::id_of,
    ids::WorkflowId,
    workflows::{
        canvas::{Point, annotations, geometry, lay_out},
        exchange::{Document, FORMAT, ToolRef, VERSION, WorkflowRef},
        graph::{Definition, Edge, Size, Tint},
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

const FILES: [&str; 9] = [
    include_str!("triage_support_mail.json"),
    include_str!("approve_refund.json"),
    include_str!("clean_contact_list.json"),
    include_str!("validate_order.json"),
    include_str!("check_answer.json"),
    include_str!("nightly_report.json"),
    include_str!("price_margins.json"),
    include_str!("retry_and_fall_back.json"),
    include_str!("follow_up.json"),
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    title: String,
    description: String,
    shows: String,
    sample_input: Map<String, Value>,
    #[serde(default)]
    answers: BTreeMap<String, bool>,
    expected_output: Value,
    #[serde(default)]
    parts: Vec<PartFile>,
    nodes: Vec<Value>,
    edges: Vec<Edge>,
    #[serde(default)]
    groups: Vec<GroupFile>,
    #[serde(default)]
    notes: Vec<NoteFile>,
}

/// A frame around steps. Where it stands follows from them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupFile {
    name: String,
    around: BTreeSet<String>,
    #[serde(default)]
    tint: Option<Tint>,
}

/// Words below a step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteFile {
    below: String,
    text: String,
    height: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PartFile {
    name: String,
    title: String,
    description: String,
    nodes: Vec<Value>,
    edges: Vec<Edge>,
}

/// A template with the documents that it is made from.
pub struct Whole {
    pub template: Template,
    pub document: Document,
    pub parts: Vec<Part>,
}

/// A workflow that comes with a template.
pub struct Part {
    /// What stands for it in the template's document until it is made.
    pub stands_for: WorkflowId,
    pub document: Document,
}

static ALL: LazyLock<Vec<Whole>> = LazyLock::new(|| {
    let read = |text: &&str| match serde_json::from_str::<File>(text).map_err(|error| error.to_string()).and_then(whole) {
        Ok(whole) => Some(whole),
        // A test reads them all: this is a file that was never tested.
        Err(error) => {
            tracing::error!(%error, "a template cannot be read");
            None
        }
    };
    FILES.iter().filter_map(read).collect()
});

/// All of them, in the order in which they are shown.
#[must_use]
pub fn all() -> &'static [Whole] {
    &ALL
}

#[must_use]
pub fn find(name: &str) -> Option<&'static Whole> {
    all().iter().find(|whole| whole.template.name == name)
}

fn whole(file: File) -> Result<Whole, String> {
    let parts: Vec<Part> = file
        .parts
        .into_iter()
        .map(|part| {
            let stands_for = placeholder(&part.name);
            let document = document(&part.name, &part.title, &part.description, part.nodes, part.edges, &[])?;
            Ok(Part { stands_for, document })
        })
        .collect::<Result<_, String>>()?;
    let mut document = document(&file.name, &file.title, &file.description, file.nodes, file.edges, &parts)?;
    annotate(&mut document.definition, file.groups, file.notes)?;
    let mut needs: Vec<String> = std::iter::once(&document)
        .chain(parts.iter().map(|part| &part.document))
        .flat_map(|one| &one.tools)
        .map(|tool| tool.name.clone())
        .collect();
    needs.sort();
    needs.dedup();
    let template = Template {
        name: file.name,
        title: file.title,
        description: file.description,
        shows: file.shows,
        needs,
        brings: parts.iter().map(|part| part.document.display_name.clone()).collect(),
        definition: document.definition.clone(),
        sample_input: file.sample_input,
        answers: file.answers,
        sample_output: file.expected_output,
    };
    Ok(Whole { template, document, parts })
}

/// Puts groups and notes on a definition that is laid out, and lays it out again around them.
fn annotate(definition: &mut Definition, groups: Vec<GroupFile>, notes: Vec<NoteFile>) -> Result<(), String> {
    for GroupFile { name, around, tint } in groups {
        let mut group = annotations::group(definition, &around).ok_or_else(|| format!("The group {name} is around nothing."))?;
        (group.label, group.config.tint) = (Some(name), tint);
        definition.nodes.push(group);
    }
    lay_out::lay_out(definition);
    for NoteFile { below, text, height } in notes {
        let step = definition.node(&below).ok_or_else(|| format!("There is no step {below}."))?;
        let at = Point { x: step.position.x, y: geometry::rect(step, step.position).end().y + 32.0 };
        let mut note = annotations::note(definition, at, &text);
        note.config.size = Some(Size { width: geometry::NODE_WIDTH, height });
        definition.nodes.push(note);
    }
    lay_out::lay_out(definition);
    Ok(())
}

/// The id that stands for a workflow which is not made yet.
fn placeholder(name: &str) -> WorkflowId {
    WorkflowId(id_of(&format!("workflow of a template: {name}")).0)
}

fn document(
    name: &str,
    title: &str,
    description: &str,
    mut nodes: Vec<Value>,
    edges: Vec<Edge>,
    parts: &[Part],
) -> Result<Document, String> {
    let (mut tools, mut workflows): (Vec<ToolRef>, Vec<WorkflowRef>) = Default::default();
    for node in &mut nodes {
        let fields = node.as_object_mut().ok_or("A step is an object.")?;
        if let Some(Value::String(tool)) = fields.shift_remove("tool") {
            let found = crate::builtins::find(&tool).ok_or_else(|| format!("There is no platform tool {tool}."))?;
            let id = id_of(found.name);
            if !tools.iter().any(|other| other.id == id) {
                let (name, display_name) = (found.name.to_owned(), found.display_name.to_owned());
                tools.push(ToolRef { id, name, display_name, kind: "builtin".to_owned(), inputs: Vec::new() });
            }
            fields.insert("toolId".to_owned(), json!(id));
        }
        if let Some(Value::String(workflow)) = fields.shift_remove("workflow") {
            let part = parts.iter().find(|part| part.document.name == workflow).ok_or_else(|| format!("There is no part {workflow}."))?;
            let config = fields.entry("config").or_insert_with(|| json!({}));
            config["workflowId"] = json!(part.stands_for);
            workflows.push(WorkflowRef { id: part.stands_for, name: part.document.display_name.clone() });
        }
    }
    // As the button of the canvas would lay it out: what changes the size of cards changes the templates with them.
    let mut definition: Definition =
        serde_json::from_value(json!({ "nodes": nodes, "edges": edges })).map_err(|error| format!("{name}: {error}"))?;
    lay_out::lay_out(&mut definition);
    Ok(Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        name: name.to_owned(),
        display_name: title.to_owned(),
        description: description.to_owned(),
        published_version: None,
        definition,
        tools,
        workflows,
        notes: Vec::new(),
    })
}
