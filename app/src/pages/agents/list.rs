//! The agents of the organization.

use crate::{
    api::agents::{AgentList, list_agents},
    components::{
        button::{ButtonLink, Kind},
        page::{EmptyState, ErrorNotice, PageHeader, Skeleton},
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;

#[component]
pub fn AgentsPage() -> impl IntoView {
    let org = param("org");
    let search = query("q");
    let agents = Resource::new_blocking(move || (org.get(), search.get()), |(org, search)| list_agents(org, search));
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match agents.await {
                    Ok(list) => view! { <AgentTable list=list org=org.get_untracked() search=search.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn AgentTable(list: AgentList, org: String, search: String) -> impl IntoView {
    let new_href = format!("/{org}/agents/new");
    let count = list.agents.len();
    let facts = match count {
        0 => "Nobody calls tools yet".to_owned(),
        1 => "1 agent".to_owned(),
        count => format!("{count} agents"),
    };
    let is_searching = !search.is_empty();
    let may_build = list.may_build;
    let header_href = new_href.clone();
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
        {(count > 0 || is_searching)
            .then(|| {
                view! {
                    <form method="get" role="search" class="mb-4 flex max-w-md gap-2">
                        <label class="sr-only" for="agents-q">
                            "Search agents"
                        </label>
                        <input id="agents-q" type="search" name="q" class="field" placeholder="Search agents" value=search />
                        <button class="btn btn-secondary">"Search"</button>
                    </form>
                }
            })}
        {if count == 0 && is_searching {
            view! {
                <EmptyState icon=icondata_lu::LuSearchX title="No agent matches" text="Search for other words, or show all agents.">
                    <ButtonLink href=format!("/{org}/agents")>"Show all agents"</ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else if count == 0 {
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
                <div class="panel overflow-x-auto" role="region" aria-label="Agents" tabindex="0">
                    <table class="table">
                        <caption class="sr-only">"Agents"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Agent"</th>
                                <th scope="col">"Description"</th>
                                <th scope="col" class="num">"Tools"</th>
                                <th scope="col" class="num">"Can call"</th>
                                <th scope="col">"Last call"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {list
                                .agents
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
                                            <td class="max-w-md">
                                                <span class="line-clamp-2 text-muted">{row.agent.description}</span>
                                            </td>
                                            <td class="num">{row.tool_count}</td>
                                            <td class="num">{row.callable_count}</td>
                                            <td>
                                                {match row.last_executed_at {
                                                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                                                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                                                }}
                                            </td>
                                        </tr>
                                    }
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
    }
}
