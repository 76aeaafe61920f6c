//! What may this agent do, what did it do?

use super::frame::{AgentFrame, Tab};
use crate::{
    api::executions_pages::{ExecutionQuery, get_execution_list},
    components::{
        badge::Tone,
        button::{ButtonLink, Kind},
        page::{EmptyState, Fact, Facts, Notice, Section},
        table::TableSkeleton,
        time::RelativeTime,
    },
    pages::{address::param, executions::ExecutionRows},
};
use leptos::prelude::*;

#[component]
pub fn AgentOverviewPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let recent = Resource::new(
        move || (org.get(), id.get()),
        |(org, agent)| get_execution_list(org, ExecutionQuery { agent, ..ExecutionQuery::default() }),
    );
    view! {
        <AgentFrame
            tab=Tab::Overview
            version=Signal::derive(|| 0)
            body=move |page| {
                let org = org.get_untracked();
                let agent = page.agent;
                let base = format!("/{org}/agents/{}", agent.id);
                let callable = page.attached.iter().filter(|tool| tool.obstacle().is_none()).count();
                let held_back = page.attached.len() - callable;
                let tools_href = format!("{base}/tools");
                let why_href = tools_href.clone();
                let next_step = if page.attached.is_empty() {
                    Some(
                        view! {
                            <EmptyState
                                icon=icondata_lu::LuWrench
                                title="No tools attached yet"
                                text="An agent calls only what is attached to it and what it may execute."
                            >
                                <ButtonLink href=tools_href kind=Kind::Primary icon=icondata_lu::LuPlus>
                                    "Attach tools"
                                </ButtonLink>
                            </EmptyState>
                        }
                            .into_any(),
                    )
                } else {
                    None
                };
                view! {
                    <div class="mb-6 empty:hidden">
                        {next_step}
                        {(held_back > 0)
                            .then(|| {
                                view! {
                                    <Notice tone=Tone::Warning>
                                        {format!("{held_back} attached tool{} cannot be called now. ", if held_back == 1 { "" } else { "s" })}
                                        <a class="link" href=why_href>
                                            "See why"
                                        </a>
                                    </Notice>
                                }
                            })}
                    </div>
                    <Section title="Facts">
                        <Facts>
                            <Fact label="Name">
                                <span class="font-mono">{agent.name}</span>
                            </Fact>
                            {(!agent.description.is_empty())
                                .then(|| view! { <Fact label="Description"><span class="whitespace-pre-line">{agent.description}</span></Fact> })}
                            <Fact label="Tools">{format!("{} attached, {callable} callable now", page.attached.len())}</Fact>
                            <Fact label="Made">
                                <RelativeTime at=agent.created_at />
                            </Fact>
                            <Fact label="Changed">
                                <RelativeTime at=agent.updated_at />
                            </Fact>
                            <Fact label="Id">
                                <code class="break-all">{agent.id.to_string()}</code>
                            </Fact>
                        </Facts>
                    </Section>
                    <Section title="Recent executions">
                        <Transition fallback=|| view! { <TableSkeleton columns=6 rows=3 /> }>
                            {
                                let (org, base) = (org.clone(), base.clone());
                                move || {
                                    let (org, base) = (org.clone(), base.clone());
                                    Suspend::new(async move {
                                        match recent.await {
                                            Ok(mut list) if !list.rows.is_empty() => {
                                                list.rows.truncate(8);
                                                view! {
                                                    <ExecutionRows rows=list.rows org=org label="Recent executions" />
                                                    <p class="mt-3">
                                                        <a class="link" href=format!("{base}/executions")>
                                                            "All executions of this agent"
                                                        </a>
                                                    </p>
                                                }
                                                    .into_any()
                                            }
                                            Ok(_) => view! { <p class="text-muted">"This agent has called nothing yet."</p> }.into_any(),
                                            Err(error) => view! { <p class="text-muted">{error.to_string()}</p> }.into_any(),
                                        }
                                    })
                                }
                            }
                        </Transition>
                    </Section>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}
