//! What is inside the form of a part that is a list of rows, saved as a whole: a workflow's inputs, its output.

use super::Editing;
use crate::components::{button::Button, field_table::FieldTable, form::Form};
use leptos::prelude::*;

/// Empty rows to add things in; more appear after saving.
const SPARE: usize = 2;

/// How many rows are shown where so many are stored: all that a refused form had, too.
pub(super) fn how_many(stored: usize, form: Form) -> usize {
    let sent = (0..).take_while(|index| form.values(&format!("fields[{index}][name]")).is_some_and(|names| !names.is_empty())).count();
    sent.max(stored + SPARE)
}

#[component]
pub(super) fn RowsForm(
    label: &'static str,
    columns: Vec<&'static str>,
    save: &'static str,
    editing: Editing,
    form: Form,
    #[prop(into)] pending: Signal<bool>,
    children: Children,
) -> impl IntoView {
    view! {
        {editing.head(form, true)}
        <FieldTable label=label columns=columns>
            {children()}
        </FieldTable>
        <div class="mt-3">
            <Button small=true pending=pending>
                {save}
            </Button>
        </div>
    }
    .into_any()
}
