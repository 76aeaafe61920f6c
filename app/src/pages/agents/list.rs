//! The agents of the organization.

use crate::{
    api::agents::{AgentList, list_agents},
    components::{
        button::{ButtonLink, Kind},
        columns::{Column, ColumnMenu, Columns, use_columns, usual},
        format,
        page::{EmptyState, ErrorNotice, PageHeader},
        table::{ListSearch, Pager, SortHeader, Table, TableSkeleton, list_order, use_query},
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::agents::AgentSummary;

static COLUMNS: [Column; 4] =
    [usual("description", "Description"), usual("tools", "Tools"), usual("callable", "Can call"), usual("last_call", "Last call")];

#[component]
pub fn AgentsPage() -> impl IntoView {
    let org = param("org");
    let search = query("q");
    let address = use_query();
    let order = Memo::new(move |_| address.with(list_order));
    let agents =
        Resource::new_blocking(move || (org.get(), search.get(), order.get()), |(org, search, order)| list_agents(org, search, order));
    view! {
        <Transition fallback=|| view! { <TableSkeleton columns=5 /> }>
            {move || Suspend::new(async move {
                match agents.await {
                    Ok(list) => view! { <Listed list=list org=org.get_untracked() search=search.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Listed(list: AgentList, org: String, search: String) -> impl IntoView {
    let new_href = format!("/{org}/agents/new");
    let columns = use_columns("agents", &COLUMNS);
    let (total, page) = (list.agents.total, list.agents.page);
    let is_searching = !search.is_empty();
    let facts = match total {
        0 if !is_searching => "Nobody calls tools yet".to_owned(),
        total => format::count(total, "agent", "agents"),
    };
    let may_build = list.may_build;
    let header_href = new_href.clone();
    let body = if total == 0 && is_searching {
        view! {
            <EmptyState icon=icondata_lu::LuSearchX title="No agent matches" text="Search for other words, or show all agents.">
                <ButtonLink href=format!("/{org}/agents")>"Show all agents"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else if total == 0 {
        view! {
            <EmptyState
                icon=icondata_lu::LuBot
                title="No agents yet"
                text="An agent is whatever calls your tools: an assistant, a bot, a script. Make one, attach tools to it, and give its model the list."
            >
                {may_build
                    .then(|| {
                        view! {
                            <ButtonLink href=new_href kind=Kind::Secondary icon=icondata_lu::LuPlus>
                                "Make the first agent"
                            </ButtonLink>
                        }
                    })}
            </EmptyState>
        }
        .into_any()
    } else {
        view! {
            <AgentTable rows=list.agents.items org=org columns=columns />
            <Pager page=page total=total />
        }
        .into_any()
    };
    view! {
        <PageHeader title="Agents" facts=facts>
            {may_build
                .then(|| {
                    view! {
                        <ButtonLink href=header_href kind=Kind::Primary icon=icondata_lu::LuPlus>
                            "New agent"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {(total > 0 || is_searching)
            .then(|| {
                view! {
                    <ListSearch label="Search agents">
                        <ColumnMenu columns=columns />
                    </ListSearch>
                }
            })}
        {body}
    }
}

#[component]
fn AgentTable(rows: Vec<AgentSummary>, org: String, columns: Columns) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link" href=format!("/{org}/agents/{}", row.agent.id)>
                            {row.agent.display_name}
                        </a>
                        <div class="font-mono text-xs font-normal text-muted">{row.agent.name}</div>
                    </th>
                    {columns
                        .has("description")
                        .then(|| {
                            view! {
                                <td class="max-w-md min-w-48">
                                    <span class="line-clamp-2 text-muted">{row.agent.description}</span>
                                </td>
                            }
                        })}
                    {columns.has("tools").then(|| view! { <td class="num">{format::number(row.tool_count)}</td> })}
                    {columns.has("callable").then(|| view! { <td class="num">{format::number(row.callable_count)}</td> })}
                    {columns
                        .has("last_call")
                        .then(|| {
                            view! {
                                <td>
                                    {match row.last_executed_at {
                                        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                                        None => view! { <span class="text-muted">"never"</span> }.into_any(),
                                    }}
                                </td>
                            }
                        })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="Agents">
            <thead>
                <tr>
                    <SortHeader name="name" label="Agent" />
                    {columns.has("description").then(|| view! { <th scope="col">"Description"</th> })}
                    {columns.has("tools").then(|| view! { <SortHeader name="tools" label="Tools" numeric=true /> })}
                    {columns.has("callable").then(|| view! { <SortHeader name="callable" label="Can call" numeric=true /> })}
                    {columns.has("last_call").then(|| view! { <SortHeader name="last_call" label="Last call" /> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
