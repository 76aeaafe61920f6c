//! Saving: edits are kept in this browser until the server has them, sent in order with the revision they were made on, and put on top of what
//! somebody else saved meanwhile.

use super::state::{Editor, name_of};
use crate::{
    api::workflows::{CanvasDraft, apply_changes, newest_canvas},
    components::browser,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use std::{collections::BTreeSet, time::Duration};
use toolcrib::{
    ids::UserId,
    workflows::{
        canvas::merge::{Merged, merge, mine_first},
        graph::{Catalog, Definition, change::Change, patch::Patch},
    },
};

const PAUSE: Duration = Duration::from_millis(600);
const RETRY: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum SaveStatus {
    #[default]
    Saved,
    Saving,
    Offline,
    SignedOut,
    /// The server says no, and why.
    Refused(String),
    Disputed,
}

/// Both changed the same: what the server has, and how the two look together.
#[derive(Clone, PartialEq)]
pub(super) struct Dispute {
    pub newest: CanvasDraft,
    pub base: Definition,
    pub mine: Definition,
    pub merged: Merged,
}

#[derive(Clone, Copy)]
pub(super) struct Sync {
    pub state: RwSignal<SaveStatus>,
    pub dispute: RwSignal<Option<Dispute>>,
    pub revision: StoredValue<i32>,
    /// The draft at that revision.
    pub base: StoredValue<Definition>,
    /// What turns `base` into what is drawn.
    pub pending: StoredValue<Vec<Change>>,
    sending: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
    pub tab: StoredValue<String>,
    /// Who draws here.
    pub user: StoredValue<UserId>,
    /// The newest revision that was heard of, and who saved it.
    told: StoredValue<(i32, Option<(UserId, String)>)>,
    catching_up: StoredValue<bool>,
    /// Something was typed into a field and not kept yet.
    typed: StoredValue<bool>,
    /// The form in the panel does not show what came in while the focus was in it.
    form_is_old: StoredValue<bool>,
}

impl Sync {
    pub fn new(revision: i32, base: Definition, user: UserId) -> Self {
        Self {
            state: RwSignal::new(SaveStatus::Saved),
            dispute: RwSignal::new(None),
            revision: StoredValue::new(revision),
            base: StoredValue::new(base),
            pending: StoredValue::new(Vec::new()),
            sending: StoredValue::new(false),
            timer: StoredValue::new(None),
            tab: StoredValue::new(format!("{:x}", (js_sys::Math::random() * 1e15) as u64)),
            user: StoredValue::new(user),
            told: StoredValue::new((revision, None)),
            catching_up: StoredValue::new(false),
            typed: StoredValue::new(false),
            form_is_old: StoredValue::new(false),
        }
    }

    /// A request is under way, or a question open.
    pub fn is_busy(self) -> bool {
        self.sending.get_value() || self.state.get_untracked() == SaveStatus::Disputed
    }

    pub fn dirty(self) -> bool {
        self.pending.with_value(|pending| !pending.is_empty())
    }
}

impl Editor {
    pub fn save_soon(self) {
        if self.sync.state.get_untracked() == SaveStatus::Disputed {
            self.keep();
            return;
        }
        if !matches!(self.sync.state.get_untracked(), SaveStatus::Offline | SaveStatus::SignedOut) {
            self.sync.state.set(SaveStatus::Saving);
        }
        self.after(PAUSE);
    }

    fn after(self, wait: Duration) {
        if let Some(timer) = self.sync.timer.get_value() {
            timer.clear();
        }
        let timer = set_timeout_with_handle(
            move || {
                // The page may be gone by now.
                if self.sync.state.try_get_untracked().is_some() {
                    self.keep();
                    // Both at once would take a frame from whoever draws on.
                    let send = move || {
                        if self.sync.state.try_get_untracked().is_some() {
                            self.send();
                        }
                    };
                    set_timeout(send, Duration::from_millis(20));
                }
            },
            wait,
        );
        self.sync.timer.set_value(timer.ok());
    }

    /// Sends what is pending now. One request at a time: what is drawn meanwhile goes with the next.
    pub fn send(self) {
        if self.sync.sending.get_value() || self.sync.state.get_untracked() == SaveStatus::Disputed {
            return;
        }
        let changes = self.sync.pending.get_value();
        if changes.is_empty() {
            self.sync.state.set(SaveStatus::Saved);
            return;
        }
        self.sync.sending.set_value(true);
        let (count, drawn) = (changes.len(), self.doc.get_value());
        leptos::task::spawn_local(async move {
            let (org, id, user) = (self.org.get_value(), self.id.get_value(), self.sync.user.get_value());
            let answer = apply_changes(org, id, self.sync.revision.get_value(), changes, user).await;
            // Gone while it was asked: the server has it, and the key in this browser is adopted, and found equal, next time.
            if self.sync.sending.try_set_value(false).is_some() {
                return;
            }
            match answer {
                Ok(revision) => {
                    self.sync.revision.set_value(revision);
                    self.sync.base.set_value(drawn);
                    self.sync.pending.update_value(|pending| drop(pending.drain(..count)));
                    self.keep();
                    if self.sync.dirty() {
                        self.send();
                    } else {
                        self.sync.state.set(SaveStatus::Saved);
                        self.follow_draft();
                    }
                }
                Err(error) => {
                    self.keep();
                    match error.0.status {
                        412 => self.catch_up().await,
                        401 => self.later(SaveStatus::SignedOut),
                        408 | 429 | 502..=504 => self.later(SaveStatus::Offline),
                        _ => {
                            let errors: Vec<String> = error.0.errors.iter().map(|error| error.message.clone()).collect();
                            let why = if errors.is_empty() { error.0.sentence().to_owned() } else { errors.join(" ") };
                            self.tell(why.clone());
                            self.sync.state.set(SaveStatus::Refused(why));
                        }
                    }
                }
            }
        });
    }

    fn later(self, state: SaveStatus) {
        self.sync.state.set(state);
        self.after(RETRY);
    }

    /// Reads the newest draft and puts what is pending on top of it.
    pub async fn catch_up(self) {
        match newest_canvas(self.org.get_value(), self.id.get_value()).await {
            Ok(newest) => {
                if self.sync.state.try_get_untracked().is_some() {
                    self.rebase(newest);
                }
            }
            Err(error) if error.0.status == 401 => self.later(SaveStatus::SignedOut),
            Err(_) => self.later(SaveStatus::Offline),
        }
    }

    /// Looks whether somebody else saved, when the reader comes back to this tab.
    pub fn look(self) {
        if matches!(self.sync.state.get_untracked(), SaveStatus::SignedOut | SaveStatus::Offline) {
            // Perhaps they have signed in again meanwhile, elsewhere.
            self.send();
        }
        self.read_newest();
    }

    /// Somebody saved the draft, here or elsewhere.
    pub fn heard(self, revision: i32, by: Option<(UserId, String)>) {
        self.sync.told.update_value(|told| {
            if revision > told.0 {
                *told = (revision, by);
            }
        });
        self.follow_draft();
    }

    /// Reads what was told of and is not drawn here yet. What is in the way of that calls this again when it is done.
    pub fn follow_draft(self) {
        let told = self.sync.told.try_with_value(|told| told.0);
        if told.zip(self.sync.revision.try_get_value()).is_some_and(|(told, known)| told > known) {
            self.read_newest();
        }
    }

    fn read_newest(self) {
        let sync = self.sync;
        let disputed = sync.state.get_untracked() == SaveStatus::Disputed;
        if sync.sending.get_value() || sync.catching_up.get_value() || disputed || self.is_busy() {
            return;
        }
        sync.catching_up.set_value(true);
        leptos::task::spawn_local(async move {
            let newest = newest_canvas(self.org.get_value(), self.id.get_value()).await;
            if sync.catching_up.try_set_value(false).is_some() {
                return;
            }
            let Ok(newest) = newest else { return };
            let told = newest.workflow.revision;
            if sync.revision.get_value() < told && !sync.sending.get_value() && sync.state.get_untracked() != SaveStatus::Disputed {
                self.rebase(newest);
            }
            // What was saved while this was read.
            if sync.told.with_value(|newer| newer.0 > told) {
                self.follow_draft();
            }
        });
    }

    /// Whether a hand is on something that must not move or vanish now.
    pub fn is_busy(self) -> bool {
        self.dragged.with_untracked(|dragged| !dragged.is_empty())
            || self.resizing.with_untracked(Option::is_some)
            || self.drawing.with_untracked(|drawing| drawing.as_ref().is_some_and(|drawing| !drawing.by_keys))
    }

    /// Something is being typed: what others do to the same step waits until it is kept.
    pub fn typing(self) {
        self.sync.typed.set_value(true);
    }

    /// What was typed is kept, or left.
    pub fn typed(self) {
        // After the field itself was heard.
        set_timeout(
            move || {
                if self.sync.typed.try_set_value(false).is_some() {
                    return;
                }
                if self.sync.form_is_old.get_value() && focused_field().is_none() {
                    self.sync.form_is_old.set_value(false);
                    self.form_version.update(|count| *count += 1);
                }
                self.follow_draft();
            },
            Duration::from_millis(0),
        );
    }

    pub fn rebase(self, newest: CanvasDraft) {
        if newest.user != self.sync.user.get_value() {
            // Somebody else has signed in in this browser: what was drawn here is not theirs to send.
            return self.later(SaveStatus::SignedOut);
        }
        let (base, mine) = (self.sync.base.get_value(), self.doc.get_value());
        let merged = merge(&base, &mine, &newest.workflow.definition);
        let types_there = self.sync.typed.get_value()
            && focused_field().is_some()
            && self.one().is_some_and(|id| merged.touches(&id, &base, &newest.workflow.definition));
        if types_there || self.is_busy() {
            return self.sync.told.update_value(|told| told.0 = told.0.max(newest.workflow.revision));
        }
        if merged.disputed.is_empty() {
            self.settle(newest, merged);
        } else {
            self.sync.state.set(SaveStatus::Disputed);
            self.sync.dispute.set(Some(Dispute { newest, base, mine, merged }));
            self.said.set("Somebody else changed the same steps. Choose which to keep.".to_owned());
        }
    }

    /// Goes on from what the server has, with `merged` drawn on top.
    fn settle(self, newest: CanvasDraft, merged: Merged) {
        let touched: BTreeSet<String> = merged.theirs.iter().chain(&merged.disputed).cloned().collect();
        let (base, theirs) = (self.sync.base.get_value(), newest.workflow.definition);
        let patch = Patch::between(&theirs, &merged.definition);
        let words = self.catalog.with_untracked(|tools| merged.words(&base, &theirs, |node| name_of(node, tools)));
        let there = self.one().is_some_and(|id| merged.touches(&id, &base, &theirs));
        self.take_in(newest.catalog);
        self.history.update_value(|history| history.forget(&touched));
        self.sync.revision.set_value(newest.workflow.revision);
        self.sync.base.set_value(theirs);
        let news = self.doc.with_value(|doc| *doc != merged.definition);
        let sends = !patch.is_empty();
        self.sync.pending.set_value(if sends { vec![Change::Patch(Box::new(patch))] } else { Vec::new() });
        self.show(merged.definition);
        if news {
            self.draw_form(there);
            self.say_whose(newest.workflow.revision, &words);
        }
        self.sync.state.set(if sends { SaveStatus::Saving } else { SaveStatus::Saved });
        self.keep();
        self.send();
    }

    /// What is known of tools redraws the form in the panel: only when it is news.
    fn take_in(self, catalog: Catalog) {
        let known = self.catalog.with_untracked(|tools| {
            catalog.tools.iter().all(|(id, tool)| tools.tools.get(id) == Some(tool))
                && catalog.workflows.iter().all(|(id, workflow)| tools.workflows.get(id) == Some(workflow))
                && catalog.composites.iter().all(|(id, composite)| tools.composites.get(id) == Some(composite))
        });
        if known {
            return;
        }
        let extend = move |tools: &mut Catalog| {
            tools.tools.extend(catalog.tools);
            tools.workflows.extend(catalog.workflows);
            tools.composites.extend(catalog.composites);
        };
        if focused_field().is_some() {
            self.catalog.update_untracked(extend);
            self.sync.form_is_old.set_value(true);
        } else {
            self.catalog.update(extend);
        }
    }

    /// The form shows what came in. Where the focus is in it, and the step is another one, it can wait: nobody is torn out of a field.
    fn draw_form(self, there: bool) {
        match focused_field() {
            None => self.form_version.update(|count| *count += 1),
            Some(_) if !there => self.sync.form_is_old.set_value(true),
            Some(field) => {
                self.form_version.update(|count| *count += 1);
                request_animation_frame(move || browser::focus(&field));
            }
        }
    }

    fn say_whose(self, revision: i32, words: &str) {
        let by = self.sync.told.with_value(|told| told.1.clone().filter(|_| told.0 == revision));
        match by {
            Some((user, _)) if user == self.sync.user.get_value() => self.said.set(format!("You {words} in another tab.")),
            Some((_, name)) => self.said.set(format!("{name} {words}.")),
            // Found by looking: it may be long ago.
            None => self.tell(format!("Somebody else {words}. You see their changes and yours together.")),
        }
    }

    /// Ends a dispute: what was drawn here, or what the server has, for the parts that both changed.
    pub fn decide(self, keep_mine: bool) {
        let Some(dispute) = self.sync.dispute.try_update(Option::take).flatten() else { return };
        // What was drawn while the question stood.
        let mine = self.doc.get_value();
        let theirs = &dispute.newest.workflow.definition;
        let disputed = merge(&dispute.base, &mine, theirs).disputed;
        let merged = if keep_mine { mine_first(&dispute.base, &mine, theirs, &disputed) } else { merge(&dispute.base, &mine, theirs) };
        self.sync.state.set(SaveStatus::Saving);
        self.settle(dispute.newest, merged);
    }
}

/// The id of the field that has the focus; empty where it has none.
fn focused_field() -> Option<String> {
    let active = web_sys::window()?.document()?.active_element()?;
    let is_field = active.matches("input, textarea, select, [contenteditable]").unwrap_or(false);
    is_field.then(|| active.id())
}
