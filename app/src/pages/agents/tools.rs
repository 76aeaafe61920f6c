//! What an agent holds, and what it could hold.

use super::{
    attached::Attached,
    frame::{AgentFrame, Tab},
};
use crate::{
    api::agents::{AttachTool, ChangeTool, DetachTool, available_tools},
    components::{
        badge::{Badge, StatusBadge},
        button::{Button, ButtonLink},
        field::FormError,
        form::{say_when_done, successes, use_form, use_row_forms},
        page::{EmptyState, ErrorNotice, Section, Skeleton},
        table::CursorPager,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::agents::AvailableTool;

#[component]
pub fn AgentToolsPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let search = query("q");
    let after = query("after");
    let attach = ServerAction::<AttachTool>::new();
    let detach = ServerAction::<DetachTool>::new();
    let change = ServerAction::<ChangeTool>::new();
    let changed = successes(change);
    let version = Signal::derive(move || attach.version().get() + detach.version().get() + changed.get());
    say_when_done(attach, "Tool attached");
    say_when_done(detach, "Tool detached");
    say_when_done(change, "Changes saved");
    let attach_form = use_form(attach);
    let detach_form = use_form(detach);
    let forms = use_row_forms(change, &["tool", "part"]);
    let available = Resource::new(
        move || (org.get(), id.get(), search.get(), after.get(), version.get()),
        |(org, id, search, after, _)| available_tools(org, id, search, after),
    );
    view! {
        <AgentFrame
            tab=Tab::Tools
            version=version
            body=move |page| {
                let org = org.get_untracked();
                let may_build = page.may_build;
                let names = Names { org: org.clone(), id: page.agent.id.to_string() };
                let available_names = names.clone();
                view! {
                    <div class="mb-4 space-y-2 empty:hidden">
                        <FormError message=attach_form.general_error() />
                        <FormError message=attach_form.error("tool_id") />
                        <FormError message=detach_form.general_error() />
                    </div>
                    <Section
                        title="Attached"
                        text="The agent's model is offered what is attached, enabled and active, and what it has the permission to execute."
                    >
                        {if page.attached.is_empty() {
                            view! {
                                <EmptyState
                                    icon=icondata_lu::LuWrench
                                    title="No tools attached"
                                    text="Attach one from the list below. Until then the agent can call nothing."
                                />
                            }
                                .into_any()
                        } else {
                            view! { <Attached attached=page.attached names=names may_build=may_build change=change forms=forms detach=detach /> }
                                .into_any()
                        }}
                    </Section>
                    <Section
                        title="Available"
                        text="Attaching a private tool gives this agent the permission to execute it. Only the tool's owner or an admin can do that; detaching takes the permission back."
                    >
                        <form method="get" role="search" class="mb-3 flex max-w-md gap-2">
                            <label class="sr-only" for="tools-q">
                                "Search available tools"
                            </label>
                            <input
                                id="tools-q"
                                type="search"
                                name="q"
                                class="field"
                                placeholder="Search available tools"
                                value=search.get_untracked()
                            />
                            <button class="btn btn-secondary">"Search"</button>
                        </form>
                        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
                            {move || {
                                let names = available_names.clone();
                                Suspend::new(async move {
                                    match available.await {
                                        Ok(page) => view! {
                                            <Available tools=page.items names=names may_build=may_build attach=attach />
                                            <CursorPager next=page.next_cursor />
                                        }
                                            .into_any(),
                                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                                    }
                                })
                            }}
                        </Transition>
                    </Section>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

/// What every form on this page sends along.
#[derive(Clone)]
pub(super) struct Names {
    pub org: String,
    id: String,
}

impl Names {
    pub fn hidden(&self, tool: &str) -> impl IntoView + use<> {
        view! {
            <input type="hidden" name="org" value=self.org.clone() />
            <input type="hidden" name="id" value=self.id.clone() />
            <input type="hidden" name="tool" value=tool.to_owned() />
        }
    }
}

#[component]
fn Available(tools: Vec<AvailableTool>, names: Names, may_build: bool, attach: ServerAction<AttachTool>) -> impl IntoView {
    if tools.is_empty() {
        let href = format!("/{}/tools/new", names.org);
        return view! {
            <EmptyState icon=icondata_lu::LuWrench title="Nothing left to attach" text="Every tool that you may see is attached, or none matches the search.">
                <ButtonLink href=href icon=icondata_lu::LuPlus>
                    "New tool"
                </ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let rows = tools
        .into_iter()
        .map(|tool| {
            let tool_id = tool.tool_id.to_string();
            let (fields, needs_grant) = (names.hidden(&tool_id), tool.needs_grant);
            let attach_label = format!("Attach {}", tool.display_name);
            let action = match (may_build, tool.obstacle) {
                (false, _) => ().into_any(),
                (true, Some(reason)) => view! { <p class="max-w-64 text-xs text-muted">{reason}</p> }.into_any(),
                (true, None) => view! {
                    <ActionForm action=attach attr:class="flex items-center justify-end gap-2">
                        {fields}
                        {needs_grant.then(|| view! { <span class="text-xs text-muted">"gives permission to execute"</span> })}
                        <Button small=true icon=icondata_lu::LuPlus attr:aria-label=attach_label>
                            "Attach"
                        </Button>
                    </ActionForm>
                }
                .into_any(),
            };
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link" href=format!("/{}/tools/{tool_id}", names.org)>
                            {tool.display_name}
                        </a>
                        <div class="font-mono text-xs font-normal text-muted">{tool.name}</div>
                    </th>
                    <td class="max-w-md">
                        <span class="line-clamp-2 text-muted">{tool.description}</span>
                    </td>
                    <td>
                        <StatusBadge status=tool.status />
                    </td>
                    <td>
                        <Badge plain=true>{tool.visibility}</Badge>
                    </td>
                    <td>{action}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="panel relative overflow-x-auto" role="region" aria-label="Available tools" tabindex="0">
            <table class="table">
                <caption class="sr-only">"Available tools"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Tool"</th>
                        <th scope="col">"Description"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"Visibility"</th>
                        <th scope="col">
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}
