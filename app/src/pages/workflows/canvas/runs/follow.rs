//! A run as it goes on: the server tells, the cards that it is about are drawn anew.

use super::super::state::Editor;
use crate::components::format;
use leptos::prelude::*;
use std::time::Duration;
use toolcrib::{
    ids::RunId,
    workflows::{
        canvas::overlay::Touched,
        engine::{NodeStatus, RunStatus},
        run_live::LiveEvent,
    },
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

const AGAIN: Duration = Duration::from_secs(3);

/// An open line to the server; it is closed when this goes.
pub(super) struct Following {
    source: EventSource,
    _told: Closure<dyn FnMut(MessageEvent)>,
    _lost: Closure<dyn FnMut(Event)>,
}

impl Drop for Following {
    fn drop(&mut self) {
        self.source.close();
    }
}

impl Editor {
    /// Follows a run from where it stands. Whatever was followed before is let go.
    pub(super) fn follow(self, id: RunId) {
        let runs = self.runs;
        let Ok(source) = EventSource::new(&format!("/{}/runs/{id}/events", self.org.get_value())) else { return };
        let line = source.clone();
        let told = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let event = event.data().as_string().and_then(|text| serde_json::from_str::<LiveEvent>(&text).ok());
            let Some(event) = event.filter(|_| runs.shown.try_get_untracked().flatten() == Some(id)) else { return };
            if runs.lost.get_untracked() {
                runs.lost.set(false);
            }
            self.told_of_run(event);
            if runs.overlay.with_value(|overlay| overlay.has_ended()) {
                // Else the browser would ask again and again for what has ended.
                line.close();
            }
        });
        for name in ["state", "run", "node"] {
            let _ = source.add_event_listener_with_callback(name, told.as_ref().unchecked_ref());
        }
        let line = source.clone();
        let lost = Closure::<dyn FnMut(Event)>::new(move |_| {
            if runs.shown.try_get_untracked().flatten() != Some(id) || runs.overlay.with_value(|overlay| overlay.has_ended()) {
                return;
            }
            runs.lost.set(true);
            // The browser tries again by itself, unless it was refused.
            if line.ready_state() == EventSource::CLOSED {
                set_timeout(
                    move || {
                        if runs.shown.try_get_untracked().flatten() == Some(id) {
                            self.follow(id);
                        }
                    },
                    AGAIN,
                );
            }
        });
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        runs.line.set_value(Some(Following { source, _told: told, _lost: lost }));
    }

    fn told_of_run(self, event: LiveEvent) {
        let runs = self.runs;
        let began = runs.live.with_untracked(Option::is_none);
        let waited = runs.live.with_untracked(|live| live.as_ref().is_some_and(|live| live.status == RunStatus::Waiting));
        let ended_before = runs.live.with_untracked(|live| live.as_ref().is_some_and(|live| live.status.is_final()));
        let touched = runs.overlay.try_update_value(|overlay| overlay.apply(event)).unwrap_or(Touched::Nothing);
        match &touched {
            Touched::Nothing => return,
            Touched::Node(id) => {
                let now = runs.overlay.with_value(|overlay| overlay.nodes.get(id).cloned());
                if let Some(signal) = runs.nodes.with_value(|nodes| nodes.get(id).cloned()) {
                    signal.set(now.clone());
                }
                runs.stands.update(|count| *count += 1);
                if now.is_some_and(|live| live.status == NodeStatus::Error) {
                    self.said.set(format!("{} failed.", self.title(id)));
                }
            }
            Touched::All => self.draw_run(),
            Touched::Run => {}
        }
        if matches!(touched, Touched::All | Touched::Run) {
            runs.live.set(runs.overlay.with_value(|overlay| overlay.run.clone()));
            let waits = runs.live.with_untracked(|live| live.as_ref().is_some_and(|live| live.status == RunStatus::Waiting));
            let step = runs.overlay.with_value(|overlay| overlay.first(NodeStatus::Waiting).map(str::to_owned));
            if let Some(step) = step.filter(|_| waits && !waited) {
                self.said.set(format!("{} waits.", self.title(&step)));
            }
        }
        let ended = runs.overlay.with_value(|overlay| overlay.has_ended());
        if ended && !ended_before {
            self.run_has_ended(!began);
        }
    }

    /// `watched`: it ended while it was looked at, and not long ago.
    fn run_has_ended(self, watched: bool) {
        let runs = self.runs;
        let Some(live) = runs.live.get_untracked() else { return };
        // What was opened may be older than the newest.
        let newest = runs.newest.get_value();
        runs.newest.set_value(if watched { Some(live.id) } else { newest.or(Some(live.id)) });
        let took = super::took(live.started_at, live.completed_at).map(|ms| format!(" after {}", format::duration(ms))).unwrap_or_default();
        let failed = runs.overlay.with_value(|overlay| overlay.first(NodeStatus::Error).map(str::to_owned));
        let words = match (live.status, failed) {
            (RunStatus::Completed, _) => format!("The run is done{took}."),
            (RunStatus::Failed, Some(step)) => format!("The run failed at {}{took}. {}", self.title(&step), live.error.unwrap_or_default()),
            (RunStatus::Failed, None) => format!("The run failed{took}. {}", live.error.unwrap_or_default()),
            _ => format!("The run was cancelled{took}."),
        };
        self.said.set(words.trim_end().to_owned());
        // What the fields show as examples is what the steps gave last.
        self.fields.refresh(self);
    }
}
