//! A workflow as a graph: what is stored, what is wrong with it, what could feed a field, how it is laid out.
//! Pure: the same code judges in the browser and on the server.
//!
//! - [`kind`] what a node does, [`config`] what it is set to, [`catalog`] what is known of the tools and workflows it calls;
//! - [`path`] where a value lies inside an output, [`expression`] values made from values, [`resolve`] what a run is given;
//! - [`types`] whether one field's type fits another's, [`shape`] what each node gives, [`validate`] findings, [`propose`] mappings;
//! - [`change`] edits as values, [`patch`] what turns one definition into another, [`compare`] what differs, [`order`] layers and cycles, [`layout`] where a drawing puts nodes and edges.

pub mod catalog;
pub mod change;
pub mod compare;
pub mod config;
pub mod expression;
pub mod finding;
pub mod kind;
pub mod layout;
pub mod order;
pub mod patch;
pub mod path;
pub mod propose;
pub mod resolve;
pub mod shape;
pub mod types;
pub mod validate;

#[cfg(test)]
mod tests;

pub use catalog::{Catalog, CompositeShape, ToolShape, WorkflowShape};
pub use config::{Approvers, Case, FieldKind, InputField, MergeMode, NodeConfig, OnError, OnExpiry, OnItemError, RetryPolicy, Size, Tint};
pub use finding::{Finding, FindingCode, Severity};
pub use kind::{ERROR_BRANCH, NodeKind};

use crate::ids::{ToolId, WorkflowId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{borrow::Cow, collections::BTreeMap};

/// The stored definition (specification §7, S5's shape: camelCase; snake_case is understood too).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Definition {
    #[serde(default)]
    pub nodes: Vec<Node>,
    #[serde(default)]
    pub edges: Vec<Edge>,
}

/// One step of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Node {
    pub id: String,
    #[serde(rename = "type", default)]
    pub kind: NodeKind,
    /// The tool to call, for nodes of type `tool` and `for_each`.
    #[serde(rename = "toolId", alias = "tool_id", default, skip_serializing_if = "Option::is_none")]
    pub tool_id: Option<ToolId>,
    /// What people call this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default)]
    pub position: Position,
    /// Switched off: a run passes it by, as [`Node::is_off`] says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
    #[serde(default)]
    pub config: NodeConfig,
}

/// Where the node stands on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Position {
    pub x: f64,
    pub y: f64,
}

/// From one node to another: order, and which output fields feed which inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub id: String,
    pub source: String,
    pub target: String,
    /// With `targetHandle` an output field of the source; alone the branch by which the edge leaves it (`true`, `error`, …).
    #[serde(rename = "sourceHandle", alias = "source_handle", default, skip_serializing_if = "Option::is_none")]
    pub source_handle: Option<String>,
    #[serde(rename = "targetHandle", alias = "target_handle", default, skip_serializing_if = "Option::is_none")]
    pub target_handle: Option<String>,
    /// Path in the source's output → field of the target: `{"items[*].price": "prices"}`. `$` is the whole output.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mapping: BTreeMap<String, String>,
}

impl Edge {
    /// Every (path in the source's output, field of the target) this edge carries. An edge may carry none: then it is order alone.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let handle = self.target_handle.as_deref().map(|target| (self.source_handle.as_deref().unwrap_or("$"), target));
        handle.into_iter().chain(self.mapping.iter().map(|(source, target)| (source.as_str(), target.as_str())))
    }

    /// The branch by which this edge leaves its source.
    #[must_use]
    pub fn branch(&self) -> Option<&str> {
        self.source_handle.as_deref().filter(|_| self.target_handle.is_none())
    }
}

impl Definition {
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The same without notes and groups: what is run, and judged.
    #[must_use]
    pub fn without_annotations(&self) -> Cow<'_, Self> {
        if !self.nodes.iter().any(|node| node.kind.is_annotation()) {
            return Cow::Borrowed(self);
        }
        let nodes = self.nodes.iter().filter(|node| !node.kind.is_annotation()).cloned().collect();
        Cow::Owned(Self { nodes, edges: self.edges.clone() })
    }

    /// What the workflow is given when it starts.
    #[must_use]
    pub fn inputs(&self) -> &[InputField] {
        self.nodes.iter().find(|node| node.kind == NodeKind::Input).map_or(&[], |node| &node.config.fields)
    }

    /// The ids of all tools in it, each once.
    #[must_use]
    pub fn tool_ids(&self) -> Vec<ToolId> {
        let mut ids: Vec<_> = self.nodes.iter().filter_map(|node| node.tool_id).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The ids of all workflows that it runs, each once.
    #[must_use]
    pub fn workflow_ids(&self) -> Vec<WorkflowId> {
        let mut ids: Vec<_> = self.nodes.iter().filter_map(|node| node.config.workflow_id).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The workflow's inputs as JSON Schema.
    #[must_use]
    pub fn input_schema(&self) -> Value {
        let properties: Map<String, Value> = self
            .inputs()
            .iter()
            .map(|field| {
                let mut schema = Map::from_iter([("type".to_owned(), Value::from(field.kind.as_str()))]);
                if !field.description.is_empty() {
                    schema.insert("description".to_owned(), field.description.clone().into());
                }
                if let Some(default) = &field.default {
                    schema.insert("default".to_owned(), default.clone());
                }
                (field.name.clone(), schema.into())
            })
            .collect();
        let required: Vec<&str> = self.inputs().iter().filter(|f| f.required && f.default.is_none()).map(|f| f.name.as_str()).collect();
        serde_json::json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
    }
}

impl Node {
    /// A node that is set to nothing yet.
    #[must_use]
    pub fn new(id: impl Into<String>, kind: NodeKind) -> Self {
        Self {
            id: id.into(),
            kind,
            tool_id: None,
            label: None,
            position: Position::default(),
            disabled: false,
            config: NodeConfig::default(),
        }
    }

    /// What to call this node in a sentence.
    #[must_use]
    pub fn title<'a>(&'a self, tools: &'a Catalog) -> &'a str {
        let label = self.label.as_deref().filter(|label| !label.trim().is_empty());
        let tool = || self.tool_id.and_then(|id| tools.get(&id)).map(|tool| tool.display_name.as_str());
        let workflow = || self.config.workflow_id.and_then(|id| tools.workflows.get(&id)).map(|found| found.display_name.as_str());
        label.or_else(tool).or_else(workflow).unwrap_or(&self.id)
    }

    /// Whether runs pass this step by. It is not called; it gives nothing and decides nothing. The run goes on along the edges that leave it
    /// without a branch, as if they came from what is before it; by none of its branches, not even that of an error: so a condition that is
    /// off takes neither way, and an approval that is off neither approves nor rejects. A field that it feeds counts as not fed.
    /// Input and output cannot be switched off: they are what the workflow takes and gives.
    #[must_use]
    pub fn is_off(&self) -> bool {
        self.disabled && self.kind.can_be_off()
    }

    /// The same where the tools are not at hand.
    #[must_use]
    pub fn name(&self) -> &str {
        self.label.as_deref().filter(|label| !label.trim().is_empty()).unwrap_or(&self.id)
    }
}
