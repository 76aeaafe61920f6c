//! JSON as a tree that folds; of long texts and lists the beginning, until all is asked for.

use crate::components::code::CopyButton;
use leptos::prelude::*;
use serde_json::Value;

/// How many letters of a text, and how many parts of a list or an object, are shown at first.
const LETTERS: usize = 240;
const PARTS: usize = 40;
/// How deep it is unfolded at first.
const DEEP: usize = 2;

#[component]
pub(super) fn Tree(value: Value, #[prop(into)] label: String) -> impl IntoView {
    let text = serde_json::to_string_pretty(&value).unwrap_or_default();
    view! {
        <div class="relative rounded-md border border-line bg-sunken" role="group" aria-label=label>
            <div class="absolute top-1 right-1">
                <CopyButton text=text />
            </div>
            <div class="max-h-80 overflow-auto p-2 pr-20 font-mono text-xs leading-5" tabindex="0">
                {branch(None, value, 0)}
            </div>
        </div>
    }
    .into_any()
}

fn key(name: Option<&str>) -> AnyView {
    name.map(|name| view! { <span class="tok-key">{name.to_owned()}</span> ": " }).into_any()
}

fn branch(name: Option<String>, value: Value, depth: usize) -> AnyView {
    let (count, signs) = match &value {
        Value::Array(list) if !list.is_empty() => (list.len(), ("[", "]")),
        Value::Object(fields) if !fields.is_empty() => (fields.len(), ("{", "}")),
        _ => return leaf(name.as_deref(), &value),
    };
    let open = RwSignal::new(depth < DEEP && (count <= PARTS || depth == 0));
    let shown = RwSignal::new(PARTS);
    let value = StoredValue::new(value);
    let rows = move || {
        let most = shown.get();
        let rows: Vec<AnyView> = value.with_value(|value| match value {
            Value::Array(list) => {
                list.iter().take(most).enumerate().map(|(index, part)| branch(Some(index.to_string()), part.clone(), depth + 1)).collect()
            }
            Value::Object(fields) => {
                fields.iter().take(most).map(|(name, part)| branch(Some(name.clone()), part.clone(), depth + 1)).collect()
            }
            _ => Vec::new(),
        });
        let rest = count.saturating_sub(most);
        view! {
            <ul class="border-l border-line pl-3">
                {rows.into_iter().map(|row| view! { <li>{row}</li> }).collect_view()}
                {(rest > 0)
                    .then(|| {
                        view! {
                            <li>
                                <button type="button" class="link" on:click=move |_| shown.set(usize::MAX)>
                                    {format!("Show all ({rest} more)")}
                                </button>
                            </li>
                        }
                    })}
            </ul>
        }
    };
    let (first, last) = signs;
    let count = format!("{first} {count} {last}");
    view! {
        <details
            open=open.get_untracked()
            on:toggle=move |event| {
                use wasm_bindgen::JsCast;
                let target = event.current_target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
                if let Some(target) = target {
                    open.set(target.has_attribute("open"));
                }
            }
        >
            <summary class="cursor-pointer">{key(name.as_deref())} <span class="text-muted">{count}</span></summary>
            // Drawn once it is unfolded: outputs may be large.
            {move || open.get().then(rows)}
        </details>
    }
    .into_any()
}

fn leaf(name: Option<&str>, value: &Value) -> AnyView {
    let class = match value {
        Value::String(_) => "tok-string",
        Value::Number(_) => "tok-number",
        _ => "tok-word",
    };
    let text = value.to_string();
    let whole = RwSignal::new(text.chars().count() <= LETTERS);
    let text = StoredValue::new(text);
    let shown = move || {
        let text = text.get_value();
        if whole.get() { text } else { text.chars().take(LETTERS).chain(['…']).collect() }
    };
    view! {
        <span class="break-words whitespace-pre-wrap">
            {key(name)} <span class=class>{shown}</span>
            {move || {
                (!whole.get())
                    .then(|| {
                        view! {
                            " "
                            <button type="button" class="link" on:click=move |_| whole.set(true)>
                                "Show all"
                            </button>
                        }
                    })
            }}
        </span>
    }
    .into_any()
}
