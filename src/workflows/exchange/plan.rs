//! What an import would do here: which tools its steps find by id, which by name, which are missing and what could stand in.

use super::{Document, WANTED};
use crate::{
    ids::{ToolId, WorkflowId},
    workflows::graph::{Definition, Node},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The tools and workflows that whoever imports may use.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    pub tools: Vec<KnownTool>,
    pub workflows: Vec<(WorkflowId, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTool {
    pub id: ToolId,
    pub name: String,
    pub display_name: String,
    pub kind: String,
}

/// How a tool or workflow was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Id,
    Name,
    Choice,
}

/// One tool or workflow that the document names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// `tool:` or `workflow:` and the id that the document has.
    pub key: String,
    /// What it was called there; empty where the document does not say.
    pub name: String,
    pub kind: String,
    /// The steps that use it.
    pub steps: Vec<String>,
    /// Its id and name here.
    pub found: Option<(String, String, By)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub steps: usize,
    pub connections: usize,
    pub matches: Vec<Match>,
    pub notes: Vec<String>,
}

impl Plan {
    #[must_use]
    pub fn missing(&self) -> usize {
        self.matches.iter().filter(|one| one.found.is_none()).count()
    }
}

/// What would become of the document. `choices`: key of a match → id of what stands in for it.
#[must_use]
pub fn plan(document: &Document, known: &Known, choices: &BTreeMap<String, String>) -> Plan {
    let definition = &document.definition;
    let tools = definition.tool_ids().into_iter().map(|id| tool(document, known, choices, id));
    let workflows = definition.workflow_ids().into_iter().map(|id| workflow(document, known, choices, id));
    let matches = tools.chain(workflows).collect();
    let steps = definition.nodes.iter().filter(|node| !node.kind.is_annotation()).count();
    Plan { steps, connections: definition.edges.len(), matches, notes: document.notes.clone() }
}

fn steps(definition: &Definition, uses: impl Fn(&Node) -> bool) -> Vec<String> {
    definition.nodes.iter().filter(|node| uses(node)).map(|node| node.name().to_owned()).collect()
}

fn tool(document: &Document, known: &Known, choices: &BTreeMap<String, String>, id: ToolId) -> Match {
    let key = format!("tool:{id}");
    let named = document.tools.iter().find(|tool| tool.id == id);
    let name = named.map(|tool| tool.name.clone()).unwrap_or_default();
    let kind = named.map(|tool| tool.kind.clone()).unwrap_or_default();
    let found = |tool: &KnownTool, by| (tool.id.to_string(), tool.name.clone(), by);
    let chosen =
        choices.get(&key).and_then(|id| known.tools.iter().find(|tool| tool.id.to_string() == *id)).map(|tool| found(tool, By::Choice));
    let by_id = known.tools.iter().find(|tool| tool.id == id).map(|tool| found(tool, By::Id));
    // A tool of the same name and another kind does something else.
    let alike = |tool: &&KnownTool| !name.is_empty() && tool.name == name && (kind.is_empty() || tool.kind == kind);
    let by_name = || known.tools.iter().find(alike).map(|tool| found(tool, By::Name));
    let found = chosen.or(by_id).or_else(by_name);
    Match { key, name, kind, steps: steps(&document.definition, |node| node.tool_id == Some(id)), found }
}

fn workflow(document: &Document, known: &Known, choices: &BTreeMap<String, String>, id: WorkflowId) -> Match {
    let key = format!("workflow:{id}");
    let name = document.workflows.iter().find(|workflow| workflow.id == id).map(|workflow| workflow.name.clone()).unwrap_or_default();
    let found = |(id, name): &(WorkflowId, String), by| (id.to_string(), name.clone(), by);
    let chosen = choices
        .get(&key)
        .and_then(|id| known.workflows.iter().find(|(other, _)| other.to_string() == *id))
        .map(|one| found(one, By::Choice));
    let by_id = known.workflows.iter().find(|(other, _)| *other == id).map(|one| found(one, By::Id));
    let by_name = || known.workflows.iter().find(|(_, other)| !name.is_empty() && *other == name).map(|one| found(one, By::Name));
    let found = chosen.or(by_id).or_else(by_name);
    let steps = steps(&document.definition, |node| node.config.workflow_id == Some(id));
    Match { key, name, kind: "workflow".to_owned(), steps, found }
}

/// The definition with the tools of here. A step whose tool is missing keeps its place and says what it wants.
#[must_use]
pub fn resolved(document: &Document, plan: &Plan) -> Definition {
    let mut definition = document.definition.clone();
    let of = |key: String| plan.matches.iter().find(|one| one.key == key);
    for node in &mut definition.nodes {
        node.config.other.shift_remove(WANTED);
        if let Some(one) = node.tool_id.and_then(|id| of(format!("tool:{id}"))) {
            match &one.found {
                Some((id, ..)) => node.tool_id = id.parse().ok(),
                None if !one.name.is_empty() => {
                    node.config.other.insert(WANTED.to_owned(), json!({ "name": one.name, "kind": one.kind }));
                }
                None => {}
            }
        }
        if let Some(one) = node.config.workflow_id.and_then(|id| of(format!("workflow:{id}"))) {
            match &one.found {
                Some((id, ..)) => node.config.workflow_id = id.parse().ok(),
                None if !one.name.is_empty() => {
                    node.config.other.insert(WANTED.to_owned(), json!({ "name": one.name, "kind": "workflow" }));
                }
                None => {}
            }
        }
    }
    definition
}

/// What a step's tool was called, as far as the step itself knows.
#[must_use]
pub fn wanted(node: &Node) -> Option<&str> {
    node.config.other.get(WANTED)?.get("name")?.as_str()
}
