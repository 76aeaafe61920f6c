//! What do we have, is it healthy?

use super::{
    cells::{KindBadge, PulseLine, rate},
    param, query,
};
use crate::{
    api::tools::{ToolList, ToolQuery, list_tools},
    components::{
        badge::{Badge, StatusBadge},
        button::{ButtonLink, Kind as ButtonKind},
        page::{EmptyState, ErrorNotice, PageHeader, Skeleton},
        query::encode,
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::{
    executions::Pulse,
    tools::{Kind, Status, ToolSummary},
};

#[component]
pub fn ToolsPage() -> impl IntoView {
    let org = param("org");
    let (q, kind, status, category, after) = (query("q"), query("kind"), query("status"), query("category"), query("after"));
    let asked =
        Memo::new(move |_| ToolQuery { q: q.get(), kind: kind.get(), status: status.get(), category: category.get(), after: after.get() });
    let tools = Resource::new_blocking(move || (org.get(), asked.get()), |(org, query)| list_tools(org, query));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match tools.await {
                    Ok(list) => view! { <Shown list=list org=org.get_untracked() query=asked.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(list: ToolList, org: String, query: ToolQuery) -> impl IntoView {
    let base = format!("/{org}/tools");
    let new_href = format!("{base}/new");
    let filtered = query != ToolQuery::default();
    let count = list.page.items.len();
    let facts = match (count, &list.page.next_cursor) {
        (0, _) => String::new(),
        (1, None) => "1 tool".to_owned(),
        (count, None) => format!("{count} tools"),
        (count, Some(_)) => format!("The newest {count} tools"),
    };
    let next = list.page.next_cursor.as_ref().map(|cursor| {
        let pairs = [("q", &query.q), ("kind", &query.kind), ("status", &query.status), ("category", &query.category), ("after", cursor)];
        let words: Vec<String> =
            pairs.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", encode(value))).collect();
        format!("{base}?{}", words.join("&"))
    });
    let header_href = new_href.clone();
    let may_build = list.may_build;
    let all_href = base.clone();
    view! {
        <PageHeader title="Tools" facts=facts>
            {may_build
                .then(|| {
                    view! {
                        <ButtonLink href=header_href kind=ButtonKind::Primary icon=icondata_lu::LuPlus>
                            "New tool"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {(count > 0 || filtered).then(|| view! { <Filters list=list.clone() query=query.clone() /> })}
        {if count == 0 && filtered {
            view! {
                <EmptyState icon=icondata_lu::LuSearchX title="No tool matches" text="Filter by other words, or show all tools.">
                    <ButtonLink href=all_href>"Show all tools"</ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else if count == 0 {
            view! {
                <EmptyState
                    icon=icondata_lu::LuWrench
                    title="No tools yet"
                    text="A tool is one thing an agent can do: call an API, run a script. Register one, try it, then attach it to an agent."
                >
                    {may_build
                        .then(|| {
                            view! {
                                <ButtonLink href=new_href icon=icondata_lu::LuPlus>
                                    "Register the first tool"
                                </ButtonLink>
                            }
                        })}
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <div class="panel overflow-x-auto" role="region" aria-label="Tools" tabindex="0">
                    <table class="table">
                        <caption class="sr-only">"Tools"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Tool"</th>
                                <th scope="col">"Kind"</th>
                                <th scope="col">"Status"</th>
                                <th scope="col">"Last 24 hours"</th>
                                <th scope="col" class="num">"Success"</th>
                                <th scope="col" class="num">"Calls"</th>
                                <th scope="col">"Last call"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {list
                                .page
                                .items
                                .into_iter()
                                .zip(list.pulses)
                                .map(|(tool, pulse)| view! { <ToolRow tool=tool pulse=pulse base=base.clone() /> })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
        {next.map(|href| view! { <p class="mt-4"><ButtonLink href=href>"Older tools"</ButtonLink></p> })}
    }
}

#[component]
fn Filters(list: ToolList, query: ToolQuery) -> impl IntoView {
    let option = |value: String, label: String, chosen: &str| {
        let selected = value == chosen;
        view! {
            <option value=value selected=selected>
                {label}
            </option>
        }
    };
    let kinds = Kind::AVAILABLE.iter().map(|kind| option(kind.as_str().to_owned(), kind.label().to_owned(), &query.kind)).collect_view();
    let statuses =
        Status::ALL.iter().map(|status| option(status.as_str().to_owned(), status.label().to_owned(), &query.status)).collect_view();
    let has_categories = !list.categories.is_empty();
    let categories =
        list.categories.iter().map(|category| option(category.id.to_string(), category.name.clone(), &query.category)).collect_view();
    view! {
        <form method="get" role="search" class="mb-4 flex flex-wrap gap-2">
            <input type="search" name="q" class="field w-64 max-w-full" placeholder="Search tools" aria-label="Search tools" value=query.q.clone() />
            <select name="kind" class="field w-auto" aria-label="Kind">
                <option value="">"Every kind"</option>
                {kinds}
            </select>
            <select name="status" class="field w-auto" aria-label="Status">
                <option value="">"Every status"</option>
                {statuses}
            </select>
            {has_categories
                .then(|| {
                    view! {
                        <select name="category" class="field w-auto" aria-label="Category">
                            <option value="">"Every category"</option>
                            {categories}
                        </select>
                    }
                })}
            <button class="btn btn-secondary">"Filter"</button>
        </form>
    }
}

#[component]
fn ToolRow(tool: ToolSummary, pulse: Pulse, base: String) -> impl IntoView {
    let success = rate(pulse.success_rate);
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("{base}/{}", tool.id)>
                    {tool.display_name}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{tool.name}</div>
            </th>
            <td>
                <KindBadge kind=tool.kind />
            </td>
            <td>
                <span class="inline-flex flex-wrap gap-1">
                    <StatusBadge status=tool.status.as_str() />
                    {(tool.visibility == toolcrib::tools::Visibility::Private).then(|| view! { <Badge plain=true>"Private"</Badge> })}
                </span>
            </td>
            <td>
                <PulseLine pulse=pulse />
            </td>
            <td class="num">{success}</td>
            <td class="num">{tool.execution_count}</td>
            <td>
                {match tool.last_executed_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}
