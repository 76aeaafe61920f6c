//! What may this agent do, what did it do?

use super::frame::{AgentFrame, Tab};
use crate::{
    api::executions_pages::{ExecutionQuery, get_execution_list},
    components::{
        badge::Tone,
        button::{ButtonLink, Kind},
        icon::Icon,
        page::{EmptyState, Fact, Facts, Notice, Section},
        table::TableSkeleton,
        time::RelativeTime,
    },
    pages::{address::param, executions::ExecutionRows},
};
use leptos::prelude::*;
use toolcrib::agents::Attachment;

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
                let attached = page.attached.iter().map(|tool| tool_line(&org, tool)).collect::<Vec<_>>();
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
                    <div class="grid gap-x-8 lg:grid-cols-[minmax(0,2fr)_minmax(0,1fr)]">
                        <div class="min-w-0">
                            {(!attached.is_empty())
                                .then(|| {
                                    view! {
                                        <Section title="What it may call">
                                            <ul class="panel divide-y divide-line">{attached}</ul>
                                        </Section>
                                    }
                                })}
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
                        </div>
                        <div class="min-w-0">
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
                        </div>
                    </div>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

/// A tool, and why it cannot be called where it cannot.
fn tool_line(org: &str, tool: &Attachment) -> AnyView {
    let obstacle = tool.obstacle();
    let (icon, ink) = if obstacle.is_none() {
        (icondata_lu::LuWrench, "mt-0.5 text-muted")
    } else {
        (icondata_lu::LuTriangleAlert, "mt-0.5 text-warning")
    };
    view! {
        <li class="flex items-start gap-3 px-4 py-2.5">
            <Icon icon=icon class=ink />
            <div class="min-w-0">
                <a class="font-medium hover:text-accent hover:underline" href=format!("/{org}/tools/{}", tool.tool_id)>
                    {tool.tool_display_name.clone()}
                </a>
                <p class="line-clamp-1 text-sm text-muted">{obstacle.map_or_else(|| tool.tool_description.clone(), str::to_owned)}</p>
            </div>
        </li>
    }
    .into_any()
}
