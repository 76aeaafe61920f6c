//! The whole graph in a corner, with the part that is seen.

use super::state::Editor;
use leptos::{html, prelude::*};
use std::fmt::Write;
use toolcrib::workflows::{
    canvas::{Point, Rect},
    graph::NodeKind,
};

const WIDTH: f64 = 176.0;
const HEIGHT: f64 = 112.0;

#[component]
pub(super) fn Minimap(editor: Editor) -> impl IntoView {
    let map = NodeRef::<html::Div>::new();
    // While it is held the map stands still, though what is seen moves.
    let held = RwSignal::new(None::<Rect>);
    let seen = Memo::new(move |_| {
        let (width, height) = editor.size.get();
        editor.view.get().seen(width, height)
    });
    let all = Memo::new(move |_| {
        editor.drawing_version.track();
        editor.scene.with_value(|scene| scene.shapes.iter().map(|shape| shape.rect).reduce(Rect::with))
    });
    let bounds = Memo::new(move |_| {
        held.get().unwrap_or_else(|| {
            let all = all.get().map_or_else(|| seen.get(), |all| all.with(seen.get()));
            // As wide for its height as the map, so that both have one scale.
            let scale = (WIDTH / all.width.max(1.0)).min(HEIGHT / all.height.max(1.0)) * 0.92;
            let (width, height, middle) = (WIDTH / scale, HEIGHT / scale, all.middle());
            Rect { x: middle.x - width / 2.0, y: middle.y - height / 2.0, width, height }
        })
    });
    let scale = Memo::new(move |_| bounds.with(|bounds| WIDTH / bounds.width));
    // Two shapes for all nodes: a thousand elements would be made anew with every move.
    let outlines = Memo::new(move |_| {
        editor.drawing_version.track();
        editor.scene.with_value(|scene| {
            let mut outlines = (String::new(), String::new());
            for shape in scene.shapes.iter().filter(|shape| shape.kind != NodeKind::Group) {
                let Rect { x, y, width, height } = shape.rect;
                let end = matches!(shape.kind, NodeKind::Input | NodeKind::Output);
                let into = if end { &mut outlines.0 } else { &mut outlines.1 };
                // Whole numbers are short, and closer than the map can show.
                let _ = write!(into, "M{x:.0} {y:.0}h{width:.0}v{height:.0}h-{width:.0}z");
            }
            outlines
        })
    });
    let box_ = move || bounds.with(|bounds| format!("{} {} {} {}", bounds.x, bounds.y, bounds.width, bounds.height));
    let go = move |event: &web_sys::PointerEvent| {
        let Some(element) = map.get_untracked() else { return };
        let rect = element.get_bounding_client_rect();
        let (x, y) = (f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top());
        let (bounds, scale) = (bounds.get_untracked(), scale.get_untracked());
        let at = Point { x: bounds.x + x / scale, y: bounds.y + y / scale };
        let (width, height) = editor.size.get_untracked();
        editor.view.update(|view| {
            let now = view.to_screen(at);
            *view = view.panned(width / 2.0 - now.x, height / 2.0 - now.y);
        });
    };
    let frame = Memo::new(move |_| {
        let (seen, bounds, scale) = (seen.get(), bounds.get(), scale.get());
        Rect { x: (seen.x - bounds.x) * scale, y: (seen.y - bounds.y) * scale, width: seen.width * scale, height: seen.height * scale }
    });
    view! {
        <div
            node_ref=map
            class="absolute bottom-15 left-3 hidden h-28 w-44 touch-none overflow-hidden rounded-md border border-line bg-surface/95 sm:block"
            aria-hidden="true"
            on:pointerdown=move |event| {
                held.set(Some(bounds.get_untracked()));
                if let Some(element) = map.get_untracked() {
                    let _ = element.set_pointer_capture(event.pointer_id());
                }
                go(&event);
            }
            on:pointermove=move |event| {
                if held.with_untracked(Option::is_some) {
                    go(&event);
                }
            }
            on:pointerup=move |_| held.set(None)
            on:pointercancel=move |_| held.set(None)
        >
            <svg class="size-full" viewBox=box_ preserveAspectRatio="xMidYMid meet">
                <path d=move || outlines.with(|(ends, _)| ends.clone()) class="fill-info" />
                <path d=move || outlines.with(|(_, others)| others.clone()) class="fill-muted" />
            </svg>
            // A frame of its own: the map is not drawn anew when it moves.
            <div
                class="absolute top-0 left-0 border-[1.5px] border-accent will-change-transform"
                style:transform=move || frame.with(|frame| format!("translate({:.1}px,{:.1}px)", frame.x, frame.y))
                style:width=move || frame.with(|frame| format!("{:.1}px", frame.width))
                style:height=move || frame.with(|frame| format!("{:.1}px", frame.height))
            ></div>
        </div>
    }
    .into_any()
}
