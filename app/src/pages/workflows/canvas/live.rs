//! Who else has this draft open, and their saves as they happen: a line to the server, kept open while somebody looks at this tab. Without it the
//! canvas does what it did before: it looks for news when the reader comes back.

use super::{state::Editor, sync::SaveStatus};
use crate::api::workflows::here;
use leptos::{ev, leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{collections::HashMap, time::Duration};
use toolcrib::{
    ids::UserId,
    workflows::together::{Present, Told},
};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventSource, MessageEvent};

/// After a refusal; what is merely lost the browser makes anew by itself.
const AGAIN: Duration = Duration::from_secs(5);
/// A tab that nobody has looked at for so long lets its line go: a browser has few of them.
const HIDDEN: Duration = Duration::from_secs(60);
/// Walking over the graph by keys tells of the steps where one stays.
const STAYS: Duration = Duration::from_millis(150);
/// Who comes back so soon was not away.
const AWAY_MS: f64 = 60_000.0;

/// An open line to the server; it is closed when this goes.
struct Line {
    source: EventSource,
    _told: Closure<dyn FnMut(MessageEvent)>,
    _lost: Closure<dyn FnMut(Event)>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.source.close();
    }
}

#[derive(Clone, Copy)]
pub(super) struct Live {
    /// Every other tab that has this canvas open, this person's own among them.
    pub others: RwSignal<Vec<Present>>,
    line: StoredValue<Option<Line>, LocalStorage>,
    /// When a tab was last seen.
    seen: StoredValue<HashMap<(UserId, String), f64>>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Live {
    pub fn new() -> Self {
        Self {
            others: RwSignal::new(Vec::new()),
            line: StoredValue::new_local(None),
            seen: StoredValue::new(HashMap::new()),
            timer: StoredValue::new(None),
        }
    }
}

/// Listens as long as the canvas is there.
pub(super) fn attend(editor: Editor) {
    let live = editor.live;
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            editor.listen();
        }
    });
    // What was told while a hand was on something is read when it lets go.
    Effect::new(move |_| {
        editor.resizing.track();
        editor.drawing.track();
        if editor.dragged.with(std::collections::BTreeSet::is_empty) {
            editor.follow_draft();
        }
    });
    Effect::new(move |before: Option<()>| {
        editor.chosen.track();
        if before.is_some() {
            editor.say_here_soon();
        }
    });
    let handles = [
        window_event_listener(ev::visibilitychange, move |_| seen(editor)),
        window_event_listener(ev::input, move |_| editor.typing()),
        window_event_listener(ev::change, move |_| editor.typed()),
        window_event_listener(ev::focusout, move |_| editor.typed()),
    ];
    on_cleanup(move || {
        handles.into_iter().for_each(WindowListenerHandle::remove);
        live.line.try_set_value(None);
    });
}

fn is_hidden() -> bool {
    web_sys::window().and_then(|window| window.document()).is_some_and(|document| document.hidden())
}

/// The reader came to this tab, or left it.
fn seen(editor: Editor) {
    if !is_hidden() {
        if editor.live.line.with_value(Option::is_none) {
            editor.listen();
        }
        return;
    }
    set_timeout(
        move || {
            if is_hidden() && editor.live.line.try_with_value(Option::is_some) == Some(true) {
                editor.live.line.set_value(None);
                editor.live.others.set(Vec::new());
            }
        },
        HIDDEN,
    );
}

impl Editor {
    fn listen(self) {
        let live = self.live;
        let address = format!("/{}/workflows/{}/live?tab={}", self.org.get_value(), self.id.get_value(), self.sync.tab.get_value());
        let Ok(source) = EventSource::new(&address) else { return };
        let told = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let told = event.data().as_string().and_then(|text| serde_json::from_str::<Told>(&text).ok());
            if let Some(told) = told.filter(|_| !live.others.is_disposed()) {
                self.told(told);
            }
        });
        for name in ["state", "present", "saved", "ping"] {
            let _ = source.add_event_listener_with_callback(name, told.as_ref().unchecked_ref());
        }
        let line = source.clone();
        let lost = Closure::<dyn FnMut(Event)>::new(move |_| {
            if live.others.is_disposed() {
                return;
            }
            // Who is there is not known any more.
            live.others.set(Vec::new());
            if line.ready_state() == EventSource::CLOSED {
                set_timeout(
                    move || {
                        if !live.others.is_disposed() && !is_hidden() {
                            self.listen();
                        }
                    },
                    AGAIN,
                );
            }
        });
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        live.line.set_value(Some(Line { source, _told: told, _lost: lost }));
    }

    fn told(self, told: Told) {
        match told {
            Told::State { revision, present } => {
                self.met(present);
                self.say_here();
                self.heard(revision, None);
            }
            Told::Present { present } => self.met(present),
            Told::Saved { revision, user, name } => self.heard(revision, Some((user, name))),
            Told::Ping => self.say_here(),
        }
    }

    /// These have the canvas open now.
    fn met(self, present: Vec<Present>) {
        let (user, tab) = (self.sync.user.get_value(), self.sync.tab.get_value());
        let others: Vec<Present> = present.into_iter().filter(|one| one.user != user || one.tab != tab).collect();
        let now = js_sys::Date::now();
        let came: Vec<Present> = self.live.seen.with_value(|seen| {
            let known = |one: &Present| seen.get(&(one.user, one.tab.clone())).is_some_and(|at| now - at < AWAY_MS);
            others.iter().filter(|one| !known(one)).cloned().collect()
        });
        self.live.seen.update_value(|seen| seen.extend(others.iter().map(|one| ((one.user, one.tab.clone()), now))));
        let left = self.live.others.with_untracked(|before| {
            before.iter().find(|old| !others.iter().any(|one| one.user == old.user && one.tab == old.tab)).cloned()
        });
        let words = match (came.as_slice(), left) {
            ([one], _) if one.user == user => Some("You have this open in another tab too.".to_owned()),
            ([one], _) => Some(format!("{} is here too.", one.name)),
            ([], Some(one)) if one.user != user => Some(format!("{} has left.", one.name)),
            ([], _) => None,
            (several, _) => Some(format!("{} others are here too.", several.len())),
        };
        if let Some(words) = words {
            self.said.set(words);
        }
        if self.live.others.with_untracked(|before| *before != others) {
            self.live.others.set(others);
        }
    }

    fn say_here_soon(self) {
        if let Some(timer) = self.live.timer.get_value() {
            timer.clear();
        }
        let timer = set_timeout_with_handle(
            move || {
                if self.live.line.try_with_value(Option::is_some) == Some(true) {
                    self.say_here();
                }
            },
            STAYS,
        );
        self.live.timer.set_value(timer.ok());
    }

    /// A sign of life, with the step that is chosen.
    fn say_here(self) {
        let (org, id, tab) = (self.org.get_value(), self.id.get_value(), self.sync.tab.get_value());
        let chosen = self.one();
        leptos::task::spawn_local(async move {
            let answer = here(org, id, tab, chosen).await;
            match (answer, self.sync.state.try_get_untracked()) {
                (Ok(()), Some(SaveStatus::SignedOut)) => self.send(),
                (Err(error), Some(SaveStatus::Saved)) if error.0.status == 401 => self.sync.state.set(SaveStatus::SignedOut),
                _ => {}
            }
        });
    }
}
