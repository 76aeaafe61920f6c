//! Running the draft on its canvas, and runs looked at there: the bar, how each step stands, what it was given and gave, what is pinned.

mod answer;
mod bar;
mod data;
mod drawer;
mod follow;
mod form;
mod json;
mod marks;
mod painted;
mod pins;
mod results;
mod start;

pub(super) use bar::RunBar;
pub(super) use data::{DataTab, Tabs, inspect};
pub(super) use drawer::PastRuns;
pub(super) use form::RunDialog;
pub(super) use marks::{NodeRun, PinMark, error_line, path_ink, path_items, path_of, ring, spoken, state_of};
pub(super) use painted::Painted;
pub(super) use start::What;

use super::{RunAsked, state::Editor};
use crate::{
    api::workflows::{CanvasRun, get_canvas_run, known_runs},
    components::browser,
};
use follow::Following;
use leptos::prelude::*;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashMap};
use toolcrib::{
    ids::RunId,
    workflows::{
        canvas::overlay::{Overlay, Refused, differs},
        run_live::{NodeLive, RunLive},
    },
};

/// Which part of the chosen step the panel shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Settings,
    Data,
}

/// What the canvas knows of runs.
#[derive(Clone, Copy)]
pub(super) struct Runs {
    /// The run that was begun or opened last.
    pub shown: RwSignal<Option<RunId>>,
    /// Whether it lies over the draft now.
    pub over: RwSignal<bool>,
    pub head: RwSignal<Option<CanvasRun>>,
    pub live: RwSignal<Option<RunLive>>,
    /// How its graph differs from what is drawn.
    pub differs: RwSignal<Option<String>>,
    /// Cards and connections listen to the steps they are about, and to no others.
    nodes: StoredValue<HashMap<String, ArcRwSignal<Option<NodeLive>>>>,
    overlay: StoredValue<Overlay>,
    /// Counts how often a step came to stand otherwise.
    pub stands: RwSignal<u64>,
    /// The connection is gone, and made again.
    lost: RwSignal<bool>,
    line: StoredValue<Option<Following>, LocalStorage>,
    /// Counts while something runs, for times that grow.
    tick: RwSignal<u32>,
    /// A run is being begun.
    pub busy: RwSignal<bool>,
    refused: RwSignal<Vec<Refused>>,
    /// What the input is asked for.
    asking: RwSignal<Option<What>>,
    pub pins: RwSignal<BTreeMap<String, Value>>,
    use_pins: RwSignal<bool>,
    pub tab: RwSignal<Tab>,
    pub drawer: RwSignal<bool>,
    /// The newest run that has ended.
    newest: StoredValue<Option<RunId>>,
    last_input: StoredValue<Option<Map<String, Value>>>,
    /// Counts how often the button of the page's title asked to run.
    asked: RwSignal<u32>,
}

impl Runs {
    pub fn new() -> Self {
        Self {
            shown: RwSignal::new(None),
            over: RwSignal::new(false),
            head: RwSignal::new(None),
            live: RwSignal::new(None),
            differs: RwSignal::new(None),
            nodes: StoredValue::new(HashMap::new()),
            overlay: StoredValue::new(Overlay::default()),
            stands: RwSignal::new(0),
            lost: RwSignal::new(false),
            line: StoredValue::new_local(None),
            tick: RwSignal::new(0),
            busy: RwSignal::new(false),
            refused: RwSignal::new(Vec::new()),
            asking: RwSignal::new(None),
            pins: RwSignal::new(BTreeMap::new()),
            use_pins: RwSignal::new(true),
            tab: RwSignal::new(Tab::Settings),
            drawer: RwSignal::new(false),
            newest: StoredValue::new(None),
            last_input: StoredValue::new(None),
            asked: use_context::<RunAsked>().map_or_else(|| RwSignal::new(0), |asked| asked.0),
        }
    }

    /// What listens to how one step stands.
    fn node(self, id: &str) -> ArcRwSignal<Option<NodeLive>> {
        if let Some(signal) = self.nodes.with_value(|nodes| nodes.get(id).cloned()) {
            return signal;
        }
        let signal = ArcRwSignal::new(self.overlay.with_value(|overlay| overlay.nodes.get(id).cloned()));
        self.nodes.update_value(|nodes| drop(nodes.insert(id.to_owned(), signal.clone())));
        signal
    }

    /// How the step stands in the run that lies over the draft.
    fn over_node(self, id: &str) -> Option<NodeLive> {
        let signal = self.node(id);
        if self.over.get() { signal.get() } else { None }
    }

    fn has_ended(self) -> bool {
        self.live.track();
        self.has_ended_untracked()
    }

    fn has_ended_untracked(self) -> bool {
        self.live.with_untracked(|live| live.as_ref().is_some_and(|live| live.status.is_final()))
    }
}

