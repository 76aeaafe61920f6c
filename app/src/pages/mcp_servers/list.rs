//! Which servers are there, are they well, and did one change what we rely on?

use super::cells::{HealthBadge, place};
use crate::{
    api::mcp_servers::{ServerList, list_mcp_servers},
    components::{
        badge::{Badge, Tone},
        button::{ButtonLink, Kind},
        columns::{Column, ColumnMenu, Columns, use_columns, usual},
        page::{EmptyState, ErrorNotice, PageHeader, Skeleton},
        table::{Pager, SortHeader, Table, list_order, use_query},
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::{mcp::McpServer, page::Numbered};

static COLUMNS: [Column; 4] =
    [usual("protocol", "Protocol"), usual("offers", "Offers"), usual("imported", "Imported"), usual("last_seen", "Last seen")];

#[component]
pub fn McpServersPage() -> impl IntoView {
    let org = param("org");
    let address = use_query();
    let order = Memo::new(move |_| address.with(list_order));
    let servers = Resource::new_blocking(move || (org.get(), order.get()), |(org, order)| list_mcp_servers(org, order));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match servers.await {
                    Ok(list) => view! { <Shown list=list org=org.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(list: ServerList, org: String) -> impl IntoView {
    let new_href = format!("/{org}/mcp-servers/new");
    let header_href = new_href.clone();
    let facts = match list.servers.total {
        0 => String::new(),
        1 => "1 server".to_owned(),
        count => format!("{count} servers"),
    };
    let (may_manage, any) = (list.may_manage, !list.servers.items.is_empty());
    let columns = use_columns("mcp-servers", &COLUMNS);
    let Numbered { items: servers, total, page } = list.servers;
    view! {
        <PageHeader title="MCP servers" facts=facts>
            {any.then(|| view! { <ColumnMenu columns=columns /> })}
            {may_manage
                .then(|| {
                    view! {
                        <ButtonLink href=header_href kind=Kind::Primary icon=icondata_lu::LuPlus>
                            "Register server"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {if !any {
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
            let rows = servers.into_iter().map(|server| view! { <Row server=server org=org.clone() columns=columns /> }).collect_view();
            view! {
                <Table label="MCP servers">
                    <thead>
                        <tr>
                            <SortHeader name="name" label="Server" />
                            <SortHeader name="state" label="State" />
                            {columns.has("protocol").then(|| view! { <SortHeader name="protocol" label="Protocol" numeric=true /> })}
                            {columns.has("offers").then(|| view! { <SortHeader name="offers" label="Offers" numeric=true /> })}
                            {columns.has("imported").then(|| view! { <SortHeader name="imported" label="Imported" numeric=true /> })}
                            {columns.has("last_seen").then(|| view! { <SortHeader name="last_seen" label="Last seen" /> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                <Pager page=page total=total />
            }
                .into_any()
        }}
    }
}

#[component]
fn Row(server: McpServer, org: String, columns: Columns) -> impl IntoView {
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
            {columns
                .has("protocol")
                .then(|| view! { <td class="num">{server.protocol_version.clone().unwrap_or_else(|| "–".to_owned())}</td> })}
            {columns.has("offers").then(|| view! { <td class="num">{server.offered}</td> })}
            {columns.has("imported").then(|| view! { <td class="num">{server.imported}</td> })}
            {columns
                .has("last_seen")
                .then(|| {
                    view! {
                        <td>
                            {match server.last_seen_at {
                                Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                                None => view! { <span class="text-muted">"never"</span> }.into_any(),
                            }}
                        </td>
                    }
                })}
        </tr>
    }
}
