//! All executions, filtered by the address.

use super::rows::{COLUMNS, ExecutionRows};
use crate::{
    api::executions_pages::{ExecutionList, ExecutionQuery, get_execution_list},
    components::{
        button::{Button, ButtonLink, Kind},
        columns::{ColumnMenu, Columns, use_columns},
        field::FieldFrame,
        page::{EmptyState, ErrorNotice, PageHeader},
        table::{CursorPager, KeptOrder, SortedPart, TableSkeleton},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::executions::{SORTED, Status};

#[component]
pub fn ExecutionsPage() -> impl IntoView {
    let org = param("org");
    let (tool, agent, run, status, source, range, q) =
        (query("tool"), query("agent"), query("run"), query("status"), query("source"), query("range"), query("q"));
    let (sort, dir, after) = (query("sort"), query("dir"), query("after"));
    let filter = Memo::new(move |_| ExecutionQuery {
        tool: tool.get(),
        agent: agent.get(),
        run: run.get(),
        status: status.get(),
        source: source.get(),
        range: range.get(),
        q: q.get(),
        sort: sort.get(),
        dir: dir.get(),
        after: after.get(),
    });
    let list = Resource::new_blocking(move || (org.get(), filter.get()), |(org, filter)| get_execution_list(org, filter));
    view! {
        <PageHeader title="Executions" facts="Every call of a tool" />
        <Transition fallback=|| view! { <TableSkeleton columns=6 rows=8 /> }>
            {move || Suspend::new(async move {
                let (org, filter) = (org.get_untracked(), filter.get_untracked());
                match list.await {
                    Ok(list) => view! { <Listed list=list org=org filter=filter /> }.into_any(),
                    Err(error) => {
                        view! {
                            <ErrorNotice error=error />
                            <p class="mt-4 text-center">
                                <a class="link" href=format!("/{org}/executions")>
                                    "Show all executions"
                                </a>
                            </p>
                        }
                            .into_any()
                    }
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Listed(list: ExecutionList, org: String, filter: ExecutionQuery) -> impl IntoView {
    let order =
        ExecutionQuery { sort: filter.sort.clone(), dir: filter.dir.clone(), after: filter.after.clone(), ..ExecutionQuery::default() };
    let is_filtered = filter != order;
    let is_empty = list.rows.is_empty();
    let columns = use_columns("executions", &COLUMNS);
    let all_href = format!("/{org}/executions");
    let (show_all_href, tools_href) = (all_href.clone(), format!("/{org}/tools"));
    let empty = if is_filtered {
        view! {
            <EmptyState icon=icondata_lu::LuSearchX title="No execution matches" text="Widen the time range or take a filter away.">
                <ButtonLink href=show_all_href>"Show all executions"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <EmptyState
                icon=icondata_lu::LuActivity
                title="No executions yet"
                text="Every call of a tool is recorded here: who called, with what, what came back, how long it took. Open a tool and try it."
            >
                <ButtonLink href=tools_href kind=Kind::Secondary>
                    "Go to tools"
                </ButtonLink>
            </EmptyState>
        }
        .into_any()
    };
    view! {
        {(is_filtered || !is_empty).then(|| view! { <Filters tools=list.tools agents=list.agents filter=filter is_filtered=is_filtered all_href=all_href columns=columns /> })}
        {if is_empty { empty } else { view! {
            <SortedPart is_cut=list.is_cut most=SORTED what="executions" />
            <ExecutionRows rows=list.rows org=org columns=columns sortable=true />
            <CursorPager next=list.next_cursor />
        }
        .into_any() }}
    }
}

#[component]
fn Filters(
    tools: Vec<(String, String)>,
    agents: Vec<(String, String)>,
    filter: ExecutionQuery,
    is_filtered: bool,
    all_href: String,
    columns: Columns,
) -> impl IntoView {
    let with_all =
        |all: &str, options: Vec<(String, String)>| std::iter::once((String::new(), all.to_owned())).chain(options).collect::<Vec<_>>();
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let statuses = Status::ALL.iter().map(|status| (status.as_str().to_owned(), status.label().to_owned())).collect();
    let sources =
        pairs(&[("page", "Page"), ("rest", "REST"), ("mcp", "MCP"), ("webhook", "Webhook"), ("workflow", "Workflow"), ("demo", "Demo")]);
    let ranges = pairs(&[("1h", "Last hour"), ("24h", "Last 24 hours"), ("7d", "Last 7 days"), ("30d", "Last 30 days")]);
    view! {
        <div class="mb-4 flex items-end gap-3">
        <form method="get" role="search" aria-label="Filter executions" class="grid min-w-0 flex-1 grid-cols-2 items-end gap-3 md:grid-cols-3 xl:grid-cols-7">
            <FieldFrame id="f-q" label="Text" required=true>
                <input id="f-q" name="q" type="search" class="field" value=filter.q placeholder="Tool, data, error" autocomplete="off" />
            </FieldFrame>
            <Choice label="Tool" name="tool" options=with_all("All tools", tools) value=filter.tool />
            <Choice label="Agent" name="agent" options=with_all("All agents", agents) value=filter.agent />
            <Choice label="Status" name="status" options=with_all("Any status", statuses) value=filter.status />
            <Choice label="Source" name="source" options=with_all("Any source", sources) value=filter.source />
            <Choice label="Time" name="range" options=with_all("Any time", ranges) value=filter.range />
            <KeptOrder />
            {(!filter.run.is_empty()).then(|| view! { <input type="hidden" name="run" value=filter.run /> })}
            <div class="flex gap-2">
                <Button kind=Kind::Secondary>"Filter"</Button>
                {is_filtered
                    .then(|| {
                        view! {
                            <ButtonLink href=all_href kind=Kind::Ghost>
                                "Clear"
                            </ButtonLink>
                        }
                    })}
            </div>
        </form>
        <ColumnMenu columns=columns />
        </div>
    }
}

/// A select that may stay on “all”, and says so without the word “optional”.
#[component]
fn Choice(label: &'static str, name: &'static str, options: Vec<(String, String)>, value: String) -> impl IntoView {
    let id = format!("f-{name}");
    let options = options
        .into_iter()
        .map(|(option, label)| {
            let selected = option == value;
            view! {
                <option value=option selected=selected>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <FieldFrame id=id.clone() label=label required=true>
            <select id=id name=name class="field">
                {options}
            </select>
        </FieldFrame>
    }
}
