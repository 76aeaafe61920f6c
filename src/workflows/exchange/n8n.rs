//! Workflows of n8n: what their nodes would be here, and an outline of them that pretends nothing.

use super::foreign::{self, Foreign, ForeignStep, Product};
use crate::workflows::{
    canvas::lay_out,
    graph::{Case, Definition, Edge, Node, NodeKind, change::fresh, order::descendants},
};
use serde_json::Value;
use std::collections::HashMap;

pub(super) fn is_one(value: &Value) -> bool {
    let nodes = value.get("nodes").and_then(Value::as_array);
    let known = |node: &Value| {
        let kind = node.get("type").and_then(Value::as_str).unwrap_or_default();
        kind.starts_with("n8n-nodes-") || kind.starts_with("@n8n/")
    };
    nodes.is_some_and(|nodes| nodes.iter().any(known) || value.get("connections").is_some_and(Value::is_object))
}

pub(super) fn read(value: &Value) -> Foreign {
    let nodes: &[Value] = value.get("nodes").and_then(Value::as_array).map_or(&[], Vec::as_slice);
    let text = |node: &Value, name: &str| node.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let steps = nodes
        .iter()
        .map(|node| {
            let kind = text(node, "type");
            ForeignStep { name: text(node, "name"), here: here(bare(&kind)), kind }
        })
        .collect();
    let (outline, notes) = outline(nodes, value.get("connections").unwrap_or(&Value::Null));
    let outline = Some(outline).filter(|outline| !outline.nodes.is_empty());
    Foreign { product: Product::N8n, name: text(value, "name"), steps, outline, notes }
}

/// `n8n-nodes-base.httpRequest` → `httpRequest`
fn bare(kind: &str) -> &str {
    kind.rsplit('.').next().unwrap_or(kind)
}

fn here(kind: &str) -> String {
    let said = match kind {
        "webhook" | "formTrigger" => "A webhook, on the Triggers page",
        "scheduleTrigger" | "cron" | "interval" => "A schedule, on the Triggers page",
        "manualTrigger" | "start" | "executeWorkflowTrigger" | "chatTrigger" => {
            "The workflow's input; runs start by hand, REST or an agent's call"
        }
        "httpRequest" => "An API request tool, made from its curl command; for public addresses the platform tool http_request",
        "if" | "filter" => "A condition",
        "switch" => "A switch",
        "merge" => "A merge",
        "set" | "editFields" | "renameKeys" => "A transform",
        "code" | "function" | "functionItem" => "A Python tool",
        "executeCommand" | "ssh" => "A shell tool",
        "wait" => "A delay",
        "splitInBatches" | "loopOverItems" | "splitOut" => "For each",
        "executeWorkflow" => "A step that runs another workflow",
        "respondToWebhook" => "The workflow's output",
        "noOp" => "Nothing is needed",
        "stickyNote" => "A note; it is not carried along",
        "html" | "htmlExtract" => "The platform tool extract_text",
        "crypto" => "The platform tool hash_text",
        "dateTime" => "The platform tool current_time",
        "emailSend" | "gmail" | "slack" | "googleSheets" | "airtable" | "notion" | "hubspot" | "telegram" => {
            "An API request tool for this service, or a Pipedream action"
        }
        "twilio" => "An SMS tool",
        other => return foreign::here(other),
    };
    said.to_owned()
}

/// The type of step that stands for it in an outline; `None`: it has no place in one.
fn kind(kind: &str) -> Option<NodeKind> {
    match kind {
        "stickyNote" | "noOp" => None,
        "if" | "filter" => Some(NodeKind::Condition),
        "switch" => Some(NodeKind::Switch),
        "merge" => Some(NodeKind::Merge),
        "set" | "editFields" | "renameKeys" => Some(NodeKind::Transform),
        "wait" => Some(NodeKind::Delay),
        "splitInBatches" | "loopOverItems" | "splitOut" => Some(NodeKind::ForEach),
        "executeWorkflow" => Some(NodeKind::Workflow),
        "respondToWebhook" => Some(NodeKind::Output),
        trigger if trigger.ends_with("Trigger") || matches!(trigger, "webhook" | "start" | "cron" | "interval") => Some(NodeKind::Input),
        _ => Some(NodeKind::Tool),
    }
}

