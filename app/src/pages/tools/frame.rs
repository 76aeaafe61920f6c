//! What the tabs of one tool share.

use super::{cells::tool_icon, param};
use crate::pages::mcp_servers::{Guard, PinPanel};
use crate::{
    api::tools::{ToolPage, get_tool},
    components::{
        badge::StatusBadge,
        once::once,
        page::{ErrorNotice, PageHeader, Skeleton},
        tabs::{TabLink, Tabs},
    },
};
use leptos::prelude::*;
use toolcrib::tools::Kind;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Definition,
    Try,
    Access,
    Tests,
    Versions,
    Executions,
}

/// Loads the tool and shows `body` under its header and tabs.
#[component]
pub fn ToolFrame(
    tab: Tab,
    /// Changes when an action on this page has changed the tool: it is loaded again.
    #[prop(optional, into)]
    changes: Signal<usize>,
    body: impl Fn(ToolPage, String) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let guard = Guard::new();
    let page = Resource::new_blocking(move || (org.get(), id.get(), changes.get(), guard.decisions()), |(org, id, ..)| get_tool(org, id));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || {
                let body = body.clone();
                Suspend::new(async move {
                    let page = page.await;
                    once().await;
                    match page {
                        Ok(page) => {
                            let org = org.get_untracked();
                            let base = format!("/{org}/tools/{}", page.tool.id);
                            let is_script = matches!(page.tool.kind, Kind::Python | Kind::Shell);
                            let facts = format!("{} · {} · version {}", page.tool.name, page.tool.kind.label(), page.tool.version);
                            view! {
                                <PageHeader title=page.tool.display_name.clone() facts=facts icon=tool_icon(page.tool.icon.as_deref(), page.tool.kind)>
                                    <StatusBadge status=page.tool.status.as_str() />
                                </PageHeader>
                                {page
                                    .pin
                                    .clone()
                                    .map(|pin| view! { <PinPanel page=pin org=org.clone() guard=guard full=tab == Tab::Overview /> })}
                                <Tabs label="Tool">
                                    <TabLink href=base.clone() label="Overview" active=tab == Tab::Overview />
                                    <TabLink href=format!("{base}/definition") label="Definition" active=tab == Tab::Definition />
                                    <TabLink href=format!("{base}/try") label="Try it" active=tab == Tab::Try />
                                    <TabLink href=format!("{base}/access") label="Access" active=tab == Tab::Access />
                                    {is_script
                                        .then(|| view! { <TabLink href=format!("{base}/tests") label="Tests" active=tab == Tab::Tests /> })}
                                    <TabLink href=format!("{base}/versions") label="Versions" active=tab == Tab::Versions />
                                    <TabLink href=format!("{base}/executions") label="Executions" active=tab == Tab::Executions />
                                </Tabs>
                                {body(page, org)}
                            }
                                .into_any()
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
}
