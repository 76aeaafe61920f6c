//! What could follow at the caret of a text: a list below the field, walked with the arrow keys, taken with Enter, Tab or a click.

use super::{super::state::Editor, draft::Draft};
use crate::components::{browser, format::count};
use leptos::{html, prelude::*};
use toolcrib::workflows::canvas::fields::complete::{Completion, Offer, take};
use web_sys::KeyboardEvent;

/// Browsers count in units of UTF-16.
fn bytes(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    for (at, c) in text.char_indices() {
        if left == 0 {
            return at;
        }
        left = left.saturating_sub(c.len_utf16());
    }
    text.len()
}

fn units(text: &str, bytes: usize) -> u32 {
    u32::try_from(text[..bytes].encode_utf16().count()).unwrap_or(u32::MAX)
}

/// The offers of one field.
#[derive(Clone, Copy)]
pub(super) struct Offers {
    editor: Editor,
    pub draft: Draft,
    pub field: NodeRef<html::Textarea>,
    found: RwSignal<Option<Completion>>,
    active: RwSignal<usize>,
    list_id: StoredValue<String>,
}

impl Offers {
    pub fn new(editor: Editor, draft: Draft, id: &str) -> Self {
        let list_id = StoredValue::new(format!("{id}-offers"));
        Self { editor, draft, field: NodeRef::new(), found: RwSignal::new(None), active: RwSignal::new(0), list_id }
    }

    /// The text as it stands in the field, and the caret (a byte).
    pub fn caret(self) -> Option<(String, usize)> {
        let field = self.field.get_untracked()?;
        let text = field.value();
        let caret = bytes(&text, field.selection_start().ok().flatten().unwrap_or_default());
        Some((text, caret))
    }

    pub fn show(self, made: Option<Completion>) {
        self.active.set(0);
        let open = self.is_open();
        if let Some(made) = made.as_ref().filter(|_| !open) {
            let many = i64::try_from(made.offers.len()).unwrap_or(0);
            self.editor.said.set(format!("{}. Arrow keys choose, Enter takes.", count(many, "offer", "offers")));
        }
        if made.is_some() || open {
            self.found.set(made);
        }
    }

    pub fn close(self) {
        self.found.set(None);
    }

    pub fn is_open(self) -> bool {
        self.found.with_untracked(Option::is_some)
    }

    /// Puts an offer into the text. False: there is none.
    fn take(self, index: usize) -> bool {
        let (Some(field), Some(completion)) = (self.field.get_untracked(), self.found.get_untracked()) else { return false };
        let Some(offer) = completion.offers.get(index) else { return false };
        let (text, caret) = take(&field.value(), &completion, offer);
        field.set_value(&text);
        let caret = units(&text, caret);
        let _ = field.set_selection_range(caret, caret);
        let _ = field.focus();
        self.draft.typed(text);
        self.close();
        self.editor.said.set(format!("{} taken", offer.label));
        true
    }

    fn walk(self, by: isize) {
        let count = self.found.with_untracked(|found| found.as_ref().map_or(0, |found| found.offers.len()));
        if count > 0 {
            self.active.update(|active| *active = active.saturating_add_signed(by).min(count - 1));
            browser::scroll_into_view(&self.row_id(self.active.get_untracked()));
        }
    }

    /// The keys of an open list; `taken` is run after an offer was. False: the key is none of them.
    pub fn key(self, event: &KeyboardEvent, taken: impl Fn()) -> bool {
        if !self.is_open() {
            return false;
        }
        match event.key().as_str() {
            "ArrowDown" => self.walk(1),
            "ArrowUp" => self.walk(-1),
            "Enter" | "Tab" if !event.shift_key() => {
                if self.take(self.active.get_untracked()) {
                    taken();
                }
            }
            "Escape" => self.close(),
            _ => return false,
        }
        event.prevent_default();
        event.stop_propagation();
        true
    }

    fn row_id(self, index: usize) -> String {
        self.list_id.with_value(|list| format!("{list}-{index}"))
    }

    /// The list that the field controls, while there is one.
    pub fn controls(self) -> Option<String> {
        self.found.with(Option::is_some).then(|| self.list_id.get_value())
    }

    pub fn list_id(self) -> String {
        self.list_id.get_value()
    }

    /// The row that Enter would take, for the field's `aria-activedescendant`.
    pub fn current(self) -> Option<String> {
        self.found.with(Option::is_some).then(|| self.row_id(self.active.get()))
    }
}

#[component]
pub(super) fn OfferList(offers: Offers, #[prop(into)] taken: Callback<()>) -> impl IntoView {
    let take = Callback::new(move |index: usize| {
        if offers.take(index) {
            taken.run(());
        }
    });
    move || {
        offers.found.get().map(|found| {
            let rows = found
                .offers
                .into_iter()
                .enumerate()
                .map(|(index, offer)| view! { <OfferRow id=offers.row_id(index) index=index offer=offer active=offers.active take=take /> })
                .collect_view();
            view! {
                <ul
                    id=offers.list_id()
                    role="listbox"
                    aria-label="What could follow"
                    class="mt-1 max-h-44 overflow-y-auto rounded-md border border-line bg-raised p-1 shadow-pop"
                >
                    {rows}
                </ul>
            }
        })
    }
}

#[component]
fn OfferRow(id: String, index: usize, offer: Offer, active: RwSignal<usize>, take: Callback<usize>) -> impl IntoView {
    view! {
        <li
            id=id
            role="option"
            aria-selected=move || if active.get() == index { "true" } else { "false" }
            class="menu-item cursor-pointer gap-2 text-xs"
            // The field keeps the focus.
            on:pointerdown=move |event| event.prevent_default()
            on:click=move |_| take.run(index)
        >
            <span class="font-mono">{offer.label}</span>
            <span class="min-w-0 flex-1 truncate text-muted">{offer.about}</span>
            <span class="text-2xs text-muted">{offer.what}</span>
        </li>
    }
}
