//! What the tool was before: who changed what, when and why; any two side by side; back to an old one.

mod compare;

use super::{
    frame::{Tab, ToolFrame},
    param, query,
};
use crate::{
    api::tools::{RestoreToolVersion, compare_tool_versions, tool_versions},
    components::{
        badge::{Badge, Tone},
        button::{Button, ButtonLink, Kind as ButtonKind},
        code::CodeBlock,
        dialog::ConfirmDialog,
        field::FormError,
        form::use_form,
        icon::Icon,
        page::{ErrorNotice, Skeleton},
        time::RelativeTime,
    },
};
use compare::Compared;
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::tools::{Tool, ToolVersion};

#[component]
pub fn ToolVersionsPage() -> impl IntoView {
    let (org, id, from, to) = (param("org"), param("id"), query("from"), query("to"));
    let restore = ServerAction::<RestoreToolVersion>::new();
    // Read beside the tool, not once it is there: server and browser must make what they read in the same order.
    let versions = Resource::new_blocking(move || (org.get(), id.get(), restore.version().get()), |(org, id, _)| tool_versions(org, id));
    let compared = Resource::new_blocking(
        move || (org.get(), id.get(), from.get().parse::<i32>().ok(), to.get().parse::<i32>().ok()),
        async move |(org, id, from, to)| match (from, to) {
            (Some(from), Some(to)) => compare_tool_versions(org, id, from, to).await.map(Some),
            _ => Ok(None),
        },
    );
    view! {
        <ToolFrame
            tab=Tab::Versions
            body=move |page, org| {
                let tool = page.tool;
                let id = tool.id;
                let may_change = page.may_change;
                view! {
                    <Transition fallback=|| view! { <Skeleton rows=4 /> }>
                        {move || {
                            let (tool, org) = (tool.clone(), org.clone());
                            Suspend::new(async move {
                                let shown = match compared.await {
                                    Ok(Some(comparison)) => {
                                        let base = format!("/{org}/tools/{id}/versions");
                                        Some(view! { <Compared comparison=comparison base=base /> }.into_any())
                                    }
                                    Ok(None) => None,
                                    Err(error) => Some(view! { <ErrorNotice error=error /> }.into_any()),
                                };
                                match versions.await {
                                    Ok(versions) => {
                                        view! {
                                            {shown}
                                            <Shown versions=versions tool=tool org=org may_change=may_change restore=restore from=from to=to />
                                        }
                                            .into_any()
                                    }
                                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                                }
                            })
                        }}
                    </Transition>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

/// The fields in which a version differs from the one before.
fn changed(version: &ToolVersion, before: Option<&ToolVersion>) -> Vec<String> {
    let (Some(now), Some(before)) = (version.snapshot.as_object(), before.and_then(|before| before.snapshot.as_object())) else {
        return Vec::new();
    };
    now.iter()
        .filter(|(name, value)| *name != "function_schema" && before.get(*name).unwrap_or(&Value::Null) != *value)
        .map(|(name, _)| name.replace('_', " "))
        .collect()
}

#[component]
fn Shown(
    versions: Vec<ToolVersion>,
    tool: Tool,
    org: String,
    may_change: bool,
    restore: ServerAction<RestoreToolVersion>,
    from: Memo<String>,
    to: Memo<String>,
) -> impl IntoView {
    let base = format!("/{org}/tools/{}/versions", tool.id);
    let current = tool.version;
    let several = versions.len() > 1;
    let form = use_form(restore);
    // Proposed: the newest against the one before.
    let before = versions.get(1).map_or(current, |version| version.version).to_string();
    let chosen =
        move |part: Memo<String>, otherwise: String| part.with_untracked(|part| if part.is_empty() { otherwise } else { part.clone() });
    let (from, to) = (chosen(from, before), chosen(to, current.to_string()));
    let rows = versions
        .iter()
        .enumerate()
        .map(|(index, version)| {
            let number = version.version;
            let changed = changed(version, versions.get(index + 1)).join(", ");
            let snapshot = serde_json::to_string_pretty(&version.snapshot).unwrap_or_default();
            let choice = |name: &'static str, words: &'static str, chosen: &str| {
                view! {
                    <label class="inline-flex items-center gap-1 text-xs text-muted">
                        <input type="radio" name=name value=number checked=chosen == number.to_string() />
                        {words}
                        <span class="sr-only">{format!("version {number}")}</span>
                    </label>
                }
            };
            let choices = several
                .then(|| view! { <span class="inline-flex gap-3">{choice("from", "from", &from)} {choice("to", "to", &to)}</span> });
            let restore_form = (may_change && number != current)
                .then(|| {
                    view! {
                        <ConfirmDialog
                            id=format!("restore-{number}")
                            label="Restore"
                            title=format!("Restore version {number} of {}?", tool.name)
                            text=format!(
                                "Contract, configuration and script become what they were, as version {}. Nothing is lost: version {current} stays in this list.",
                                current + 1,
                            )
                            small=true
                        >
                            <button type="submit" form=format!("restore-form-{number}") class="btn btn-primary">
                                {format!("Restore version {number}")}
                            </button>
                        </ConfirmDialog>
                    }
                });
            let compare_href = format!("{base}?from={number}&to={current}");
            view! {
                <li class="border-b border-line py-4 last:border-0">
                    <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
                        <span class="font-semibold">{format!("Version {number}")}</span>
                        {(number == current).then(|| view! { <Badge tone=Tone::Accent>"Current"</Badge> })}
                        <span class="text-muted">
                            <RelativeTime at=version.created_at />
                            {version.created_by_name.clone().map(|name| format!(" by {name}"))}
                        </span>
                        {choices}
                        <span class="ml-auto flex gap-2">
                            {(number != current)
                                .then(|| {
                                    view! {
                                        <ButtonLink href=compare_href small=true>
                                            "Compare with current"
                                        </ButtonLink>
                                    }
                                })} {restore_form}
                        </span>
                    </div>
                    {(!version.changelog.is_empty()).then(|| view! { <p class="mt-1">{version.changelog.clone()}</p> })}
                    {(!changed.is_empty()).then(|| view! { <p class="mt-1 text-muted">"Changed: " {changed}</p> })}
                    <details class="mt-2">
                        <summary class="cursor-pointer text-muted">"Show as it was"</summary>
                        <CodeBlock code=snapshot language="json" label=format!("Version {number}") class="mt-2" />
                    </details>
                </li>
            }
        })
        .collect_view();
    // Beside the list's own form, since forms do not nest: the buttons name the form they send.
    let restores = versions
        .iter()
        .filter(|version| may_change && version.version != current)
        .map(|version| {
            let number = version.version;
            let org = org.clone();
            view! {
                <ActionForm action=restore attr:id=format!("restore-form-{number}")>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=tool.id.to_string() />
                    <input type="hidden" name="version" value=number />
                    <input type="hidden" name="expected_version" value=current />
                </ActionForm>
            }
        })
        .collect_view();
    view! {
        <FormError message=form.general_error() />
        {restores}
        <form method="get" action=base class="max-w-4xl">
            {several
                .then(|| {
                    view! {
                        <p class="flex flex-wrap items-center gap-3">
                            <span class="text-muted">"Choose two versions, from and to."</span>
                            <Button kind=ButtonKind::Secondary small=true>
                                <Icon icon=icondata_lu::LuColumns2 />
                                "Compare"
                            </Button>
                        </p>
                    }
                })}
            <ol>{rows}</ol>
        </form>
    }
}
