//! The right column: what the step takes, and from where.

use super::{Mapping, NEW, from};
use crate::components::{browser, icon::Icon};
use crate::pages::workflows::canvas::fields::{is_open, source_words};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::fields::{
        control,
        feed::{Mode, mode},
    },
    graph::change::Source,
};

pub(super) const LIST: &str = "map-targets";

pub(super) fn row_id(field: &str) -> String {
    if field == NEW { "map-to-new".to_owned() } else { format!("map-to--{field}") }
}

#[component]
pub(super) fn Targets(mapping: Mapping) -> impl IntoView {
    let data = mapping.data;
    let names = Memo::new(move |_| {
        let mut names: Vec<String> =
            data.fields.with(|fields| fields.iter().filter(|field| !field.fixed).map(|field| field.name.clone()).collect());
        if data.fields.with(|fields| data.node.with(|node| node.as_ref().is_some_and(|node| is_open(node, fields)))) {
            names.push(NEW.to_owned());
        }
        names
    });
    let active = RwSignal::new(0_usize);
    let current = move || names.with(|names| names.get(active.get().min(names.len().saturating_sub(1))).cloned());
    let keydown = move |event: web_sys::KeyboardEvent| {
        let last = names.with_untracked(Vec::len).saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|active| *active = (*active + 1).min(last)),
            "ArrowUp" => active.update(|active| *active = active.saturating_sub(1)),
            "Home" => active.set(0),
            "End" => active.set(last),
            "ArrowLeft" => browser::focus(from::LIST),
            "Enter" | " " => {
                if let Some(field) = untrack(current) {
                    mapping.connect(&field);
                }
            }
            "Delete" | "Backspace" if mapping.editor.may_change => {
                if let Some(field) = untrack(current).filter(|field| field != NEW) {
                    mapping.disconnect(&field);
                }
            }
            "Escape" if mapping.held.with_untracked(Option::is_some) => {
                mapping.held.set(None);
                mapping.say("Let go.");
                browser::focus(from::LIST);
            }
            _ => return,
        }
        event.prevent_default();
        if let Some(field) = untrack(current) {
            browser::scroll_into_view(&row_id(&field));
        }
    };
    view! {
        <div class="min-w-0">
            <h3 class="mb-1 text-sm font-medium">"It takes"</h3>
            <div
                id=LIST
                tabindex="0"
                role="listbox"
                aria-label="What the step takes"
                aria-activedescendant=move || current().map(|field| row_id(&field))
                class="max-h-[58dvh] overflow-y-auto rounded-md border border-line p-1"
                on:keydown=keydown
                on:scroll=move |_| mapping.stir()
            >
                <For each=move || names.get() key=Clone::clone let:name>
                    <One mapping=mapping current=Signal::derive(current) name=name />
                </For>
                {move || names.with(Vec::is_empty).then(|| view! { <p class="p-2 text-muted">"It takes nothing."</p> })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn One(mapping: Mapping, current: Signal<Option<String>>, name: String) -> impl IntoView {
    let data = mapping.data;
    let key = StoredValue::new(name.clone());
    let is_new = name == NEW;
    let source = Memo::new(move |_| key.with_value(|key| data.source(key)));
    let from = move || match source.get() {
        Source::Nothing => None,
        source => {
            let mode = data
                .node
                .with(|node| node.as_ref().map(|node| mapping.editor.doc.with_value(|doc| key.with_value(|key| mode(doc, node, key)))));
            let words = source_words(data, &source);
            Some(if mode == Some(Mode::Ai) { format!("AI · {words}") } else { words })
        }
    };
    let field = move || key.with_value(|key| data.field(key));
    let kind = move || field().map(|field| control::kind(&field.schema)).unwrap_or_default();
    let required = move || field().is_some_and(|field| field.required).then_some("required");
    let misfit =
        Memo::new(move |_| mapping.held.with(|held| held.as_ref().and_then(|held| key.with_value(|key| mapping.misfit(key, held)))));
    let class = move || {
        let over = mapping.over.with(|over| key.with_value(|key| over.as_ref() == Some(key)));
        let here = current.with(|current| key.with_value(|key| current.as_ref() == Some(key)));
        let ring = match (misfit.with(Option::is_some), over, here) {
            (true, true, _) => "opacity-60 ring-1 ring-danger",
            (true, ..) => "opacity-45",
            (false, true, _) => "bg-success-soft ring-1 ring-success",
            (_, _, true) => "canvas-map-active",
            _ => "hover:bg-hover",
        };
        format!("flex min-h-8 items-center gap-1 rounded px-1.5 py-1 max-sm:min-h-11 {ring}")
    };
    let label = if is_new { "New field".to_owned() } else { name.clone() };
    let removed = format!("Take away what feeds {label}");
    view! {
        <div
            id=row_id(&name)
            role="option"
            aria-selected="false"
            aria-disabled=move || misfit.with(Option::is_some).then_some("true")
            data-to=name.clone()
            class=class
            on:click=move |_| {
                if mapping.held.with_untracked(Option::is_some) {
                    key.with_value(|key| mapping.connect(key));
                }
            }
        >
            <span class="canvas-map-dot canvas-map-dot-in" aria-hidden="true"></span>
            <span class="min-w-0 flex-1">
                <span class="flex flex-wrap items-baseline gap-x-1.5">
                    {is_new.then(|| view! { <Icon icon=icondata_lu::LuPlus size=12 /> })}
                    <span class=if is_new { "text-xs" } else { "font-mono text-xs break-all" }>{label}</span>
                    <span class="text-2xs text-muted">{kind}</span>
                    <span class="text-2xs text-muted">{required}</span>
                </span>
                {move || match misfit.get() {
                    Some(why) => view! { <span class="block text-2xs text-danger">{why}</span> }.into_any(),
                    None => view! { <span class="block truncate text-2xs text-muted">{from}</span> }.into_any(),
                }}
            </span>
            {move || {
                (mapping.editor.may_change && source.get() != Source::Nothing)
                    .then(|| {
                        view! {
                            // For pointers; by keys it is Delete on the field.
                            <span
                                data-remove=""
                                aria-hidden="true"
                                class="btn btn-ghost btn-icon -my-1 cursor-pointer"
                                title=removed.clone()
                                on:click=move |event| {
                                    event.stop_propagation();
                                    key.with_value(|key| mapping.disconnect(key));
                                    browser::focus(LIST);
                                }
                            >
                                <Icon icon=icondata_lu::LuX size=14 />
                            </span>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
