//! Saving: edits are kept in this browser until the server has them, sent in order with the revision they were made on, and put on top of what
//! somebody else saved meanwhile.

use super::state::Editor;
use crate::{
    api::workflows::{CanvasDraft, apply_changes, get_canvas},
    components::browser,
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};
use toolcrib::workflows::{
    canvas::merge::{Merged, merge, mine_first},
    graph::{Definition, change::Change, patch::Patch},
};

/// Every browser tab has a key of its own: two tabs of one draft do not overwrite what the other has not sent yet.
const KEPT: &str = "canvas:";
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

/// What a browser keeps until the server has it.
#[derive(Serialize, Deserialize)]
struct Kept {
    base: Definition,
    mine: Definition,
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
    tab: StoredValue<String>,
}

impl Sync {
    pub fn new(revision: i32, base: Definition) -> Self {
        Self {
            state: RwSignal::new(SaveStatus::Saved),
            dispute: RwSignal::new(None),
            revision: StoredValue::new(revision),
            base: StoredValue::new(base),
            pending: StoredValue::new(Vec::new()),
            sending: StoredValue::new(false),
            timer: StoredValue::new(None),
            tab: StoredValue::new(format!("{:x}", (js_sys::Math::random() * 1e15) as u64)),
        }
    }

    fn dirty(self) -> bool {
        self.pending.with_value(|pending| !pending.is_empty())
    }
}

impl Editor {
    fn prefix(self) -> String {
        format!("{KEPT}{}:", self.id.get_value())
    }

    fn key(self) -> String {
        format!("{}{}", self.prefix(), self.sync.tab.get_value())
    }

    /// Writes what the server does not have yet into this browser, or forgets it when it has all.
    pub fn keep(self) {
        if !self.sync.dirty() {
            browser::remember(&self.key(), None);
            return;
        }
        let kept = Kept { base: self.sync.base.get_value(), mine: self.doc.get_value() };
        if let Ok(text) = serde_json::to_string(&kept) {
            browser::remember(&self.key(), Some(&text));
        }
    }

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
                    self.send();
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
            let answer = apply_changes(self.org.get_value(), self.id.get_value(), self.sync.revision.get_value(), changes).await;
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
        match get_canvas(self.org.get_value(), self.id.get_value()).await {
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
        if self.sync.sending.get_value()
            || self.sync.state.get_untracked() == SaveStatus::Disputed
            || self.dragged.with_untracked(|d| !d.is_empty())
        {
            return;
        }
        leptos::task::spawn_local(async move {
            if let Ok(newest) = get_canvas(self.org.get_value(), self.id.get_value()).await
                && self.sync.revision.try_get_value().is_some_and(|revision| revision < newest.workflow.revision)
                && !self.sync.sending.get_value()
            {
                self.rebase(newest);
            }
        });
    }

    fn rebase(self, newest: CanvasDraft) {
        let (base, mine) = (self.sync.base.get_value(), self.doc.get_value());
        let merged = merge(&base, &mine, &newest.workflow.definition);
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
        let theirs = newest.workflow.definition;
        let patch = Patch::between(&theirs, &merged.definition);
        self.catalog.update(|tools| {
            tools.tools.extend(newest.catalog.tools);
            tools.workflows.extend(newest.catalog.workflows);
            tools.composites.extend(newest.catalog.composites);
        });
        self.history.update_value(|history| history.forget(&touched));
        self.sync.revision.set_value(newest.workflow.revision);
        self.sync.base.set_value(theirs);
        let news = self.doc.with_value(|doc| *doc != merged.definition);
        self.sync.pending.set_value(if patch.is_empty() { Vec::new() } else { vec![Change::Patch(Box::new(patch))] });
        self.show(merged.definition);
        if news {
            self.form_version.update(|count| *count += 1);
            self.tell("Somebody else changed this workflow. You see their changes and yours together.");
        }
        self.sync.state.set(SaveStatus::Saving);
        self.keep();
        self.send();
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

    /// Takes up what an earlier visit drew and the server never got.
    pub fn adopt(self) {
        let Some(storage) = web_sys::window().and_then(|window| window.local_storage().ok().flatten()) else { return };
        let prefix = self.prefix();
        let own = self.key();
        let keys: Vec<String> = (0..storage.length().unwrap_or(0))
            .filter_map(|index| storage.key(index).ok().flatten())
            .filter(|key| key.starts_with(&prefix) && *key != own)
            .collect();
        for key in keys {
            let kept = browser::remembered(&key).and_then(|text| serde_json::from_str::<Kept>(&text).ok());
            let Some(kept) = kept.filter(|_| self.may_change) else { continue };
            let merged = self.doc.with_value(|doc| merge(&kept.base, &kept.mine, doc));
            if !merged.disputed.is_empty() {
                // Stays in this browser until it is decided; the first such question is asked first.
                if self.sync.dispute.with_untracked(Option::is_none) {
                    let (org, id) = (self.org.get_value(), self.id.get_value());
                    leptos::task::spawn_local(async move {
                        if let Ok(newest) = get_canvas(org, id).await
                            && self.sync.base.try_set_value(kept.base).is_none()
                        {
                            browser::remember(&key, None);
                            self.show(kept.mine);
                            self.sync.pending.set_value(vec![Change::Place { places: Vec::new() }]);
                            self.keep();
                            self.rebase(newest);
                        }
                    });
                    return;
                }
                continue;
            }
            browser::remember(&key, None);
            if self.doc.with_value(|doc| *doc == merged.definition) {
                continue;
            }
            self.show(merged.definition);
            let patch = self.doc.with_value(|doc| self.sync.base.with_value(|base| Patch::between(base, doc)));
            self.sync.pending.set_value(vec![Change::Patch(Box::new(patch))]);
            self.keep();
            self.tell("What you drew before and could not be saved is here again.");
            self.save_soon();
        }
    }
}
