//! Dashboard, what was called last, and the first steps where they are not done yet.

use super::{checklist::Checklist, figures::DashboardFigures};
use crate::{
    api::overview::{Overview, get_overview},
    components::{
        badge::Tone,
        page::{ErrorNotice, Notice, PageHeader, Section, Skeleton},
    },
    pages::{
        address::{param, query},
        executions::ExecutionRows,
    },
};
use leptos::prelude::*;
use toolcrib::{ids::ToolId, mcp::PinState};

const RANGES: [(&str, &str); 4] = [("1h", "1 hour"), ("24h", "24 hours"), ("7d", "7 days"), ("30d", "30 days")];

#[component]
pub fn OverviewPage() -> impl IntoView {
    let org = param("org");
    let range = query("range");
    let overview = Resource::new_blocking(move || (org.get(), range.get()), |(org, range)| get_overview(org, range));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok(overview) => view! { <Shown overview=overview org=org range=range /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(overview: Overview, org: Memo<String>, range: Memo<String>) -> impl IntoView {
    let Overview { dashboard, recent, first_steps, may_build, stopped } = overview;
    let dashboard = dashboard.filter(|_| first_steps.has_execution);
    let has_figures = dashboard.is_some();
    let slug = org.get_untracked();
    view! {
        <PageHeader title="Overview">{has_figures.then(|| view! { <Ranges org=org range=range /> })}</PageHeader>
        {(!stopped.is_empty()).then(|| view! { <Stopped tools=stopped org=slug.clone() /> })}
        <Checklist first=first_steps org=slug.clone() may_build=may_build />
        {dashboard.map(|dashboard| view! { <DashboardFigures dashboard=dashboard org=slug.clone() /> })}
        {(!recent.is_empty())
            .then(|| {
                view! {
                    <Section title="Recent executions">
                        <ExecutionRows rows=recent org=slug.clone() label="Recent executions" />
                        <p class="mt-3">
                            <a class="link" href=format!("/{slug}/executions")>
                                "All executions"
                            </a>
                        </p>
                    </Section>
                }
            })}
    }
}

/// How far the figures look back.
#[component]
fn Ranges(org: Memo<String>, range: Memo<String>) -> impl IntoView {
    view! {
        <nav aria-label="Time range" class="flex rounded-md border border-line">
            {RANGES
                .into_iter()
                .map(|(value, label)| {
                    let active = move || range.with(|range| range == value || (value == "24h" && !RANGES.iter().any(|(known, _)| known == range)));
                    view! {
                        <a
                            class="btn btn-ghost btn-small aria-[current]:bg-hover aria-[current]:font-semibold"
                            href=move || format!("/{}?range={value}", org.get())
                            aria-current=move || active().then_some("true")
                        >
                            {label}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

/// Waits for somebody: tools that stopped because their MCP server offers something else.
#[component]
fn Stopped(tools: Vec<(ToolId, String, PinState)>, org: String) -> impl IntoView {
    const SHOWN: usize = 5;
    let title = match tools.len() {
        1 => "1 imported tool is stopped".to_owned(),
        count => format!("{count} imported tools are stopped"),
    };
    let more = tools.len().saturating_sub(SHOWN);
    view! {
        <div class="mb-6">
            <Notice tone=Tone::Warning title=title>
                <ul class="mt-1 space-y-1">
                    {tools
                        .into_iter()
                        .take(SHOWN)
                        .map(|(id, name, state)| {
                            view! {
                                <li>
                                    <a class="link" href=format!("/{org}/tools/{id}")>
                                        {name}
                                    </a> {format!(": {}", state.label().to_lowercase())}
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
                {(more > 0).then(|| view! { <p class="mt-1">{format!("and {more} more")}</p> })}
            </Notice>
        </div>
    }
}
