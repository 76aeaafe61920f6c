//! Nodes as cards and edges as curves. Each listens to its own signals only: a drag moves one transform.

use super::state::{Editor, Shown, name_of};
use crate::components::icon::Icon;
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::{Point, curve, geometry},
    graph::{Catalog, ERROR_BRANCH, Node, NodeKind, Severity},
};

/// Above all cards.
pub(super) const TOP: &str = "100000";

pub(super) fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Tool => "Tool",
        NodeKind::Input => "Input",
        NodeKind::Output => "Output",
        NodeKind::Condition => "Condition",
        NodeKind::Switch => "Switch",
        NodeKind::ForEach => "For each",
        NodeKind::Merge => "Merge",
        NodeKind::Transform => "Transform",
        NodeKind::Delay => "Delay",
        NodeKind::Approval => "Approval",
        NodeKind::Workflow => "Workflow",
        NodeKind::Note => "Note",
        NodeKind::Group => "Group",
    }
}

pub(super) fn kind_icon(kind: NodeKind) -> icondata_core::Icon {
    match kind {
        NodeKind::Tool => icondata_lu::LuWrench,
        NodeKind::Input => icondata_lu::LuLogIn,
        NodeKind::Output => icondata_lu::LuLogOut,
        NodeKind::Condition => icondata_lu::LuSplit,
        NodeKind::Switch => icondata_lu::LuGitFork,
        NodeKind::ForEach => icondata_lu::LuRepeat,
        NodeKind::Merge => icondata_lu::LuMerge,
        NodeKind::Transform => icondata_lu::LuBraces,
        NodeKind::Delay => icondata_lu::LuTimer,
        NodeKind::Approval => icondata_lu::LuUserCheck,
        NodeKind::Workflow => icondata_lu::LuWorkflow,
        NodeKind::Note => icondata_lu::LuStickyNote,
        NodeKind::Group => icondata_lu::LuGroup,
    }
}

/// One line of what the node is set to.
fn summary(node: &Node, tools: &Catalog) -> String {
    let config = &node.config;
    let fields = |names: Vec<&str>| if names.is_empty() { "Nothing yet".to_owned() } else { names.join(", ") };
    match node.kind {
        NodeKind::Tool | NodeKind::ForEach => {
            node.tool_id.and_then(|id| tools.get(&id)).map_or_else(|| kind_name(node.kind).to_owned(), |tool| tool.name.clone())
        }
        NodeKind::Input => fields(config.fields.iter().map(|field| field.name.as_str()).collect()),
        NodeKind::Output => "What the workflow gives back".to_owned(),
        NodeKind::Condition => config.when.clone().unwrap_or_else(|| "No condition yet".to_owned()),
        NodeKind::Switch => crate::components::format::count(i64::try_from(config.cases.len()).unwrap_or(0), "case", "cases"),
        NodeKind::Merge => "Joins branches".to_owned(),
        NodeKind::Transform => config
            .result
            .clone()
            .unwrap_or_else(|| fields(config.expressions.keys().chain(config.inputs.keys()).map(String::as_str).collect())),
        NodeKind::Delay => match (&config.until, config.ms) {
            (Some(until), _) => format!("Until {until}"),
            (None, Some(ms)) => crate::components::format::duration(ms as f64),
            // Fed from elsewhere; where it is not, that is a finding.
            (None, None) => config.expressions.get("ms").cloned().unwrap_or_else(|| "As long as it is told".to_owned()),
        },
        NodeKind::Approval => config.message.clone().unwrap_or_else(|| "Waits for a person".to_owned()),
        NodeKind::Note | NodeKind::Group => String::new(),
        NodeKind::Workflow => config
            .workflow_id
            .and_then(|id| tools.workflows.get(&id))
            .map_or_else(|| "No workflow yet".to_owned(), |workflow| workflow.display_name.clone()),
    }
}

