//! Documents on the canvas: pasted, dropped or chosen, looked at first, then put beside what is drawn.

use super::{
    copying,
    state::{BOARD, Editor},
};
use crate::{
    api::workflows::known_here,
    components::{
        browser,
        button::{Button, Kind},
        dialog::Dialog,
    },
    pages::workflows::import::{ForeignSteps, PlanTable, Refused},
};
use leptos::prelude::*;
use std::collections::BTreeMap;
use toolcrib::workflows::{
    canvas::{Point, geometry},
    exchange::{
        MOST_BYTES, Refusal,
        plan::{Known, plan, resolved},
        read,
    },
    graph::Definition,
};
use wasm_bindgen::JsCast;

const IMPORT: &str = "canvas-import";
const TEXT: &str = "canvas-import-text";

/// Opens the dialog with this text.
pub(super) fn open(editor: Editor, text: String) {
    if !editor.may_change {
        editor.tell("You may look at this workflow, but not change it.");
        return;
    }
    editor.versions.offered.set(Some(text));
    browser::dialog(IMPORT, true);
}

/// Whether a pasted text is more than steps from a canvas: then it is looked at first, or refused with the place.
pub(super) fn offered(editor: Editor, text: &str) -> bool {
    let looks_like_json = text.trim_start().starts_with(['{', '[']);
    match read(text) {
        Ok(document) if document.tools.is_empty() && document.workflows.is_empty() => false,
        Ok(_) | Err(Refusal::Foreign(_)) => {
            open(editor, text.to_owned());
            true
        }
        Err(refusal @ (Refusal::Syntax { .. } | Refusal::Field { .. } | Refusal::Newer { .. } | Refusal::TooLarge { .. }))
            if looks_like_json =>
        {
            editor.tell(refusal.words());
            true
        }
        Err(_) => false,
    }
}

/// Whether a file was dropped here.
pub(super) fn dropped(editor: Editor, event: &web_sys::DragEvent) -> bool {
    let Some(file) = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0)) else { return false };
    read_file(editor, file);
    true
}

fn read_file(editor: Editor, file: web_sys::File) {
    if !editor.may_change {
        editor.tell("You may look at this workflow, but not change it.");
        return;
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let bytes = file.size() as usize;
    if bytes > MOST_BYTES {
        editor.tell(Refusal::TooLarge { bytes }.words());
        return;
    }
    leptos::task::spawn_local(async move {
        let text = wasm_bindgen_futures::JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
        match text {
            Some(text) => open(editor, text),
            None => editor.tell("The file cannot be read."),
        }
    });
}

#[component]
pub(super) fn ImportDialog(editor: Editor) -> impl IntoView {
    let known = RwSignal::new(None::<Known>);
    let choices = StoredValue::new(BTreeMap::<String, String>::new());
    Effect::new(move |_| {
        if editor.versions.offered.with(Option::is_some) && known.with_untracked(Option::is_none) {
            leptos::task::spawn_local(async move {
                match known_here(editor.org.get_value()).await {
                    Ok(found) => drop(known.try_set(Some(found))),
                    Err(error) => editor.tell(error.0.sentence().to_owned()),
                }
            });
        }
    });
    let close = move || {
        browser::dialog(IMPORT, false);
        editor.versions.offered.set(None);
        choices.set_value(BTreeMap::new());
        browser::focus(BOARD);
    };
    let put = move |definition: Definition| {
        close();
        // Beside what is there.
        let at = editor.doc.with_value(|doc| geometry::bounds(doc, |_| true)).map(|all| Point { x: all.end().x + 80.0, y: all.y });
        let at = at.or_else(|| geometry::bounds(&definition, |_| true).map(geometry::Rect::corner));
        copying::insert(editor, definition, at, "Imported");
        editor.fit(false);
    };
    // While somebody types, the field stays.
    let there = Memo::new(move |_| editor.versions.offered.with(Option::is_some));
    let body = move || {
        let text = editor.versions.offered.get()?;
        if text.trim().is_empty() {
            return None;
        }
        Some(match read(&text) {
            Ok(document) => match known.get() {
                None => view! { <p class="text-muted">"Reading…"</p> }.into_any(),
                Some(known) => {
                    let twice = editor.doc.with_value(|doc| {
                        doc.nodes.iter().any(|node| !geometry::has_way_in(node))
                            && document.definition.nodes.iter().any(|node| !geometry::has_way_in(node))
                    });
                    let (whole, here) = (document.clone(), known.clone());
                    let import = move |_| put(resolved(&whole, &plan(&whole, &here, &choices.get_value())));
                    let chosen = move |event: leptos::ev::Event| {
                        let select = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlSelectElement>().ok());
                        if let Some((key, select)) = select.and_then(|select| Some((select.get_attribute("data-replace")?, select))) {
                            choices.update_value(|choices| drop(choices.insert(key, select.value())));
                        }
                    };
                    view! {
                        <div on:change=chosen>
                            <PlanTable document=document known=known chosen=BTreeMap::new() />
                        </div>
                        {twice.then(|| view! { <p class="mb-3 text-muted">"There is an input here already: the new steps follow it, and its fields stay as they are."</p> })}
                        <Button type_="button" kind=Kind::Primary on:click=import>
                            "Put on the canvas"
                        </Button>
                    }
                        .into_any()
                }
            },
            Err(Refusal::Foreign(foreign)) => {
                let outline = foreign.outline.clone();
                view! {
                    <ForeignSteps foreign=*foreign />
                    {outline
                        .map(|outline| {
                            view! {
                                <p class="mb-3 text-muted">"An outline takes over names and order, and nothing of what the steps do: each is left for you to set."</p>
                                <Button type_="button" on:click=move |_| put(outline.clone())>
                                    "Put an outline on the canvas"
                                </Button>
                            }
                        })}
                }
                    .into_any()
            }
            Err(refusal) => view! { <Refused refusal=refusal /> }.into_any(),
        })
    };
    let file = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlInputElement>().ok());
        if let Some(file) = input.and_then(|input| input.files()).and_then(|files| files.get(0)) {
            read_file(editor, file);
        }
    };
    view! {
        <Dialog id=IMPORT title="Import">
            {move || {
                there
                    .get()
                    .then(|| {
                        view! {
                            <div class="space-y-3">
                                <label class="block">
                                    <span class="mb-1 block font-medium">"File"</span>
                                    <input type="file" accept="application/json,.json,.yml,.yaml" class="field" on:change=file />
                                </label>
                                <label class="block">
                                    <span class="mb-1 block font-medium">"Or its text"</span>
                                    <textarea
                                        id=TEXT
                                        class="field font-mono text-xs"
                                        rows="4"
                                        spellcheck="false"
                                        prop:value=move || editor.versions.offered.get().unwrap_or_default()
                                        on:input=move |event| editor.versions.offered.set(Some(event_target_value(&event)))
                                    ></textarea>
                                </label>
                                {body}
                            </div>
                        }
                    })
            }}
        </Dialog>
    }
    .into_any()
}
