//! The keyboard: everything that a pointer can do.

use super::{
    annotations as notes, connecting, panel, pointer,
    state::{Editor, PaletteAt},
};
use crate::components::browser;
use leptos::prelude::*;
use std::collections::BTreeSet;
use toolcrib::workflows::{
    canvas::{
        Point, annotations,
        connect::From,
        connect::Verdict,
        geometry, lay_out,
        snap::GRID,
        walk::{Direction, walk},
    },
    graph::{NodeKind, change::Change, patch::Patch},
};
use web_sys::KeyboardEvent;

/// What the overview behind `?` lists.
pub(super) const KEYS: [(&[&str], &str); 33] = [
    (&["Tab"], "Add a step, after the chosen one"),
    (&["↑", "↓", "←", "→"], "Walk to the next step, along the edges"),
    (&["Shift", "↑ ↓ ← →"], "Move what is chosen by one square"),
    (&["Enter"], "Edit the chosen step"),
    (&["F2"], "Rename the chosen step on its card"),
    (&["M"], "Map the fields of the chosen step"),
    (&["C"], "Connect: walk to the target, then Enter; C again for the next branch"),
    (&["E"], "Choose the next edge of the chosen step"),
    (&["S"], "Swap the tool of the chosen step"),
    (&["D"], "Disable what is chosen; again, enable it"),
    (&["Del"], "Delete what is chosen"),
    (&["Ctrl", "A"], "Choose all"),
    (&["Ctrl", "C"], "Copy; X cuts, V pastes"),
    (&["Ctrl", "D"], "Duplicate"),
    (&["Ctrl", "Z"], "Undo; with Shift, redo"),
    (&["Ctrl", "S"], "Save now (it saves by itself)"),
    (&["N"], "Write a note"),
    (&["G"], "Group what is chosen; in a group, choose it; on a group, draw it close; Shift G ungroups"),
    (&["L"], "Lay everything out"),
    (&["R"], "Run the draft; Ctrl Shift Enter with the last input, Shift R on after the failure"),
    (&["T"], "Run to the chosen step"),
    (&["F"], "Run from the chosen step, with what was found before it"),
    (&["I"], "What the chosen step was given and gave"),
    (&["P"], "Pin what the chosen step gave; again, unpin it"),
    (&["Esc"], "From a run that is shown back to the draft"),
    (&["1"], "Show all"),
    (&["2"], "Show what is chosen"),
    (&["+", "−"], "Zoom; 0 is the natural size"),
    (&["Space", "drag"], "Move the paper; so do the wheel and the middle button"),
    (&["Ctrl", "wheel"], "Zoom at the pointer"),
    (&["Alt", "drag"], "Drag without coming to rest on lines"),
    (&["Shift", "drag"], "Choose more"),
    (&["Esc"], "Let go; twice, and Tab leaves the canvas"),
];
pub(super) const HELP: &str = "canvas-keys";

