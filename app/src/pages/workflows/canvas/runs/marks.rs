//! How steps and connections stand in the run that lies over the draft. Each listens to its own step only.

use super::{super::state::Editor, took};
use crate::components::{format, icon::Icon};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::overlay::{Way, counts, way, word},
    engine::{NodeStatus, Origin},
    graph::{Edge, Node},
    run_live::NodeLive,
};

/// How a step stands in the run that is shown; `None`: no run is shown, or it has not come to it.
pub(in super::super) fn state_of(editor: Editor, id: &str) -> Memo<Option<NodeLive>> {
    let id = id.to_owned();
    Memo::new(move |_| editor.runs.over_node(&id))
}

pub(super) fn icon_of(live: &NodeLive) -> (icondata_core::Icon, &'static str) {
    match (live.origin, live.status) {
        (Some(Origin::Pinned), _) => (icondata_lu::LuPin, "text-accent"),
        (Some(Origin::LeftOut), _) => (icondata_lu::LuCircleDashed, "text-muted"),
        (Some(Origin::Disabled), _) => (icondata_lu::LuPowerOff, "text-muted"),
        (Some(Origin::Kept), NodeStatus::Success) => (icondata_lu::LuHistory, "text-success"),
        (_, NodeStatus::Pending) => (icondata_lu::LuCircleDashed, "text-muted"),
        (_, NodeStatus::Running) => (icondata_lu::LuLoaderCircle, "text-running"),
        (_, NodeStatus::Retrying) => (icondata_lu::LuRotateCw, "text-warning"),
        (_, NodeStatus::Waiting) => (icondata_lu::LuCirclePause, "text-info"),
        (_, NodeStatus::Success) => (icondata_lu::LuCircleCheck, "text-success"),
        (_, NodeStatus::Error) => (icondata_lu::LuCircleX, "text-danger"),
        (_, NodeStatus::Skipped | NodeStatus::Cancelled) => (icondata_lu::LuCircleSlash, "text-muted"),
    }
}

/// The frame of a card.
pub(in super::super) fn ring(live: Option<&NodeLive>) -> Option<&'static str> {
    let live = live?;
    match live.status {
        NodeStatus::Pending => None,
        NodeStatus::Running => Some("border-running ring-1 ring-running"),
        NodeStatus::Retrying => Some("border-warning ring-1 ring-warning"),
        NodeStatus::Waiting => Some("border-info ring-1 ring-info"),
        NodeStatus::Success => Some("border-success"),
        NodeStatus::Error => Some("border-danger ring-1 ring-danger"),
        NodeStatus::Skipped | NodeStatus::Cancelled => Some("border-dashed border-line-strong"),
    }
}

/// How it stands, for who does not see the card.
pub(in super::super) fn spoken(live: Option<&NodeLive>) -> String {
    let Some(live) = live else { return String::new() };
    let parts: Vec<String> = std::iter::once(word(live).to_owned())
        .chain(live.duration_ms.map(format::duration))
        .chain(counts(live))
        .chain(live.error.clone())
        .collect();
    format!(". {}", parts.join(", "))
}

/// The reason of a failure in place of what the step is set to.
pub(in super::super) fn error_line(live: Option<&NodeLive>) -> Option<AnyView> {
    let error = live?.error.clone()?;
    let title = error.clone();
    Some(view! { <span class="text-danger" title=title>{error}</span> }.into_any())
}

