//! Ids, edges that end nowhere, cycles, and what nothing leads to.

use super::Check;
use crate::workflows::graph::{FindingCode as Code, NodeKind, Severity};
use std::collections::HashSet;

impl Check<'_> {
    pub(super) fn ids(&mut self) {
        let definition = self.definition;
        let mut seen = HashSet::new();
        for node in &definition.nodes {
            if node.id.trim().is_empty() || node.id.len() > 100 {
                self.error(
                    Code::DuplicateId,
                    Some(&node.id),
                    None,
                    "A node has no id, or one of more than 100 characters.".to_owned(),
                    "Give every node an id of 1 to 100 characters.",
                );
            } else if !seen.insert(node.id.as_str()) {
                self.error(
                    Code::DuplicateId,
                    Some(&node.id),
                    None,
                    format!("Two nodes have the id “{}”.", node.id),
                    "Give every node an id of its own.",
                );
            }
        }
        let mut edges = HashSet::new();
        for edge in &definition.edges {
            if !edges.insert(edge.id.as_str()) {
                self.error(
                    Code::DuplicateId,
                    Some(&edge.target),
                    None,
                    format!("Two edges have the id “{}”.", edge.id),
                    "Give every edge an id of its own.",
                );
            }
            for (end, id) in [("begins", &edge.source), ("ends", &edge.target)] {
                if !seen.contains(id.as_str()) {
                    self.error(
                        Code::DanglingEdge,
                        None,
                        None,
                        format!("The edge “{}” {end} at “{id}”, which does not exist.", edge.id),
                        "Remove the edge or add the node.",
                    );
                }
            }
        }
    }

    pub(super) fn order(&mut self) {
        let definition = self.definition;
        let order = self.order.clone();
        let names = |nodes: &[usize]| nodes.iter().map(|&i| format!("“{}”", definition.nodes[i].name())).collect::<Vec<_>>().join(" → ");
        if let Some(&first) = order.cycle.first() {
            let round = format!("{} → “{}”", names(&order.cycle), definition.nodes[first].name());
            self.error(
                Code::Cycle,
                Some(&definition.nodes[first].id),
                None,
                format!("These steps wait for each other: {round}."),
                "Remove one of the connections between them.",
            );
        }
        for &node in &order.behind_cycle {
            let node = &definition.nodes[node];
            self.error(
                Code::Unreachable,
                Some(&node.id),
                None,
                format!("“{}” is never reached: it waits for steps that wait for each other.", node.name()),
                "Resolve the cycle before it.",
            );
        }
        let connected: HashSet<&str> = definition.edges.iter().flat_map(|edge| [edge.source.as_str(), edge.target.as_str()]).collect();
        let reached: HashSet<&str> = definition.edges.iter().map(|edge| edge.target.as_str()).collect();
        let steps = definition.nodes.iter().filter(|node| !matches!(node.kind, NodeKind::Input | NodeKind::Output)).count();
        for node in &definition.nodes {
            match node.kind {
                NodeKind::Output if !reached.contains(node.id.as_str()) => self.error(
                    Code::Unreachable,
                    Some(&node.id),
                    None,
                    "Nothing leads to the output.".to_owned(),
                    "Choose which fields of which steps the workflow gives back, or remove the output node.",
                ),
                NodeKind::Input => {}
                _ if node.kind != NodeKind::Output && steps > 1 && !connected.contains(node.id.as_str()) => self.add(
                    Severity::Warning,
                    Code::Unreachable,
                    Some(&node.id),
                    None,
                    format!("“{}” is connected to nothing: it runs at the start, and its output is not used.", node.name()),
                    "Feed it from another step, use its output, or remove it.",
                ),
                _ => {}
            }
        }
    }
}
