//! One configurable field: fixed, written by the model, or a fixed list that the model adds to. Which part shows follows the choice by style
//! alone, so it works without a script.

use crate::{
    api::tool_form::field::{FieldForm, Shape},
    components::{
        field::{FieldError, TextArea},
        form::Form,
        variable_text::VariableText,
    },
};
use leptos::prelude::*;
use toolcrib::{tools::fields::Mode, variables::Known};

/// The choice a text has, and the one a list has.
pub const TEXT: &[Mode] = &[Mode::Fixed, Mode::Ai];
pub const LIST: &[Mode] = &[Mode::Fixed, Mode::Ai, Mode::ArrayExtendable];

fn words(mode: Mode) -> &'static str {
    match mode {
        Mode::Fixed => "Fixed",
        Mode::Ai => "Written by AI",
        Mode::ArrayExtendable => "Fixed, AI may add",
    }
}

#[component]
pub fn ConfigFieldInput(
    #[prop(into)] label: String,
    /// `form[sms][text]`
    #[prop(into)]
    name: String,
    /// Where errors point: `sms/text`.
    #[prop(into)]
    place: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] placeholder: Option<String>,
    shown: FieldForm,
    form: Form,
    modes: &'static [Mode],
    shape: Shape,
    /// An example of a schema the model's value may have to fit.
    #[prop(into)]
    schema_hint: String,
    variables: StoredValue<Vec<Known>>,
) -> impl IntoView {
    let put = {
        let name = name.clone();
        move |part: &str, value: &str| form.value(&format!("{name}[{part}]"), value)
    };
    let error = |part: &str| form.error(&format!("{place}/{part}"));
    let chosen = put("mode", &shown.mode);
    let chosen = Mode::parse(&chosen).filter(|mode| modes.contains(mode)).unwrap_or_default();
    let group = format!("f-{}-mode", name.replace(['[', ']'], "-"));
    let radios = modes
        .iter()
        .map(|mode| {
            view! {
                <label class="segment">
                    <input type="radio" class="sr-only" name=format!("{name}[mode]") value=mode.as_str() checked=*mode == chosen />
                    {words(*mode)}
                </label>
            }
        })
        .collect_view();
    // An error of the field as a whole stands at its choice.
    let (mode_error, whole) = (error("mode"), form.error(&place));
    let parts = ["value", "prompt", "schema"].map(error);
    let whole =
        Signal::derive(move || mode_error.get().or_else(|| whole.get().filter(|_| parts.iter().all(|part| part.with(Option::is_none)))));
    let schema = put("schema", &shown.schema);
    let has_schema = !schema.is_empty();
    let value_label = if shape == Shape::Lines { "Fixed entries" } else { "Value" };
    let (value_rows, is_json) = (if shape == Shape::Text { 2 } else { 3 }, shape == Shape::Json);
    view! {
        <fieldset class="config-field min-w-0">
            <legend class="mb-1.5 font-medium">{label.clone()}</legend>
            <div class="segmented mb-3">{radios}</div>
            <FieldError id=format!("{group}-error") error=whole />
            <div class="when-fixed">
                <VariableText
                    label=value_label
                    name=format!("{name}[value]")
                    value=put("value", &shown.value)
                    error=error("value")
                    hint=hint
                    placeholder=placeholder.unwrap_or_default()
                    rows=value_rows
                    mono=is_json
                    required=false
                    variables=variables
                />
            </div>
            <div class="when-model mt-3 space-y-3">
                <TextArea
                    label="Prompt"
                    name=format!("{name}[prompt]")
                    value=put("prompt", &shown.prompt)
                    error=error("prompt")
                    hint="What the model reads as the description of this parameter."
                    rows=2
                />
                <details open=has_schema>
                    <summary class="cursor-pointer text-sm">"Schema of the value"</summary>
                    <div class="mt-2">
                        <TextArea
                            label="Schema"
                            name=format!("{name}[schema]")
                            value=schema
                            error=error("schema")
                            hint=schema_hint
                            rows=3
                            mono=true
                        />
                    </div>
                </details>
            </div>
        </fieldset>
    }
    .into_any()
}

/// The variables that texts may name, as a list to read.
#[component]
pub fn VariableList(variables: StoredValue<Vec<Known>>) -> impl IntoView {
    let rows = variables
        .get_value()
        .into_iter()
        .map(|one| {
            view! {
                <dt class="font-mono text-sm">{format!("{{{{{}}}}}", one.name)}</dt>
                <dd class="mb-1 text-muted sm:mb-0">{one.description}</dd>
            }
        })
        .collect_view();
    view! {
        <details class="mb-4">
            <summary class="cursor-pointer text-sm">"Variables for fixed and AI-written text"</summary>
            <dl class="mt-2 grid gap-x-4 gap-y-1 text-sm sm:grid-cols-[max-content_1fr]">{rows}</dl>
        </details>
    }
}
