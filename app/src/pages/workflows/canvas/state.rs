//! What the canvas knows, and the one way to change it.

use super::{elements::Elements, sync::Sync};
use crate::api::workflows::{CanvasDraft, shapes};
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use toolcrib::workflows::{
    canvas::{
        Point, Rect, Scene, Viewport,
        connect::{From, Verdict},
        cull, geometry,
        history::History,
    },
    graph::{
        Catalog, Definition, Edge, Finding, Node, Size,
        change::{Change, apply},
        validate::validate,
    },
};

/// The id of the element that has the focus while the canvas listens to keys.
pub(super) const BOARD: &str = "canvas";

/// What one node shows. A drag sets `at` and nothing else.
#[derive(Clone)]
pub(super) struct Shown {
    pub at: ArcRwSignal<Point>,
    pub node: ArcRwSignal<Node>,
}

/// An edge that is being drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawing {
    pub from: From,
    /// On the graph.
    pub start: Point,
    pub end: Point,
    /// The node under its end, and what would become of it there.
    pub target: Option<(String, Verdict)>,
    /// The edge whose end was taken.
    pub old: Option<Edge>,
    /// Drawn by keys: it ends at the node that is walked to.
    pub by_keys: bool,
}

/// Where the palette stands and what its choice is for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PaletteAt {
    pub screen: Point,
    pub graph: Point,
    /// The new node follows this one.
    pub after: Option<From>,
    /// The new node stands on this edge.
    pub edge: Option<String>,
    /// No new node: what is chosen comes in this one's place.
    pub swap: Option<String>,
}

#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub org: StoredValue<String>,
    pub id: StoredValue<String>,
    pub may_change: bool,
    pub doc: StoredValue<Definition>,
    /// Counts every change of `doc`.
    pub version: RwSignal<u64>,
    /// Counts those after which something stands elsewhere, is larger, new or gone.
    pub drawing_version: RwSignal<u64>,
    /// Counts those that the form in the panel did not make itself.
    pub form_version: RwSignal<u64>,
    /// What of the graph is drawn, as it stands after the last of these.
    pub scene: StoredValue<Scene>,
    pub elements: Elements,
    /// Counts how often the hand moved what it holds.
    pub moves: RwSignal<u64>,
    pub nodes: StoredValue<HashMap<String, Shown>>,
    pub edges: StoredValue<HashMap<String, ArcRwSignal<Edge>>>,
    pub catalog: RwSignal<Catalog>,
    pub choices: StoredValue<Vec<(String, String)>>,
    pub history: StoredValue<History>,
    pub findings: RwSignal<Vec<Finding>>,
    pub view: RwSignal<Viewport>,
    pub size: RwSignal<(f64, f64)>,
    pub chosen: RwSignal<BTreeSet<String>>,
    pub chosen_edge: RwSignal<Option<String>>,
    pub dragged: RwSignal<BTreeSet<String>>,
    /// The frame that is drawn around things, on the graph.
    pub frame: RwSignal<Option<Rect>>,
    /// Lines that a dragged node came to rest on: upright, level.
    pub lines: RwSignal<(Option<f64>, Option<f64>)>,
    pub drawing: RwSignal<Option<Drawing>>,
    /// The note or group whose words are being written.
    pub writing: RwSignal<Option<String>>,
    /// The note or group that is dragged at its corner, and how large it is now.
    pub resizing: RwSignal<Option<(String, Size)>>,
    /// While an edge is drawn: the nodes it may not end at, and why.
    pub refused: RwSignal<BTreeMap<String, String>>,
    pub palette: RwSignal<Option<PaletteAt>>,
    pub panel: RwSignal<bool>,
    /// Told to assistive technology.
    pub said: RwSignal<String>,
    /// Shown for a moment at the foot of the canvas.
    pub notice: RwSignal<String>,
    pub space: RwSignal<bool>,
    pub panning: RwSignal<bool>,
    pub pointer: StoredValue<Option<Point>>,
    /// When the middle button was let go last, ms.
    pub middle: StoredValue<f64>,
    asked: StoredValue<BTreeSet<String>>,
    judging: StoredValue<u32>,
    pub sync: Sync,
    pub live: super::live::Live,
    pub versions: super::versions::Versions,
    pub runs: super::runs::Runs,
    pub fields: super::fields::Fields,
}

impl Editor {
    pub fn new(draft: CanvasDraft, org: String) -> Self {
        let definition = draft.workflow.definition.clone();
        let versions = super::versions::Versions::new(&draft);
        let editor = Self {
            org: StoredValue::new(org),
            id: StoredValue::new(draft.workflow.id.to_string()),
            may_change: draft.may_change,
            doc: StoredValue::new(Definition::default()),
            version: RwSignal::new(0),
            drawing_version: RwSignal::new(0),
            form_version: RwSignal::new(0),
            scene: StoredValue::new(Scene::default()),
            elements: Elements::new(),
            moves: RwSignal::new(0),
            nodes: StoredValue::new(HashMap::new()),
            edges: StoredValue::new(HashMap::new()),
            catalog: RwSignal::new(draft.catalog),
            choices: StoredValue::new(draft.choices),
            history: StoredValue::new(History::default()),
            findings: RwSignal::new(draft.workflow.findings.clone()),
            view: RwSignal::new(Viewport::default()),
            size: RwSignal::new((0.0, 0.0)),
            chosen: RwSignal::new(BTreeSet::new()),
            chosen_edge: RwSignal::new(None),
            dragged: RwSignal::new(BTreeSet::new()),
            frame: RwSignal::new(None),
            lines: RwSignal::new((None, None)),
            drawing: RwSignal::new(None),
            writing: RwSignal::new(None),
            resizing: RwSignal::new(None),
            refused: RwSignal::new(BTreeMap::new()),
            palette: RwSignal::new(None),
            panel: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            notice: RwSignal::new(String::new()),
            space: RwSignal::new(false),
            panning: RwSignal::new(false),
            pointer: StoredValue::new(None),
            middle: StoredValue::new(f64::MIN),
            asked: StoredValue::new(BTreeSet::new()),
            judging: StoredValue::new(0),
            sync: Sync::new(draft.workflow.revision, definition.clone(), draft.user),
            live: super::live::Live::new(),
            versions,
            runs: super::runs::Runs::new(),
            fields: super::fields::Fields::new(),
        };
        // What is wrong with it the server said along with it.
        editor.draw(definition);
        editor
    }

