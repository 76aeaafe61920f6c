//! What is attached to an agent, and what can be changed about each attachment.

use super::{attachment_forms::AttachmentForms, tools::Names};
use crate::{
    api::agents::{ChangeTool, DetachTool},
    components::{
        badge::{Badge, StatusBadge, Tone},
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field_table::{FieldCell, FieldTable},
        form::RowForms,
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
    forms: RowForms,
    detach: ServerAction<DetachTool>,
) -> impl IntoView {
    let rows = attached
        .into_iter()
        .map(|tool| view! { <AttachedRow tool=tool names=names.clone() may_build=may_build change=change forms=forms detach=detach /> })
        .collect_view();
    view! {
        <div class="panel px-4 pt-4 pb-2" role="region" aria-label="Attached tools">
            <FieldTable label="Attached tools" columns=vec!["Tool", "Status", "For this agent", "Usage notes", "Actions"]>
                {rows}
            </FieldTable>
        </div>
    }
}

#[component]
fn AttachedRow(
    tool: Attachment,
    names: Names,
    may_build: bool,
    change: ServerAction<ChangeTool>,
    forms: RowForms,
    detach: ServerAction<DetachTool>,
) -> impl IntoView {
    let tool_id = tool.tool_id.to_string();
    let obstacle = tool.obstacle();
    let is_enabled = tool.is_enabled;
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
    let version_words = tool.pinned_version.map(|version| format!("Pinned to version {version}"));
    let limit_words = limit_words(tool.rate_limit_per_minute, tool.rate_limit_per_hour);
    let switch_label = format!("{} {label}", if is_enabled { "Disable" } else { "Enable" });
    let dialog_id = format!("detach-{tool_id}");
    let question = format!("Detach {label}?");
    let detach_label = format!("Detach {}", tool.tool_name);
    let changes = may_build.then(|| view! { <AttachmentForms tool=tool.clone() names=names.clone() change=change forms=forms /> });
    let actions = may_build.then(move || {
        view! {
            <div class="flex items-center gap-2">
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
            <th scope="row" class="wide">
                <a class="row-link" href=format!("/{}/tools/{}", names.org, tool_id)>
                    {tool.tool_display_name}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{tool.tool_name} " · v" {tool.tool_version}</div>
            </th>
            <FieldCell column="Status">
                <StatusBadge status=tool.tool_status />
            </FieldCell>
            <FieldCell column="For this agent">{state}</FieldCell>
            <FieldCell column="Usage notes" wide=true>
                {(!tool.usage_comments.is_empty()).then(|| view! { <p class="mb-1 max-w-64 whitespace-pre-line">{tool.usage_comments.clone()}</p> })}
                {(!limit_words.is_empty()).then(|| view! { <p class="mb-1 text-xs text-muted">{limit_words}</p> })}
                {version_words.map(|words| view! { <p class="mb-1 text-xs text-muted">{words}</p> })}
                {changes}
            </FieldCell>
            <FieldCell column="Actions" wide=true>
                {actions}
            </FieldCell>
        </tr>
    }
}

/// `At most 10 a minute and 100 an hour`.
fn limit_words(per_minute: Option<i32>, per_hour: Option<i32>) -> String {
    let parts: Vec<String> = [(per_minute, "a minute"), (per_hour, "an hour")]
        .iter()
        .filter_map(|(limit, word)| limit.map(|limit| format!("{limit} {word}")))
        .collect();
    if parts.is_empty() { String::new() } else { format!("At most {}", parts.join(" and ")) }
}
