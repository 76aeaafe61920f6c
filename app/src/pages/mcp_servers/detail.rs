//! Is it there, what does it offer, what have we taken?

use super::{
    cells::{HealthBadge, PinBadge, place, tools},
    import::ImportForm,
};
use crate::{
    api::mcp_servers::{ImportMcpTools, RefreshMcpServer, ServerPage, get_mcp_server},
    components::{
        badge::Tone,
        button::{Button, ButtonLink},
        field::FormError,
        form::use_form,
        page::{EmptyState, ErrorNotice, Fact, Facts, Notice, PageHeader, Section, Skeleton},
        table::CursorPager,
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::mcp::{Auth, Circuit, ImportedAs, McpServer};

#[component]
pub fn McpServerPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let after = query("after");
    let refresh = ServerAction::<RefreshMcpServer>::new();
    let import = ServerAction::<ImportMcpTools>::new();
    let page = Resource::new_blocking(
        move || (org.get(), id.get(), after.get(), refresh.version().get(), import.version().get()),
        |(org, id, after, ..)| get_mcp_server(org, id, after),
    );
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page org=org.get_untracked() refresh=refresh import=import /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(page: ServerPage, org: String, refresh: ServerAction<RefreshMcpServer>, import: ServerAction<ImportMcpTools>) -> impl IntoView {
    let ServerPage { server, offered, imported, may_manage } = page;
    let form = use_form(refresh);
    let (refresh_org, refresh_id) = (org.clone(), server.id.to_string());
    let facts = format!("{} · {}", server.configuration.transport.label(), place(&server));
    let settings = format!("/{org}/mcp-servers/{}/settings", server.id);
    let description = (!server.configuration.description.is_empty()).then(|| server.configuration.description.clone());
    let trouble = trouble(&server);
    let (listed, next) = (!offered.items.is_empty(), offered.next_cursor);
    let offered = offered.items;
    let text = match server.listed_at {
        Some(_) => {
            format!("It offers {}. Chosen ones become tools of this organization, pinned to what you see here.", tools(server.offered))
        }
        None => String::new(),
    };
    view! {
        <PageHeader title=server.configuration.name.clone() facts=facts>
            <HealthBadge status=server.status circuit=server.circuit />
            <ActionForm action=refresh attr:class="inline-block">
                <input type="hidden" name="org" value=refresh_org />
                <input type="hidden" name="id" value=refresh_id />
                <Button pending=refresh.pending() icon=icondata_lu::LuRefreshCw>
                    "Test connection"
                </Button>
            </ActionForm>
            {may_manage
                .then(|| {
                    view! {
                        <ButtonLink href=settings icon=icondata_lu::LuSettings>
                            "Settings"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        <FormError message=form.general_error() />
        {description.map(|text| view! { <p class="mb-6 max-w-prose whitespace-pre-line">{text}</p> })}
        {trouble}
        <div class="grid gap-8 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
            <div class="min-w-0">
                {(!imported.is_empty()).then(|| view! { <Imported tools=imported org=org.clone() /> })}
                <Section title="Import tools" text=text>
                    {if listed {
                        view! {
                            <ImportForm offered=offered org=org.clone() id=server.id.to_string() action=import />
                            <CursorPager next=next />
                        }
                            .into_any()
                    } else {
                        view! {
                            <EmptyState
                                icon=icondata_lu::LuPlug
                                title="No tools to choose from"
                                text="The server has listed none so far. Test the connection to ask it again."
                            />
                        }
                            .into_any()
                    }}
                </Section>
            </div>
            <div class="min-w-0">
                <ServerFacts server=server />
            </div>
        </div>
    }
}

fn trouble(server: &McpServer) -> Option<impl IntoView + use<>> {
    let error = server.last_error.clone()?;
    let is_over = server.last_seen_at.zip(server.last_error_at).is_some_and(|(seen, failed)| seen > failed);
    (!is_over).then(|| {
        let held = match server.circuit {
            Circuit::Closed => String::new(),
            Circuit::Open | Circuit::HalfOpen => {
                format!(
                    " It failed {} times in a row: calls of its tools fail at once, and one in 30 s is let through to see.",
                    server.failures
                )
            }
        };
        view! {
            <div class="mb-6">
                <Notice tone=Tone::Danger title="The last contact failed">
                    {error} {held}
                </Notice>
            </div>
        }
    })
}

#[component]
fn ServerFacts(server: McpServer) -> impl IntoView {
    let info = server.server_info.clone().unwrap_or_default();
    let said = |name: &str| info.get(name).and_then(serde_json::Value::as_str).map(str::to_owned);
    let calls_itself = said("title").or_else(|| said("name")).map(|name| format!("{name} {}", said("version").unwrap_or_default()));
    let auth = match (server.configuration.auth, &server.configuration.auth_key_name) {
        (Auth::None, _) | (_, None) => None,
        (auth, Some(key)) => Some(format!("{} with the key {key}", auth.label())),
    };
    view! {
        <Facts>
            <Fact label="Calls itself">{calls_itself.unwrap_or_else(|| "–".to_owned())}</Fact>
            <Fact label="Protocol">{server.protocol_version.clone().unwrap_or_else(|| "–".to_owned())}</Fact>
            {auth.map(|auth| view! { <Fact label="Authentication">{auth}</Fact> })}
            <Fact label="Last seen">
                {match server.last_seen_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => "never".into_any(),
                }}
            </Fact>
            <Fact label="Tools listed">
                {match server.listed_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => "never".into_any(),
                }}
            </Fact>
            <Fact label="Circuit">{server.circuit.label()}</Fact>
            <Fact label="Id">
                <code class="text-xs break-all">{server.id.to_string()}</code>
            </Fact>
        </Facts>
    }
}

#[component]
fn Imported(tools: Vec<ImportedAs>, org: String) -> impl IntoView {
    view! {
        <Section title="Imported tools">
            <div class="panel overflow-x-auto" role="region" aria-label="Imported tools" tabindex="0">
                <table class="table">
                    <caption class="sr-only">"Imported tools"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Tool"</th>
                            <th scope="col">"Upstream"</th>
                            <th scope="col">"State"</th>
                        </tr>
                    </thead>
                    <tbody>
                        {tools
                            .into_iter()
                            .map(|tool| {
                                view! {
                                    <tr>
                                        <th scope="row">
                                            <a class="row-link font-mono" href=format!("/{org}/tools/{}", tool.tool_id)>
                                                {tool.tool_name}
                                            </a>
                                        </th>
                                        <td class="font-mono">{tool.upstream_name}</td>
                                        <td>
                                            <PinBadge state=tool.state always=true />
                                        </td>
                                    </tr>
                                }
                            })
                            .collect_view()}
                    </tbody>
                </table>
            </div>
        </Section>
    }
}
