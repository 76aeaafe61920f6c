//! Who else is here: their initials in the toolbar, and a ring with their name around the step that each has chosen.

use super::state::{BOARD, Editor};
use crate::components::browser;
use leptos::prelude::*;
use toolcrib::workflows::together::Present;

/// More are counted.
const SHOWN: usize = 4;

fn name(editor: Editor, one: &Present) -> String {
    if one.user == editor.sync.user.get_value() { "You, in another tab".to_owned() } else { one.name.clone() }
}

/// In the toolbar. A press shows the step that they have chosen.
#[component]
pub(super) fn Peers(editor: Editor) -> impl IntoView {
    move || {
        let others = editor.live.others.get();
        // Who is at a step may be told before the step itself.
        editor.version.track();
        let more = others.len().saturating_sub(SHOWN);
        (!others.is_empty()).then(|| {
            let rows = others
                .into_iter()
                .take(SHOWN)
                .map(|one| {
                    let who = name(editor, &one);
                    let at = one.chosen.as_ref().filter(|id| editor.doc.with_value(|doc| doc.node(id).is_some())).cloned();
                    let label = at.as_ref().map_or_else(|| who.clone(), |id| format!("{who}, at {}", editor.title(id)));
                    let go = move |_| {
                        if let Some(id) = &at {
                            editor.reveal(&[id.clone()].into());
                        }
                        browser::focus(BOARD);
                    };
                    view! {
                        <li>
                            <button
                                type="button"
                                class=format!(
                                    "canvas-peer canvas-peer-{} flex size-8 items-center justify-center rounded-full text-2xs font-semibold ring-2 ring-surface pointer-coarse:size-11",
                                    one.colour(),
                                )
                                data-peer=""
                                title=label.clone()
                                aria-label=label
                                on:click=go
                            >
                                {one.initials()}
                            </button>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <ul class="flex items-center -space-x-1.5" aria-label="Also here">
                    {rows}
                    {(more > 0).then(|| view! { <li class="pl-3 text-xs text-muted">{format!("+{more}")}</li> })}
                </ul>
            }
        })
    }
}

/// On a card: somebody else has chosen it.
#[component]
pub(super) fn Ring(editor: Editor, id: String) -> impl IntoView {
    let here = Memo::new(move |_| {
        editor.live.others.with(|others| others.iter().filter(|one| one.chosen.as_ref() == Some(&id)).cloned().collect::<Vec<_>>())
    });
    move || {
        let here = here.get();
        let first = here.first()?;
        let more = if here.len() > 1 { format!(" and {} more", here.len() - 1) } else { String::new() };
        let colour = first.colour();
        Some(view! {
            <span class=format!("canvas-ring canvas-peer-{colour} pointer-events-none absolute -inset-1.5 rounded-xl border-2") data-ring="">
                <span class="canvas-peer absolute -top-5 left-2 max-w-44 truncate rounded-sm px-1.5 text-2xs font-medium">
                    {format!("{}{more}", name(editor, first))}
                </span>
            </span>
        })
    }
}
