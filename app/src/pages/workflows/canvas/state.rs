//! What the canvas knows. It is changed by [`edit`](super::edit) alone, and drawn by [`show`](super::show).

use super::{elements::Elements, sync::Sync};
use crate::api::workflows::CanvasDraft;
use leptos::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use toolcrib::workflows::{
    canvas::{
        Point, Rect, Scene, Viewport,
        connect::{From, Verdict},
        cull,
        history::History,
    },
    graph::{Catalog, Definition, Edge, Finding, Node, Size},
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
    pub glide: super::wheel::Glide,
    pub pointer: StoredValue<Option<Point>>,
    /// When the middle button was let go last, ms.
    pub middle: StoredValue<f64>,
    pub asked: StoredValue<BTreeSet<String>>,
    pub judging: StoredValue<u32>,
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
            glide: super::wheel::Glide::new(),
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

    /// Whether the graph is painted, because it is too small to read.
    pub fn is_plain(self) -> bool {
        let zoom = self.view.with_untracked(|view| view.zoom);
        self.scene.with_value(|scene| cull::is_plain(zoom, scene.shapes.len()))
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
