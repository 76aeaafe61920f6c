//! A form as a table: one row for each thing, its fields in columns. Where there is no room for columns (on phones, beside something
//! else) each row is a block of its own with its fields beneath each other, under the names of their columns.

use leptos::prelude::*;

/// `columns` are the headings, in the order of the cells; the children are rows (`<tr>`) of [`FieldCell`]s.
#[component]
pub fn FieldTable(#[prop(into)] label: String, columns: Vec<&'static str>, children: Children) -> impl IntoView {
    view! {
        <div class="field-table">
            <table class="table">
                <caption class="sr-only">{label}</caption>
                <thead>
                    <tr>{columns.into_iter().map(|column| view! { <th scope="col">{column}</th> }).collect_view()}</tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A cell with the name of its column. `wide` takes a line of its own where rows are blocks.
#[component]
pub fn FieldCell(column: &'static str, #[prop(optional)] wide: bool, children: Children) -> impl IntoView {
    view! {
        <td data-label=column class=if wide { "wide" } else { "" }>
            {children()}
        </td>
    }
    .into_any()
}
