//! Two versions in one drawing: coloured, marked by icon and word, what is gone as ghosts; the fields of each difference in the panel.
//! It has an editor of its own that may change nothing: the draft below is not touched.

mod marks;
mod panel;

use super::{
    cards::{Card, Line},
    hand::Hand,
    pointer, press,
    state::Editor,
    versions::{Side, read_side, side_words},
    wheel,
};
use crate::{
    api::workflows::CanvasDraft,
    components::{browser, icon::Icon},
};
use leptos::{html, prelude::*};
use marks::{Came, EdgeMark, NodeMark};
use panel::{Panel, words};
use std::collections::BTreeMap;
use toolcrib::workflows::{
    Workflow,
    canvas::{
        Viewport,
        difference::{Compared, Part, compare},
    },
    graph::Definition,
};

const LAYER: &str = "canvas-versions";
const VIEW: &str = "canvas-compared";

/// Two versions, read.
struct Pair {
    from: Definition,
    to: Definition,
    compared: Compared,
}

#[component]
pub(super) fn CompareLayer(editor: Editor, shown: (Side, Side)) -> impl IntoView {
    let (from, to) = shown;
    let pair = RwSignal::new(None::<Result<(), String>>);
    let read = StoredValue::new(None::<Pair>);
    leptos::task::spawn_local(async move {
        let both = match editor.version_of(from).await {
            Ok(first) => editor.version_of(to).await.map(|second| (first, second)),
            Err(error) => Err(error),
        };
        match both {
            Ok((from, to)) => {
                let compared = compare(&from, &to);
                read.try_set_value(Some(Pair { from, to, compared }));
                pair.try_set(Some(Ok(())));
            }
            Err(error) => drop(pair.try_set(Some(Err(error.0.sentence().to_owned())))),
        }
    });
    // What lies below is out of reach meanwhile.
    Effect::new(move |_| {
        set_inert(true);
        request_animation_frame(|| browser::focus(LAYER));
    });
    on_cleanup(|| set_inert(false));
    let escape = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" {
            event.stop_propagation();
            editor.back_to_editing();
        }
    };
    view! {
        <section id=LAYER tabindex="-1" class="absolute inset-0 z-40 flex flex-col bg-ground outline-none" aria-label="Versions side by side" on:keydown=escape>
            {move || match pair.get() {
                None => view! { <Head editor=editor shown=shown><span class="text-muted">"Reading…"</span></Head> }.into_any(),
                Some(Err(words)) => view! { <Head editor=editor shown=shown><span role="alert" class="text-danger">{words}</span></Head> }.into_any(),
                Some(Ok(())) => match read.try_update_value(Option::take).flatten() {
                    Some(pair) => view! { <Drawn editor=editor shown=shown pair=pair /> }.into_any(),
                    None => ().into_any(),
                },
            }}
        </section>
    }
    .into_any()
}

fn set_inert(inert: bool) {
    let layer =
        web_sys::window().and_then(|window| window.document()).and_then(|document| document.query_selector(".canvas").ok().flatten());
    let Some(children) = layer.map(|layer| layer.children()) else { return };
    for index in 0..children.length() {
        let Some(child) = children.item(index).filter(|child| child.id() != LAYER) else { continue };
        let _ = if inert { child.set_attribute("inert", "") } else { child.remove_attribute("inert") };
    }
}

