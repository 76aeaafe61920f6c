//! Inputs from the script: a button that reads signature and docstring on the server and fills the fields below. Without JavaScript the
//! inputs are typed.

use crate::{
    api::tool_tests::propose_inputs,
    components::{badge::Tone, browser, page::Notice},
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::{
    schema::form::{Row, rows_from_schema},
    tools::testing::Proposal,
};

#[component]
pub fn ProposeInputs() -> impl IntoView {
    let org = param("org");
    let ask = Action::new(move |script: &String| propose_inputs(org.get_untracked(), script.clone()));
    let told = RwSignal::new(None::<(Tone, String)>);
    Effect::new(move |_| {
        ask.value().with(|answer| match answer {
            None => {}
            Some(Ok(Proposal { error: Some(error), .. })) => {
                told.set(Some((Tone::Danger, format!("No inputs could be read: {error}."))));
            }
            Some(Ok(proposal)) => {
                fill(proposal);
                let count = proposal.schema["properties"].as_object().map_or(0, serde_json::Map::len);
                let inputs = if count == 1 { "1 input was".to_owned() } else { format!("{count} inputs were") };
                let notes = proposal.notes.join(" ");
                told.set(Some((Tone::Success, format!("{inputs} read from the script. Have a look below. {notes}").trim().to_owned())));
            }
            Some(Err(error)) => told.set(Some((Tone::Danger, error.0.sentence().to_owned()))),
        });
    });
    let press = move |_| {
        if let Some(script) = browser::field_value("form[script]") {
            ask.dispatch(script);
        }
    };
    view! {
        <div class="space-y-2">
            <button type="button" class="btn btn-secondary btn-small needs-script" on:click=press disabled=move || ask.pending().get()>
                "Propose inputs from the script"
            </button>
            <div aria-live="polite">
                {move || told.get().map(|(tone, text)| view! { <Notice tone=tone>{text}</Notice> })}
            </div>
        </div>
    }
    .into_any()
}

/// Into the table where it has room and words for it, else as JSON Schema; the description where there is none.
fn fill(proposal: &Proposal) {
    browser::fill_field("form[schema_json]", &serde_json::to_string_pretty(&proposal.schema).unwrap_or_default());
    let there = (0..).take_while(|index| browser::field_value(&format!("form[rows][{index}][name]")).is_some()).count();
    let rows = rows_from_schema(&proposal.schema).filter(|rows| rows.len() <= there);
    if let Some(rows) = &rows {
        for index in 0..there {
            put_row(index, &rows.get(index).cloned().unwrap_or_else(|| Row { kind: "string".to_owned(), ..Row::default() }));
        }
    }
    browser::tick("form[schema_by]", if rows.is_some() { "rows" } else { "json" }, true);
    if !proposal.description.is_empty() && browser::field_value("form[description]").is_some_and(|text| text.trim().is_empty()) {
        browser::fill_field("form[description]", &proposal.description);
    }
}

fn put_row(index: usize, row: &Row) {
    for (column, value) in
        [("name", &row.name), ("kind", &row.kind), ("description", &row.description), ("default", &row.default), ("choices", &row.choices)]
    {
        browser::fill_field(&format!("form[rows][{index}][{column}]"), value);
    }
    browser::tick(&format!("form[rows][{index}][required]"), "true", row.required);
}
