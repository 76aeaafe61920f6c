//! All fields of a step.

use super::{
    row::FieldRow,
    step::{StepData, is_open},
};
use crate::components::{browser, icon::Icon};
use leptos::prelude::*;
use toolcrib::workflows::graph::NodeKind;

#[component]
pub(in super::super) fn FieldList(data: StepData) -> impl IntoView {
    let editor = data.editor;
    let added = RwSignal::new(Vec::<String>::new());
    let names = Memo::new(move |_| {
        let mut names: Vec<String> = data.fields.with(|fields| fields.iter().map(|field| field.name.clone()).collect());
        let more = added.with(|added| added.iter().filter(|name| !names.contains(name)).cloned().collect::<Vec<_>>());
        names.extend(more);
        names
    });
    let kind = data.node.with_untracked(|node| node.as_ref().map(|node| node.kind));
    let open =
        Memo::new(move |_| data.fields.with(|fields| data.node.with(|node| node.as_ref().is_some_and(|node| is_open(node, fields)))));
    let name = RwSignal::new(String::new());
    let add = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let field = name.get_untracked().trim().to_owned();
        if !field.is_empty() && !names.with_untracked(|names| names.contains(&field)) {
            added.update(|added| added.push(field.clone()));
            name.set(String::new());
            request_animation_frame(move || browser::focus(&format!("field-{field}")));
        }
    };
    let title = if kind == Some(NodeKind::Output) { "What the workflow gives back" } else { "Takes" };
    let map = move |_| {
        if let Some(id) = data.id.try_get_value() {
            editor.fields.mapping.set(Some(id));
        }
    };
    view! {
        <section>
            <div class="mb-2 flex items-center justify-between gap-2">
                <h2 class="font-semibold">{title}</h2>
                <button type="button" class="btn btn-ghost btn-small" title="Mapping view (M)" on:click=map>
                    <Icon icon=icondata_lu::LuCable size=14 />
                    "Map"
                </button>
            </div>
            <ul>
                <For each=move || names.get() key=Clone::clone let:name>
                    <FieldRow data=data name=name />
                </For>
            </ul>
            {move || (names.with(Vec::is_empty) && !open.get()).then(|| view! { <p class="text-muted">"It takes nothing."</p> })}
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <form class="mt-3 flex gap-2" on:submit=add>
                                <input class="field font-mono" aria-label="Name of a new field" placeholder="new field" autocomplete="off" bind:value=name />
                                <button class="btn btn-secondary whitespace-nowrap">"Add field"</button>
                            </form>
                        }
                    })
            }}
        </section>
    }
    .into_any()
}