/// The way back, which two are looked at, and what can be done with them.
#[component]
fn Head(editor: Editor, shown: (Side, Side), children: Children) -> impl IntoView {
    let (from, to) = shown;
    let choice = move |label: &'static str, chosen: Side, choose: fn(Editor, (Side, Side), Side)| {
        let options = move || {
            let mut sides: Vec<Side> = std::iter::once(None)
                .chain(editor.versions.heads.with(|heads| heads.iter().map(|head| Some(head.version)).collect::<Vec<_>>()))
                .collect();
            if !sides.contains(&chosen) {
                sides.push(chosen);
            }
            let text = |side: Side| side.map_or_else(|| "draft".to_owned(), |version| version.to_string());
            sides
                .into_iter()
                .map(|side| view! { <option value=text(side) selected=side == chosen>{side_words(side)}</option> })
                .collect_view()
        };
        view! {
            <select
                class="field w-auto"
                aria-label=label
                on:change=move |event| {
                    if let Some(side) = read_side(&event_target_value(&event)) {
                        choose(editor, shown, side);
                    }
                }
            >
                {options}
            </select>
        }
    };
    let restore = [from, to].into_iter().flatten().next().filter(|_| editor.may_change);
    view! {
        <div class="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-3 py-2">
            <button type="button" class="btn btn-secondary btn-small" on:click=move |_| editor.back_to_editing()>
                <Icon icon=icondata_lu::LuArrowLeft size=14 />
                "Back to editing"
            </button>
            {choice("From", from, |editor, (_, to), side| editor.look_at(side, to))}
            <span aria-hidden="true">"→"</span>
            {choice("To", to, |editor, (from, _), side| editor.look_at(from, side))}
            {children()}
            {restore
                .map(|number| {
                    view! {
                        <button type="button" class="btn btn-secondary btn-small ml-auto" on:click=move |_| editor.restore_version(number)>
                            {format!("Restore version {number}")}
                        </button>
                    }
                })}
        </div>
    }
    .into_any()
}

