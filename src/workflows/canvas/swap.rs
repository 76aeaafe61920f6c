//! Another tool in a step's place: the step keeps its id, place, name and edges, and the mappings that the new tool takes.

use crate::{
    ids::{ToolId, WorkflowId},
    workflows::{
        exchange::WANTED,
        graph::{
            Catalog, Definition, Edge, Node, NodeKind,
            order::order,
            patch::Patch,
            path::{Path, Segment},
            shape, types,
        },
    },
};
use serde_json::Value;
use std::borrow::Cow;

/// What a step is to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    Tool(ToolId),
    Workflow(WorkflowId),
}

/// What makes a step call something else, and what becomes of its mappings.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Swapped {
    pub patch: Patch,
    /// Fields that are fed as before.
    pub kept: Vec<String>,
    /// Fields that the new one does not have, or of another type.
    pub dropped: Vec<String>,
}

/// Whether this type of step calls something that can be swapped.
#[must_use]
pub fn can_swap(kind: NodeKind) -> bool {
    kind.calls()
}

/// `None`: there is no such step, or it calls nothing. What takes from the step keeps its mappings: what the new tool does not give is a
/// finding there.
#[must_use]
pub fn swap(definition: &Definition, tools: &Catalog, id: &str, to: Called) -> Option<Swapped> {
    let old = definition.node(id).filter(|node| can_swap(node.kind))?;
    let mut after = definition.clone();
    let mut node = old.clone();
    node.config.other.shift_remove(WANTED);
    (node.tool_id, node.config.workflow_id) = match to {
        Called::Tool(id) => (Some(id), None),
        Called::Workflow(id) => (None, Some(id)),
    };
    if node.kind != NodeKind::ForEach {
        node.kind = if matches!(to, Called::Tool(_)) { NodeKind::Tool } else { NodeKind::Workflow };
    }
    let mut swapped = Swapped::default();
    // Of a for_each, what each item brings is judged by what is called, all else by what the step takes.
    let called = schema_called(&node, tools);
    node.config.each.retain(|field, _| swapped.judge(field, called.as_ref().is_none_or(|schema| has(schema, field).is_some())));
    let takes = shape::input(&node, tools).map(Cow::into_owned);
    let fits = |field: &str, given: Option<&Value>| match (&takes, given) {
        (None, _) => true,
        (Some(schema), given) => match (has(schema, field), given) {
            (None, _) => false,
            (Some(Some(wanted)), Some(given)) => types::fits(given, &wanted).is_ok(),
            (Some(_), _) => true,
        },
    };
    node.config.inputs.retain(|field, value| {
        let wanted = takes.as_ref().map(|schema| has(schema, field));
        let fit = match wanted {
            None | Some(Some(None)) => true,
            Some(None) => false,
            Some(Some(Some(wanted))) => types::value_fits(value, &wanted).is_ok(),
        };
        swapped.judge(field, fit)
    });
    node.config.expressions.retain(|field, _| swapped.judge(field, fits(field, None)));
    let outputs = shape::outputs(definition, tools, &order(definition));
    for edge in after.edges.iter_mut().filter(|edge| edge.target == id) {
        let given = |path: &str| {
            let source = definition.nodes.iter().position(|node| node.id == edge.source)?;
            types::at(outputs.get(source)?, &Path::parse(path).ok()?).ok().flatten()
        };
        let dropped: Vec<String> = edge.pairs().filter(|(from, to)| !fits(to, given(from).as_ref())).map(|(_, to)| to.to_owned()).collect();
        for (_, to) in edge.pairs() {
            swapped.judge(to, !dropped.iter().any(|field| field == to));
        }
        drop_fields(edge, &dropped);
    }
    let place = after.nodes.iter_mut().find(|node| node.id == id)?;
    *place = node;
    swapped.patch = Patch::between(definition, &after);
    Some(swapped)
}

/// The edge stays: then it is order alone.
fn drop_fields(edge: &mut Edge, fields: &[String]) {
    let dropped = |to: &String| fields.contains(to);
    edge.mapping.retain(|_, to| !dropped(to));
    if edge.target_handle.as_ref().is_some_and(dropped) {
        (edge.source_handle, edge.target_handle) = (None, None);
    }
}

fn schema_called(node: &Node, tools: &Catalog) -> Option<Value> {
    let bare = Node { kind: if node.tool_id.is_some() { NodeKind::Tool } else { NodeKind::Workflow }, ..node.clone() };
    shape::input(&bare, tools).map(Cow::into_owned)
}

/// `None`: it has no such field. `Some(None)`: it does not say of which type.
fn has(schema: &Value, field: &str) -> Option<Option<Value>> {
    let path = Path::parse(field).unwrap_or_else(|_| Path(vec![Segment::Field(field.to_owned())]));
    types::at(schema, &path).ok()
}

impl Swapped {
    fn judge(&mut self, field: &str, fits: bool) -> bool {
        let list = if fits { &mut self.kept } else { &mut self.dropped };
        if !list.iter().any(|other| other == field) {
            list.push(field.to_owned());
        }
        fits
    }

