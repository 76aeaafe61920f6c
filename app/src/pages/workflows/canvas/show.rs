//! A definition becomes what is drawn: only what differs from what is there already is touched. What is wrong with it is said after a pause.

use super::state::{Editor, Shown};
use crate::api::workflows::shapes;
use leptos::prelude::*;
use std::collections::HashSet;
use toolcrib::workflows::{
    canvas::{Point, Scene, geometry},
    graph::{Definition, change::Change, validate::validate},
};

impl Editor {
    /// The definition after a change. Where that only moved or named things, nothing else is looked at; and nothing else can have become wrong.
    pub(super) fn show_after(self, after: Definition, change: &Change) {
        match change {
            Change::Place { places } => self.show_moved(after, places),
            Change::Rename { node, .. } => self.show_renamed(after, node),
            _ => self.show(after),
        }
    }

    fn show_renamed(self, after: Definition, id: &str) {
        let shown = self.nodes.with_value(|nodes| nodes.get(id).map(|shown| shown.node.clone()));
        if let (Some(shown), Some(node)) = (shown, after.node(id)) {
            shown.set(node.clone());
        }
        self.doc.set_value(after);
        self.version.update(|count| *count += 1);
        // What is wrong is told with the names of steps.
        if self.findings.with_untracked(|findings| !findings.is_empty()) {
            self.judge_soon();
        }
    }

    fn show_moved(self, after: Definition, places: &[(String, Point)]) {
        self.nodes.with_value(|nodes| {
            self.scene.update_value(|scene| {
                for (id, _) in places {
                    // The scene has the order of the definition.
                    let node = scene.node(id).and_then(|place| after.nodes.get(place));
                    let (Some(shown), Some(at)) = (nodes.get(id), node.map(|node| node.position)) else { continue };
                    shown.at.set(at);
                    shown.node.update(|node| node.position = at);
                    scene.put(id, at);
                }
            });
        });
        self.doc.set_value(after);
        self.version.update(|count| *count += 1);
        self.drawing_version.update(|count| *count += 1);
    }

    /// Draws this definition, and says soon what is wrong with it.
    pub fn show(self, definition: Definition) {
        self.draw(definition);
        self.judge_soon();
    }

    /// Only what is not drawn like that already is touched.
    pub(super) fn draw(self, definition: Definition) {
        let (nodes, edges): (HashSet<&str>, HashSet<&str>) = (
            definition.nodes.iter().map(|node| node.id.as_str()).collect(),
            definition.edges.iter().map(|edge| edge.id.as_str()).collect(),
        );
        let mut drawn_anew = false;
        self.nodes.update_value(|shown| {
            let before = shown.len();
            shown.retain(|id, _| nodes.contains(id.as_str()));
            drawn_anew |= shown.len() != before;
            for node in &definition.nodes {
                match shown.get(&node.id) {
                    Some(one) => {
                        if one.at.get_untracked() != node.position {
                            one.at.set(node.position);
                        }
                        if one.node.with_untracked(|old| old != node) {
                            drawn_anew |= one.node.with_untracked(|old| {
                                old.position != node.position
                                    || old.kind != node.kind
                                    || old.is_off() != node.is_off()
                                    || old.config.tint != node.config.tint
                                    || geometry::height(old) != geometry::height(node)
                                    || geometry::width(old) != geometry::width(node)
                            });
                            one.node.set(node.clone());
                        }
                    }
                    None => {
                        let one = Shown { at: ArcRwSignal::new(node.position), node: ArcRwSignal::new(node.clone()) };
                        shown.insert(node.id.clone(), one);
                        drawn_anew = true;
                    }
                }
            }
        });
        self.edges.update_value(|shown| {
            let before = shown.len();
            shown.retain(|id, _| edges.contains(id.as_str()));
            drawn_anew |= shown.len() != before;
            for edge in &definition.edges {
                match shown.get(&edge.id) {
                    Some(one) if one.with_untracked(|old| old != edge) => {
                        drawn_anew = true;
                        one.set(edge.clone());
                    }
                    Some(_) => {}
                    None => {
                        drawn_anew = true;
                        shown.insert(edge.id.clone(), ArcRwSignal::new(edge.clone()));
                    }
                }
            }
        });
        if self.chosen.with_untracked(|chosen| !chosen.iter().all(|id| nodes.contains(id.as_str()))) {
            self.chosen.update(|chosen| chosen.retain(|id| nodes.contains(id.as_str())));
        }
        if self.chosen_edge.with_untracked(|id| id.as_ref().is_some_and(|id| !edges.contains(id.as_str()))) {
            self.chosen_edge.set(None);
        }
        if drawn_anew {
            self.scene.set_value(Scene::of(&definition));
        }
        self.doc.set_value(definition);
        self.version.update(|count| *count += 1);
        if drawn_anew {
            self.drawing_version.update(|count| *count += 1);
        }
        self.ask_for_shapes();
    }

    /// Judging a large graph can take longer than a frame: it waits for a pause.
    pub fn judge_soon(self) {
        let turn = self.judging.get_value() + 1;
        self.judging.set_value(turn);
        set_timeout(
            move || {
                if self.judging.try_get_value() != Some(turn) {
                    return;
                }
                if self.is_busy() {
                    // Not out of somebody's hand.
                    self.judge_soon();
                } else {
                    let found = self.catalog.with_untracked(|tools| self.doc.with_value(|doc| validate(doc, tools)));
                    self.findings.set(found);
                }
            },
            std::time::Duration::from_millis(120),
        );
    }

    /// Tools that came in by pasting or from somebody else are asked for once.
    fn ask_for_shapes(self) {
        let mut missing: Vec<String> = self.catalog.with_untracked(|tools| {
            self.doc.with_value(|doc| {
                let tool_ids = doc.tool_ids().into_iter().filter(|id| !tools.contains_key(id)).map(|id| id.to_string());
                let workflows = doc.workflow_ids().into_iter().filter(|id| !tools.workflows.contains_key(id));
                tool_ids.chain(workflows.map(|id| format!("workflow:{id}"))).collect()
            })
        });
        missing.retain(|id| !self.asked.with_value(|asked| asked.contains(id)));
        if missing.is_empty() {
            return;
        }
        self.asked.update_value(|asked| asked.extend(missing.iter().cloned()));
        leptos::task::spawn_local(async move { self.learn(missing).await });
    }

    /// Asks what is known of tools and workflows, and judges again with that.
    pub async fn learn(self, chosen: Vec<String>) {
        self.asked.try_update_value(|asked| asked.extend(chosen.iter().cloned()));
        let (Some(org), Some(id)) = (self.org.try_get_value(), self.id.try_get_value()) else { return };
        match shapes(org, id, chosen.clone()).await {
            Ok(found) => {
                self.catalog.try_update(|tools| {
                    tools.tools.extend(found.tools);
                    tools.workflows.extend(found.workflows);
                    tools.composites.extend(found.composites);
                });
                self.judge_soon();
            }
            // Asked again with the next edit.
            Err(_) => {
                self.asked.try_update_value(|asked| asked.retain(|id| !chosen.contains(id)));
            }
        }
    }
}