#[component]
fn Drawn(editor: Editor, shown: (Side, Side), pair: Pair) -> impl IntoView {
    let Pair { from, to, compared } = pair;
    let workflow = Workflow { definition: compared.both.clone(), ..editor.versions.workflow.get_value() };
    let catalog = editor.catalog.get_untracked();
    let draft = CanvasDraft {
        workflow,
        catalog,
        choices: Vec::new(),
        may_change: false,
        vanished: BTreeMap::new(),
        user: editor.sync.user.get_value(),
    };
    let view = Editor::new(draft, editor.org.get_value());
    // Both at once make no sense as one workflow: what judges says nothing here.
    Effect::new(move |_| {
        if view.findings.with(|findings| !findings.is_empty()) {
            view.findings.set(Vec::new());
        }
    });
    let summary = if shown.0 == shown.1 { "Read only".to_owned() } else { compared.summary() };
    let some = !compared.order.is_empty();
    let compared = StoredValue::new(compared);
    let sides = StoredValue::new((from, to));
    // The difference that is looked at: what is chosen in the drawing.
    let picked = Memo::new(move |_| {
        let edge = view.chosen_edge.get().map(Part::Edge);
        edge.or_else(|| view.chosen.with(|chosen| chosen.first().filter(|_| chosen.len() == 1).cloned()).map(Part::Node))
    });
    let go = move |part: Part| {
        let ids = match &part {
            Part::Node(id) => {
                view.choose([id.clone()]);
                [id.clone()].into()
            }
            Part::Edge(id) => {
                view.choose([]);
                view.chosen_edge.set(Some(id.clone()));
                view.doc.with_value(|doc| {
                    let edge = doc.edges.iter().find(|edge| edge.id == *id);
                    edge.map(|edge| [edge.source.clone(), edge.target.clone()].into()).unwrap_or_default()
                })
            }
        };
        view.reveal(&ids);
        view.said.set(compared.with_value(|compared| words(view, compared, &part)));
    };
    let step = move |by: isize| {
        let next = compared.with_value(|compared| {
            let count = isize::try_from(compared.order.len()).unwrap_or(0);
            let at = picked.get_untracked().and_then(|part| compared.order.iter().position(|other| *other == part));
            let at = at.and_then(|at| isize::try_from(at).ok());
            let next = at.map_or(if by > 0 { 0 } else { count - 1 }, |at| (at + by).rem_euclid(count.max(1)));
            usize::try_from(next).ok().and_then(|next| compared.order.get(next).cloned())
        });
        if let Some(part) = next {
            go(part);
        }
    };
    let board = NodeRef::<html::Div>::new();
    let hand = StoredValue::new_local(Hand::default());
    let measure = move || {
        if let Some(element) = board.get_untracked() {
            let rect = element.get_bounding_client_rect();
            let first = view.size.get_untracked().0 <= 0.0;
            view.size.set((rect.width(), rect.height()));
            if first && rect.width() > 0.0 {
                view.open();
                browser::focus(VIEW);
            }
        }
    };
    Effect::new(move |_| {
        if board.get().is_some() {
            request_animation_frame(measure);
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    super::elements::follow(view);
    let world = move || {
        let Viewport { x, y, zoom } = view.view.get();
        format!("translate({x}px,{y}px) scale({zoom})")
    };
    let keydown = move |event: web_sys::KeyboardEvent| {
        match event.key().as_str() {
            "n" | "N" | "ArrowRight" | "ArrowDown" => step(1),
            "p" | "P" | "ArrowLeft" | "ArrowUp" => step(-1),
            "1" => view.fit(false),
            "+" | "=" => view.zoom_by(1.25),
            "-" => view.zoom_by(0.8),
            " " => view.space.set(true),
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <Head editor=editor shown=shown>
            <span class="font-medium" role="status" data-summary="">
                {summary}
            </span>
            {some
                .then(|| {
                    view! {
                        <span class="flex items-center">
                            <button type="button" class="btn btn-ghost btn-icon" title="Previous difference (P)" aria-label="Previous difference" on:click=move |_| step(-1)>
                                <Icon icon=icondata_lu::LuChevronLeft />
                            </button>
                            <button type="button" class="btn btn-ghost btn-icon" title="Next difference (N)" aria-label="Next difference" on:click=move |_| step(1)>
                                <Icon icon=icondata_lu::LuChevronRight />
                            </button>
                        </span>
                    }
                })}
        </Head>
        <div class="relative min-h-0 flex-1">
            <div
                node_ref=board
                id=VIEW
                tabindex="0"
                role="application"
                aria-label="Differences. N and P go from one to the next, Escape goes back to editing."
                class="canvas-board absolute inset-0 touch-none overflow-hidden outline-none select-none"
                on:pointerdown=move |event| press::down(view, hand, board, &event)
                on:pointermove=move |event| pointer::moved(view, hand, board, &event)
                on:pointerup=move |event| pointer::up(view, hand, board, &event)
                on:pointercancel=move |event| pointer::cancelled(view, hand, &event)
                on:wheel=move |event| wheel::turned(view, board, &event)
                on:keydown=keydown
                on:keyup=move |event| {
                    if event.key() == " " {
                        view.space.set(false);
                    }
                }
            >
                <super::view::Dots editor=view />
                <super::painting::Painting editor=view />
                <div class="canvas-world absolute top-0 left-0 size-0 origin-top-left" style:transform=world>
                    <svg class="pointer-events-none absolute top-0 left-0 size-px overflow-visible" aria-hidden="true">
                        <For each=move || view.elements.edges.get() key=Clone::clone let:id>
                            <Line editor=view id=id.clone() />
                            <EdgeMark view=view compared=compared id=id />
                        </For>
                        <For each=move || view.elements.nodes.get() key=Clone::clone let:id>
                            <Came view=view compared=compared id=id />
                        </For>
                    </svg>
                    <For each=move || view.elements.nodes.get() key=Clone::clone let:id>
                        <Card editor=view id=id.clone() />
                        <NodeMark view=view compared=compared id=id />
                    </For>
                </div>
            </div>
            <Panel view=view compared=compared sides=sides picked=picked shown=shown go=Callback::new(go) />
            <p class="sr-only" role="status" aria-live="polite">
                {move || view.said.get()}
            </p>
        </div>
    }
    .into_any()
}
