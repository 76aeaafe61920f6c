//! What each call of a `for_each` takes: a field of the item, or an expression over it.

use super::{
    expression::{ExpressionField, Keep},
    step::{StepData, set_node},
};
use leptos::prelude::*;
use serde_json::Value;
use std::sync::Arc;
use toolcrib::workflows::graph::{Node, types};

/// The fields of the tool or workflow that is called.
fn called(data: StepData) -> Vec<(String, Value)> {
    data.node.with(|node| {
        let Some(node) = node else { return Vec::new() };
        data.editor.catalog.with(|tools| {
            let by_tool = node.tool_id.and_then(|id| tools.get(&id)).map(|tool| &tool.input_schema);
            let by_workflow = || node.config.workflow_id.and_then(|id| tools.workflows.get(&id)).map(|found| &found.input_schema);
            let mut found: Vec<(String, Value)> = by_tool
                .or_else(by_workflow)
                .map(|schema| types::fields(schema).into_iter().map(|(name, inner)| (name.to_owned(), inner.clone())).collect())
                .unwrap_or_default();
            for name in node.config.each.keys() {
                if !found.iter().any(|(known, _)| known == name) {
                    found.push((name.clone(), Value::Null));
                }
            }
            found
        })
    })
}

#[component]
pub(super) fn Each(data: StepData) -> impl IntoView {
    let fields = Memo::new(move |_| called(data));
    let names = Memo::new(move |_| fields.with(|fields| fields.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()));
    let some = Memo::new(move |_| data.node.with(|node| node.as_ref().is_some_and(|node| !node.config.each.is_empty())));
    let open = some.get_untracked();
    view! {
        <details class="rounded-md border border-line px-3 py-2" open=open>
            <summary class="cursor-pointer font-medium">"What each call takes"</summary>
            <p class="my-2 text-xs text-muted">
                {move || {
                    if some.get() {
                        "Expressions over item, index and earlier steps. Fields left empty come from below."
                    } else {
                        "The item's own fields, as they are. Write expressions to make them of item, index and earlier steps."
                    }
                }}
            </p>
            <ul class="space-y-3">
                <For each=move || names.get() key=Clone::clone let:name>
                    <Row data=data name=name fields=fields />
                </For>
            </ul>
        </details>
    }
    .into_any()
}

#[component]
fn Row(data: StepData, name: String, fields: Memo<Vec<(String, Value)>>) -> impl IntoView {
    let key = StoredValue::new(name.clone());
    let stored = Memo::new(move |_| {
        key.with_value(|key| data.node.with(|node| node.as_ref().and_then(|node| node.config.each.get(key).cloned()).unwrap_or_default()))
    });
    let schema = Signal::derive(move || {
        key.with_value(|key| fields.with(|fields| fields.iter().find(|(name, _)| name == key).map(|(_, schema)| schema.clone())))
            .unwrap_or_default()
    });
    let (id, editor, own) = (data.id.get_value(), data.editor, name.clone());
    let keep: Keep = Arc::new(move |text: String| {
        let put = |node: &mut Node| {
            if text.is_empty() {
                node.config.each.remove(&own);
            } else {
                node.config.each.insert(own.clone(), text.clone());
            }
        };
        set_node(editor, &id, put, &[&text]);
        Ok(())
    });
    let label = format!("Each call's {name}");
    view! {
        <li>
            <p class="mb-1 font-mono text-sm">{name.clone()}</p>
            <ExpressionField
                data=data
                id=format!("canvas-each-{name}")
                label=label
                stored=stored
                schema=schema
                also=&["item", "index", "inputs"]
                placeholder="item.name"
                keep=keep
            />
        </li>
    }
}