/// The findings of one node: whether one is an error, and what they say.
fn found(editor: Editor, id: &str) -> Option<(bool, String)> {
    editor.findings.with(|findings| {
        let own: Vec<_> = findings.iter().filter(|finding| finding.node.as_deref() == Some(id)).collect();
        let first = own.iter().find(|finding| finding.is_error()).or(own.first())?;
        let more = if own.len() > 1 { format!(" (and {} more)", own.len() - 1) } else { String::new() };
        Some((first.severity == Severity::Error, format!("{}{more}", first.message)))
    })
}

#[component]
pub(super) fn Card(editor: Editor, id: String) -> impl IntoView {
    let Some(Shown { at, node }) = editor.nodes.with_value(|nodes| nodes.get(&id).cloned()) else {
        return ().into_any();
    };
    if node.with_untracked(|node| node.kind.is_annotation()) {
        return view! { <super::annotations::Annotation editor=editor shown=Shown { at, node } id=id /> }.into_any();
    }
    let of = |node: &ArcRwSignal<Node>| {
        let node = node.clone();
        move || node.get()
    };
    let problem = Memo::new({
        let id = id.clone();
        move |_| found(editor, &id)
    });
    let is_chosen = Memo::new({
        let id = id.clone();
        move |_| editor.chosen.with(|chosen| chosen.contains(&id))
    });
    let run = super::runs::state_of(editor, &id);
    let is_dragged = Memo::new({
        let id = id.clone();
        move |_| editor.dragged.with(|dragged| dragged.contains(&id))
    });
    // While an edge is drawn: may it end here? `Some(true)`: it hovers here.
    let end = Memo::new({
        let id = id.clone();
        move |_| {
            let hovered =
                editor.drawing.with(|drawing| drawing.as_ref().map(|drawing| drawing.target.as_ref().is_some_and(|(to, _)| *to == id)));
            hovered.map(|hovered| (hovered, editor.refused.with(|refused| refused.contains_key(&id))))
        }
    });
    let name = Memo::new({
        let node = of(&node);
        move |_| editor.catalog.with(|tools| name_of(&node(), tools))
    });
    let kind = Memo::new({
        let node = of(&node);
        move |_| node().kind
    });
    let off = Memo::new({
        let node = of(&node);
        move |_| node().is_off()
    });
    let label = move || {
        let problem = problem.get().map_or_else(String::new, |(_, words)| format!(". {words}"));
        let problem = format!("{problem}{}", run.with(|run| super::runs::spoken(run.as_ref())));
        let name = name.get();
        let kind = kind_name(kind.get());
        let off = if off.get() { ", disabled" } else { "" };
        if name == kind { format!("{name}{off}{problem}") } else { format!("{name}, {}{off}{problem}", kind.to_lowercase()) }
    };
    let frame = move || {
        let ring = match (end.get(), is_chosen.get(), problem.get()) {
            (Some((true, true)), ..) => "border-danger ring-2 ring-danger",
            (Some((true, false)), ..) => "border-success ring-2 ring-success",
            (Some((false, true)), ..) => "border-line opacity-45",
            (_, true, _) => "border-accent ring-2 ring-accent",
            _ if run.with(Option::is_some) => run.with(|run| super::runs::ring(run.as_ref())).unwrap_or("border-line-strong/60"),
            (_, _, Some((true, _))) => "border-danger",
            (_, _, Some((false, _))) => "border-warning",
            _ => "border-line-strong/60 hover:border-line-strong",
        };
        let lift = if is_dragged.get() { "shadow-pop" } else { "" };
        let paper = if off.get() { "bg-sunken border-dashed text-muted" } else { "bg-surface" };
        format!("canvas-card absolute rounded-lg border text-left {paper} {ring} {lift}")
    };
    let ways = {
        let node = of(&node);
        move || {
            let node = node();
            let ways: Vec<(Option<String>, Point)> =
                geometry::ways_out(&node).into_iter().map(|way| (way.map(str::to_owned), geometry::way_out(&node, way))).collect();
            ways.into_iter().map(|(way, at)| view! { <WayOut way=way at=at /> }).collect_view()
        }
    };
    let (text, tall, way_in) = (of(&node), of(&node), of(&node));
    // Cards are made in the order in which they come into sight; what stands later in the graph lies on top.
    let order = editor.scene.with_value(|scene| scene.node(&id)).unwrap_or_default();
    view! {
        <div
            id=format!("node-{id}")
            data-node=id.clone()
            style:z-index=move || if is_dragged.get() { TOP.to_owned() } else { (order + 1).to_string() }
            role="group"
            aria-label=label
            aria-roledescription="step"
            class=frame
            // Not a transform: each of these would be a part of the picture for itself, which makes every frame dearer.
            style:left={
                let at = at.clone();
                move || format!("{}px", at.get().x)
            }
            style:top=move || format!("{}px", at.get().y)
            style:height=move || format!("{}px", geometry::height(&tall()))
        >
            <div class="flex h-16 items-center gap-2.5 px-3">
                <span class=move || {
                    let ink = match kind.get() {
                        _ if off.get() => "bg-hover text-muted",
                        NodeKind::Input | NodeKind::Output => "bg-info-soft text-info",
                        NodeKind::Tool | NodeKind::ForEach | NodeKind::Workflow => "bg-accent-soft text-accent",
                        NodeKind::Approval | NodeKind::Delay => "bg-warning-soft text-warning",
                        _ => "bg-running-soft text-running",
                    };
                    format!("flex size-9 shrink-0 items-center justify-center rounded-md {ink}")
                }>{move || view! { <Icon icon=kind_icon(kind.get()) size=18 /> }}</span>
                <span class="min-w-0 flex-1">
                    <super::rename::Title editor=editor id=id.clone() name=name />
                    <span class="block truncate text-xs text-muted">
                        {move || {
                            off.get()
                                .then(|| {
                                    view! {
                                        <span class="mr-1 font-medium" data-off="">
                                            <Icon icon=icondata_lu::LuPowerOff size=12 class="mr-1 inline align-[-1px]" />
                                            "Disabled ·"
                                        </span>
                                    }
                                })
                        }}
                        {move || {
                            let reason = run.with(|run| super::runs::error_line(run.as_ref()));
                            let line = || super::vanished::line(editor, &text()).unwrap_or_else(|| editor.catalog.with(|tools| summary(&text(), tools)));
                            reason.unwrap_or_else(|| line().into_any())
                        }}
                    </span>
                </span>
                {move || {
                    problem
                        .get()
                        .map(|(error, words)| {
                            let ink = if error { "text-danger" } else { "text-warning" };
                            view! {
                                <span title=words class=ink>
                                    <Icon icon=if error { icondata_lu::LuCircleAlert } else { icondata_lu::LuTriangleAlert } />
                                </span>
                            }
                        })
                }}
            </div>
            {move || {
                geometry::has_way_in(&way_in())
                    .then(|| {
                        let fit = move || match end.get() {
                            Some((_, false)) => "canvas-handle canvas-handle-in canvas-handle-open",
                            _ => "canvas-handle canvas-handle-in",
                        };
                        view! { <span class=fit data-way-in="" aria-hidden="true"></span> }
                    })
            }}
            {ways}
            <super::runs::NodeRun editor=editor live=run />
            <super::runs::PinMark editor=editor id=id.clone() />
            <super::peers::Ring editor=editor id=id.clone() />
        </div>
    }
    .into_any()
}

