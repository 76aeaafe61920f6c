//! Which nodes and edges are elements of the page: those near what is seen, made a few in each frame. What is not an element yet, and what is too
//! small to be one, is painted (see `painting`).

use super::state::Editor;
use leptos::prelude::*;
use std::collections::{BTreeSet, HashSet};
use toolcrib::workflows::canvas::{
    Rect,
    cull::{self, CARD, Pace, Wanted},
};

/// So much is made at once, whatever the pace: somebody waits for the step that was added.
const AT_ONCE: usize = 3 * CARD;
/// What is chosen, or held, keeps its cards where all else is painted, unless it is more than this.
const KEPT: usize = 12;

#[derive(Clone, Debug, Default, PartialEq)]
struct Lists {
    nodes: Vec<Wanted>,
    edges: Vec<Wanted>,
}

#[derive(Clone, Copy)]
pub(super) struct Elements {
    pub nodes: RwSignal<Vec<String>>,
    pub edges: RwSignal<Vec<String>>,
    /// Nothing is left to be made.
    pub done: RwSignal<bool>,
    pace: StoredValue<Pace>,
    /// Nothing was shown yet.
    opening: StoredValue<bool>,
    waiting: StoredValue<bool>,
}

impl Elements {
    pub fn new() -> Self {
        Self {
            nodes: RwSignal::new(Vec::new()),
            edges: RwSignal::new(Vec::new()),
            done: RwSignal::new(true),
            pace: StoredValue::new(Pace::default()),
            opening: StoredValue::new(true),
            waiting: StoredValue::new(false),
        }
    }

    /// One step on the way to what is wanted; the next follows with the next frame.
    fn step(self, editor: Editor, wanted: Memo<Lists>) {
        let Some((nodes, edges)) = wanted.try_with_untracked(|wanted| {
            let pace = match self.pace.get_value() {
                _ if self.opening.get_value() => Pace::OPENING,
                pace if editor.is_gliding() => pace.moving(),
                pace => pace,
            };
            let shares = pace.shares(new(self.nodes, &wanted.nodes));
            editor.scene.with_value(|scene| {
                let nodes = self.nodes.with_untracked(|now| cull::towards(now, &wanted.nodes, |id| scene.node(id).is_some(), shares.0));
                let edges = self.edges.with_untracked(|now| cull::towards(now, &wanted.edges, |id| scene.edge(id).is_some(), shares.1));
                (nodes, edges)
            })
        }) else {
            return;
        };
        let all = |list: &[String], wanted: &[Wanted]| {
            let list: HashSet<&String> = list.iter().collect();
            list.len() == wanted.len() && wanted.iter().all(|one| list.contains(&one.id))
        };
        if editor.size.with_untracked(|(width, _)| *width > 0.0) {
            self.opening.set_value(false);
        }
        let done = wanted.with_untracked(|wanted| all(&nodes, &wanted.nodes) && all(&edges, &wanted.edges));
        for (there, next) in [(self.nodes, nodes), (self.edges, edges)] {
            if there.with_untracked(|there| *there != next) {
                there.set(next);
            }
        }
        if self.done.get_untracked() != done {
            self.done.set(done);
        }
        if !done {
            self.step_soon(editor, wanted);
        }
    }

    /// With the next frame.
    fn step_soon(self, editor: Editor, wanted: Memo<Lists>) {
        if self.waiting.get_value() {
            return;
        }
        self.waiting.set_value(true);
        let began = now();
        request_animation_frame(move || {
            // The page may be gone by now.
            if self.waiting.try_set_value(false).is_none() {
                self.pace.update_value(|pace| *pace = pace.after(now() - began));
                self.step(editor, wanted);
            }
        });
    }
}

/// How many of these are not there yet.
fn new(there: RwSignal<Vec<String>>, wanted: &[Wanted]) -> usize {
    there.with_untracked(|there| {
        let there: HashSet<&String> = there.iter().collect();
        wanted.iter().filter(|one| !there.contains(&one.id)).count()
    })
}

/// Milliseconds since the page was opened.
fn now() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// Makes and lets go of elements as the view moves, as long as the owner lives. Gives the part of the graph that is drawn.
pub(super) fn follow(editor: Editor) -> Memo<Rect> {
    let elements = editor.elements;
    let drawn = Memo::new(move |_| {
        let (width, height) = editor.size.get();
        cull::drawn(editor.view.get(), width, height)
    });
    let plain = Memo::new(move |_| {
        editor.drawing_version.track();
        let zoom = editor.view.with(|view| view.zoom);
        editor.scene.with_value(|scene| cull::is_plain(zoom, scene.shapes.len()))
    });
    let wanted = Memo::new(move |_| {
        editor.drawing_version.track();
        // Before it is known how large the board is, nothing is seen of it.
        if editor.versions.shown.with(Option::is_some) || editor.size.with(|(width, _)| *width <= 0.0) {
            return Lists::default();
        }
        let drawn = drawn.get();
        let middle = drawn.middle();
        let plain = plain.get();
        let kept = plain.then(|| kept(editor));
        // What is held stays in the hand, however far the board moves below it.
        let held = if plain { BTreeSet::new() } else { editor.dragged.get_untracked() };
        editor.scene.with_value(|scene| {
            let (mut nodes, mut edges) = match &kept {
                Some((nodes, edge)) => {
                    (nodes.iter().filter_map(|id| scene.node(id)).collect(), edge.iter().filter_map(|id| scene.edge(id)).collect())
                }
                None => cull::visible(scene, drawn),
            };
            if !held.is_empty() {
                nodes.extend(held.iter().filter_map(|id| scene.node(id)));
            }
            for list in [&mut nodes, &mut edges] {
                list.sort_unstable();
                list.dedup();
            }
            let shape = |at: usize| scene.shapes.get(at).map(|shape| (shape.id.as_str(), shape.rect));
            let wire = |at: usize| scene.wires.get(at).map(|wire| (wire.id.as_str(), scene.around(wire)));
            Lists { nodes: cull::wanted(&nodes, middle, shape), edges: cull::wanted(&edges, middle, wire) }
        })
    });
    Effect::new(move |_| {
        let (cards, lines) = wanted.with(|wanted| (new(elements.nodes, &wanted.nodes), new(elements.edges, &wanted.edges)));
        let at_once = cards * CARD + lines <= AT_ONCE || elements.opening.get_value();
        if at_once { elements.step(editor, wanted) } else { elements.step_soon(editor, wanted) }
    });
    drawn
}

/// What is an element where all else is painted: what somebody works on, here or elsewhere.
fn kept(editor: Editor) -> (BTreeSet<String>, Option<String>) {
    let few = |set: BTreeSet<String>| if set.len() <= KEPT { set } else { BTreeSet::new() };
    let mut nodes = few(editor.chosen.get());
    nodes.extend(few(editor.dragged.get()));
    nodes.extend(editor.fields.renaming.get());
    nodes.extend(editor.writing.get());
    nodes.extend(editor.resizing.with(|held| held.as_ref().map(|(id, _)| id.clone())));
    nodes.extend(editor.drawing.with(|drawing| drawing.as_ref().map(|drawing| drawing.from.node.clone())));
    nodes.extend(editor.live.others.with(|others| others.iter().filter_map(|one| one.chosen.clone()).take(KEPT).collect::<Vec<_>>()));
    (nodes, editor.chosen_edge.get())
}
