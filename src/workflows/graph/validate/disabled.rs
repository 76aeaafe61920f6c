//! Steps that are switched off: which may not be, and what does not run because of them.

use super::Check;
use crate::workflows::graph::{ERROR_BRANCH, FindingCode as Code, Severity, expression::Expression};

impl Check<'_> {
    pub(super) fn disabled(&mut self) {
        let definition = self.definition;
        if !definition.nodes.iter().any(|node| node.disabled) {
            return;
        }
        for node in definition.nodes.iter().filter(|node| node.disabled) {
            if !node.kind.can_be_off() {
                let message = format!("“{}” is disabled, but a workflow's {} always counts.", node.name(), node.kind.as_str());
                self.at(Code::BadConfig, node, "disabled", message, "Enable it.");
                continue;
            }
            let by_branch = |edge: &&crate::workflows::graph::Edge| {
                edge.source == node.id && edge.branch().is_some_and(|branch| branch != ERROR_BRANCH)
            };
            if definition.edges.iter().any(|edge| by_branch(&edge)) {
                let message =
                    format!("“{}” is disabled and decides nothing: what follows by its branches does not run.", node.title(self.tools));
                let remedy = "Enable it, or lead an edge from the step before it to what shall run.";
                self.add(Severity::Warning, Code::Unreachable, Some(&node.id), None, message, remedy);
            }
        }
        for node in definition.nodes.iter().filter(|node| !node.is_off()) {
            for (field, text) in &node.config.expressions {
                let Ok(expression) = Expression::parse(text) else { continue };
                let off = expression.names().iter().filter_map(|name| definition.node(name)).find(|named| named.is_off());
                if let Some(off) = off {
                    let message =
                        format!("“{field}” of “{}” uses “{}”, which is disabled and gives nothing.", node.title(self.tools), off.id);
                    let remedy = format!("Enable “{}”, or leave it out of the expression.", off.title(self.tools));
                    self.add(Severity::Warning, Code::BadExpression, Some(&node.id), Some(field), message, remedy);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        ids::ToolId,
        workflows::graph::{
            Catalog, Definition, Finding, FindingCode as Code, Severity, ToolShape, change, change::Change, validate::validate,
        },
    };
    use serde_json::{Value, json};

    fn tool(number: u128) -> ToolId {
        ToolId(uuid::Uuid::from_u128(number))
    }

    fn catalog() -> Catalog {
        let shape = |number, name: &str, required: Value| ToolShape {
            id: tool(number),
            name: name.to_owned(),
            display_name: name.to_owned(),
            kind: "python".to_owned(),
            status: "active".to_owned(),
            input_schema: json!({ "type": "object", "properties": { "to": { "type": "string" } }, "required": required }),
            output_schema: json!({ "type": "object", "properties": { "name": { "type": "string" } } }),
            fixed: Vec::new(),
        };
        [(tool(1), shape(1, "load", json!([]))), (tool(2), shape(2, "mail", json!(["to"])))].into_iter().collect()
    }

    fn judged(nodes: Value, edges: Value) -> Vec<Finding> {
        let definition: Definition = serde_json::from_value(json!({ "nodes": nodes, "edges": edges })).expect("definition");
        validate(&definition, &catalog())
    }

    #[test]
    fn a_required_field_that_a_disabled_step_would_feed_is_not_fed_and_the_finding_names_both() {
        let edges = json!([{ "id": "e", "source": "load", "target": "mail", "mapping": { "name": "to" } }]);
        let found =
            judged(json!([{ "id": "load", "toolId": tool(1), "disabled": true }, { "id": "mail", "toolId": tool(2) }]), edges.clone());
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.code, one.node.as_deref(), one.field.as_deref()), (Code::RequiredInput, Some("mail"), Some("to")));
        assert!(one.message.contains("“load”, which feeds it, is disabled"), "{}", one.message);
        // Fed from elsewhere too, it has what it needs.
        let nodes = json!([{ "id": "load", "toolId": tool(1), "disabled": true }, { "id": "mail", "toolId": tool(2), "config": { "inputs": { "to": "ada" } } }]);
        assert_eq!(judged(nodes, edges), []);
    }

    #[test]
    fn what_a_disabled_step_lacks_is_no_problem_until_it_is_on_again() {
        let nodes = |off: bool| json!([{ "id": "mail", "toolId": tool(2), "disabled": off }, { "id": "load", "toolId": tool(1) }]);
        let edges = json!([{ "id": "e", "source": "load", "target": "mail" }]);
        assert_eq!(judged(nodes(true), edges.clone()), []);
        assert_eq!(judged(nodes(false), edges)[0].code, Code::RequiredInput);
    }

    #[test]
    fn a_disabled_condition_says_that_its_branches_do_not_run() {
        let found = judged(
            json!([{ "id": "if", "type": "condition", "config": { "when": "true" }, "disabled": true }, { "id": "load", "toolId": tool(1) }]),
            json!([{ "id": "e", "source": "if", "target": "load", "sourceHandle": "true" }]),
        );
        let [one] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.severity, one.code, one.node.as_deref()), (Severity::Warning, Code::Unreachable, Some("if")));
    }

    #[test]
    fn an_expression_over_a_disabled_step_is_warned_of() {
        let found = judged(
            json!([{ "id": "load", "toolId": tool(1), "disabled": true },
                { "id": "mail", "toolId": tool(2), "config": { "expressions": { "to": "load.name" } } }]),
            json!([{ "id": "e", "source": "load", "target": "mail" }]),
        );
        assert_eq!(found.iter().map(|one| (one.severity, one.code)).collect::<Vec<_>>(), [(Severity::Warning, Code::BadExpression)]);
    }

    #[test]
    fn input_and_output_are_not_switched_off_neither_by_an_edit_nor_by_a_document() {
        let nodes = json!([{ "id": "input", "type": "input", "disabled": true }, { "id": "load", "toolId": tool(1) }]);
        let edges = json!([{ "id": "e", "source": "input", "target": "load" }]);
        assert!(judged(nodes, edges).iter().any(|one| one.code == Code::BadConfig && one.node.as_deref() == Some("input")));
        let definition: Definition =
            serde_json::from_value(json!({ "nodes": [{ "id": "input", "type": "input" }, { "id": "load", "toolId": tool(1) }] }))
                .expect("definition");
        let disable = |id: &str, disabled| Change::Disable { nodes: vec![id.to_owned()], disabled };
        assert!(change::apply(definition.clone(), disable("input", true), &catalog()).is_err());
        let off = change::apply(definition.clone(), disable("load", true), &catalog()).expect("it is off");
        assert!(off.nodes[1].is_off());
        let text = serde_json::to_value(&off).expect("JSON");
        assert_eq!((&text["nodes"][0].get("disabled"), &text["nodes"][1]["disabled"]), (&None, &json!(true)));
        let on = change::apply(off, disable("load", false), &catalog()).expect("it is on");
        assert_eq!(on.nodes[1].is_off(), definition.nodes[1].is_off());
    }
}
