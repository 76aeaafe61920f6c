//! What could stand here: a search that opens where the pointer is. Rows can be chosen or dragged.

use super::{
    add::{Choice, add, choices},
    cards::kind_icon,
    state::{BOARD, Editor, PaletteAt},
};
use crate::components::{browser, icon::Icon};
use leptos::{html, prelude::*};

const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 380.0;
/// More are found by typing.
const ROWS: usize = 60;

#[component]
pub(super) fn Palette(editor: Editor) -> impl IntoView {
    move || editor.palette.get().map(|place| view! { <Open editor=editor place=place /> })
}

fn found(all: &[Choice], text: &str) -> Vec<Choice> {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let fits = |choice: &&Choice| {
        let hay = format!("{} {}", choice.name, choice.about).to_lowercase();
        words.iter().all(|word| hay.contains(word))
    };
    let mut found: Vec<Choice> = all.iter().filter(fits).cloned().collect();
    if let Some(first) = words.first() {
        // What begins like that is meant before what merely holds it.
        found.sort_by_key(|choice| !choice.name.to_lowercase().starts_with(first.as_str()));
    }
    found.truncate(ROWS);
    found
}

#[component]
fn Open(editor: Editor, place: PaletteAt) -> impl IntoView {
    let swapped = place.swap.clone();
    let all = StoredValue::new(match &swapped {
        Some(id) => super::swap::choices(editor, id),
        None => choices(editor),
    });
    let text = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let rows = Memo::new(move |_| all.with_value(|all| text.with(|text| found(all, text))));
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            request_animation_frame(move || drop(field.focus()));
        }
    });
    let (width, height) = editor.size.get_untracked();
    let (x, y) = (place.screen.x.min(width - WIDTH - 12.0).max(8.0), place.screen.y.min(height - HEIGHT - 12.0).max(8.0));
    let about = match &swapped {
        Some(id) => Some(format!("In place of what {} calls", editor.title(id))),
        None => place.after.as_ref().map(|from| format!("After {}", editor.title(&from.node))),
    };
    let swaps = swapped.is_some();
    let label = if swaps { "Swap the tool" } else { "Add a step" };
    let place = StoredValue::new(place);
    let close = move || {
        editor.palette.set(None);
        browser::focus(BOARD);
    };
    let choose = move |choice: Choice| {
        let place = place.get_value();
        editor.palette.set(None);
        match place.swap.clone() {
            Some(id) => super::swap::swap_to(editor, id, choice.key),
            None => add(editor, choice, place),
        }
    };
    let walk = move |by: isize| {
        let count = rows.with_untracked(Vec::len);
        if count > 0 {
            active.update(|active| *active = (active.saturating_add_signed(by)).min(count - 1));
            browser::scroll_into_view(&format!("palette-row-{}", active.get_untracked()));
        }
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "ArrowDown" => walk(1),
            "ArrowUp" => walk(-1),
            "Enter" => {
                if let Some(choice) = rows.with_untracked(|rows| rows.get(active.get_untracked()).cloned()) {
                    choose(choice);
                }
            }
            "Escape" | "Tab" => close(),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <div
            role="dialog"
            aria-label=label
            class="absolute top-0 left-0 z-30 flex max-h-96 w-75 max-w-[calc(100%-16px)] flex-col overflow-hidden rounded-lg bg-raised shadow-pop"
            style:transform=format!("translate({x}px,{y}px)")
        >
            <div class="border-b border-line p-2">
                {about.map(|about| view! { <p class="truncate px-1 pb-1.5 text-xs text-muted">{about}</p> })}
                <input
                    node_ref=field
                    class="field"
                    role="combobox"
                    aria-label="Search tools and types of steps"
                    aria-expanded="true"
                    aria-controls="palette-rows"
                    aria-activedescendant=move || format!("palette-row-{}", active.get())
                    placeholder="Search tools and steps"
                    autocomplete="off"
                    spellcheck="false"
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        active.set(0);
                    }
                    on:keydown=keydown
                />
            </div>
            <ul id="palette-rows" role="listbox" aria-label="Tools and steps" class="min-h-0 flex-1 overflow-y-auto p-1">
                {move || {
                    rows.get()
                        .into_iter()
                        .enumerate()
                        .map(|(index, choice)| {
                            let (picked, key) = (choice.clone(), choice.key.clone());
                            view! {
                                <li
                                    id=format!("palette-row-{index}")
                                    role="option"
                                    aria-selected=move || if active.get() == index { "true" } else { "false" }
                                    class="menu-item cursor-pointer"
                                    draggable=if swaps { "false" } else { "true" }
                                    on:click=move |_| choose(picked.clone())
                                    on:pointermove=move |_| {
                                        if active.get_untracked() != index {
                                            active.set(index);
                                        }
                                    }
                                    on:dragstart=move |event| {
                                        if let Some(data) = event.data_transfer() {
                                            let _ = data.set_data("text/plain", &key);
                                        }
                                    }
                                >
                                    <Icon icon=kind_icon(choice.kind) class="text-muted" />
                                    <span class="min-w-0 flex-1">
                                        <span class="block truncate">{choice.name}</span>
                                        <span class="block truncate text-xs text-muted">{choice.about}</span>
                                    </span>
                                </li>
                            }
                        })
                        .collect_view()
                }}
                {move || rows.with(Vec::is_empty).then(|| view! { <li role="option" aria-selected="false" class="px-2 py-3 text-muted">"Nothing is called like that."</li> })}
            </ul>
        </div>
    }
    .into_any()
}