#[component]
fn WayOut(way: Option<String>, at: Point) -> impl IntoView {
    let ink = match way.as_deref() {
        Some(ERROR_BRANCH | "rejected" | "false") => "text-danger",
        Some("true" | "approved") => "text-success",
        _ => "text-muted",
    };
    let title = way.as_ref().map_or_else(|| "Drag to what follows".to_owned(), |way| format!("Drag to what follows by {way}"));
    let name = way.clone();
    view! {
        {name
            .map(|name| {
                view! {
                    <span
                        class=format!("absolute right-3 max-w-44 truncate text-right text-xs leading-6 {ink}")
                        style:top=format!("{}px", at.y - 12.0)
                    >
                        {name}
                    </span>
                }
            })}
        <span
            class="canvas-handle canvas-handle-out"
            style:top=format!("{}px", at.y - 7.0)
            data-way=way.unwrap_or_default()
            title=title
            aria-hidden="true"
        ></span>
    }
}

#[component]
pub(super) fn Line(editor: Editor, id: String) -> impl IntoView {
    let Some(edge) = editor.edges.with_value(|edges| edges.get(&id).cloned()) else {
        return ().into_any();
    };
    let (source, target) = edge.with_untracked(|edge| (edge.source.clone(), edge.target.clone()));
    let shown = editor.nodes.with_value(|nodes| nodes.get(&source).cloned().zip(nodes.get(&target).cloned()));
    let Some((from, to)) = shown else { return ().into_any() };
    let run = super::runs::path_of(editor, edge.clone(), from.node.clone());
    let ends = Memo::new({
        let edge = edge.clone();
        move |_| edge.with(|edge| from.node.with(|source| geometry::ends(edge, source, from.at.get(), to.at.get())))
    });
    let path = Memo::new(move |_| ends.with(|(from, to)| curve::path(*from, *to)));
    let is_chosen = Memo::new({
        let id = id.clone();
        move |_| editor.chosen_edge.with(|chosen| chosen.as_ref() == Some(&id))
    });
    let near_chosen = Memo::new(move |_| editor.chosen.with(|chosen| chosen.contains(&source) || chosen.contains(&target)));
    let ink = {
        let edge = edge.clone();
        move || {
            let failure = edge.with(|edge| edge.branch() == Some(ERROR_BRANCH));
            match (is_chosen.get(), near_chosen.get(), failure) {
                (true, ..) => "canvas-line stroke-accent canvas-line-chosen",
                _ if run.with(Option::is_some) => super::runs::path_ink(run.get()).unwrap_or("canvas-line stroke-line-strong"),
                (_, _, true) => "canvas-line stroke-danger",
                (_, true, _) => "canvas-line stroke-accent/70",
                _ => "canvas-line stroke-line-strong",
            }
        }
    };
    let (count, dashed) = (edge.clone(), edge.clone());
    let middle = move || ends.with(|(from, to)| curve::middle(*from, *to));
    view! {
        <g>
            <path d=path class="canvas-line-catch" data-edge=id.clone() />
            <path d=path class=ink stroke-dasharray=move || dashed.with(|edge| edge.pairs().next().is_none().then_some("5 5")) marker-end="url(#canvas-arrow)" />
            // How many items went along.
            {move || {
                let items = run.get().and_then(|(_, items)| items)?;
                Some(
                    view! {
                        <g
                            class="pointer-events-none"
                            transform=move || {
                                let Point { x, y } = middle();
                                format!("translate({x:.1} {y:.1})")
                            }
                        >
                            {super::runs::path_items(items)}
                        </g>
                    },
                )
            }}
            // How many fields it carries. Placed without a transform, for the reason given at the cards.
            {move || {
                let fields = count.with(|edge| edge.pairs().count());
                (fields > 0 && run.with(Option::is_none))
                    .then(|| {
                        let (x, y) = (move || format!("{:.1}", middle().x), move || format!("{:.1}", middle().y));
                        view! {
                            <g class="pointer-events-none">
                                <circle r="9" cx=x cy=y class="fill-surface stroke-line-strong" />
                                <text x=x y=y class="fill-muted text-2xs" text-anchor="middle" dy="3.8">
                                    {fields}
                                </text>
                            </g>
                        }
                    })
            }}
            {move || {
                (is_chosen.get() && editor.may_change)
                    .then(|| {
                        view! {
                            <circle
                                r="7"
                                class="cursor-grab fill-accent stroke-surface pointer-events-auto"
                                stroke-width="2"
                                data-edge-end=id.clone()
                                cx=move || ends.with(|(_, to)| to.x - 4.0)
                                cy=move || ends.with(|(_, to)| to.y)
                            />
                        }
                    })
            }}
        </g>
    }
    .into_any()
}
