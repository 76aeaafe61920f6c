//! What is written about an attachment: notes, limits of its own, the version. Each with its own form, whose refusal stands in it.

use super::tools::Names;
use crate::{
    api::agents::ChangeTool,
    components::{
        button::Button,
        conflict::Conflict,
        field::{FormError, SelectField, TextArea, TextField},
        form::{Form, RowForms},
    },
};
use leptos::prelude::*;
use toolcrib::{agents::Attachment, seen};

#[component]
pub fn AttachmentForms(tool: Attachment, names: Names, change: ServerAction<ChangeTool>, forms: RowForms) -> impl IntoView {
    let tool_id = tool.tool_id.to_string();
    let label = tool.tool_display_name.clone();
    let number = |limit: Option<i32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let part =
        |part: &'static str| Part { tool: tool_id.clone(), part, seen: seen::tag(tool.updated_at), names: names.clone(), change, forms };
    let (notes, limits, version) = (part("notes"), part("limits"), part("version"));
    let (notes_form, limits_form, version_form) = (notes.form(), limits.form(), version.form());
    let summary = if tool.usage_comments.is_empty() { "Add notes" } else { "Change notes" };
    let id = |part: &str| format!("{part}-{tool_id}");
    let (notes_id, minute_id, hour_id, version_id) = (id("notes"), id("per-minute"), id("per-hour"), id("version"));
    let notes_label = format!("Usage notes for {}", tool.tool_name);
    let (limit_label, version_label) = (format!("Save the limit on {label}"), format!("Save the version of {label}"));
    let comments = notes_form.value("usage_comments", tool.usage_comments.clone());
    let per_minute = limits_form.value("rate_limit_per_minute", number(tool.rate_limit_per_minute));
    let per_hour = limits_form.value("rate_limit_per_hour", number(tool.rate_limit_per_hour));
    let pinned = version_form.value("pinned_version", number(tool.pinned_version));
    let versions = versions(tool.tool_version, tool.pinned_version);
    let is_limited = tool.rate_limit_per_minute.or(tool.rate_limit_per_hour).is_some();
    view! {
        <PartForm part=notes summary=summary>
            <TextArea
                label=notes_label
                name="usage_comments"
                id=notes_id
                value=comments
                error=notes_form.error("usage_comments")
                hint="Added to the description that the model reads."
                rows=3
            />
            <Button small=true>"Save notes"</Button>
        </PartForm>
        <PartForm part=limits summary=if is_limited { "Change the limit" } else { "Set a limit" }>
            <TextField
                label="Calls a minute"
                name="rate_limit_per_minute"
                id=minute_id
                value=per_minute
                error=limits_form.error("rate_limit_per_minute")
            />
            <TextField
                label="Calls an hour"
                name="rate_limit_per_hour"
                id=hour_id
                value=per_hour
                error=limits_form.error("rate_limit_per_hour")
                hint="For this agent alone; the tool's own limits hold too."
            />
            <Button small=true attr:aria-label=limit_label>
                "Save limit"
            </Button>
        </PartForm>
        <PartForm part=version summary="Choose the version">
            <SelectField
                label="Version"
                name="pinned_version"
                id=version_id
                options=versions
                value=pinned
                error=version_form.error("pinned_version")
                required=false
                hint="This agent is shown the tool as it was at this version, and that is what runs."
            />
            <Button small=true attr:aria-label=version_label>
                "Save version"
            </Button>
        </PartForm>
    }
    .into_any()
}

/// One of the forms of one attachment.
#[derive(Clone)]
struct Part {
    tool: String,
    part: &'static str,
    /// The state that it was filled from.
    seen: String,
    names: Names,
    change: ServerAction<ChangeTool>,
    forms: RowForms,
}

impl Part {
    fn row(&self) -> String {
        format!("{}~{}", self.tool, self.part)
    }

    fn form(&self) -> Form {
        self.forms.of(&self.row())
    }
}

/// Folded away until somebody opens it, or it was refused.
#[component]
fn PartForm(part: Part, summary: &'static str, children: Children) -> impl IntoView {
    let (form, sending) = (part.form(), part.forms.sending(&part.row()));
    view! {
        <details open=form.was_refused() on:submit=sending>
            <summary class="link inline-block py-1 text-sm">{summary}</summary>
            <ActionForm action=part.change attr:class="mt-2 w-64 space-y-2">
                {part.names.hidden(&part.tool)} <input type="hidden" name="part" value=part.part />
                <input type="hidden" name="expected" value=form.value("expected", part.seen) /> <FormError message=form.general_error() />
                <Conflict form=form what="attachment" /> {children()}
            </ActionForm>
        </details>
    }
    .into_any()
}

/// The newest, and each that there was; of very many the last ones, and the one that is chosen.
fn versions(newest: i32, pinned: Option<i32>) -> Vec<(String, String)> {
    const MOST: i32 = 100;
    let older = pinned.filter(|version| *version <= newest - MOST);
    let each = (1..=newest).rev().take(MOST.unsigned_abs() as usize).chain(older);
    let each = each.map(|version| (version.to_string(), format!("Version {version}")));
    std::iter::once((String::new(), "The newest".to_owned())).chain(each).collect()
}
