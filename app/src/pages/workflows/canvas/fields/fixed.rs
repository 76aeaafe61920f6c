//! A fixed value, in the input that fits its type.

use super::{
    draft::Draft,
    step::{StepData, set_field, source_now},
    text::FixedText,
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use toolcrib::workflows::{
    canvas::fields::control::{Control, brief, control, read, shown},
    graph::change::Source,
};

/// `wrong`: what is wrong with what was typed, shown by the row.
#[component]
pub(super) fn Fixed(data: StepData, name: StoredValue<String>, schema: Value, wrong: RwSignal<Option<String>>) -> impl IntoView {
    let kind = control(&schema);
    let stored = Memo::new(move |_| match data.source(&name.get_value()) {
        Source::Constant(value) => shown(&value),
        _ => String::new(),
    });
    let keep: Arc<dyn Fn(String) + Send + Sync> = {
        let (kind, schema) = (kind.clone(), schema.clone());
        // Known by their names: what is typed is kept also when the panel has gone meanwhile.
        let (editor, id, name) = (data.editor, data.id.get_value(), name.get_value());
        Arc::new(move |text: String| {
            let source = read(&kind, &text, &schema).map(|value| value.map_or(Source::Nothing, Source::Constant));
            let done = source.and_then(|source| {
                // An empty field takes nothing away that comes from elsewhere.
                let other = !matches!(source_now(editor, &id, &name), Source::Nothing | Source::Constant(_));
                if source == Source::Nothing && other { Ok(()) } else { set_field(editor, &id, &name, source) }
            });
            wrong.try_set(done.err());
        })
    };
    let kept = {
        let keep = keep.clone();
        move |text: String| keep(text)
    };
    let label = format!("Value of {}", name.get_value());
    let id = format!("field-{}", name.get_value());
    // What it is where nothing is set.
    let default = schema.get("default").map(|value| brief(value, 40));
    let unset = default.as_ref().map_or_else(|| "Not set".to_owned(), |value| format!("Not set: {value}"));
    match kind {
        Control::Choice(choices) => {
            let options = choices
                .iter()
                .map(|choice| {
                    let text = shown(choice);
                    view! { <option value=text.clone()>{text.clone()}</option> }
                })
                .collect_view();
            view! {
                <select id=id class="field" aria-label=label prop:value=stored on:change=move |event| kept(event_target_value(&event))>
                    <option value="">{unset.clone()}</option>
                    {options}
                </select>
            }
            .into_any()
        }
        Control::Truth => view! {
            <select id=id class="field" aria-label=label prop:value=stored on:change=move |event| kept(event_target_value(&event))>
                <option value="">{unset.clone()}</option>
                <option value="true">"True"</option>
                <option value="false">"False"</option>
            </select>
        }
        .into_any(),
        Control::Number | Control::Text | Control::Json | Control::Any => {
            let draft = Draft::new(stored, kept.clone());
            let hint = match kind {
                Control::Number => "a number",
                Control::Json => "JSON",
                Control::Any => "text, or JSON",
                _ => "text",
            };
            let hint = default.map_or_else(|| hint.to_owned(), |value| format!("{hint}; not set: {value}"));
            if kind != Control::Number {
                let json = kind == Control::Json;
                return view! { <FixedText data=data id=id label=label placeholder=hint json=json draft=draft wrong=wrong keep=Arc::new(kept) /> }.into_any();
            }
            view! {
                <input
                    id=id
                    class="field num"
                    inputmode="decimal"
                    aria-label=label
                    placeholder=hint
                    autocomplete="off"
                    aria-invalid=move || wrong.with(Option::is_some).then_some("true")
                    prop:value=draft.text
                    on:input=move |event| draft.typed(event_target_value(&event))
                    on:change=move |_| {
                        if let Some(text) = draft.left() {
                            kept(text);
                        }
                    }
                />
            }
            .into_any()
        }
    }
}
