//! What the tabs of one tool share.

use super::{cells::tool_icon, param};
use crate::pages::mcp_servers::{PinPanel, use_guard};
use crate::{
    api::tools::{ToolPage, get_tool},
    components::{
        badge::StatusBadge,
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
pub fn ToolFrame(tab: Tab, body: impl Fn(ToolPage, String) -> AnyView + Clone + Send + Sync + 'static) -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let page = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| get_tool(org, id));
    let guard = use_guard(org, id);
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || {
                let body = body.clone();
                Suspend::new(async move {
                    match page.await {
                        Ok(page) => {
                            let org = org.get_untracked();
                            let base = format!("/{org}/tools/{}", page.tool.id);
                            let is_script = matches!(page.tool.kind, Kind::Python | Kind::Shell);
                            let facts = format!("{} · {} · version {}", page.tool.name, page.tool.kind.label(), page.tool.version);
                            view! {
                                <PageHeader title=page.tool.display_name.clone() facts=facts icon=tool_icon(page.tool.icon.as_deref(), page.tool.kind)>
                                    <StatusBadge status=page.tool.status.as_str() />
                                </PageHeader>
                                {(page.tool.kind == Kind::Mcp)
                                    .then(|| view! { <PinPanel org=org.clone() guard=guard full=tab == Tab::Overview /> })}
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
