//! What became of each part, drawn over it: frames and words over cards, signs on connections, where a card came from.

use super::super::{cards::TOP, state::Editor};
use crate::components::icon::Icon;
use leptos::prelude::*;
use toolcrib::workflows::canvas::{
    Point, curve,
    difference::{Compared, Mark},
    geometry,
};

pub(super) fn icon(mark: Mark) -> icondata_core::Icon {
    match mark {
        Mark::Added => icondata_lu::LuPlus,
        Mark::Removed => icondata_lu::LuMinus,
        Mark::Changed => icondata_lu::LuPencil,
        Mark::Moved => icondata_lu::LuMove,
    }
}

pub(super) fn title(mark: Mark) -> &'static str {
    match mark {
        Mark::Added => "Added",
        Mark::Removed => "Removed",
        Mark::Changed => "Changed",
        Mark::Moved => "Moved",
    }
}

/// What is soft behind, and its ink.
pub(super) fn inks(mark: Mark) -> (&'static str, &'static str) {
    match mark {
        Mark::Added => ("bg-success-soft", "text-success"),
        Mark::Removed => ("bg-danger-soft", "text-danger"),
        Mark::Changed => ("bg-warning-soft", "text-warning"),
        Mark::Moved => ("bg-info-soft", "text-info"),
    }
}

/// A frame around a card, with what became of it in words.
#[component]
pub(super) fn NodeMark(view: Editor, compared: StoredValue<Compared>, id: String) -> impl IntoView {
    let mark = compared.with_value(|compared| compared.nodes.get(&id).copied())?;
    let rect = view.doc.with_value(|doc| doc.node(&id).map(|node| geometry::rect(node, node.position).grown(5.0)))?;
    let (soft, ink) = inks(mark);
    let frame = match mark {
        Mark::Added => "border-success",
        Mark::Removed => "border-danger border-dashed bg-ground/60",
        Mark::Changed => "border-warning",
        Mark::Moved => "border-info border-dotted",
    };
    Some(
        view! {
            <div
                class=format!("pointer-events-none absolute top-0 left-0 rounded-xl border-2 {frame}")
                data-mark=mark.words()
                data-of=id
                style:z-index=TOP
                style:transform=format!("translate({}px,{}px)", rect.x, rect.y)
                style:width=format!("{}px", rect.width)
                style:height=format!("{}px", rect.height)
            >
                <span class=format!("absolute -top-3 left-2 flex items-center gap-1 rounded-sm px-1.5 py-0.5 text-xs font-medium {soft} {ink}")>
                    <Icon icon=icon(mark) size=12 />
                    {title(mark)}
                </span>
            </div>
        }
        .into_any(),
    )
}

/// Where a card that was moved came from.
#[component]
pub(super) fn Came(view: Editor, compared: StoredValue<Compared>, id: String) -> impl IntoView {
    let before = compared.with_value(|compared| compared.before.get(&id).copied())?;
    let (old, new) =
        view.doc.with_value(|doc| doc.node(&id).map(|node| (geometry::rect(node, before), geometry::rect(node, node.position))))?;
    let (Point { x: x1, y: y1 }, Point { x: x2, y: y2 }) = (old.middle(), new.middle());
    Some(
        view! {
            <g class="fill-none stroke-info" stroke-dasharray="4 4">
                <rect x=old.x y=old.y width=old.width height=old.height rx="8" />
                <line x1=x1 y1=y1 x2=x2 y2=y2 />
            </g>
        }
        .into_any(),
    )
}

/// A curve over the edge, with a sign in the middle.
#[component]
pub(super) fn EdgeMark(view: Editor, compared: StoredValue<Compared>, id: String) -> impl IntoView {
    let mark = compared.with_value(|compared| compared.edges.get(&id).copied())?;
    let ends = view.doc.with_value(|doc| {
        let edge = doc.edges.iter().find(|edge| edge.id == id)?;
        let (source, target) = (doc.node(&edge.source)?, doc.node(&edge.target)?);
        Some(geometry::ends(edge, source, source.position, target.position))
    });
    let (from, to) = ends?;
    let (stroke, sign, dash) = match mark {
        Mark::Added => ("stroke-success", "+", None),
        Mark::Removed => ("stroke-danger", "−", Some("3 6")),
        Mark::Changed | Mark::Moved => ("stroke-warning", "~", None),
    };
    let Point { x, y } = curve::middle(from, to);
    Some(
        view! {
            <g data-edge-mark=mark.words()>
                <path d=curve::path(from, to) class=format!("fill-none {stroke}") stroke-width="3" stroke-dasharray=dash />
                <circle cx=x cy=y r="10" class=format!("fill-surface {stroke}") stroke-width="2" />
                <text x=x y=y + 5.0 text-anchor="middle" class="fill-text text-sm font-semibold">
                    {sign}
                </text>
            </g>
        }
        .into_any(),
    )
}
