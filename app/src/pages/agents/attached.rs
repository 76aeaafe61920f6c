//! What is attached to an agent, and what can be changed about each attachment.

use super::tools::Names;
use crate::{
    api::agents::{ChangeTool, DetachTool},
    components::{
        badge::{Badge, StatusBadge, Tone},
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{SelectField, TextArea, TextField},
    },
};
use leptos::prelude::*;
use toolcrib::agents::Attachment;

#[component]
pub fn Attached(
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