/// Steps by name, in their order, set to nothing. Everything that is still to be done shows as a problem.
fn outline(nodes: &[Value], connections: &Value) -> (Definition, Vec<String>) {
    let (mut drawn, mut notes) = (Definition::default(), Vec::new());
    let mut ids: HashMap<&str, String> = HashMap::new();
    for node in nodes {
        let name = node.get("name").and_then(Value::as_str).unwrap_or_default();
        let Some(kind) = kind(bare(node.get("type").and_then(Value::as_str).unwrap_or_default())) else { continue };
        // The input and the output are there once: more triggers lead to the same place.
        let once = matches!(kind, NodeKind::Input | NodeKind::Output);
        if let Some(there) = drawn.nodes.iter().find(|other| once && other.kind == kind) {
            ids.insert(name, there.id.clone());
            continue;
        }
        let id = if once {
            kind.as_str().to_owned()
        } else {
            fresh(&id_from(name), |id| drawn.node(id).is_some() || id == "input" || id == "output")
        };
        let mut step = Node::new(id.clone(), kind);
        step.label = Some(name.chars().take(80).collect::<String>()).filter(|label| !label.trim().is_empty());
        step.disabled = kind.can_be_off() && node.get("disabled").and_then(Value::as_bool) == Some(true);
        if kind == NodeKind::Switch {
            let ways = ways(connections, name).len();
            step.config.cases = (1..=ways.max(1)).map(|way| Case { handle: format!("way_{way}"), when: String::new() }).collect();
        }
        ids.insert(name, id);
        drawn.nodes.push(step);
    }
    for node in nodes {
        let name = node.get("name").and_then(Value::as_str).unwrap_or_default();
        let Some(source) = ids.get(name).cloned() else { continue };
        for (way, targets) in ways(connections, name).iter().enumerate() {
            for target in targets.as_array().into_iter().flatten() {
                let to = target.get("node").and_then(Value::as_str).unwrap_or_default();
                let Some(target) = ids.get(to) else { continue };
                lead(&mut drawn, (&source, name), (target, to), way, &mut notes);
            }
        }
    }
    lay_out::lay_out(&mut drawn);
    (drawn, notes)
}

fn lead(drawn: &mut Definition, (source, from): (&str, &str), (target, to): (&str, &str), way: usize, notes: &mut Vec<String>) {
    let kind = |id: &str| drawn.node(id).map(|node| node.kind);
    if kind(target) == Some(NodeKind::Input) || kind(source) == Some(NodeKind::Output) {
        return;
    }
    if source == target || descendants(drawn, target).contains(source) {
        notes.push(format!(
            "The way back from “{from}” to “{to}” is left out: a workflow here has no circles; For each goes through lists."
        ));
        return;
    }
    let branch = match kind(source) {
        Some(NodeKind::Condition) => Some(if way == 0 { "true".to_owned() } else { "false".to_owned() }),
        Some(NodeKind::Switch) => Some(format!("way_{}", way + 1)),
        _ => None,
    };
    if drawn.edges.iter().any(|edge| edge.source == source && edge.target == target && edge.source_handle == branch) {
        return;
    }
    let id = fresh(&format!("{source}_to_{target}"), |id| drawn.edges.iter().any(|edge| edge.id == id));
    let (source, target) = (source.to_owned(), target.to_owned());
    drawn.edges.push(Edge { id, source, target, source_handle: branch, target_handle: None, mapping: Default::default() });
}

/// The main ways out of a node, each a list of targets.
fn ways<'a>(connections: &'a Value, name: &str) -> &'a [Value] {
    connections.get(name).and_then(|ways| ways.get("main")).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn id_from(name: &str) -> String {
    let id = crate::names::name_from(name);
    if id.is_empty() { "step".to_owned() } else { id }
}