thread_local! {
    /// Escape with nothing chosen: the next Tab leaves the canvas, as it does everywhere else.
    static TAB_LEAVES: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

pub(super) fn up(editor: Editor, event: &KeyboardEvent) {
    if event.key() == " " {
        editor.space.set(false);
    }
}

pub(super) fn down(editor: Editor, event: &KeyboardEvent) {
    if handle(editor, event) {
        event.prevent_default();
        event.stop_propagation();
    }
}

/// The one note or group that is chosen.
pub(super) fn written(editor: Editor) -> Option<String> {
    let id = editor.one()?;
    editor.doc.with_value(|doc| doc.node(&id).is_some_and(|node| node.kind.is_annotation())).then_some(id)
}

/// Whether the key meant something here.
fn handle(editor: Editor, event: &KeyboardEvent) -> bool {
    let key = event.key();
    if event.ctrl_key() || event.meta_key() {
        return with_control(editor, event, &key.to_lowercase());
    }
    if let Some(direction) = direction(&key) {
        if event.alt_key() {
            return false;
        }
        if event.shift_key() {
            nudge(editor, direction)
        } else {
            go(editor, direction)
        }
        return true;
    }
    match key.as_str() {
        "Tab" if event.shift_key() || TAB_LEAVES.get() => {
            TAB_LEAVES.set(false);
            return false;
        }
        "Tab" => open_palette(editor),
        "Enter" if editor.drawing.with_untracked(Option::is_some) => connecting::connect(editor),
        "Enter" if written(editor).is_some() => written(editor).into_iter().for_each(|id| notes::edit(editor, &id)),
        "Enter" => panel::enter(editor),
        "F2" => super::rename::begin(editor),
        "Escape" => escape(editor),
        "Delete" | "Backspace" => delete(editor),
        " " => editor.space.set(true),
        "c" | "C" => start_connecting(editor),
        "e" | "E" => next_edge(editor),
        "s" | "S" => super::swap::open(editor),
        "d" | "D" => super::disable::toggle(editor, &editor.chosen.get_untracked()),
        "n" | "N" => notes::add_note(editor, None),
        "g" | "G" if event.shift_key() => notes::ungroup(editor),
        "g" | "G" => notes::group(editor),
        "m" | "M" => super::mapping::open(editor),
        "l" | "L" => lay_out(editor),
        "r" | "R" if event.shift_key() => editor.go_on(),
        "r" | "R" => editor.run(super::runs::What::Whole, false),
        "t" | "T" => editor.run_part(true),
        "f" | "F" => editor.run_part(false),
        "i" | "I" => super::runs::inspect(editor),
        "p" | "P" => editor.pin_or_unpin(),
        "1" => editor.fit(false),
        "2" => editor.fit(true),
        "0" => editor.zoom_by(1.0 / editor.view.get_untracked().zoom),
        "+" | "=" => editor.zoom_by(1.25),
        "-" => editor.zoom_by(0.8),
        "?" => browser::dialog(HELP, true),
        _ => return false,
    }
    true
}

fn with_control(editor: Editor, event: &KeyboardEvent, key: &str) -> bool {
    match key {
        "z" if event.shift_key() => editor.redo(),
        "z" => editor.undo(),
        "y" => editor.redo(),
        "a" => {
            editor.choose(editor.doc.with_value(|doc| doc.nodes.iter().map(|node| node.id.clone()).collect::<Vec<_>>()));
            editor.said.set(format!("{} chosen", steps(editor.chosen.with_untracked(BTreeSet::len))));
        }
        "d" => super::copying::duplicate(editor),
        "s" => editor.send(),
        "enter" if event.shift_key() => editor.run(super::runs::What::Whole, true),
        "=" | "+" => editor.zoom_by(1.25),
        "-" => editor.zoom_by(0.8),
        "0" => editor.zoom_by(1.0 / editor.view.get_untracked().zoom),
        // Copying and pasting are events of their own; the rest is the browser's.
        _ => return false,
    }
    true
}

fn direction(key: &str) -> Option<Direction> {
    match key {
        "ArrowLeft" => Some(Direction::Left),
        "ArrowRight" => Some(Direction::Right),
        "ArrowUp" => Some(Direction::Up),
        "ArrowDown" => Some(Direction::Down),
        _ => None,
    }
}

pub(super) fn steps(count: usize) -> String {
    crate::components::format::count(i64::try_from(count).unwrap_or(0), "step", "steps")
}

fn go(editor: Editor, direction: Direction) {
    let drawing = editor.drawing.get_untracked();
    let from = match &drawing {
        Some(drawing) => drawing.target.as_ref().map(|(id, _)| id.clone()).or_else(|| Some(drawing.from.node.clone())),
        None => editor.one().or_else(|| editor.chosen.with_untracked(|chosen| chosen.first().cloned())),
    };
    let Some(to) = editor.doc.with_value(|doc| walk(doc, from.as_deref(), direction).map(str::to_owned)) else {
        editor.said.set("Nothing lies that way.".to_owned());
        return;
    };
    editor.reveal(&[to.clone()].into());
    if drawing.is_some_and(|drawing| drawing.by_keys) {
        let end = editor.doc.with_value(|doc| doc.node(&to).map(|node| node.position)).unwrap_or_default();
        let way_in = geometry::way_in();
        connecting::aim(editor, Point { x: end.x + way_in.x, y: end.y + way_in.y }, Some(to.clone()));
        let verdict = editor.drawing.with_untracked(|drawing| drawing.as_ref().and_then(|drawing| drawing.target.clone()));
        let words = match verdict {
            Some((_, Verdict::Feeds(fields))) => format!("feeds {}. Enter connects.", fields.join(", ")),
            Some((_, Verdict::OrderOnly(why))) => format!("{why} Enter connects."),
            Some((_, Verdict::Refused(why))) => why,
            None => String::new(),
        };
        editor.said.set(format!("{}: {words}", editor.title(&to)));
        return;
    }
    editor.choose([to]);
}

fn nudge(editor: Editor, direction: Direction) {
    let by = match direction {
        Direction::Left => Point { x: -GRID, y: 0.0 },
        Direction::Right => Point { x: GRID, y: 0.0 },
        Direction::Up => Point { x: 0.0, y: -GRID },
        Direction::Down => Point { x: 0.0, y: GRID },
    };
    let chosen = editor.doc.with_value(|doc| editor.chosen.with_untracked(|chosen| annotations::with_members(doc, chosen)));
    let places: Vec<(String, Point)> = editor.doc.with_value(|doc| {
        let held = doc.nodes.iter().filter(|node| chosen.contains(&node.id));
        held.map(|node| (node.id.clone(), Point { x: node.position.x + by.x, y: node.position.y + by.y })).collect()
    });
    if places.is_empty() {
        return;
    }
    let words = format!("Moved {}", steps(places.len()));
    editor.commit_quietly(Change::Place { places }, words);
    editor.reveal(&chosen);
}

/// At the middle of what is seen, or after the chosen step.
pub(super) fn open_palette(editor: Editor) {
    if !editor.may_change {
        return;
    }
    let (width, height) = editor.size.get_untracked();
    let view = editor.view.get_untracked();
    let after = editor.one().and_then(|id| {
        editor.doc.with_value(|doc| {
            let node = doc.node(&id)?;
            let way = geometry::ways_out(node).first().map(|way| way.map(str::to_owned))?;
            let (from, out) = (From { node: id.clone(), branch: way.clone() }, geometry::way_out(node, way.as_deref()));
            Some((from, Point { x: node.position.x + out.x + 96.0, y: node.position.y + out.y }))
        })
    });
    let (after, graph) = match after {
        Some((from, at)) => (Some(from), at),
        None => (None, view.to_graph(Point { x: width / 2.0, y: height / 2.0 })),
    };
    editor.palette.set(Some(PaletteAt { screen: view.to_screen(graph), graph, after, edge: None, swap: None }));
}

fn escape(editor: Editor) {
    let held = editor.drawing.with_untracked(Option::is_some)
        || editor.palette.with_untracked(Option::is_some)
        || editor.chosen_edge.with_untracked(Option::is_some)
        || editor.chosen.with_untracked(|chosen| !chosen.is_empty());
    pointer::release(editor);
    editor.palette.set(None);
    editor.choose([]);
    editor.panel.set(false);
    if !held && editor.runs.over.get_untracked() {
        editor.show_draft();
    } else if !held {
        TAB_LEAVES.set(true);
        editor.said.set("Tab now leaves the canvas.".to_owned());
    }
}

pub(super) fn delete(editor: Editor) {
    let nodes: Vec<String> = editor.chosen.with_untracked(|chosen| chosen.iter().cloned().collect());
    let edges: Vec<String> = editor.chosen_edge.get_untracked().into_iter().collect();
    let words = match (nodes.as_slice(), edges.len()) {
        ([], 0) => return,
        ([], _) => "Deleted a connection".to_owned(),
        ([one], _) => format!("Deleted {}", editor.title(one)),
        (several, _) => format!("Deleted {}", steps(several.len())),
    };
    // The keyboard goes on from where it was.
    let next = nodes.first().and_then(|id| {
        editor.doc.with_value(|doc| {
            [Direction::Left, Direction::Right, Direction::Up, Direction::Down]
                .into_iter()
                .find_map(|direction| walk(doc, Some(id), direction).filter(|id| !nodes.iter().any(|gone| gone == id)))
                .map(str::to_owned)
        })
    });
    let several = nodes.len() > 1;
    if editor.commit(Change::Delete { nodes, edges }, words) && !several {
        editor.choose(next);
    }
}

/// `C` begins an edge at the chosen step; again, by its next branch.
fn start_connecting(editor: Editor) {
    if !editor.may_change {
        return;
    }
    let drawing = editor.drawing.get_untracked();
    let Some(node) = drawing.as_ref().map(|drawing| drawing.from.node.clone()).or_else(|| editor.one()) else {
        editor.tell("Choose the step first that the edge leaves.");
        return;
    };
    let ways: Vec<Option<String>> = editor.doc.with_value(|doc| {
        doc.node(&node).map(|node| geometry::ways_out(node).into_iter().map(|way| way.map(str::to_owned)).collect()).unwrap_or_default()
    });
    let at =
        drawing.and_then(|drawing| ways.iter().position(|way| *way == drawing.from.branch)).map_or(0, |at| (at + 1) % ways.len().max(1));
    let Some(branch) = ways.get(at).cloned() else {
        editor.tell("Nothing follows the output.");
        return;
    };
    let by = branch.as_ref().map_or_else(String::new, |branch| format!(" by {branch}"));
    connecting::begin_drawing(editor, From { node: node.clone(), branch }, Point::default(), None, true);
    editor.tell(format!("Connecting {}{by}: walk to the step that follows, then press Enter.", editor.title(&node)));
}

fn next_edge(editor: Editor) {
    let old = editor.chosen_edge.get_untracked();
    let of_old = old
        .as_ref()
        .and_then(|id| editor.doc.with_value(|doc| doc.edges.iter().find(|edge| edge.id == *id).map(|edge| edge.source.clone())));
    let Some(node) = editor.one().or(of_old) else { return };
    let edges: Vec<(String, String)> = editor.doc.with_value(|doc| {
        doc.edges
            .iter()
            .filter(|edge| edge.source == node || edge.target == node)
            .map(|edge| (edge.id.clone(), edge.target.clone()))
            .collect()
    });
    let at = old.and_then(|id| edges.iter().position(|(other, _)| *other == id)).map_or(0, |at| at + 1);
    if let Some((id, target)) = edges.get(at % edges.len().max(1)) {
        // The step stays chosen: E goes on from it, Delete takes the edge alone.
        editor.choose([]);
        editor.chosen_edge.set(Some(id.clone()));
        editor.said.set(format!("The connection to {}", editor.title(target)));
    }
}

pub(super) fn lay_out(editor: Editor) {
    let mut after = editor.doc.get_value();
    lay_out::lay_out(&mut after);
    let change = if after.nodes.iter().any(|node| node.kind == NodeKind::Group) {
        // Groups take another size with it.
        Change::Patch(Box::new(editor.doc.with_value(|doc| Patch::between(doc, &after))))
    } else {
        Change::Place { places: after.nodes.into_iter().map(|node| (node.id, node.position)).collect() }
    };
    if editor.commit_quietly(change, "Laid everything out") {
        editor.fit(false);
    }
}
