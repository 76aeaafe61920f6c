//! The one way to change the graph: a change that is drawn at once, kept for undo and saved soon.

use super::state::Editor;
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::history::History,
    graph::change::{Change, apply},
};

impl Editor {
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
}
