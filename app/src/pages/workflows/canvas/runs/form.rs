//! What a run is given: a form made from the draft's inputs, filled with what was given last.

use super::{super::state::Editor, start::What};
use crate::{
    components::{
        browser,
        button::{Button, Kind},
        dialog::Dialog,
        field::FormError,
    },
    pages::workflows::source_rows::shown,
};
use leptos::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use toolcrib::workflows::graph::{
    FieldKind, InputField,
    resolve::{run_input, typed},
};

const DIALOG: &str = "canvas-run";
const FIRST: &str = "canvas-run-0";

pub(super) fn open() {
    browser::dialog(DIALOG, true);
    browser::focus(FIRST);
}

pub(super) fn close() {
    let open = web_sys::window().and_then(|window| window.document()).and_then(|document| document.get_element_by_id(DIALOG));
    if open.is_some_and(|dialog| dialog.has_attribute("open")) {
        browser::dialog(DIALOG, false);
    }
}

#[component]
pub(in super::super) fn RunDialog(editor: Editor) -> impl IntoView {
    let asking = editor.runs.asking;
    view! {
        // Closed by Escape: nothing is asked any more.
        <div on:close:capture=move |_| asking.set(None)>
            <Dialog id=DIALOG title="Run the draft">
                {move || asking.get().map(|what| view! { <Fields editor=editor what=what /> })}
            </Dialog>
        </div>
    }
    .into_any()
}

/// What was typed, as the run's input; or what is wrong with each field.
fn read(fields: &[InputField], values: &BTreeMap<String, String>) -> Result<Map<String, Value>, BTreeMap<String, String>> {
    let (mut input, mut wrong) = (Map::new(), BTreeMap::new());
    for field in fields {
        let text = values.get(&field.name).map_or("", String::as_str);
        if text.is_empty() {
            continue;
        }
        match typed(text, &json!({ "type": field.kind.as_str() })) {
            Ok(value) => drop(input.insert(field.name.clone(), value)),
            Err(message) => drop(wrong.insert(field.name.clone(), message)),
        }
    }
    if let Err(errors) = run_input(fields, &input) {
        for (name, message) in errors {
            wrong.entry(name).or_insert(message);
        }
    }
    if wrong.is_empty() { Ok(input) } else { Err(wrong) }
}

#[component]
fn Fields(editor: Editor, what: What) -> impl IntoView {
    let runs = editor.runs;
    let fields = StoredValue::new(editor.doc.with_value(|doc| doc.inputs().to_vec()));
    let known = editor.known_input();
    let values = StoredValue::new(known.iter().map(|(name, value)| (name.clone(), shown(value))).collect::<BTreeMap<_, _>>());
    let wrong = RwSignal::new(BTreeMap::<String, String>::new());
    // What the server says of the input stands beside its field.
    Effect::new(move |_| {
        let told = runs.refused.get();
        let of_input: BTreeMap<_, _> = told.into_iter().filter_map(|one| Some((one.input?, one.words))).collect();
        if !of_input.is_empty() {
            wrong.set(of_input);
        }
    });
    let label = match &what {
        What::Whole => "Run".to_owned(),
        What::To(step) => format!("Run to {}", editor.title(step)),
        What::From(step) => format!("Run from {}", editor.title(step)),
        What::Failure(_) => "Go on".to_owned(),
    };
    let rows = fields
        .get_value()
        .into_iter()
        .enumerate()
        .map(|(index, field)| view! { <Field index=index field=field values=values wrong=wrong /> })
        .collect_view();
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        match read(&fields.get_value(), &values.get_value()) {
            Ok(input) => {
                wrong.set(BTreeMap::new());
                editor.begin_with(what.clone(), input);
            }
            Err(errors) => {
                let first = fields.with_value(|fields| fields.iter().position(|field| errors.contains_key(&field.name)));
                wrong.set(errors);
                if let Some(first) = first {
                    browser::focus(&format!("canvas-run-{first}"));
                }
            }
        }
    };
    let general = Signal::derive(move || {
        let told = runs.refused.get();
        told.into_iter().find(|one| one.input.is_none()).map(|one| one.words)
    });
    view! {
        <form class="space-y-3" novalidate on:submit=submit>
            <FormError message=general />
            {rows}
            <Button kind=Kind::Primary pending=runs.busy icon=icondata_lu::LuPlay>
                {label}
            </Button>
            <p class="text-xs text-muted">"Ctrl Shift Enter on the canvas runs with the last input, without asking."</p>
        </form>
    }
    .into_any()
}

#[component]
fn Field(
    index: usize,
    field: InputField,
    values: StoredValue<BTreeMap<String, String>>,
    wrong: RwSignal<BTreeMap<String, String>>,
) -> impl IntoView {
    let id = format!("canvas-run-{index}");
    let hint_id = format!("{id}-hint");
    let given = values.with_value(|values| values.get(&field.name).cloned()).unwrap_or_default();
    let default = field.default.as_ref().map(shown).unwrap_or_default();
    let required = field.required && field.default.is_none();
    let hint = if field.description.is_empty() {
        field.kind.as_str().to_owned()
    } else {
        format!("{} ({})", field.description, field.kind.as_str())
    };
    let hint = if default.is_empty() { hint } else { format!("{hint}; {default} where left out") };
    let keep = {
        let name = field.name.clone();
        move |text: String| values.update_value(|values| drop(values.insert(name.clone(), text)))
    };
    let error = {
        let name = field.name.clone();
        Memo::new(move |_| wrong.with(|wrong| wrong.get(&name).cloned()))
    };
    let invalid = move || error.with(Option::is_some).then_some("true");
    let (field_id, described) = (id.clone(), hint_id.clone());
    let control = match field.kind {
        FieldKind::Boolean => {
            let options = [("", "Not given"), ("true", "true"), ("false", "false")]
                .map(|(value, label)| view! { <option value=value selected=value == given>{label}</option> });
            view! {
                <select id=field_id class="field" aria-describedby=described aria-invalid=invalid on:change=move |event| keep(event_target_value(&event))>
                    {options.into_iter().collect_view()}
                </select>
            }
            .into_any()
        }
        FieldKind::Array | FieldKind::Object => view! {
            <textarea
                id=field_id
                class="field font-mono"
                rows="4"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=invalid
                prop:value=given
                on:input=move |event| keep(event_target_value(&event))
            ></textarea>
        }
        .into_any(),
        FieldKind::String | FieldKind::Number | FieldKind::Integer => view! {
            <input
                id=field_id
                class="field"
                autocomplete="off"
                aria-describedby=described
                aria-invalid=invalid
                prop:value=given
                on:input=move |event| keep(event_target_value(&event))
            />
        }
        .into_any(),
    };
    view! {
        <div>
            <label class="mb-1 block font-medium" for=id>
                {field.name}
                {required.then(|| view! { <span class="text-muted font-normal">" (needed)"</span> })}
            </label>
            {control}
            <p id=hint_id class="mt-1 text-xs text-muted">
                {hint}
                {move || error.get().map(|words| view! { <span class="block text-danger" role="alert">{words}</span> })}
            </p>
        </div>
    }
    .into_any()
}
