//! Which servers are there, are they well, and did one change what we rely on?

use super::cells::{HealthBadge, place};
use crate::{
    api::mcp_servers::{ServerList, list_mcp_servers},
    components::{
        badge::{Badge, Tone},
        button::{ButtonLink, Kind},
        page::{EmptyState, ErrorNotice, PageHeader, Skeleton},
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::mcp::McpServer;

#[component]
pub fn McpServersPage() -> impl IntoView {
    let org = param("org");
    let servers = Resource::new_blocking(move || org.get(), list_mcp_servers);
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match servers.await {
                    Ok(list) => view! { <Shown list=list org=org.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

#[component]
fn Shown(list: ServerList, org: String) -> impl IntoView {
    let new_href = format!("/{org}/mcp-servers/new");
    let header_href = new_href.clone();
    let facts = match list.servers.len() {
        0 => String::new(),
        1 => "1 server".to_owned(),
        count => format!("{count} servers"),
    };
    let may_manage = list.may_manage;
    view! {
        <PageHeader title="MCP servers" facts=facts>
            {may_manage
                .then(|| {
                    view! {
                        <ButtonLink href=header_href kind=Kind::Primary icon=icondata_lu::LuPlus>
                            "Register server"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {if list.servers.is_empty() {
            view! {
                <EmptyState
                    icon=icondata_lu::LuPlug
                    title="No MCP servers yet"
                    text="An MCP server offers tools that somebody else wrote. Register one, choose which of its tools to import, and each is pinned to what you saw: when the server changes it, it stops until an admin has looked."
                >
                    {if may_manage {
                        view! {
                            <ButtonLink href=new_href icon=icondata_lu::LuPlus>
                                "Register the first server"
                            </ButtonLink>
                        }
                            .into_any()
                    } else {
                        view! { <p class="text-muted">"Admins and owners register servers."</p> }.into_any()
                    }}
                </EmptyState>
            }
                .into_any()
        } else {
            view! {
                <div class="panel overflow-x-auto" role="region" aria-label="MCP servers" tabindex="0">
                    <table class="table">
                        <caption class="sr-only">"MCP servers"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Server"</th>
                                <th scope="col">"State"</th>
                                <th scope="col">"Protocol"</th>
                                <th scope="col" class="num">"Offers"</th>
                                <th scope="col" class="num">"Imported"</th>
                                <th scope="col">"Last seen"</th>
                            </tr>
                        </thead>
                        <tbody>{list.servers.into_iter().map(|server| view! { <Row server=server org=org.clone() /> }).collect_view()}</tbody>
                    </table>
                </div>
            }
                .into_any()
        }}
    }
}

#[component]
fn Row(server: McpServer, org: String) -> impl IntoView {
    let place = place(&server);
    let stopped = (server.stopped > 0).then(|| {
        view! {
            <Badge tone=Tone::Warning>{format!("{} stopped", server.stopped)}</Badge>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("/{org}/mcp-servers/{}", server.id)>
                    {server.configuration.name.clone()}
                </a>
                <div class="max-w-md truncate font-mono text-xs font-normal text-muted">{place}</div>
            </th>
            <td>
                <span class="inline-flex flex-wrap gap-1">
                    <HealthBadge status=server.status circuit=server.circuit />
                    {stopped}
                </span>
            </td>
            <td class="num">{server.protocol_version.clone().unwrap_or_else(|| "–".to_owned())}</td>
            <td class="num">{server.offered}</td>
            <td class="num">{server.imported}</td>
            <td>
                {match server.last_seen_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}
