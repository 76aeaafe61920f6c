//! Begins runs of the draft: the whole, up to a step, from a step, or on from a failure. What is drawn is saved first.

use super::super::{
    state::{BOARD, Editor},
    sync::SaveStatus,
};
use crate::{api::workflows::start_canvas_run, components::browser};
use leptos::prelude::*;
use serde_json::{Map, Value};
use toolcrib::{
    ids::RunId,
    workflows::{
        StartRun,
        canvas::overlay::{Refused, refused},
        engine::{RunStatus, again::From},
        graph::resolve::run_input,
    },
};

/// How often it looks whether all is saved, and how often at most.
const LOOK_MS: i32 = 150;
const LOOKS: u32 = 150;

/// What of the draft is to run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum What {
    Whole,
    /// Up to this step.
    To(String),
    /// From this step, with what was found before it.
    From(String),
    /// What failed in this run and what never ran in it.
    Failure(RunId),
}

impl Editor {
    /// Runs it; asks for the input first where one is needed and none is known. `straight`: with the last input, without asking.
    pub fn run(self, what: What, straight: bool) {
        if self.runs.busy.get_untracked() {
            return;
        }
        if self.doc.with_value(|doc| doc.nodes.is_empty()) {
            self.tell("There is no step to run yet.");
            return;
        }
        let earlier = self.earlier(&what);
        let needs = self.doc.with_value(|doc| !doc.inputs().is_empty());
        if !needs || earlier.is_some() {
            self.begin(what, earlier, Map::new());
            return;
        }
        match self.last_input() {
            Some(input) if straight || what != What::Whole => self.begin(what, None, input),
            _ => {
                self.runs.asking.set(Some(what));
                request_animation_frame(super::form::open);
            }
        }
    }

    /// Up to the chosen step, or from it.
    pub fn run_part(self, to: bool) {
        match self.one() {
            Some(id) => self.run(if to { What::To(id) } else { What::From(id) }, false),
            None => self.tell(if to {
                "Choose the step first that it is to run up to."
            } else {
                "Choose the step first that it is to run from."
            }),
        }
    }

    /// What failed in the run that is shown, with all that went well kept.
    pub fn go_on(self) {
        let runs = self.runs;
        let failed = runs.live.with_untracked(|live| live.as_ref().filter(|live| live.status == RunStatus::Failed).map(|live| live.id));
        match failed.filter(|id| runs.shown.get_untracked() == Some(*id)) {
            Some(run) => self.run(What::Failure(run), true),
            None => self.tell("Show a run that failed: it goes on from there."),
        }
    }

    /// The run whose results are kept.
    fn earlier(self, what: &What) -> Option<RunId> {
        let runs = self.runs;
        match what {
            What::Failure(run) => Some(*run),
            What::From(_) => {
                let shown = runs.live.with_untracked(|live| live.as_ref().filter(|live| live.status.is_final()).map(|live| live.id));
                shown.filter(|_| runs.over.get_untracked()).or_else(|| runs.newest.get_value())
            }
            What::Whole | What::To(_) => None,
        }
    }

    /// The last input, as far as the workflow takes it still; `None` where it would not do.
    fn last_input(self) -> Option<Map<String, Value>> {
        let known = self.known_input();
        self.doc.with_value(|doc| run_input(doc.inputs(), &known).ok().map(|_| known))
    }

    /// What was given last, here or in the newest run, of what the workflow takes now.
    pub(super) fn known_input(self) -> Map<String, Value> {
        let remembered = browser::remembered(&self.input_key()).and_then(|text| serde_json::from_str::<Map<String, Value>>(&text).ok());
        let known = remembered.or_else(|| self.runs.last_input.get_value()).unwrap_or_default();
        self.doc.with_value(|doc| known.into_iter().filter(|(name, _)| doc.inputs().iter().any(|field| field.name == *name)).collect())
    }

    fn input_key(self) -> String {
        format!("canvas-input:{}", self.id.get_value())
    }

