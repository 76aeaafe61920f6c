//! Tools and workflows that nodes call: do they exist, may they be used, does a workflow run itself?

use super::{Check, MOST_DEPTH};
use crate::{
    ids::{ToolId, WorkflowId},
    workflows::graph::{FindingCode as Code, Node, NodeKind, Severity},
};

impl Check<'_> {
    pub(super) fn calls(&mut self, node: &Node) {
        match (node.kind, node.tool_id, node.config.workflow_id) {
            (NodeKind::Tool, None, _) => {
                self.at(Code::UnknownTool, node, "toolId", format!("“{}” names no tool.", node.name()), "Choose a tool for this step.");
            }
            (NodeKind::Tool, Some(tool), None) | (NodeKind::ForEach, Some(tool), None) => self.tool(node, tool),
            (NodeKind::Workflow, None, Some(workflow)) | (NodeKind::ForEach, None, Some(workflow)) => self.workflow(node, workflow),
            (NodeKind::Workflow, _, None) => {
                let message = format!("“{}” names no workflow.", node.name());
                self.at(Code::UnknownWorkflow, node, "workflowId", message, "Choose the workflow that this step runs.");
            }
            (NodeKind::ForEach, None, None) => {
                let message = format!("“{}” names neither a tool nor a workflow to call for each item.", node.name());
                self.at(Code::UnknownTool, node, "toolId", message, "Choose a tool, or a workflow in workflowId.");
            }
            (NodeKind::Tool | NodeKind::Workflow | NodeKind::ForEach, Some(_), Some(_)) => {
                let message = format!("“{}” names both a tool and a workflow.", node.name());
                self.at(Code::UnknownTool, node, "toolId", message, "Keep the one that is meant.");
            }
            (
                NodeKind::Input
                | NodeKind::Output
                | NodeKind::Condition
                | NodeKind::Switch
                | NodeKind::Merge
                | NodeKind::Transform
                | NodeKind::Delay
                | NodeKind::Approval
                | NodeKind::Note
                | NodeKind::Group,
                _,
                _,
            ) => {}
        }
    }

    fn tool(&mut self, node: &Node, id: ToolId) {
        if let Some(found) = self.tools.composites.get(&id) {
            if self.tools.this.is_some_and(|this| found.reaches.contains(&this)) {
                let message = format!("The tool of “{}” runs this workflow again, which would never end.", node.name());
                self.at(Code::Recursion, node, "toolId", message, "Choose another tool, or go over a list with for_each.");
                return;
            }
            if found.depth + 2 > MOST_DEPTH {
                let message = format!("The tool of “{}” runs workflows inside each other, more than {MOST_DEPTH} deep.", node.name());
                self.at(Code::Recursion, node, "toolId", message, "Put some of them side by side instead.");
                return;
            }
        }
        match self.tools.get(&id) {
            None => {
                let message = format!("The tool of “{}” does not exist, or you may not use it.", node.name());
                self.at(Code::UnknownTool, node, "toolId", message, "Choose another tool, or ask an admin for a grant.");
            }
            Some(tool) if matches!(tool.status.as_str(), "draft" | "disabled") => {
                let state = if tool.status == "draft" { "still a draft" } else { "disabled" };
                let message = format!("The tool “{}” is {state}.", tool.display_name);
                let remedy = "Activate the tool before you run the workflow.";
                self.add(Severity::Warning, Code::InactiveTool, Some(&node.id), Some("toolId"), message, remedy);
            }
            Some(_) => {}
        }
    }

    fn workflow(&mut self, node: &Node, id: WorkflowId) {
        let this = self.tools.this;
        let found = self.tools.workflows.get(&id);
        if this == Some(id) || found.is_some_and(|found| this.is_some_and(|this| found.reaches.contains(&this))) {
            let message = format!("“{}” runs this workflow again, which would never end.", node.name());
            self.at(Code::Recursion, node, "workflowId", message, "Choose another workflow, or go over a list with for_each.");
            return;
        }
        match found {
            None => {
                let message = format!("The workflow of “{}” does not exist, or you may not run it.", node.name());
                self.at(Code::UnknownWorkflow, node, "workflowId", message, "Choose another workflow.");
            }
            Some(found) if found.depth + 2 > MOST_DEPTH => {
                let message = format!("“{}” runs workflows inside each other, more than {MOST_DEPTH} deep.", found.display_name);
                self.at(Code::Recursion, node, "workflowId", message, "Put some of them side by side instead.");
            }
            Some(_) => {}
        }
    }
}
