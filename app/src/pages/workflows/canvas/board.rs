//! The board: what is seen of the graph, with toolbar, palette, minimap and panel around it.

use super::{
    cards::{Card, Line},
    conflict::ConflictNotice,
    copying,
    hand::Hand,
    keys,
    minimap::Minimap,
    palette::Palette,
    panel::Side,
    pointer, press,
    state::{BOARD, Drawing, Editor},
    toolbar::{Help, Toolbar, Zoom},
    wheel,
};
use crate::api::workflows::CanvasDraft;
use leptos::{ev, html, prelude::*};
use std::collections::BTreeSet;
use toolcrib::workflows::canvas::{Viewport, connect::Verdict, curve};

#[component]
pub(super) fn Board(draft: CanvasDraft, org: String) -> impl IntoView {
    let editor = Editor::new(draft, org);
    let board = NodeRef::<html::Div>::new();
    let hand = StoredValue::new_local(Hand::default());
    let fitted = StoredValue::new(false);
    let measure = move || {
        if let Some(element) = board.get_untracked() {
            let rect = element.get_bounding_client_rect();
            let size = (rect.width(), rect.height());
            if editor.size.get_untracked() != size {
                editor.size.set(size);
            }
            if size.0 > 0.0 && !fitted.get_value() {
                fitted.set_value(true);
                editor.open();
            }
        }
    };
    Effect::new(move |_| {
        if board.get().is_some() {
            measure();
            // Where the page was not laid out yet.
            request_animation_frame(measure);
        }
    });
    let handles = [
        window_event_listener(ev::resize, move |_| measure()),
        window_event_listener(ev::online, move |_| editor.send()),
        window_event_listener(ev::focus, move |_| editor.look()),
        window_event_listener(ev::pagehide, move |_| editor.keep()),
    ];
    on_cleanup(move || {
        handles.into_iter().for_each(WindowListenerHandle::remove);
        editor.leave();
    });
    Effect::new(move |before: Option<()>| {
        if before.is_none() {
            editor.adopt();
        }
    });
    super::live::attend(editor);

    let drawn = super::elements::follow(editor);
    let empty = move || {
        editor.version.track();
        editor.doc.with_value(|doc| doc.nodes.is_empty())
    };
    let world = move || {
        let Viewport { x, y, zoom } = editor.view.get();
        format!("translate({x}px,{y}px) scale({zoom})")
    };
    let cursor = move || {
        let held = if editor.panning.get() {
            "cursor-grabbing"
        } else if editor.space.get() {
            "cursor-grab"
        } else if editor.drawing.with(Option::is_some) {
            "cursor-crosshair"
        } else {
            "cursor-default"
        };
        format!("canvas-board absolute inset-0 touch-none overflow-hidden outline-none select-none {held}")
    };
    let active = move || editor.chosen.with(|chosen| chosen.first().filter(|_| chosen.len() == 1).map(|id| format!("node-{id}")));
    view! {
        <div class="canvas relative -mx-4 -mt-5 -mb-6 overflow-hidden border-t border-line md:-mx-8">
                <div
                    node_ref=board
                    id=BOARD
                    tabindex="0"
                    role="application"
                    aria-label="Canvas of the workflow"
                    aria-describedby="canvas-how"
                    aria-activedescendant=active
                    data-chosen=move || editor.chosen.with(BTreeSet::len)
                    class=cursor
                    on:pointerdown=move |event| press::down(editor, hand, board, &event)
                    on:pointermove=move |event| pointer::moved(editor, hand, board, &event)
                    on:pointerup=move |event| pointer::up(editor, hand, board, &event)
                    on:pointercancel=move |event| pointer::cancelled(editor, hand, &event)
                    on:dblclick=move |event| pointer::double(editor, board, &event)
                    on:wheel=move |event| wheel::turned(editor, board, &event)
                    on:dragover=move |event| event.prevent_default()
                    on:drop=move |event| pointer::dropped(editor, board, &event)
                    on:contextmenu=move |event| event.prevent_default()
                    on:keydown=move |event| keys::down(editor, &event)
                    on:keyup=move |event| keys::up(editor, &event)
                    on:blur=move |_| editor.space.set(false)
                    on:copy=move |event| copying::copy(editor, &event, false)
                    on:cut=move |event| copying::copy(editor, &event, true)
                    on:paste=move |event| copying::paste(editor, &event)
                >
                    <super::view::Dots editor=editor />
                    <super::painting::Painting editor=editor />
                    <div class="canvas-world absolute top-0 left-0 size-0 origin-top-left" style:transform=world>
                        <svg class="pointer-events-none absolute top-0 left-0 size-px overflow-visible" aria-hidden="true">
                            <defs>
                                <marker id="canvas-arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">
                                    <path d="M0 0 L8 4 L0 8 z" class="fill-line-strong" />
                                </marker>
                            </defs>
                            <For each=move || editor.elements.edges.get() key=Clone::clone let:id>
                                <Line editor=editor id=id />
                            </For>
                            <Guides editor=editor drawn=drawn />
                        </svg>
                        <For each=move || editor.elements.nodes.get() key=Clone::clone let:id>
                            <Card editor=editor id=id />
                        </For>
                    </div>
                    <wheel::Cover editor=editor />
                </div>
                <Show when=empty>
                    <div class="pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-1 p-8 text-center">
                        <p class="text-lg font-medium">"An empty workflow"</p>
                        <p class="text-muted">
                            {if editor.may_change {
                                "Double click, or press Tab, to add the first step. What the workflow is given comes from an input."
                            } else {
                                "Nobody has drawn a step yet."
                            }}
                        </p>
                    </div>
                </Show>
                <Toolbar editor=editor />
                <Zoom editor=editor />
                <super::runs::RunBar editor=editor />
                <Minimap editor=editor />
                <DrawnWords editor=editor />
                <Palette editor=editor />
                <ConflictNotice editor=editor />
                <super::signed_out::SignedOut editor=editor />
                <div class="pointer-events-none absolute inset-x-0 bottom-28 sm:bottom-16 flex justify-center px-4">
                    {move || {
                        let words = editor.notice.get();
                        (!words.is_empty())
                            .then(|| view! { <p class="max-w-lg rounded-md bg-raised px-3 py-2 text-sm shadow-pop" aria-hidden="true">{words}</p> })
                    }}
                </div>
                <p id="canvas-how" class="sr-only">
                    "Arrow keys walk from step to step, Tab adds one, question mark lists all keys. Escape twice lets Tab leave the canvas. The outline has the same powers."
                </p>
                <p class="sr-only" role="status" aria-live="polite" data-said="">
                    {move || editor.said.get()}
                </p>
            <Side editor=editor />
            <super::versions::VersionsLayer editor=editor />
            <super::runs::RunsLayer editor=editor />
        </div>
        <Help />
        <super::mapping::MappingLayer editor=editor />
        <super::publish::PublishDialog editor=editor />
        <super::runs::RunDialog editor=editor />
        <super::exchange::ImportDialog editor=editor />
    }
    .into_any()
}