    /// What became of the mappings, in a sentence: `Kept 3 mappings; “subject” is not taken by Send mail.`
    #[must_use]
    pub fn words(&self, name: &str) -> String {
        let kept = match self.kept.len() {
            0 => String::new(),
            1 => "Kept 1 mapping".to_owned(),
            count => format!("Kept {count} mappings"),
        };
        let dropped = match self.dropped.as_slice() {
            [] => String::new(),
            [one] => format!("“{one}” is not taken by {name}"),
            several => {
                let names: Vec<String> = several.iter().map(|field| format!("“{field}”")).collect();
                format!("{} are not taken by {name}", names.join(", "))
            }
        };
        match (kept.is_empty(), dropped.is_empty()) {
            (true, true) => format!("Now it calls {name}."),
            (false, true) => format!("{kept}."),
            (true, false) => format!("{dropped}."),
            (false, false) => format!("{kept}; {dropped}."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::graph::{
        ToolShape,
        validate::{self},
    };
    use serde_json::json;

    fn id(number: u128) -> ToolId {
        ToolId(uuid::Uuid::from_u128(number))
    }

    fn catalog() -> Catalog {
        let tool = |number: u128, name: &str, input: Value, output: Value| {
            let shape = ToolShape {
                id: id(number),
                name: name.to_owned(),
                display_name: name.to_owned(),
                kind: "api_request".to_owned(),
                status: "active".to_owned(),
                input_schema: json!({ "type": "object", "properties": input }),
                output_schema: json!({ "type": "object", "properties": output }),
                fixed: Vec::new(),
            };
            (id(number), shape)
        };
        let text = json!({ "type": "string" });
        [
            tool(1, "load", json!({}), json!({ "title": text, "count": { "type": "integer" } })),
            tool(2, "mail", json!({ "to": text, "subject": text, "body": text, "copies": { "type": "integer" } }), json!({ "sent": text })),
            tool(3, "message", json!({ "to": text, "body": text, "copies": text }), json!({ "id": text })),
        ]
        .into_iter()
        .collect()
    }

    fn definition() -> Definition {
        let (load, mail) = (id(1), id(2));
        serde_json::from_value(json!({
            "nodes": [
                { "id": "load", "toolId": load },
                { "id": "mail", "toolId": mail, "label": "Tell them", "position": { "x": 300, "y": 8 },
                  "config": { "inputs": { "to": "ada@acme.example", "copies": 2 }, "expressions": { "body": "load.title" }, "timeoutMs": 5 } },
                { "id": "end", "type": "transform" }],
            "edges": [
                { "id": "a", "source": "load", "target": "mail", "mapping": { "title": "subject" } },
                { "id": "b", "source": "mail", "target": "end", "mapping": { "sent": "sent" } }]
        }))
        .expect("definition")
    }

    #[test]
    fn a_swapped_step_keeps_id_place_name_edges_and_what_the_new_tool_takes() {
        let before = definition();
        let swapped = swap(&before, &catalog(), "mail", Called::Tool(id(3))).expect("a swap");
        assert_eq!(
            (swapped.kept.as_slice(), swapped.dropped.as_slice()),
            (&["to".to_owned(), "body".to_owned()][..], &["copies".to_owned(), "subject".to_owned()][..])
        );
        assert_eq!(swapped.words("Message"), "Kept 2 mappings; “copies”, “subject” are not taken by Message.");
        let mut after = before.clone();
        swapped.patch.clone().apply(&mut after);
        let node = after.node("mail").expect("the step");
        assert_eq!(
            (node.tool_id, node.label.as_deref(), node.position.x, node.config.timeout_ms),
            (Some(id(3)), Some("Tell them"), 300.0, Some(5))
        );
        assert_eq!((after.edges.len(), after.edges[0].pairs().count()), (2, 0), "the edge stays, for the order");
        // What follows keeps its mapping, and is told.
        assert_eq!(after.edges[1], before.edges[1]);
        let findings = validate::validate(&after, &catalog());
        assert!(
            findings.iter().any(|finding| finding.node.as_deref() == Some("end") && finding.message.contains("no field “sent”")),
            "{findings:?}"
        );
        // One value, which can be taken back.
        Patch::between(&after, &before).apply(&mut after);
        assert_eq!(after, before);
    }

    #[test]
    fn a_tool_of_which_nothing_is_known_keeps_all() {
        let swapped = swap(&definition(), &catalog(), "mail", Called::Tool(id(99))).expect("a swap");
        assert_eq!((swapped.kept.len(), swapped.dropped.len()), (4, 0));
    }

    #[test]
    fn a_workflow_comes_in_a_tools_place_and_what_calls_nothing_cannot_be_swapped() {
        let workflow = WorkflowId(uuid::Uuid::from_u128(7));
        let before = definition();
        let swapped = swap(&before, &catalog(), "mail", Called::Workflow(workflow)).expect("a swap");
        let mut after = before.clone();
        swapped.patch.apply(&mut after);
        let node = after.node("mail").expect("the step");
        assert_eq!((node.kind, node.tool_id, node.config.workflow_id), (NodeKind::Workflow, None, Some(workflow)));
        assert_eq!(swap(&before, &catalog(), "end", Called::Tool(id(1))), None);
        assert_eq!(swap(&before, &catalog(), "nobody", Called::Tool(id(1))), None);
    }

    #[test]
    fn what_each_item_brings_is_judged_by_what_is_called() {
        let before: Definition = serde_json::from_value(json!({ "nodes": [
            { "id": "all", "type": "for_each", "toolId": id(2),
              "config": { "inputs": { "items": [1, 2] }, "each": { "to": "item", "subject": "index" } } }]}))
        .expect("definition");
        let swapped = swap(&before, &catalog(), "all", Called::Tool(id(3))).expect("a swap");
        assert_eq!((swapped.kept, swapped.dropped), (vec!["to".to_owned(), "items".to_owned()], vec!["subject".to_owned()]));
    }
}
