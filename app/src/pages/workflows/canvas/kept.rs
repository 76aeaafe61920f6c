//! What was drawn and not saved, kept in this browser, and taken up again.

use super::state::Editor;
use crate::{
    api::workflows::{apply_changes, newest_canvas},
    components::{browser, unsent},
};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::{merge::merge, unsent::Unsent},
    graph::{change::Change, patch::Patch},
};

impl Editor {
    /// Every person and every browser tab has a key of its own: two tabs of one draft do not overwrite what the other has not sent yet, and
    /// nobody sends what another one drew.
    fn prefix(self) -> String {
        format!("{}{}:", unsent::prefix(self.sync.user.get_value()), self.id.get_value())
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
        let kept = self.sync.base.with_value(|base| self.doc.with_value(|mine| Unsent::between(base, mine)));
        if let Ok(text) = serde_json::to_string(&kept) {
            browser::remember(&self.key(), Some(&text));
        }
    }

    /// Another page of the application is gone to: what is not saved is kept here, and sent without waiting for what becomes of it. Where the
    /// server gets it, the next visit finds both equal.
    pub fn leave(self) {
        if !self.sync.dirty() {
            return;
        }
        self.keep();
        if self.sync.is_busy() {
            return;
        }
        let (org, id, user) = (self.org.get_value(), self.id.get_value(), self.sync.user.get_value());
        let (revision, changes) = (self.sync.revision.get_value(), self.sync.pending.get_value());
        leptos::task::spawn_local(async move {
            let _ = apply_changes(org, id, revision, changes, user).await;
        });
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
            let kept = browser::remembered(&key).and_then(|text| serde_json::from_str::<Unsent>(&text).ok());
            let Some(kept) = kept.filter(|_| self.may_change) else { continue };
            let (base, mine) = self.doc.with_value(|doc| kept.upon(doc));
            let merged = self.doc.with_value(|doc| merge(&base, &mine, doc));
            if !merged.disputed.is_empty() {
                // Stays in this browser until it is decided; the first such question is asked first.
                if self.sync.dispute.with_untracked(Option::is_none) {
                    let (org, id) = (self.org.get_value(), self.id.get_value());
                    leptos::task::spawn_local(async move {
                        if let Ok(newest) = newest_canvas(org, id).await
                            && self.sync.base.try_set_value(base).is_none()
                        {
                            browser::remember(&key, None);
                            self.show(mine);
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