/// At the foot of a card: icon, time, counts.
#[component]
pub(in super::super) fn NodeRun(editor: Editor, live: Memo<Option<NodeLive>>) -> impl IntoView {
    move || {
        let live = live.get()?;
        let (icon, ink) = icon_of(&live);
        let runs = live.status == NodeStatus::Running;
        let time = {
            let live = live.clone();
            move || {
                if runs {
                    editor.runs.tick.track();
                }
                match (live.duration_ms, runs) {
                    // What took no time says nothing by its time.
                    (Some(ms), _) if ms >= 1.0 && live.origin != Some(Origin::Pinned) => Some(format::duration(ms)),
                    (None, true) => took(live.started_at, None).map(format::duration),
                    _ => None,
                }
            }
        };
        let counts = counts(&live);
        // A number says enough beside the icon; without one the word stands there.
        let bare = live.origin.is_some()
            || (live.duration_ms.is_none_or(|ms| ms < 1.0) && !runs && counts.is_empty())
            || live.status == NodeStatus::Waiting;
        let class = if bare { "" } else { "sr-only" };
        let status = live.status.as_str();
        Some(view! {
            <span
                data-run=status
                class=format!(
                    "pointer-events-none absolute -bottom-2.5 left-2.5 flex h-5 max-w-[200px] items-center gap-1 overflow-hidden rounded-full border border-line bg-surface px-1.5 text-2xs whitespace-nowrap {ink}",
                )
            >
                <Icon icon=icon size=12 class=if runs { "spin" } else { "" } />
                <span class=class>{word(&live)}</span>
                <span class="num">{time}</span>
                {counts.into_iter().map(|text| view! { <span class="num text-text">{text}</span> }).collect_view()}
            </span>
        })
    }
}

/// What a step gives is pinned.
#[component]
pub(in super::super) fn PinMark(editor: Editor, id: String) -> impl IntoView {
    let pinned = Memo::new(move |_| editor.runs.pins.with(|pins| pins.contains_key(&id)));
    move || {
        pinned.get().then(|| {
            let off = !editor.runs.use_pins.get();
            let (words, ink) = if off { ("Pinned, not used now", "text-muted") } else { ("Pinned", "text-accent") };
            view! {
                <span
                    data-pinned=""
                    title=words
                    class=format!("absolute -bottom-2.5 right-2.5 flex size-5 items-center justify-center rounded-full border border-line bg-surface {ink}")
                >
                    <Icon icon=if off { icondata_lu::LuPinOff } else { icondata_lu::LuPin } size=12 label=words />
                </span>
            }
        })
    }
}

/// What became of a connection, and how many items went along; `None`: no run is shown.
pub(in super::super) fn path_of(editor: Editor, edge: ArcRwSignal<Edge>, source: ArcRwSignal<Node>) -> Memo<Option<(Way, Option<u64>)>> {
    Memo::new(move |_| {
        let runs = editor.runs;
        if !runs.over.get() {
            return None;
        }
        let (from, to) = edge.with(|edge| (runs.node(&edge.source), runs.node(&edge.target)));
        let ended = runs.live.with(|live| live.as_ref().is_some_and(|live| live.status.is_final()));
        let (from, to) = (from.get(), to.get());
        let stands = edge.with(|edge| source.with(|source| way(edge, source, (from.as_ref(), to.as_ref()), ended)));
        let count = from.and_then(|live| live.count).filter(|_| stands == Way::Taken);
        Some((stands, count))
    })
}

/// The line of a connection; `None`: as without a run.
pub(in super::super) fn path_ink(path: Option<(Way, Option<u64>)>) -> Option<&'static str> {
    match path?.0 {
        Way::Ahead => None,
        Way::Taken => Some("canvas-line canvas-line-chosen stroke-success"),
        Way::Passed => Some("canvas-line stroke-line-strong opacity-35"),
    }
}

/// What stands on the middle of a connection while a run is shown.
pub(in super::super) fn path_items(count: u64) -> impl IntoView {
    let text = count.to_string();
    let items = text.clone();
    #[allow(clippy::cast_precision_loss)]
    let width = 12.0 + 7.0 * text.len() as f64;
    view! {
        <rect x=-width / 2.0 y="-9" width=width height="18" rx="9" class="fill-success-soft stroke-success" />
        <text class="fill-success text-2xs" text-anchor="middle" dy="3.8" data-items=items>
            {text}
        </text>
    }
}