impl Editor {
    /// Puts a run over the draft and follows it until it has ended.
    pub fn show_run(self, id: RunId) {
        let runs = self.runs;
        runs.drawer.set(false);
        runs.refused.set(Vec::new());
        if runs.shown.get_untracked() != Some(id) {
            runs.shown.set(Some(id));
            runs.head.set(None);
            runs.live.set(None);
            runs.differs.set(None);
            runs.overlay.set_value(Overlay::default());
            self.draw_run();
            self.follow(id);
            leptos::task::spawn_local(async move {
                let (Some(org), Some(workflow)) = (self.org.try_get_value(), self.id.try_get_value()) else { return };
                let answer = get_canvas_run(org, workflow, id.to_string()).await;
                if runs.shown.try_get_untracked().flatten() != Some(id) {
                    return;
                }
                match answer {
                    Ok(head) => {
                        runs.last_input.set_value(Some(head.input.clone()));
                        runs.head.set(Some(head));
                        self.compare_run();
                    }
                    Err(error) => {
                        self.forget_run();
                        self.tell(if error.0.status == 404 {
                            "There is no such run of this workflow, or you may not see it.".to_owned()
                        } else {
                            error.0.sentence().to_owned()
                        });
                    }
                }
            });
        }
        runs.over.set(true);
        runs.tab.set(Tab::Data);
    }

    /// The draft alone; the run is kept to come back to.
    pub fn show_draft(self) {
        self.runs.over.set(false);
        self.runs.tab.set(Tab::Settings);
        self.said.set("The draft".to_owned());
    }

    fn forget_run(self) {
        let runs = self.runs;
        runs.line.set_value(None);
        runs.over.set(false);
        runs.tab.set(Tab::Settings);
        runs.shown.set(None);
        runs.head.set(None);
        runs.live.set(None);
        runs.overlay.set_value(Overlay::default());
        self.draw_run();
    }

    /// Tells every card that listens how its step stands now.
    fn draw_run(self) {
        self.runs.stands.update(|count| *count += 1);
        self.runs.nodes.with_value(|nodes| {
            self.runs.overlay.with_value(|overlay| {
                for (id, signal) in nodes {
                    let now = overlay.nodes.get(id);
                    if signal.with_untracked(|old| old.as_ref() != now) {
                        signal.set(now.cloned());
                    }
                }
            });
        });
    }

    fn compare_run(self) {
        let found = self.runs.head.with_untracked(|head| {
            let head = head.as_ref()?;
            self.doc.with_value(|doc| differs(&head.definition, doc))
        });
        if self.runs.differs.get_untracked() != found {
            self.runs.differs.set(found);
        }
    }
}

/// What goes on whether anything of it is seen or not: the address, what is known of runs before, the page's own button.
#[component]
pub(super) fn RunsLayer(editor: Editor) -> impl IntoView {
    let runs = editor.runs;
    leptos::task::spawn_local(async move {
        if let Ok(known) = known_runs(editor.org.get_value(), editor.id.get_value()).await {
            runs.pins.try_set(known.pins.into_iter().map(|pin| (pin.node_id, pin.output)).collect());
            runs.newest.try_update_value(|newest| *newest = newest.or(known.newest.map(|run| run.id)));
            runs.last_input.try_update_value(|last| {
                if last.is_none() {
                    *last = known.last_input;
                }
            });
        }
    });
    if let Some(run) = asked_for() {
        editor.show_run(run);
    }
    Effect::new(move |_| say_in_address(runs.shown.get().filter(|_| runs.over.get())));
    Effect::new(move |before: Option<u32>| {
        let now = runs.asked.get();
        if before.is_some_and(|before| before != now) {
            editor.run(What::Whole, false);
        }
        now
    });
    // Judged anew whenever the draft is: what differs is counted at the same pace.
    Effect::new(move |_| {
        editor.findings.track();
        if runs.over.get() {
            editor.compare_run();
        }
    });
    // Times grow while something runs.
    Effect::new(move |_| {
        if runs.over.get() && runs.shown.get().is_some() && !runs.has_ended() {
            let handle = set_interval_with_handle(
                move || {
                    let _ = runs.tick.try_update(|tick| *tick = tick.wrapping_add(1));
                },
                std::time::Duration::from_millis(500),
            );
            if let Ok(handle) = handle {
                on_cleanup(move || handle.clear());
            }
        }
    });
    view! {
        <PastRuns editor=editor />
    }
}

fn location() -> Option<web_sys::Location> {
    web_sys::window().map(|window| window.location())
}

/// `?run=0199…`
fn asked_for() -> Option<RunId> {
    let search = location()?.search().ok()?;
    search.trim_start_matches('?').split('&').find_map(|part| part.strip_prefix("run="))?.parse().ok()
}

/// The address says which run is looked at, so that it can be shared and loaded again.
fn say_in_address(run: Option<RunId>) {
    if run == asked_for() {
        return;
    }
    let Some(path) = location().and_then(|location| location.pathname().ok()) else { return };
    let query = run.map(|run| format!("?run={run}")).unwrap_or_default();
    if let Some(history) = web_sys::window().and_then(|window| window.history().ok()) {
        let state = history.state().unwrap_or_default();
        let _ = history.replace_state_with_url(&state, "", Some(&format!("{path}{query}")));
    }
}

/// How long it has run, or ran.
fn took(started: Option<chrono::DateTime<chrono::Utc>>, ended: Option<chrono::DateTime<chrono::Utc>>) -> Option<f64> {
    #[allow(clippy::cast_precision_loss)]
    Some((ended.or_else(browser::now)? - started?).num_milliseconds().max(0) as f64)
}