    /// Makes an edit: drawn at once, kept for undo, saved soon. `false`: it was refused, and the notice says why.
    pub fn commit(self, change: Change, words: impl Into<String>) -> bool {
        let made = self.commit_quietly(change, words);
        if made {
            self.form_version.update(|count| *count += 1);
        }
        made
    }

    /// The same from the form in the panel, which shows it already.
    pub fn commit_quietly(self, change: Change, words: impl Into<String>) -> bool {
        if !self.may_change {
            self.tell("You may look at this workflow, but not change it.");
            return false;
        }
        let words = words.into();
        let made = self.catalog.with_untracked(|tools| {
            self.doc.with_value(|doc| self.history.try_update_value(|history| history.make(doc, change.clone(), &words, tools)))
        });
        match made {
            Some(Ok(after)) => {
                if let Some(after) = after {
                    self.show_after(after, &change);
                    self.sync.pending.update_value(|pending| pending.push(change));
                    self.said.set(words);
                    self.save_soon();
                }
                true
            }
            Some(Err((_, message))) => {
                self.tell(message);
                false
            }
            None => false,
        }
    }

    pub fn undo(self) {
        let step = self.history.try_update_value(History::undo).flatten();
        self.step(step, "Taken back");
    }

    pub fn redo(self) {
        let step = self.history.try_update_value(History::redo).flatten();
        self.step(step, "Made again");
    }

    fn step(self, step: Option<(Change, String)>, what: &str) {
        let Some((change, words)) = step.filter(|_| self.may_change) else {
            self.tell(if what == "Taken back" { "There is nothing to take back." } else { "There is nothing to make again." });
            return;
        };
        match self.catalog.with_untracked(|tools| apply(self.doc.get_value(), change.clone(), tools)) {
            Ok(after) => {
                self.show_after(after, &change);
                self.form_version.update(|count| *count += 1);
                self.sync.pending.update_value(|pending| pending.push(change));
                self.said.set(format!("{what}: {words}"));
                self.save_soon();
            }
            Err((_, message)) => self.tell(message),
        }
    }

    /// The definition after a change. Where that only moved things, nothing else is looked at; and nothing else can have become wrong.
    fn show_after(self, after: Definition, change: &Change) {
        let Change::Place { places } = change else { return self.show(after) };
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
    fn draw(self, definition: Definition) {
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

    /// Whether the graph is painted, because it is too small to read.
    pub fn is_plain(self) -> bool {
        let zoom = self.view.with_untracked(|view| view.zoom);
        self.scene.with_value(|scene| cull::is_plain(zoom, scene.shapes.len()))
    }

    /// Judging a large graph takes longer than a frame: it waits for a pause.
    pub fn judge_soon(self) {
        let turn = self.judging.get_value() + 1;
        self.judging.set_value(turn);
        set_timeout(
            move || {
                if self.judging.try_get_value() == Some(turn) {
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

    /// Shown and said.
    pub fn tell(self, words: impl Into<String>) {
        let words = words.into();
        self.said.set(words.clone());
        self.notice.set(words.clone());
        set_timeout(
            move || {
                if self.notice.try_with_untracked(|notice| *notice == words) == Some(true) {
                    self.notice.set(String::new());
                }
            },
            std::time::Duration::from_secs(6),
        );
    }

    pub fn choose(self, ids: impl IntoIterator<Item = String>) {
        let ids: BTreeSet<String> = ids.into_iter().collect();
        if self.chosen.with_untracked(|chosen| *chosen != ids) {
            self.chosen.set(ids);
        }
        if self.chosen_edge.with_untracked(Option::is_some) {
            self.chosen_edge.set(None);
        }
    }

    /// The one node that is chosen.
    pub fn one(self) -> Option<String> {
        self.chosen.with_untracked(|chosen| chosen.first().filter(|_| chosen.len() == 1).cloned())
    }

    pub fn title(self, id: &str) -> String {
        self.catalog
            .with_untracked(|tools| self.doc.with_value(|doc| doc.node(id).map_or_else(|| id.to_owned(), |node| name_of(node, tools))))
    }
}

/// What a card calls its node.
pub(super) fn name_of(node: &Node, tools: &Catalog) -> String {
    if node.kind.is_annotation() {
        return super::annotations::name(node);
    }
    let bare =
        node.label.as_deref().is_none_or(|label| label.trim().is_empty()) && node.tool_id.is_none() && node.config.workflow_id.is_none();
    if bare { super::cards::kind_name(node.kind).to_owned() } else { node.title(tools).to_owned() }
}
