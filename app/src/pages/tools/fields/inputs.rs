//! The inputs of a tool, as a table of rows or as JSON Schema.

use crate::{
    api::tool_form::ToolForm,
    components::{
        field::{FieldError, TextArea},
        field_table::{FieldCell, FieldTable},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::schema::form::{ROW_KINDS, Row};

#[component]
pub fn SchemaFields(shown: ToolForm, form: Form) -> impl IntoView {
    let by = form.value("form[schema_by]", shown.schema_by.clone());
    let by_json = by == "json";
    // Rows that were typed, then a few empty ones: adding more needs no script.
    let count = shown.rows.len().max(1) + 3;
    let typed =
        (0..60).take_while(|index| form.values(&format!("form[rows][{index}][name]")).is_some_and(|values| !values.is_empty())).count();
    let rows = (0..count.max(typed))
        .map(|index| view! { <SchemaRow index=index row=shown.rows.get(index).cloned().unwrap_or_default() form=form /> })
        .collect_view();
    let rows_error = form.error("rows");
    view! {
        <Section title="Inputs" text="What the tool needs to be told. The description of each input is what a model goes by.">
            <fieldset class="mb-3 flex flex-wrap gap-4">
                <legend class="sr-only">"How the inputs are written"</legend>
                <label class="flex items-center gap-2">
                    <input type="radio" name="form[schema_by]" value="rows" class="check" checked=!by_json />
                    "As a table"
                </label>
                <label class="flex items-center gap-2">
                    <input type="radio" name="form[schema_by]" value="json" class="check" checked=by_json />
                    "As JSON Schema"
                </label>
            </fieldset>
            <details open=!by_json class="mb-3">
                <summary class="cursor-pointer font-medium">"Table"</summary>
                <FieldError id="f-rows-error" error=rows_error />
                <div class="mt-2">
                    <FieldTable label="Inputs" columns=vec!["Name", "Type", "Description", "Default", "Allowed values", "Needed"]>
                        {rows}
                    </FieldTable>
                </div>
                <p class="mt-1 text-xs text-muted">"Empty rows are left out. Save to get more."</p>
            </details>
            <details open=by_json>
                <summary class="cursor-pointer font-medium">"JSON Schema"</summary>
                <div class="mt-2">
                    <TextArea
                        label="Input schema"
                        name="form[schema_json]"
                        value=form.value("form[schema_json]", shown.schema_json)
                        error=form.error("schema_json")
                        hint="Draft-07, of an object. Counts when “As JSON Schema” is chosen."
                        rows=12
                        mono=true
                    />
                </div>
            </details>
        </Section>
    }
    .into_any()
}

#[component]
fn SchemaRow(index: usize, row: Row, form: Form) -> impl IntoView {
    let name = move |column: &str| format!("form[rows][{index}][{column}]");
    let put = move |column: &str, value: &str| form.value(&name(column), value);
    let kind = put("kind", if row.kind.is_empty() { "string" } else { &row.kind });
    let kinds = ROW_KINDS
        .iter()
        .map(|option| {
            view! {
                <option value=*option selected=*option == kind>
                    {*option}
                </option>
            }
        })
        .collect_view();
    let cell = move |column: &'static str, label: &'static str, value: &str, class: &'static str| {
        let error = form.error(&format!("rows/{index}/{column}"));
        let value = put(column, value);
        view! {
            <FieldCell column=label wide=matches!(column, "description")>
                <input
                    name=name(column)
                    aria-label=format!("{label} of input {}", index + 1)
                    class=class
                    value=value
                    autocomplete="off"
                    aria-invalid=move || error.get().is_some().then_some("true")
                />
                <FieldError id=format!("f-rows-{index}-{column}-error") error=error />
            </FieldCell>
        }
    };
    view! {
        <tr class=row.name.is_empty().then_some("spare")>
            {cell("name", "Name", &row.name, "field font-mono")}
            <FieldCell column="Type">
                <select name=name("kind") class="field" aria-label=format!("Type of input {}", index + 1)>
                    {kinds}
                </select>
            </FieldCell>
            {cell("description", "Description", &row.description, "field")}
            {cell("default", "Default", &row.default, "field font-mono")}
            {cell("choices", "Allowed values", &row.choices, "field font-mono")}
            <FieldCell column="Needed">
                <input
                    type="checkbox"
                    name=name("required")
                    value="true"
                    class="check"
                    aria-label=format!("Input {} is needed", index + 1)
                    checked=form.checked(&name("required"), row.required)
                />
            </FieldCell>
        </tr>
    }
    .into_any()
}
