//! What the pages of one agent share: header and tabs around whatever the tab shows.

use crate::{
    api::agents::{AgentPage, get_agent},
    components::{
        button::{ButtonLink, Kind},
        format,
        once::once,
        page::{ErrorNotice, PageHeader, Skeleton},
        tabs::{TabLink, Tabs},
    },
    pages::address::param,
};
use leptos::prelude::*;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Tools,
    Executions,
    Connect,
    Settings,
}

/// Loads the agent (anew whenever `version` changes) and shows `body` under its header and tabs.
#[component]
pub fn AgentFrame(
    tab: Tab,
    #[prop(into)] version: Signal<usize>,
    body: impl Fn(AgentPage) -> AnyView + Clone + Send + Sync + 'static,
) -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let page = Resource::new_blocking(move || (org.get(), id.get(), version.get()), |(org, id, _)| get_agent(org, id));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || {
                let body = body.clone();
                Suspend::new(async move {
                    let page = page.await;
                    once().await;
                    match page {
                        Ok(page) => {
                            let base = format!("/{}/agents/{}", org.get_untracked(), page.agent.id);
                            let tools_href = format!("{base}/tools");
                            let callable = page.attached.iter().filter(|tool| tool.obstacle().is_none()).count();
                            let attached = i64::try_from(page.attached.len()).unwrap_or(i64::MAX);
                            view! {
                                <PageHeader
                                    title=page.agent.display_name.clone()
                                    facts=format!(
                                        "{} · {} attached, {callable} it can call now",
                                        page.agent.name,
                                        format::count(attached, "tool", "tools"),
                                    )
                                >
                                    {(page.may_build && attached > 0 && matches!(tab, Tab::Overview | Tab::Executions))
                                        .then(|| {
                                            view! {
                                                <ButtonLink href=tools_href kind=Kind::Primary icon=icondata_lu::LuPlus>
                                                    "Attach tools"
                                                </ButtonLink>
                                            }
                                        })}
                                </PageHeader>
                                <Tabs label="Agent">
                                    <TabLink href=base.clone() label="Overview" active=tab == Tab::Overview />
                                    <TabLink href=format!("{base}/tools") label="Tools" active=tab == Tab::Tools count=Some(attached) />
                                    <TabLink href=format!("{base}/executions") label="Executions" active=tab == Tab::Executions />
                                    <TabLink href=format!("{base}/connect") label="Connect" active=tab == Tab::Connect />
                                    <TabLink href=format!("{base}/settings") label="Settings" active=tab == Tab::Settings />
                                </Tabs>
                                {body(page)}
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
