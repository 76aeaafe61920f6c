//! A workflow as a graph: what is stored, what is wrong with it, what could feed a field, how it is laid out.
//! Pure: the same code judges in the browser and on the server.
//!
//! - [`path`] where a value lies inside an output, [`resolve`] what a node gets once earlier nodes have finished;
//! - [`types`] whether one field's type fits another's, [`validate`] findings, [`propose`] mappings by name and type;
//! - [`change`] edits as values, [`order`] layers and cycles, [`layout`] where a drawing puts nodes and edges.

pub mod change;
pub mod layout;
pub mod order;
pub mod path;
pub mod propose;
pub mod resolve;
pub mod types;
pub mod validate;

#[cfg(test)]
mod tests;

use crate::ids::ToolId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

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
    /// The tool to call, for nodes of type `tool`.
    #[serde(rename = "toolId", alias = "tool_id", default, skip_serializing_if = "Option::is_none")]
    pub tool_id: Option<ToolId>,
    /// What people call this step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(default)]
    pub position: Position,
    #[serde(default)]
    pub config: NodeConfig,
}

/// What a node does. All types of the specification can be read; [`NodeKind::runs`] says which this release runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    #[default]
    Tool,
    Input,
    Output,
    Condition,
    Switch,
    ForEach,
    Merge,
    Transform,
    Delay,
    Approval,
    Workflow,
}

impl NodeKind {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Input => "input",
            Self::Output => "output",
            Self::Condition => "condition",
            Self::Switch => "switch",
            Self::ForEach => "for_each",
            Self::Merge => "merge",
            Self::Transform => "transform",
            Self::Delay => "delay",
            Self::Approval => "approval",
            Self::Workflow => "workflow",
        }
    }

    /// Whether the engine of this release runs it.
    #[must_use]
    pub fn runs(self) -> bool {
        match self {
            Self::Tool | Self::Input | Self::Output => true,
            Self::Condition
            | Self::Switch
            | Self::ForEach
            | Self::Merge
            | Self::Transform
            | Self::Delay
            | Self::Approval
            | Self::Workflow => false,
        }
    }
}

/// Where the node stands on the canvas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Position {
    pub x: f64,
    pub y: f64,
}

/// What a node is set to. Entries that this release does not know are kept as they are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct NodeConfig {
    /// Constants: input field → value.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub inputs: Map<String, Value>,
    /// What the workflow is given, for the node of type `input`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<InputField>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetryPolicy>,
    /// A failure of this node does not fail the run; `defaultOutput` stands in for its output.
    #[serde(default, alias = "continue_on_error", skip_serializing_if = "std::ops::Not::not")]
    pub continue_on_error: bool,
    #[serde(default, alias = "default_output", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub default_output: Option<Value>,
    #[serde(flatten)]
    #[cfg_attr(feature = "ssr", schema(value_type = Object))]
    pub other: Map<String, Value>,
}

/// One thing the workflow is given when it starts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InputField {
    pub name: String,
    #[serde(rename = "type", default)]
    pub kind: FieldKind,
    #[serde(default)]
    pub required: bool,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<Object>))]
    pub default: Option<Value>,
}

/// JSON's types, as JSON Schema names them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    #[default]
    String,
    Number,
    Integer,
    Boolean,
    Array,
    Object,
}

impl FieldKind {
    pub const ALL: [Self; 6] = [Self::String, Self::Number, Self::Integer, Self::Boolean, Self::Array, Self::Object];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// How often a failed call is tried again, and after how long (doubled each time, five minutes at most).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RetryPolicy {
    /// Attempts in all, the first one included.
    #[serde(alias = "max_attempts")]
    pub max_attempts: u32,
    #[serde(default, alias = "backoff_ms")]
    pub backoff_ms: u64,
}

/// From one node to another: order, and which output fields feed which inputs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Edge {
    pub id: String,
    pub source: String,
    pub target: String,
    /// An output field of the source; with `targetHandle` it is a mapping of one field.
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
}

impl Definition {
    #[must_use]
    pub fn node(&self, id: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| node.id == id)
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
    /// What to call this node in a sentence.
    #[must_use]
    pub fn title<'a>(&'a self, tools: &'a Catalog) -> &'a str {
        match (&self.label, self.tool_id.and_then(|id| tools.get(&id))) {
            (Some(label), _) if !label.trim().is_empty() => label,
            (_, Some(tool)) => &tool.display_name,
            _ => &self.id,
        }
    }

    /// The same where the tools are not at hand.
    #[must_use]
    pub fn name(&self) -> &str {
        self.label.as_deref().filter(|label| !label.trim().is_empty()).unwrap_or(&self.id)
    }
}

/// What validation and mapping need to know of a tool.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolShape {
    pub id: ToolId,
    pub name: String,
    pub display_name: String,
    pub kind: String,
    pub status: String,
    pub input_schema: Value,
    pub output_schema: Value,
    /// Fields that the tool fixes itself; nobody need feed them.
    pub fixed: Vec<String>,
}

/// The tools that may be used, by id.
pub type Catalog = BTreeMap<ToolId, ToolShape>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot run like this.
    Error,
    /// It can run, but is it meant?
    Warning,
}

/// What kind of thing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    Empty,
    TooLarge,
    DuplicateId,
    DanglingEdge,
    UnsupportedType,
    Cycle,
    Unreachable,
    UnknownTool,
    InactiveTool,
    UnknownHandle,
    BadPath,
    RequiredInput,
    FedTwice,
    TypeMismatch,
    BadInputField,
    BadPolicy,
}

impl FindingCode {
    /// A definition with such a finding is not even kept as a draft: it has no clear meaning.
    #[must_use]
    pub fn is_structural(self) -> bool {
        match self {
            Self::TooLarge
            | Self::DuplicateId
            | Self::DanglingEdge
            | Self::UnsupportedType
            | Self::Cycle
            | Self::BadInputField
            | Self::BadPolicy => true,
            Self::Empty
            | Self::Unreachable
            | Self::UnknownTool
            | Self::InactiveTool
            | Self::UnknownHandle
            | Self::BadPath
            | Self::RequiredInput
            | Self::FedTwice
            | Self::TypeMismatch => false,
        }
    }
}

/// Something wrong with a definition: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Finding {
    pub code: FindingCode,
    pub severity: Severity,
    /// The node's id, where it is about one node.
    pub node: Option<String>,
    /// The node's field, where it is about one field.
    pub field: Option<String>,
    pub message: String,
    pub remedy: String,
}

impl Finding {
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Where in the definition it lies, as a JSON pointer.
    #[must_use]
    pub fn pointer(&self, definition: &Definition) -> String {
        let index = self.node.as_deref().and_then(|id| definition.nodes.iter().position(|node| node.id == id));
        match (index, &self.field) {
            (Some(index), Some(field)) => format!("/definition/nodes/{index}/{}", field.replace('~', "~0").replace('/', "~1")),
            (Some(index), None) => format!("/definition/nodes/{index}"),
            (None, _) => "/definition".to_owned(),
        }
    }
}
