//! Expressions: can they be read, and do they name what is known by then?

use super::Check;
use crate::workflows::graph::{FindingCode as Code, Node, NodeKind, expression::Expression};

/// Where in a node an expression stands, and what it may name besides earlier nodes.
struct Place<'a> {
    field: &'a str,
    text: &'a str,
    also: &'static [&'static str],
}

impl Check<'_> {
    pub(super) fn expressions(&mut self) {
        let definition = self.definition;
        for (index, node) in definition.nodes.iter().enumerate() {
            for place in places(node) {
                match Expression::parse(place.text) {
                    Err(message) => {
                        let remedy = "Write it like load.count > 10 or \"Dear \" ~ customer.name.";
                        self.at(Code::BadExpression, node, place.field, format!("In “{}”: {message}", node.name()), remedy);
                    }
                    Ok(expression) => {
                        for name in expression.names() {
                            self.name(index, node, &place, name);
                        }
                    }
                }
            }
        }
    }

    fn name(&mut self, index: usize, node: &Node, place: &Place, name: &str) {
        match self.position.get(name) {
            Some(&named) if self.ancestors.leads(named, index) => {}
            _ if name == "input" || name == "nodes" || place.also.contains(&name) => {}
            Some(&named) => {
                let title = self.definition.nodes[named].title(self.tools).to_owned();
                let message = format!("“{}” uses “{name}”, but does not wait for “{title}”.", node.title(self.tools));
                self.at(Code::BadExpression, node, place.field, message, format!("Lead an edge from “{title}” to it."));
            }
            None => {
                let before = (0..self.definition.nodes.len()).filter(|&other| self.ancestors.leads(other, index));
                let mut known: Vec<&str> = before.map(|other| self.definition.nodes[other].id.as_str()).take(20).collect();
                known.push("input");
                known.extend(place.also);
                let remedy = format!("It may use: {}.", known.join(", "));
                let message = format!("“{}” uses “{name}”, which is no earlier step.", node.title(self.tools));
                self.at(Code::BadExpression, node, place.field, message, remedy);
            }
        }
    }
}

fn places(node: &Node) -> Vec<Place<'_>> {
    let config = &node.config;
    let mut places: Vec<Place> = config.expressions.iter().map(|(field, text)| Place { field, text, also: &[] }).collect();
    match node.kind {
        NodeKind::Condition => {
            places.extend(config.when.iter().filter(|text| !text.trim().is_empty()).map(|text| Place {
                field: "when",
                text,
                also: &["inputs"],
            }));
        }
        NodeKind::Switch => places.extend(config.cases.iter().map(|case| Place { field: "cases", text: &case.when, also: &["inputs"] })),
        NodeKind::Transform => places.extend(config.result.iter().map(|text| Place { field: "result", text, also: &["inputs"] })),
        NodeKind::ForEach => {
            places.extend(config.each.iter().map(|(field, text)| Place { field, text, also: &["item", "index", "inputs"] }));
        }
        _ => {}
    }
    places
}
