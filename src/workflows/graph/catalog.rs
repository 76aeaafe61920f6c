//! What validation, mapping and expressions need to know of tools and of other workflows.

use crate::ids::{ToolId, WorkflowId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, ops::Deref};

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

/// The same of a workflow that another one runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorkflowShape {
    pub id: WorkflowId,
    pub display_name: String,
    pub input_schema: Value,
    pub output_schema: Value,
    /// Every workflow it runs, by itself or through others.
    pub reaches: Vec<WorkflowId>,
    /// How many workflows run inside each other below it; 0: none.
    pub depth: u32,
}

/// What a tool that is a workflow itself runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CompositeShape {
    /// Its workflow, and every one that is run through it.
    pub reaches: Vec<WorkflowId>,
    /// How many workflows run inside each other below its own; 0: none.
    pub depth: u32,
}

/// The tools and workflows that may be used, by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Catalog {
    pub tools: BTreeMap<ToolId, ToolShape>,
    pub workflows: BTreeMap<WorkflowId, WorkflowShape>,
    /// Those of the tools that are workflows.
    #[serde(default)]
    pub composites: BTreeMap<ToolId, CompositeShape>,
    /// The workflow that is judged: it may not run itself.
    pub this: Option<WorkflowId>,
}

/// Most questions are about tools.
impl Deref for Catalog {
    type Target = BTreeMap<ToolId, ToolShape>;
    fn deref(&self) -> &Self::Target {
        &self.tools
    }
}

impl FromIterator<(ToolId, ToolShape)> for Catalog {
    fn from_iter<I: IntoIterator<Item = (ToolId, ToolShape)>>(tools: I) -> Self {
        Self { tools: tools.into_iter().collect(), ..Self::default() }
    }
}
