//! Workflows as documents: written so that another organization can read them, read with care, and foreign ones recognised.
//! Pure: a browser reads a pasted document with the same code as the server.
//!
//! - [`read`] what a text is, or why it is none of ours; [`foreign`] whose it is then, [`n8n`] and what here would do the same;
//! - [`plan`] what an import would do here: tools by id, by name, or missing.

pub mod foreign;
pub mod n8n;
pub mod plan;
mod reading;

#[cfg(test)]
mod tests;

pub use foreign::{Foreign, ForeignStep, Product};
pub use reading::{Refusal, read};

use super::graph::{Catalog, Definition, NodeKind};
use crate::ids::{ToolId, WorkflowId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a document says it is.
pub const FORMAT: &str = "toolcrib.workflow";
/// Of the format, not of the workflow.
pub const VERSION: u32 = 1;
/// Larger documents are refused before they are read.
pub const MOST_BYTES: usize = 2 * 1024 * 1024;
/// Where a step keeps what its tool was called elsewhere, while no tool here stands in for it.
pub const WANTED: &str = "wantedTool";

/// A workflow that can be carried elsewhere. No key and no setting of a tool is in it, nor any person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Document {
    /// `toolcrib.workflow`
    pub format: String,
    /// Of the format.
    pub version: u32,
    pub name: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    /// Which published version it is; left out: the draft.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published_version: Option<i32>,
    pub definition: Definition,
    /// The tools that its steps call, so that they can be found by name where their ids are unknown.
    #[serde(default)]
    pub tools: Vec<ToolRef>,
    /// The workflows that its steps run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub workflows: Vec<WorkflowRef>,
    /// What was left out of it, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A tool as other organizations can recognise it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct ToolRef {
    pub id: ToolId,
    pub name: String,
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub kind: String,
    /// What it takes, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<String>,
}

/// A workflow that another one runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct WorkflowRef {
    pub id: WorkflowId,
    pub name: String,
}

/// The document of a definition. Tools that are not in the catalog are left without a name.
#[must_use]
pub fn write(name: &str, display_name: &str, description: &str, definition: &Definition, tools: &Catalog) -> Document {
    let mut definition = definition.clone();
    let mut notes = Vec::new();
    for node in &mut definition.nodes {
        if let Some(approvers) = node.config.approvers.as_mut().filter(|_| node.kind == NodeKind::Approval)
            && !approvers.users.is_empty()
        {
            approvers.users.clear();
            let name = node.label.as_deref().unwrap_or(&node.id);
            notes.push(format!("The people who may answer “{name}” are not carried along: name them anew, or leave it to roles."));
        }
    }
    let refs = definition.tool_ids().into_iter().filter_map(|id| tools.get(&id)).map(|tool| {
        let properties = tool.input_schema.get("properties").and_then(Value::as_object);
        let inputs = properties.map(|properties| properties.keys().cloned().collect()).unwrap_or_default();
        ToolRef { id: tool.id, name: tool.name.clone(), display_name: tool.display_name.clone(), kind: tool.kind.clone(), inputs }
    });
    let refs = refs.collect();
    let named = definition.workflow_ids().into_iter().filter_map(|id| tools.workflows.get(&id));
    let workflows = named.map(|workflow| WorkflowRef { id: workflow.id, name: workflow.display_name.clone() }).collect();
    Document {
        format: FORMAT.to_owned(),
        version: VERSION,
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        description: description.to_owned(),
        published_version: None,
        definition,
        tools: refs,
        workflows,
        notes,
    }
}

impl Document {
    /// As text, for people and files.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// What the file is called.
    #[must_use]
    pub fn file_name(&self) -> String {
        let version = self.published_version.map(|version| format!("-v{version}")).unwrap_or_default();
        format!("{}{version}.workflow.json", if self.name.is_empty() { "workflow" } else { &self.name })
    }
}
