//! The graph as SVG, drawn on the server: layers from top to bottom.

use leptos::prelude::*;
use std::collections::BTreeMap;
use toolcrib::workflows::graph::{
    Catalog, Definition, NodeKind,
    layout::{NODE_HEIGHT, NODE_WIDTH, draw},
};

/// How a node's frame is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mark {
    #[default]
    Plain,
    Problem,
    Running,
    Success,
    Failed,
    Faded,
}

impl Mark {
    fn class(self) -> &'static str {
        match self {
            Self::Plain => "fill-surface stroke-line-strong",
            Self::Problem => "fill-danger-soft stroke-danger",
            Self::Running => "fill-running-soft stroke-running",
            Self::Success => "fill-success-soft stroke-success",
            Self::Failed => "fill-danger-soft stroke-danger",
            Self::Faded => "fill-sunken stroke-line",
        }
    }

    /// The state in words, since colour alone does not say it.
    fn words(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Problem => "has problems",
            Self::Running => "running",
            Self::Success => "succeeded",
            Self::Failed => "failed",
            Self::Faded => "not run",
        }
    }
}

#[component]
pub fn Drawing(
    definition: Definition,
    #[prop(optional)] tools: Catalog,
    #[prop(optional)] marks: BTreeMap<String, Mark>,
    #[prop(into)] link: String,
) -> impl IntoView {
    let drawing = draw(&definition);
    if drawing.nodes.is_empty() {
        return view! { <p class="text-muted">"The steps are drawn here."</p> }.into_any();
    }
    let edges = drawing
        .edges
        .into_iter()
        .map(|(path, count)| {
            let title = if count == 0 {
                "order only".to_owned()
            } else {
                crate::components::format::count(i64::try_from(count).unwrap_or(0), "field", "fields")
            };
            view! {
                <path d=path class="fill-none stroke-line-strong" stroke-width="1.5" marker-end="url(#arrow)">
                    <title>{title}</title>
                </path>
            }
        })
        .collect_view();
    let nodes = drawing
        .nodes
        .into_iter()
        .filter_map(|(id, place)| {
            let node = definition.node(&id)?;
            let mark = marks.get(&id).copied().unwrap_or_default();
            let (name, kind) = match node.kind {
                NodeKind::Input => (
                    "Input".to_owned(),
                    crate::components::format::count(i64::try_from(node.config.fields.len()).unwrap_or(0), "field", "fields"),
                ),
                NodeKind::Output => ("Output".to_owned(), String::new()),
                _ => {
                    let tool = node.tool_id.and_then(|id| tools.get(&id)).map(|tool| tool.name.clone());
                    (node.title(&tools).to_owned(), tool.unwrap_or_else(|| node.id.clone()))
                }
            };
            let words = mark.words();
            let second = if words.is_empty() { kind } else { words.to_owned() };
            let href = match node.kind {
                NodeKind::Input if link == "#step-" => "#inputs".to_owned(),
                NodeKind::Output if link == "#step-" => "#output".to_owned(),
                _ => format!("{link}{id}"),
            };
            Some(view! {
                // In a group, so that the link is made as part of a drawing in the browser too.
                <g><a href=href>
                    <rect x=place.x y=place.y width=NODE_WIDTH height=NODE_HEIGHT rx="6" class=mark.class()>
                        <title>{name.clone()}</title>
                    </rect>
                    <text x=place.x + 10.0 y=place.y + 19.0 class="fill-text text-xs font-medium">
                        {shorten(&name)}
                    </text>
                    <text x=place.x + 10.0 y=place.y + 34.0 class="fill-muted text-2xs">
                        {shorten(&second)}
                    </text>
                </a></g>
            })
        })
        .collect_view();
    view! {
        <svg
            viewBox=format!("0 0 {:.0} {:.0}", drawing.width, drawing.height)
            width=format!("{:.0}", drawing.width)
            height=format!("{:.0}", drawing.height)
            class="h-auto max-w-full"
            role="group"
            aria-label="The steps and how they follow each other"
        >
            <defs>
                <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                    <path d="M0 0 L8 4 L0 8 z" class="fill-line-strong" />
                </marker>
            </defs>
            {edges}
            {nodes}
        </svg>
    }
    .into_any()
}

/// What fits into a node.
fn shorten(text: &str) -> String {
    const FITS: usize = 22;
    if text.chars().count() <= FITS { text.to_owned() } else { text.chars().take(FITS - 1).chain(['…']).collect() }
}
