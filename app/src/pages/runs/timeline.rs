//! When each node ran, as bars: SVG drawn on the server.

use crate::components::{badge::status_words, format};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use toolcrib::workflows::{Run, engine::NodeStatus};

const LEFT: f64 = 150.0;
const WIDTH: f64 = 720.0;
const RIGHT: f64 = 76.0;
const ROW: f64 = 24.0;
const TOP: f64 = 22.0;

#[component]
pub(super) fn Timeline(run: Run, now: DateTime<Utc>) -> impl IntoView {
    let begin = run.started_at.unwrap_or(run.created_at);
    let end = run.completed_at.unwrap_or(now).max(begin);
    let span = ((end - begin).num_microseconds().unwrap_or(0) as f64 / 1000.0).max(1.0);
    let room = WIDTH - LEFT - RIGHT;
    let x = move |at: DateTime<Utc>| LEFT + room * ((at - begin).num_microseconds().unwrap_or(0) as f64 / 1000.0 / span).clamp(0.0, 1.0);
    let shown: Vec<_> =
        run.definition.nodes.iter().filter_map(|node| run.node_results.get(&node.id).map(|result| (node, result))).collect();
    let height = TOP + ROW * shown.len() as f64 + 6.0;
    let ticks = [0.0, 0.5, 1.0]
        .into_iter()
        .map(|part| {
            let at = LEFT + room * part;
            let anchor = if part == 0.0 {
                "start"
            } else if part == 1.0 {
                "end"
            } else {
                "middle"
            };
            view! {
                <line x1=at y1=TOP - 4.0 x2=at y2=height class="stroke-line" stroke-width="1" />
                <text x=at y="12" text-anchor=anchor class="fill-muted text-2xs">
                    {if part == 0.0 { "0".to_owned() } else { format::duration(span * part) }}
                </text>
            }
        })
        .collect_view();
    let rows = shown
        .into_iter()
        .enumerate()
        .map(|(index, (node, result))| {
            let y = TOP + ROW * index as f64;
            let ink = match result.status {
                NodeStatus::Success => "fill-success",
                NodeStatus::Error => "fill-danger",
                NodeStatus::Running | NodeStatus::Retrying | NodeStatus::Waiting => "fill-running",
                NodeStatus::Pending | NodeStatus::Skipped | NodeStatus::Cancelled => "fill-muted",
            };
            let bar = result.started_at.map(|from| {
                let to = result.completed_at.unwrap_or(end);
                let (from, to) = (x(from), x(to));
                (from, (to - from).max(2.0))
            });
            let took = match (result.status, result.duration_ms) {
                (NodeStatus::Success | NodeStatus::Error | NodeStatus::Cancelled, Some(ms)) => format::duration(ms),
                (status, _) => status_words(status.as_str()).to_lowercase(),
            };
            let label_x = bar.map_or(LEFT + 4.0, |(from, width)| (from + width + 6.0).min(WIDTH - RIGHT + 6.0));
            let name: String = node.name().chars().take(22).collect();
            let title = format!("{}: {}, {took}", node.name(), status_words(result.status.as_str()).to_lowercase());
            view! {
                // In a group, so that the link is made as part of a drawing in the browser too.
                <g><a href=format!("#node-{}", node.id)>
                    <title>{title}</title>
                    <text x="0" y=y + 15.0 class="fill-text text-xs">
                        {name}
                    </text>
                    {bar.map(|(from, width)| view! { <rect x=from y=y + 5.0 width=width height="13" rx="2" class=ink /> })}
                    <text x=label_x y=y + 15.0 class="fill-muted text-2xs">
                        {took}
                    </text>
                </a></g>
            }
        })
        .collect_view();
    view! {
        <div class="overflow-x-auto" role="region" aria-label="Timeline" tabindex="0">
            <svg viewBox=format!("0 0 {WIDTH} {height}") class="h-auto w-full min-w-[560px]" role="group" aria-label="When each step ran">
                {ticks}
                {rows}
            </svg>
        </div>
    }
    .into_any()
}
