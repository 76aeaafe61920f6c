//! New steps: what can be chosen, and where it is put.

use super::{
    cards::kind_name,
    state::{BOARD, Editor, PaletteAt},
};
use crate::components::browser;
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::{Point, connect, geometry, snap::to_grid},
    graph::{
        Node, NodeKind,
        change::{Change, fresh},
    },
};

/// A row of the palette.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choice {
    /// Of tools the id, of workflows `workflow:` and the id, of types of nodes `kind:` and the type.
    pub key: String,
    pub name: String,
    pub about: String,
    pub kind: NodeKind,
}

fn about(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Input => "What the workflow is given",
        NodeKind::Output => "What the workflow gives back",
        NodeKind::Condition => "One of two branches",
        NodeKind::Switch => "One of several branches",
        NodeKind::ForEach => "A call for every item of a list",
        NodeKind::Merge => "Joins branches",
        NodeKind::Transform => "Values from values",
        NodeKind::Delay => "Waits for a time",
        NodeKind::Approval => "Waits for a person",
        NodeKind::Workflow => "Runs another workflow",
        NodeKind::Tool => "Calls a tool",
        NodeKind::Note => "Words for who reads this (N)",
        NodeKind::Group => "A named frame around steps (G)",
    }
}

/// All that could be added now. There is one input and one output.
pub(super) fn choices(editor: Editor) -> Vec<Choice> {
    let there = |kind: NodeKind| editor.doc.with_value(|doc| doc.nodes.iter().any(|node| node.kind == kind));
    let kinds = NodeKind::ALL.into_iter().filter(|kind| match kind {
        NodeKind::Tool => false,
        NodeKind::Input | NodeKind::Output => !there(*kind),
        _ => true,
    });
    let kinds = kinds.map(|kind| Choice {
        key: format!("kind:{}", kind.as_str()),
        name: kind_name(kind).to_owned(),
        about: about(kind).to_owned(),
        kind,
    });
    let tools = editor.choices.with_value(|choices| {
        let row = |(key, label): &(String, String)| {
            let kind = if key.starts_with("workflow:") { NodeKind::Workflow } else { NodeKind::Tool };
            let label = label.strip_suffix(" (workflow)").unwrap_or(label);
            let (name, about) = label.split_once(" · ").unwrap_or((label, if kind == NodeKind::Workflow { "Workflow" } else { "Tool" }));
            Choice { key: key.clone(), name: name.to_owned(), about: about.to_owned(), kind }
        };
        choices.iter().map(row).collect::<Vec<_>>()
    });
    kinds.chain(tools).collect()
}

/// Puts the chosen step at its place, connected as the palette was opened for.
pub(super) fn add(editor: Editor, choice: Choice, place: PaletteAt) {
    browser::focus(BOARD);
    leptos::task::spawn_local(async move {
        // What it takes and gives decides what is connected.
        let known = match choice.kind {
            NodeKind::Tool => choice.key.parse().is_ok_and(|id| editor.catalog.with_untracked(|tools| tools.contains_key(&id))),
            NodeKind::Workflow => choice
                .key
                .strip_prefix("workflow:")
                .is_none_or(|id| id.parse().is_ok_and(|id| editor.catalog.with_untracked(|tools| tools.workflows.contains_key(&id)))),
            _ => true,
        };
        if !known {
            editor.learn(vec![choice.key.clone()]).await;
        }
        if !editor.version.is_disposed() {
            put(editor, &choice, &place);
        }
    });
}

fn put(editor: Editor, choice: &Choice, place: &PaletteAt) {
    let tool_id = choice.key.parse().ok().filter(|_| choice.kind == NodeKind::Tool);
    let base = tool_id.map_or_else(
        || choice.kind.as_str().to_owned(),
        |id| editor.catalog.with_untracked(|tools| tools.get(&id).map_or_else(|| "step".to_owned(), |tool| tool.name.clone())),
    );
    let doc = editor.doc.get_value();
    let mut node = Node::new(fresh(&base, |id| doc.nodes.iter().any(|node| node.id == id)), choice.kind);
    node.tool_id = tool_id;
    node.config.workflow_id = choice.key.strip_prefix("workflow:").and_then(|id| id.parse().ok());
    let way_in = geometry::way_in();
    if choice.kind == NodeKind::Note {
        super::annotations::add_note(editor, Some(place.graph));
        return;
    }
    let corner = if place.after.is_some() {
        Point { x: place.graph.x - way_in.x, y: place.graph.y - way_in.y }
    } else {
        Point { x: place.graph.x - geometry::NODE_WIDTH / 2.0, y: place.graph.y - way_in.y }
    };
    node.position = free(&doc, &node, Point { x: to_grid(corner.x), y: to_grid(corner.y) });
    let (id, words) = (node.id.clone(), format!("Added {}", choice.name));
    let made = match (&place.edge, &place.after) {
        (Some(edge), _) => match editor.catalog.with_untracked(|tools| connect::insert(&doc, tools, edge, node.clone())) {
            Some(patch) => editor.commit(Change::Patch(Box::new(patch)), words),
            None => editor.commit(Change::Insert { nodes: vec![node], edges: Vec::new() }, words),
        },
        (None, Some(from)) => {
            let mut after = doc;
            after.nodes.push(node.clone());
            let edges = editor.catalog.with_untracked(|tools| match connect::refusal(&after, tools, from, &id) {
                None => vec![connect::edge(&after, tools, from, &id)],
                Some(_) => Vec::new(),
            });
            editor.commit(Change::Insert { nodes: vec![node], edges }, words)
        }
        (None, None) => editor.commit(Change::Insert { nodes: vec![node], edges: Vec::new() }, words),
    };
    if made {
        editor.choose([id.clone()]);
        editor.reveal(&[id].into());
    }
}

/// Below what stands there already.
fn free(doc: &toolcrib::workflows::graph::Definition, node: &Node, mut at: Point) -> Point {
    let taken = |at: Point| {
        let own = geometry::rect(node, at).grown(8.0);
        doc.nodes.iter().find(|other| geometry::rect(other, other.position).touches(own)).map(|other| geometry::rect(other, other.position))
    };
    for _ in 0..200 {
        match taken(at) {
            Some(other) => at.y = to_grid(other.end().y + 24.0),
            None => break,
        }
    }
    at
}
