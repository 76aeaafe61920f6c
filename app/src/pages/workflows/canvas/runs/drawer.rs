//! The runs of the workflow, newest first; each opens on the canvas.

use super::super::state::{BOARD, Editor};
use crate::{
    api::workflows::list_canvas_runs,
    components::{
        badge::{StatusBadge, source_words},
        browser, format,
        icon::Icon,
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::RunSummary;

const DRAWER: &str = "canvas-past-runs";

impl Editor {
    pub(super) fn open_past_runs(self) {
        let drawer = self.runs.drawer;
        drawer.update(|open| *open = !*open);
        if drawer.get_untracked() {
            self.versions.drawer.set(false);
        } else {
            browser::focus(BOARD);
        }
    }
}

#[component]
pub(in super::super) fn PastRuns(editor: Editor) -> impl IntoView {
    // One drawer at a time: they lie in the same place.
    Effect::new(move |_| {
        if editor.versions.drawer.get() {
            editor.runs.drawer.set(false);
        }
    });
    move || editor.runs.drawer.get().then(|| view! { <Drawer editor=editor /> })
}

#[component]
fn Drawer(editor: Editor) -> impl IntoView {
    let rows = RwSignal::new(Vec::<RunSummary>::new());
    let more = RwSignal::new(None::<String>);
    let wrong = RwSignal::new(None::<String>);
    let read = RwSignal::new(false);
    let ask = move |cursor: String| {
        leptos::task::spawn_local(async move {
            let anew = cursor.is_empty();
            match list_canvas_runs(editor.org.get_value(), editor.id.get_value(), cursor).await {
                Ok(page) => {
                    more.try_set(page.next_cursor);
                    rows.try_update(|rows| {
                        if anew {
                            rows.clear();
                        }
                        rows.extend(page.items);
                    });
                    if read.try_set(true).is_none() && anew {
                        request_animation_frame(|| move_focus(0, true));
                    }
                }
                Err(error) => drop(wrong.try_set(Some(error.0.sentence().to_owned()))),
            }
        });
    };
    ask(String::new());
    Effect::new(move |_| request_animation_frame(|| browser::focus(DRAWER)));
    let close = move || {
        editor.runs.drawer.set(false);
        browser::focus(BOARD);
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "Escape" => close(),
            "ArrowDown" => move_focus(1, false),
            "ArrowUp" => move_focus(-1, false),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    view! {
        <aside
            id=DRAWER
            tabindex="-1"
            aria-label="Past runs"
            class="absolute inset-x-3 top-15 z-20 max-h-[calc(100%-72px)] overflow-y-auto rounded-lg bg-raised p-4 shadow-pop outline-none sm:right-auto sm:w-90"
            on:keydown=keydown
        >
            <div class="mb-2 flex items-center justify-between">
                <h2 class="font-semibold">"Past runs"</h2>
                <button type="button" class="btn btn-ghost btn-icon -mr-2" aria-label="Close the past runs" on:click=move |_| close()>
                    <Icon icon=icondata_lu::LuX />
                </button>
            </div>
            {move || wrong.get().map(|words| view! { <p class="mb-2 text-danger" role="alert">{words}</p> })}
            {move || {
                (read.get() && rows.with(Vec::is_empty)).then(|| view! { <p class="text-muted">"It has not run yet. Press R on the canvas to run the draft."</p> })
            }}
            <ol class="-mx-2">{move || rows.get().into_iter().map(|run| view! { <Row editor=editor run=run /> }).collect_view()}</ol>
            {move || {
                more.get()
                    .map(|cursor| view! { <button type="button" class="btn btn-secondary btn-small mt-3" on:click=move |_| ask(cursor.clone())>"Older runs"</button> })
            }}
        </aside>
    }
    .into_any()
}

#[component]
fn Row(editor: Editor, run: RunSummary) -> impl IntoView {
    let id = run.id;
    let shown = move || (editor.runs.shown.get() == Some(id) && editor.runs.over.get()).then_some("true");
    let took = super::took(run.started_at, run.completed_at).filter(|_| run.completed_at.is_some()).map(format::duration);
    let version = run.workflow_version.map_or_else(|| "Draft".to_owned(), |version| format!("Version {version}"));
    let from = run.trigger_name.clone().unwrap_or_else(|| source_words(&run.source));
    let facts: Vec<String> = [Some(version), Some(from), took].into_iter().flatten().collect();
    view! {
        <li>
            <button type="button" class="menu-item items-start aria-[current=true]:bg-accent-soft" data-past-run=id.to_string() aria-current=shown on:click=move |_| {
                editor.show_run(id);
                browser::focus(BOARD);
            }>
                <span class="min-w-0 flex-1">
                    <span class="flex items-center justify-between gap-2">
                        <StatusBadge status=run.status.as_str().to_owned() />
                        <span class="text-xs text-muted"><RelativeTime at=run.created_at /></span>
                    </span>
                    <span class="mt-0.5 block text-xs text-muted">{facts.join(" · ")}</span>
                    {run.error_message.clone().map(|error| view! { <span class="block truncate text-xs text-danger" title=error.clone()>{error.clone()}</span> })}
                </span>
            </button>
        </li>
    }
    .into_any()
}

/// To the next run of the list; `first`: to the first.
fn move_focus(by: i32, first: bool) {
    use wasm_bindgen::JsCast;
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    let Ok(rows) = document.query_selector_all(&format!("#{DRAWER} [data-past-run]")) else { return };
    let count = i32::try_from(rows.length()).unwrap_or(0);
    let active = document.active_element();
    let at = (0..count).find(|index| {
        let row = rows.item(index.unsigned_abs()).and_then(|row| row.dyn_into::<web_sys::Element>().ok());
        row.is_some() && row == active
    });
    let next = match at {
        _ if first => 0,
        Some(at) => (at + by).clamp(0, count - 1),
        None => 0,
    };
    let row = rows.item(next.unsigned_abs()).and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(row) = row {
        let _ = row.focus();
    }
}