/// What is seen only while something is dragged.
#[component]
fn Guides(editor: Editor, drawn: Memo<toolcrib::workflows::canvas::Rect>) -> impl IntoView {
    let line = move || {
        editor.drawing.get().map(|Drawing { start, end, target, .. }| {
            let ink = match target {
                Some((_, Verdict::Refused(_))) => "canvas-line stroke-danger",
                Some(_) => "canvas-line stroke-success",
                None => "canvas-line stroke-accent",
            };
            view! { <path d=curve::path(start, end) class=ink stroke-dasharray="6 4" /> }
        })
    };
    let thin = move || 1.0 / editor.view.with(|view| view.zoom);
    let guides = move || {
        let (upright, level) = editor.lines.get();
        let part = drawn.get();
        let upright = upright.map(|x| view! { <line x1=x x2=x y1=part.y y2=part.end().y class="stroke-accent" stroke-width=thin /> });
        let level = level.map(|y| view! { <line y1=y y2=y x1=part.x x2=part.end().x class="stroke-accent" stroke-width=thin /> });
        (upright, level)
    };
    let frame = move || {
        editor.frame.get().map(|frame| {
            view! {
                <rect
                    x=frame.x
                    y=frame.y
                    width=frame.width
                    height=frame.height
                    class="fill-accent/10 stroke-accent"
                    stroke-width=thin
                />
            }
        })
    };
    view! {
        {line}
        {guides}
        {frame}
    }
}

/// What becomes of the edge that is being drawn, beside its end.
#[component]
fn DrawnWords(editor: Editor) -> impl IntoView {
    move || {
        let drawing = editor.drawing.get()?;
        let (_, verdict) = drawing.target?;
        let (ink, words) = match verdict {
            Verdict::Feeds(fields) => ("text-success", format!("Feeds {}", fields.join(", "))),
            Verdict::OrderOnly(why) => ("text-text", why),
            Verdict::Refused(why) => ("text-danger", why),
        };
        let at = editor.view.with(|view| view.to_screen(drawing.end));
        let (width, height) = editor.size.get();
        let (x, y) = ((at.x + 14.0).min(width - 280.0).max(8.0), (at.y + 14.0).min(height - 60.0));
        Some(view! {
            <p
                class=format!("pointer-events-none absolute top-0 left-0 max-w-64 rounded-md bg-raised px-2.5 py-1.5 text-xs shadow-pop {ink}")
                style:transform=format!("translate({x}px,{y}px)")
            >
                {words}
            </p>
        })
    }
}
