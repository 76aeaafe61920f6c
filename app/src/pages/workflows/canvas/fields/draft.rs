//! Text that is being typed. What is typed stays until the field is left, whatever is saved or drawn meanwhile.

use leptos::prelude::*;
use std::time::Duration;

#[derive(Clone, Copy)]
pub(in super::super) struct Draft {
    /// What the field shows.
    pub text: RwSignal<String>,
    typing: StoredValue<bool>,
}

impl Draft {
    /// Shows what is stored, and hands what was typed to `keep` when the field goes away before it was left.
    pub fn new(stored: Memo<String>, keep: impl Fn(String) + Send + Sync + 'static) -> Self {
        let (text, typing) = (RwSignal::new(stored.get_untracked()), StoredValue::new(false));
        Effect::new(move |_| {
            let stored = stored.get();
            if !typing.get_value() && text.with_untracked(|text| *text != stored) {
                text.set(stored);
            }
        });
        let keep = std::sync::Arc::new(keep);
        on_cleanup(move || {
            if let (Some(true), Some(typed)) = (typing.try_get_value(), text.try_get_untracked()) {
                let keep = keep.clone();
                // What is being taken down must be gone first.
                set_timeout(move || keep(typed), Duration::ZERO);
            }
        });
        Self { text, typing }
    }

    pub fn typed(self, text: String) {
        self.typing.set_value(true);
        self.text.set(text);
    }

    /// The field was left: what is to be kept, if anything was typed.
    pub fn left(self) -> Option<String> {
        let typed = self.typing.get_value();
        self.typing.set_value(false);
        typed.then(|| self.text.get_untracked())
    }
}