    /// With an input that was asked for.
    pub(super) fn begin_with(self, what: What, input: Map<String, Value>) {
        let text = Value::Object(input.clone()).to_string();
        // A large one is not worth the place: the newest run has it too.
        browser::remember(&self.input_key(), Some(text.as_str()).filter(|text| text.len() < 100_000));
        let earlier = self.earlier(&what);
        self.begin(what, earlier, input);
    }

    fn begin(self, what: What, earlier: Option<RunId>, input: Map<String, Value>) {
        let runs = self.runs;
        runs.busy.set(true);
        runs.refused.set(Vec::new());
        self.said.set("Beginning to run".to_owned());
        let (from, until) = match what {
            What::Whole => (From::Start, None),
            What::To(step) => (From::Start, Some(step)),
            What::From(step) => (From::Node(step), None),
            What::Failure(_) => (From::Failure, None),
        };
        let pinned = runs.use_pins.get_untracked() && runs.pins.with_untracked(|pins| !pins.is_empty());
        let start = StartRun { input, from, until, earlier, pinned, ..StartRun::default() };
        self.send();
        leptos::task::spawn_local(async move {
            let answer = match self.saved().await {
                Ok(()) => start_canvas_run(self.org.get_value(), self.id.get_value(), start).await,
                Err(why) => {
                    self.refuse(vec![Refused { node: None, field: None, input: None, words: why.to_owned() }]);
                    return;
                }
            };
            match answer {
                Ok(run) => {
                    if runs.busy.try_set(false).is_none() {
                        runs.asking.set(None);
                        super::form::close();
                        self.show_run(run.id);
                        browser::focus(BOARD);
                    }
                }
                Err(error) => {
                    let found: Vec<Refused> =
                        error.0.errors.iter().filter_map(|error| self.doc.try_with_value(|doc| refused(doc, error))).collect();
                    let whole = || vec![Refused { node: None, field: None, input: None, words: error.0.sentence().to_owned() }];
                    self.refuse(if found.is_empty() { whole() } else { found });
                }
            }
        });
    }

    fn refuse(self, why: Vec<Refused>) {
        if self.runs.busy.try_set(false).is_some() {
            return;
        }
        let words: Vec<&str> = why.iter().map(|one| one.words.as_str()).collect();
        self.said.set(format!("It was not run. {}", words.join(" ")));
        // What is wrong with the input is said beside it.
        if why.iter().any(|one| one.input.is_some()) && self.runs.asking.with_untracked(Option::is_none) {
            self.runs.asking.set(Some(What::Whole));
            request_animation_frame(super::form::open);
        } else if why.iter().all(|one| one.input.is_none()) {
            self.runs.asking.set(None);
            super::form::close();
        }
        self.runs.refused.set(why);
    }

    /// Waits until the server has all that is drawn; says why where it cannot have it.
    pub(super) async fn saved(self) -> Result<(), &'static str> {
        for _ in 0..LOOKS {
            let Some(state) = self.sync.state.try_get_untracked() else { return Err("The canvas is gone.") };
            match state {
                SaveStatus::Saved if self.sync.pending.with_value(Vec::is_empty) => return Ok(()),
                SaveStatus::Saved | SaveStatus::Saving => pause(LOOK_MS).await,
                SaveStatus::Disputed => return Err("Somebody else changed the same steps. Choose which to keep, then run."),
                SaveStatus::SignedOut => {
                    return Err("You are signed out. Sign in in another tab; what you drew is kept here and saved then.");
                }
                SaveStatus::Offline | SaveStatus::Refused(_) => break,
            }
        }
        Err("What you drew is not saved yet, so it cannot run. It is kept here; try again once it is saved.")
    }
}

async fn pause(ms: i32) {
    let waited = js_sys::Promise::new(&mut |done, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
        }
    });
    let _ = wasm_bindgen_futures::JsFuture::from(waited).await;
}
