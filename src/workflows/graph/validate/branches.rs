//! Ways out of nodes: does an edge name one that exists, and can what waits for several of them ever run?

use super::Check;
use crate::workflows::graph::{ERROR_BRANCH, Edge, FindingCode as Code, NodeKind, OnError, Severity};
use std::collections::{BTreeMap, BTreeSet};

/// Which branches of which nodes must have been taken for a node to run.
type Needs<'a> = BTreeMap<usize, BTreeSet<&'a str>>;

impl<'a> Check<'a> {
    pub(super) fn branches(&mut self) {
        let definition = self.definition;
        for edge in &definition.edges {
            self.branch(edge);
        }
        for node in definition.nodes.iter().filter(|node| node.config.on_error == Some(OnError::Branch)) {
            if !definition.edges.iter().any(|edge| edge.source == node.id && edge.branch() == Some(ERROR_BRANCH)) {
                let message =
                    format!("“{}” goes on by an error branch when it fails, but no edge leaves it there.", node.title(self.tools));
                let remedy = "Lead an edge with sourceHandle “error” to what shall happen then.";
                self.add(Severity::Warning, Code::BadPolicy, Some(&node.id), Some("onError"), message, remedy);
            }
        }
        self.exclusive();
    }

    fn branch(&mut self, edge: &Edge) {
        let Some(source) = self.position.get(edge.source.as_str()).map(|&i| &self.definition.nodes[i]) else { return };
        let names = source.branch_names();
        let known = names.join(", ");
        if let Some(branch) = edge.branch() {
            if names.contains(&branch) {
                return;
            }
            let remedy = if branch == ERROR_BRANCH {
                "Set onError to “branch” on that step.".to_owned()
            } else if names.is_empty() {
                "Leave out sourceHandle, or name with targetHandle the input that this output field feeds.".to_owned()
            } else {
                format!("Its branches are: {known}. To feed a field, name it with targetHandle.")
            };
            let message = format!("“{}” has no branch “{branch}” (edge “{}”).", source.title(self.tools), edge.id);
            self.error(Code::UnknownHandle, Some(&edge.target), None, message, remedy);
        } else if edge.source_handle.as_deref().is_some_and(|handle| source.kind.branches() && names.contains(&handle)) {
            let handle = edge.source_handle.as_deref().unwrap_or_default();
            let message =
                format!("The edge “{}” takes “{handle}” of “{}” as a field, but it is a branch.", edge.id, source.title(self.tools));
            let remedy = "Leave out targetHandle to leave by that branch; feed fields with mapping.";
            self.error(Code::UnknownHandle, Some(&edge.target), None, message, remedy);
        }
    }

    /// A node that needs two branches of which only one is ever taken.
    fn exclusive(&mut self) {
        let definition = self.definition;
        let mut needs: Vec<Needs<'a>> = vec![Needs::new(); definition.nodes.len()];
        for index in self.order.layers.iter().flatten().copied().collect::<Vec<_>>() {
            let node = &definition.nodes[index];
            let arriving: Vec<Needs<'a>> = self.incoming[index].iter().map(|edge| self.through(edge, &needs)).collect();
            let own = if node.kind.joins() { shared(&arriving) } else { all(&arriving) };
            let torn = own
                .iter()
                .find(|(_, branches)| branches.len() > 1)
                .map(|(&source, branches)| (source, branches.iter().copied().collect::<Vec<_>>()));
            if let Some((source, branches)) = torn {
                let message = format!(
                    "“{}” never runs: it waits for {} of “{}”, and only one of them is taken.",
                    node.title(self.tools),
                    branches.iter().map(|branch| format!("“{branch}”")).collect::<Vec<_>>().join(" and "),
                    definition.nodes[source].title(self.tools)
                );
                self.error(Code::Unreachable, Some(&node.id), None, message, "Join the branches with a node of type merge before it.");
                continue;
            }
            needs[index] = own;
        }
    }

    fn through(&self, edge: &'a Edge, needs: &[Needs<'a>]) -> Needs<'a> {
        let Some(&source) = self.position.get(edge.source.as_str()) else { return Needs::new() };
        let mut found = needs[source].clone();
        let node = &self.definition.nodes[source];
        let branch = match edge.branch() {
            Some(branch) => Some(branch),
            None if node.kind == NodeKind::Approval => Some("approved"),
            // An edge without a name leaves a node with an error branch only when all went well.
            None if !node.kind.branches() && node.config.on_error() == OnError::Branch => Some("success"),
            None => None,
        };
        if let Some(branch) = branch {
            found.entry(source).or_default().insert(branch);
        }
        found
    }
}

fn all<'a>(arriving: &[Needs<'a>]) -> Needs<'a> {
    let mut together = Needs::new();
    for needs in arriving {
        for (&source, branches) in needs {
            together.entry(source).or_default().extend(branches);
        }
    }
    together
}

fn shared<'a>(arriving: &[Needs<'a>]) -> Needs<'a> {
    let Some((first, rest)) = arriving.split_first() else { return Needs::new() };
    let mut common = first.clone();
    common.retain(|source, branches| rest.iter().all(|needs| needs.get(source) == Some(branches)));
    common
}
