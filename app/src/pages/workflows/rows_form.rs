//! What is inside the form of a part that is a list of rows, saved as a whole: a workflow's inputs, its output.

use super::Editing;
use crate::components::{button::Button, field::FormError, field_table::FieldTable, form::Form};
use leptos::prelude::*;

/// Empty rows to add things in; more appear after saving.
pub(super) const SPARE: usize = 2;

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
        {editing.hidden()}
        <FormError message=form.general_error() />
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
