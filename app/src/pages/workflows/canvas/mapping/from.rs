//! The left column: the fields of the steps before, as a tree with what they gave last.

use super::{Held, Mapping, hand, to};
use crate::components::browser;
use leptos::prelude::*;
use toolcrib::workflows::canvas::fields::{control::brief, origins::Place, preview::at};

pub(super) const LIST: &str = "map-sources";
/// Of one list. What lies further away is found in the panel, by searching.
const MOST: usize = 300;

/// A row with its place in the list.
#[derive(Clone, PartialEq)]
pub(super) struct Row {
    pub index: usize,
    pub node: String,
    pub place: Place,
}

pub(super) fn row_id(index: usize) -> String {
    format!("map-from-{index}")
}

/// All rows by step, in the order in which they are shown.
pub(super) fn rows(mapping: Mapping) -> Vec<(String, Vec<Row>)> {
    let mut index = 0;
    mapping.data.origins.with(|origins| {
        let mut found = Vec::new();
        for origin in origins.iter() {
            if index >= MOST {
                break;
            }
            let rows: Vec<Row> = origin
                .places
                .iter()
                .map(|place| {
                    let row = Row { index, node: origin.node.clone(), place: place.clone() };
                    index += 1;
                    row
                })
                .collect();
            found.push((origin.title.clone(), rows));
        }
        found
    })
}

#[component]
pub(super) fn Sources(mapping: Mapping) -> impl IntoView {
    let editor = mapping.editor;
    let groups = Memo::new(move |_| rows(mapping));
    let active = RwSignal::new(0_usize);
    let at_index = move |index: usize| {
        groups.with_untracked(|groups| groups.iter().flat_map(|(_, rows)| rows).find(|row| row.index == index).cloned())
    };
    let count = move || groups.with_untracked(|groups| groups.iter().map(|(_, rows)| rows.len()).sum::<usize>());
    let take = move |row: &Row| {
        if !editor.may_change {
            return;
        }
        mapping.held.set(Some(held(row)));
        mapping.say(format!("{} taken. Choose a field on the right; Escape lets go.", row.place.path));
        browser::focus(to::LIST);
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => active.update(|active| *active = (*active + 1).min(count().saturating_sub(1))),
            "ArrowUp" => active.update(|active| *active = active.saturating_sub(1)),
            "Home" => active.set(0),
            "End" => active.set(count().saturating_sub(1)),
            "ArrowRight" => browser::focus(to::LIST),
            "Enter" | " " => {
                if let Some(row) = at_index(active.get_untracked()) {
                    take(&row);
                }
            }
            "Escape" if mapping.held.with_untracked(Option::is_some) => {
                mapping.held.set(None);
                mapping.say("Let go.");
            }
            _ => return,
        }
        event.prevent_default();
        browser::scroll_into_view(&row_id(active.get_untracked()));
    };
    let list = move || {
        groups
            .get()
            .into_iter()
            .map(|(title, rows)| {
                let rows = rows.into_iter().map(|row| view! { <One mapping=mapping row=row active=active /> }).collect_view();
                view! {
                    <div role="group" aria-label=title.clone()>
                        <p class="truncate px-1 pt-2 pb-1 text-xs font-medium text-muted">{title.clone()}</p>
                        {rows}
                    </div>
                }
            })
            .collect_view()
    };
    view! {
        <div class="min-w-0">
            <h3 class="mb-1 text-sm font-medium">"Earlier steps give"</h3>
            <div
                id=LIST
                tabindex="0"
                role="listbox"
                aria-label="What earlier steps give"
                aria-activedescendant=move || row_id(active.get())
                class="max-h-[58dvh] overflow-y-auto rounded-md border border-line p-1"
                on:keydown=keydown
                on:scroll=move |_| mapping.stir()
            >
                {list}
                {move || groups.with(Vec::is_empty).then(|| view! { <p class="p-2 text-muted">"No step comes before this one."</p> })}
            </div>
        </div>
    }
    .into_any()
}

pub(super) fn held(row: &Row) -> Held {
    Held { node: row.node.clone(), path: row.place.path.clone(), name: row.place.name.clone(), schema: row.place.schema.clone() }
}

#[component]
fn One(mapping: Mapping, row: Row, active: RwSignal<usize>) -> impl IntoView {
    let editor = mapping.editor;
    let index = row.index;
    let sample = {
        let (node, path) = (row.node.clone(), row.place.path.clone());
        move || {
            editor.fields.samples.with(|samples| editor.doc.with_value(|doc| at(doc, samples, &node, &path))).map(|value| brief(&value, 40))
        }
    };
    let is_held = {
        let (node, path) = (row.node.clone(), row.place.path.clone());
        Memo::new(move |_| mapping.held.with(|held| held.as_ref().is_some_and(|held| held.node == node && held.path == path)))
    };
    let class = move || {
        let ring = match (is_held.get(), active.get() == index) {
            (true, _) => "bg-accent-soft ring-1 ring-accent",
            (_, true) => "canvas-map-active",
            _ => "hover:bg-hover",
        };
        format!(
            "flex min-h-8 items-center gap-1 rounded px-1.5 py-1 max-sm:min-h-11 {ring} {}",
            if editor.may_change { "cursor-grab" } else { "" }
        )
    };
    let pressed = row.clone();
    view! {
        <div
            id=row_id(index)
            role="option"
            aria-selected=move || if is_held.get() { "true" } else { "false" }
            data-from=format!("{}|{}", row.node, row.place.path)
            class=class
            style:padding-left=format!("{}px", 6 + 10 * i32::from(row.place.depth))
            on:pointerdown=move |event| {
                active.set(index);
                hand::down(mapping, &pressed, &event);
            }
        >
            <span class="min-w-0 flex-1">
                <span class="flex flex-wrap items-baseline gap-x-1.5">
                    <span class=if row.place.path == "$" { "text-xs italic" } else { "font-mono text-xs break-all" }>{row.place.name.clone()}</span>
                    <span class="text-2xs text-muted">{row.place.kind.clone()}</span>
                </span>
                <span class="block truncate text-2xs text-muted max-sm:hidden">{sample}</span>
            </span>
            // A finger scrolls the list, and pulls lines at the dot.
            <span class="canvas-map-dot" data-dot="" aria-hidden="true"></span>
        </div>
    }
    .into_any()
}
