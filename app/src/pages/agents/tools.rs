//! What an agent holds, and what it could hold.

use super::frame::{AgentFrame, Tab};
use crate::{
    api::agents::{AttachTool, ChangeTool, DetachTool, available_tools},
    components::{
        badge::{Badge, StatusBadge, Tone},
        button::{Button, ButtonLink, Kind},
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextArea, TextField},
        form::{say_when_done, use_form},
        page::{EmptyState, ErrorNotice, Section, Skeleton},
        table::CursorPager,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::agents::{Attachment, AvailableTool};

#[component]
pub fn AgentToolsPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let search = query("q");
    let after = query("after");
    let attach = ServerAction::<AttachTool>::new();
    let detach = ServerAction::<DetachTool>::new();
    let change = ServerAction::<ChangeTool>::new();
    let version = Signal::derive(move || attach.version().get() + detach.version().get() + change.version().get());
    say_when_done(attach, "Tool attached");
    say_when_done(detach, "Tool detached");
    say_when_done(change, "Changes saved");
    let attach_form = use_form(attach);
    let detach_form = use_form(detach);
    let change_form = use_form(change);
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
                        <FormError message=change_form.general_error() />
                        <FormError message=change_form.error("usage_comments") />
                        <FormError message=change_form.error("rate_limit_per_minute") />
                        <FormError message=change_form.error("rate_limit_per_hour") />
                        <FormError message=change_form.error("pinned_version") />
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
                            view! { <Attached attached=page.attached names=names may_build=may_build change=change detach=detach /> }
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
struct Names {
    org: String,
    id: String,
}

impl Names {
    fn hidden(&self, tool: &str) -> impl IntoView + use<> {
        view! {
            <input type="hidden" name="org" value=self.org.clone() />
            <input type="hidden" name="id" value=self.id.clone() />
            <input type="hidden" name="tool" value=tool.to_owned() />
        }
    }
}

#[component]
fn Attached(
    attached: Vec<Attachment>,
    names: Names,
    may_build: bool,
    change: ServerAction<ChangeTool>,
    detach: ServerAction<DetachTool>,
) -> impl IntoView {
    let rows = attached
        .into_iter()
        .map(|tool| view! { <AttachedRow tool=tool names=names.clone() may_build=may_build change=change detach=detach /> })
        .collect_view();
    view! {
        <div class="panel relative overflow-x-auto" role="region" aria-label="Attached tools" tabindex="0">
            <table class="table">
                <caption class="sr-only">"Attached tools"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Tool"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"For this agent"</th>
                        <th scope="col">"Usage notes"</th>
                        <th scope="col">
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn AttachedRow(
    tool: Attachment,
    names: Names,
    may_build: bool,
    change: ServerAction<ChangeTool>,
    detach: ServerAction<DetachTool>,
) -> impl IntoView {
    let tool_id = tool.tool_id.to_string();
    let obstacle = tool.obstacle();
    let is_enabled = tool.is_enabled;
    let notes_id = format!("notes-{tool_id}");
    let label = tool.tool_display_name.clone();
    let state = if let Some(reason) = obstacle {
        view! {
            <Badge tone=Tone::Warning>"Cannot call"</Badge>
            <p class="mt-1 max-w-56 text-xs text-muted">{reason}</p>
        }
        .into_any()
    } else if tool.is_vapi_attached {
        view! { <Badge tone=Tone::Success>"Offered"</Badge> }.into_any()
    } else {
        view! { <Badge tone=Tone::Info>"On call start"</Badge> }.into_any()
    };
    let switch_fields = names.hidden(&tool_id);
    let detach_fields = names.hidden(&tool_id);
    let notes_fields = names.hidden(&tool_id);
    let limit_fields = names.hidden(&tool_id);
    let version_fields = names.hidden(&tool_id);
    let version_id = format!("version-{tool_id}");
    let version_label = format!("Save the version of {label}");
    let versions = versions(tool.tool_version, tool.pinned_version);
    let pinned = tool.pinned_version.map(|version| version.to_string()).unwrap_or_default();
    let version_words = tool.pinned_version.map(|version| format!("Pinned to version {version}"));
    let number = |limit: Option<i32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let (per_minute, per_hour) = (number(tool.rate_limit_per_minute), number(tool.rate_limit_per_hour));
    let (minute_id, hour_id) = (format!("per-minute-{tool_id}"), format!("per-hour-{tool_id}"));
    let limit_words = limit_words(tool.rate_limit_per_minute, tool.rate_limit_per_hour);
    let limit_summary = if limit_words.is_empty() { "Set a limit" } else { "Change the limit" };
    let limit_label = format!("Save the limit on {label}");
    let switch_label = format!("{} {label}", if is_enabled { "Disable" } else { "Enable" });
    let dialog_id = format!("detach-{tool_id}");
    let question = format!("Detach {label}?");
    let detach_label = format!("Detach {}", tool.tool_name);
    let notes_label = format!("Usage notes for {}", tool.tool_name);
    let comments = tool.usage_comments.clone();
    let summary = if comments.is_empty() { "Add notes" } else { "Change notes" };
    let notes = if may_build {
        view! {
            <details>
                <summary class="link inline-block py-1 text-sm">{summary}</summary>
                <ActionForm action=change attr:class="mt-2 w-64 space-y-2">
                    {notes_fields}
                    <TextArea
                        label=notes_label
                        name="usage_comments"
                        id=notes_id
                        value=comments
                        hint="Added to the description that the model reads."
                        rows=3
                    />
                    <Button small=true>"Save notes"</Button>
                </ActionForm>
            </details>
            <details>
                <summary class="link inline-block py-1 text-sm">{limit_summary}</summary>
                <ActionForm action=change attr:class="mt-2 w-64 space-y-2">
                    {limit_fields}
                    <TextField label="Calls a minute" name="rate_limit_per_minute" id=minute_id value=per_minute />
                    <TextField
                        label="Calls an hour"
                        name="rate_limit_per_hour"
                        id=hour_id
                        value=per_hour
                        hint="For this agent alone; the tool's own limits hold too."
                    />
                    <Button small=true attr:aria-label=limit_label>
                        "Save limit"
                    </Button>
                </ActionForm>
            </details>
            <details>
                <summary class="link inline-block py-1 text-sm">"Choose the version"</summary>
                <ActionForm action=change attr:class="mt-2 w-64 space-y-2">
                    {version_fields}
                    <SelectField
                        label="Version"
                        name="pinned_version"
                        id=version_id
                        options=versions
                        value=pinned
                        required=false
                        hint="This agent is shown the tool as it was at this version, and that is what runs."
                    />
                    <Button small=true attr:aria-label=version_label>
                        "Save version"
                    </Button>
                </ActionForm>
            </details>
        }
        .into_any()
    } else {
        ().into_any()
    };
    let actions = may_build.then(move || {
        view! {
            <div class="flex items-center justify-end gap-2">
                <ActionForm action=change>
                    {switch_fields} <input type="hidden" name="is_enabled" value=(!is_enabled).to_string() />
                    <Button small=true attr:aria-label=switch_label>
                        {if is_enabled { "Disable" } else { "Enable" }}
                    </Button>
                </ActionForm>
                <ConfirmDialog
                    id=dialog_id
                    label="Detach"
                    small=true
                    title=question
                    text="The agent can no longer call it. Its usage notes are lost, and the permission that attaching gave is taken back."
                >
                    <ActionForm action=detach>
                        {detach_fields} <Button kind=Kind::Danger>{detach_label}</Button>
                    </ActionForm>
                </ConfirmDialog>
            </div>
        }
    });
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("/{}/tools/{}", names.org, tool_id)>
                    {tool.tool_display_name}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{tool.tool_name} " · v" {tool.tool_version}</div>
            </th>
            <td>
                <StatusBadge status=tool.tool_status />
            </td>
            <td>{state}</td>
            <td>
                {(!tool.usage_comments.is_empty()).then(|| view! { <p class="mb-1 max-w-64 whitespace-pre-line">{tool.usage_comments.clone()}</p> })}
                {(!limit_words.is_empty()).then(|| view! { <p class="mb-1 text-xs text-muted">{limit_words}</p> })}
                {version_words.map(|words| view! { <p class="mb-1 text-xs text-muted">{words}</p> })}
                {notes}
            </td>
            <td>{actions}</td>
        </tr>
    }
}

/// The newest, and each that there was; of very many the last ones, and the one that is chosen.
fn versions(newest: i32, pinned: Option<i32>) -> Vec<(String, String)> {
    const MOST: i32 = 100;
    let older = pinned.filter(|version| *version <= newest - MOST);
    let each = (1..=newest).rev().take(MOST.unsigned_abs() as usize).chain(older);
    let each = each.map(|version| (version.to_string(), format!("Version {version}")));
    std::iter::once((String::new(), "The newest".to_owned())).chain(each).collect()
}

/// `At most 10 a minute and 100 an hour`.
fn limit_words(per_minute: Option<i32>, per_hour: Option<i32>) -> String {
    let parts: Vec<String> = [(per_minute, "a minute"), (per_hour, "an hour")]
        .iter()
        .filter_map(|(limit, word)| limit.map(|limit| format!("{limit} {word}")))
        .collect();
    if parts.is_empty() { String::new() } else { format!("At most {}", parts.join(" and ")) }
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
