//! Where the fields of a step come from: a field of another step, an expression, a value.

use super::state::Editor;
use crate::{
    components::icon::Icon,
    pages::workflows::source_rows::{SourceFields, choices},
};
use leptos::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use toolcrib::workflows::{
    canvas::rows::read_checked,
    graph::{
        Node, NodeKind, OnError,
        change::{Change, Source, fed, source_of},
        shape, types,
    },
};
use wasm_bindgen::JsCast;

/// Where each field comes from. Each row is kept by itself as soon as it is chosen.
#[component]
pub(super) fn SourceList(editor: Editor, node: Node) -> impl IntoView {
    let id = StoredValue::new(node.id.clone());
    let added = RwSignal::new(Vec::<String>::new());
    let wrong = RwSignal::new(BTreeMap::<String, String>::new());
    let doc = editor.doc.get_value();
    let tools = editor.catalog.get_untracked();
    let schema = shape::input(&node, &tools).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let open = types::fields(&schema).is_empty() && node.kind != NodeKind::Tool && node.kind != NodeKind::Workflow;
    let mut fields: Vec<(String, Value)> =
        types::fields(&schema).into_iter().map(|(name, inner)| (name.to_owned(), inner.clone())).collect();
    for extra in fed(&doc, &node) {
        if !fields.iter().any(|(name, _)| *name == extra) {
            fields.push((extra, Value::Null));
        }
    }
    let schemas = StoredValue::new(fields.iter().cloned().collect::<BTreeMap<String, Value>>());
    let set = move |name: String, source: Source| {
        let id = id.get_value();
        let Some(node) = editor.doc.with_value(|doc| doc.node(&id).cloned()) else { return };
        let words = format!("Changed {name} of {}", editor.title(&id));
        let change = Change::SetStep {
            node: id,
            label: node.label.clone().unwrap_or_default(),
            sources: vec![(name, source)],
            retry: node.config.retry,
            continue_on_error: node.config.on_error() == OnError::Continue,
        };
        editor.commit_quietly(change, words);
    };
    // A row is read whole: which source, and the text beside it.
    let changed = move |event: web_sys::Event| {
        let Some(row) = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|at| at.closest("[data-field]").ok().flatten())
        else {
            return;
        };
        let name = row.get_attribute("data-field").unwrap_or_default();
        let read = |selector: &str| row.query_selector(selector).ok().flatten();
        let choice = read("select")
            .and_then(|field| field.dyn_into::<web_sys::HtmlSelectElement>().ok())
            .map(|field| field.value())
            .unwrap_or_default();
        let value = read("input")
            .and_then(|field| field.dyn_into::<web_sys::HtmlInputElement>().ok())
            .map(|field| field.value())
            .unwrap_or_default();
        let typed = matches!(choice.as_str(), "constant" | "expression") || choice.starts_with("path:");
        // Just chosen: the text is still to come.
        let chosen_now = event.target().is_some_and(|target| target.dyn_ref::<web_sys::HtmlSelectElement>().is_some());
        if typed && chosen_now && value.is_empty() {
            return;
        }
        let schema = schemas.with_value(|schemas| schemas.get(&name).cloned()).unwrap_or_default();
        match read_checked(&choice, &value, &schema) {
            Ok(source) => {
                wrong.update(|wrong| drop(wrong.remove(&name)));
                set(name, source);
            }
            Err(message) => wrong.update(|wrong| drop(wrong.insert(name, message))),
        }
    };
    let row = move |index: usize, name: String, inner: Value| {
        let (doc, tools) = (editor.doc.get_value(), editor.catalog.get_untracked());
        let id = id.get_value();
        let required = types::demands(&schema, &name);
        let current = doc.node(&id).map_or(Source::Nothing, |node| source_of(&doc, node, &name));
        let mut choices = choices(&doc, &tools, &id, &name, &inner, &current, required);
        // What is proposed is offered, not taken without a word.
        let proposal = choices.proposed.then(|| serde_json::from_str::<Source>(&choices.chosen).ok()).flatten();
        if choices.proposed {
            (choices.chosen, choices.proposed) = (String::new(), false);
        }
        let kind = types::kinds(&inner).map(|kinds| kinds.join(" or ")).unwrap_or_default();
        let about = inner.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let error = {
            let name = name.clone();
            Signal::derive(move || wrong.with(|wrong| wrong.get(&name).cloned()))
        };
        let take = proposal.map(|source| {
            let words = match &source {
                Source::Field { node, path } => format!("Use {path} of {}", editor.title(node)),
                _ => "Use the proposal".to_owned(),
            };
            let name = name.clone();
            view! {
                <button
                    type="button"
                    class="btn btn-ghost btn-small mt-1 -ml-2 text-info"
                    on:click=move |_| {
                        set(name.clone(), source.clone());
                        editor.form_version.update(|count| *count += 1);
                    }
                >
                    <Icon icon=icondata_lu::LuWandSparkles size=14 />
                    {words}
                </button>
            }
        });
        let (chosen, value) = (choices.chosen.clone(), choices.value.clone());
        view! {
            <div data-field=name.clone()>
                <p class="mb-1 flex flex-wrap items-baseline gap-x-2">
                    <span class="font-mono text-sm">{name.clone()}</span>
                    <span class="text-xs text-muted">{kind} {required.then_some(" required")}</span>
                </p>
                <SourceFields index=index label=name.clone() choices=choices chosen=chosen value=value error=error />
                {take}
                {(!about.is_empty()).then(|| view! { <p class="mt-1 text-xs text-muted">{about}</p> })}
            </div>
        }
    };
    let row = StoredValue::new_local(row);
    let known = fields.len();
    let rows = fields.into_iter().enumerate().map(|(index, (name, inner))| row.with_value(|row| row(index, name, inner))).collect_view();
    let more = move || {
        let extra = added.get().into_iter().enumerate();
        extra.map(|(index, name)| row.with_value(|row| row(known + index, name, Value::Null))).collect_view()
    };
    let name = RwSignal::new(String::new());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let field = name.get_untracked().trim().to_owned();
        let there = added.with_untracked(|added| added.contains(&field)) || schemas.with_value(|schemas| schemas.contains_key(&field));
        if !field.is_empty() && !there {
            added.update(|added| added.push(field));
            name.set(String::new());
        }
    };
    let title = if node.kind == NodeKind::Output { "What the workflow gives back" } else { "Takes" };
    view! {
        <section>
            <h2 class="mb-2 font-semibold">{title}</h2>
            <div class="space-y-3" on:change=changed>
                {rows}
                {more}
            </div>
            {(known == 0 && !open).then(|| view! { <p class="text-muted">"It takes nothing."</p> })}
            {open
                .then(|| {
                    view! {
                        <form class="mt-3 flex gap-2" on:submit=add>
                            <input class="field font-mono" aria-label="Name of a new field" placeholder="new field" autocomplete="off" bind:value=name />
                            <button class="btn btn-secondary">"Add field"</button>
                        </form>
                    }
                })}
        </section>
    }
    .into_any()
}
