//! Templates to begin with, each with a small drawing of its graph.

use crate::{
    api::workflows::CreateFromTemplate,
    components::{button::Button, field::FormError, form::use_row_forms, format},
};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::{curve, geometry},
    graph::{Definition, NodeKind},
    templates::Template,
};

#[component]
pub(super) fn Gallery(templates: Vec<Template>, org: String, action: ServerAction<CreateFromTemplate>) -> impl IntoView {
    let forms = use_row_forms(action, &["template"]);
    let cards = templates
        .into_iter()
        .map(|template| {
            let form = forms.of(&template.name);
            let sending = forms.sending(&template.name);
            view! {
                <li class="flex" on:submit=sending>
                    <Card template=template org=org.clone() action=action refusal=form.error("template") />
                </li>
            }
        })
        .collect_view();
    view! {
        <p class="mb-4 max-w-prose text-muted">
            "Each runs at once, without a network and without keys, with tools that every organization has. What you make of it is yours: try it with its sample, then change it."
        </p>
        <ul class="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">{cards}</ul>
    }
    .into_any()
}

#[component]
fn Card(template: Template, org: String, action: ServerAction<CreateFromTemplate>, refusal: Signal<Option<String>>) -> impl IntoView {
    let Template { name, title, description, shows, needs, brings, definition, .. } = template;
    let steps = format::count(
        i64::try_from(definition.nodes.iter().filter(|node| !node.kind.is_annotation()).count()).unwrap_or(0),
        "step",
        "steps",
    );
    let tools =
        needs.into_iter().map(|tool| view! { <li class="rounded-sm bg-sunken px-1.5 py-0.5 font-mono text-xs">{tool}</li> }).collect_view();
    let brings = (!brings.is_empty())
        .then(|| view! { <p class="text-xs text-muted">{format!("Brings the workflow “{}”.", brings.join("”, “"))}</p> });
    let label = format!("Use “{title}”");
    let (mark, named) = (name.clone(), title.clone());
    view! {
        <article class="panel flex min-w-0 flex-1 flex-col overflow-hidden" data-template=mark aria-label=named>
            <div class="border-b border-line bg-sunken px-4 py-3">
                <Small definition=definition />
            </div>
            <div class="flex flex-1 flex-col gap-2 p-4">
                <h2 class="font-semibold">{title}</h2>
                <p class="text-muted">{description}</p>
                <p class="text-xs">
                    <span class="font-medium">"Shows: "</span>
                    {shows}
                </p>
                <p class="text-xs text-muted">{format!("{steps}, calling")}</p>
                <ul class="flex flex-wrap gap-1" aria-label="Tools that it calls">
                    {tools}
                </ul>
                {brings}
                <ActionForm action=action attr:class="mt-auto pt-2">
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="template" value=name />
                    <FormError message=refusal />
                    <Button pending=action.pending() icon=icondata_lu::LuPlus attr:aria-label=label>
                        "Use this template"
                    </Button>
                </ActionForm>
            </div>
        </article>
    }
    .into_any()
}

/// The graph as it will stand on the canvas, in small: what kinds of steps, and how they follow each other.
#[component]
fn Small(definition: Definition) -> impl IntoView {
    let bounds = geometry::bounds(&definition, |_| true).unwrap_or_default().grown(12.0);
    let edges = definition
        .edges
        .iter()
        .filter_map(|edge| {
            let (source, target) = (definition.node(&edge.source)?, definition.node(&edge.target)?);
            let (from, to) = geometry::ends(edge, source, source.position, target.position);
            Some(view! { <path d=curve::path(from, to) class="fill-none stroke-line-strong" stroke-width="5" /> })
        })
        .collect_view();
    let nodes = definition
        .nodes
        .iter()
        .filter(|node| node.kind != NodeKind::Note)
        .map(|node| {
            let rect = geometry::rect(node, node.position);
            let class = match node.kind {
                NodeKind::Input | NodeKind::Output => "fill-info-soft stroke-info",
                NodeKind::Tool | NodeKind::ForEach | NodeKind::Workflow => "fill-accent-soft stroke-accent",
                NodeKind::Group => "fill-none stroke-line-strong",
                NodeKind::Approval | NodeKind::Delay => "fill-warning-soft stroke-warning",
                _ => "fill-running-soft stroke-running",
            };
            view! { <rect x=rect.x y=rect.y width=rect.width height=rect.height rx="14" class=class stroke-width="5" /> }
        })
        .collect_view();
    view! {
        <svg
            class="h-28 w-full"
            viewBox=format!("{:.0} {:.0} {:.0} {:.0}", bounds.x, bounds.y, bounds.width, bounds.height)
            preserveAspectRatio="xMidYMid meet"
            aria-hidden="true"
        >
            {edges}
            {nodes}
        </svg>
    }
    .into_any()
}
