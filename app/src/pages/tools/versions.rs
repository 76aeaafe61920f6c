//! What the tool was before.

use super::{
    frame::{Tab, ToolFrame},
    param,
};
use crate::{
    api::tools::tool_versions,
    components::{
        code::CodeBlock,
        page::{ErrorNotice, Skeleton},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::tools::ToolVersion;

#[component]
pub fn ToolVersionsPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    // Read beside the tool, not once it is there: server and browser must make what they read in the same order.
    let versions = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| tool_versions(org, id));
    view! {
        <ToolFrame
            tab=Tab::Versions
            body=move |_, _| {
                view! {
                    <Transition fallback=|| view! { <Skeleton rows=4 /> }>
                        {move || Suspend::new(async move {
                            match versions.await {
                                Ok(versions) => view! { <Shown versions=versions /> }.into_any(),
                                Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                            }
                        })}
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
    now.iter().filter(|(name, value)| before.get(*name).unwrap_or(&Value::Null) != *value).map(|(name, _)| name.clone()).collect()
}

#[component]
fn Shown(versions: Vec<ToolVersion>) -> impl IntoView {
    let rows = versions
        .iter()
        .enumerate()
        .map(|(index, version)| {
            let changed = changed(version, versions.get(index + 1)).join(", ");
            let snapshot = serde_json::to_string_pretty(&version.snapshot).unwrap_or_default();
            view! {
                <li class="border-b border-line py-4 last:border-0">
                    <p class="flex flex-wrap items-baseline gap-x-3 gap-y-1">
                        <span class="font-semibold">{format!("Version {}", version.version)}</span>
                        <span class="text-muted">
                            <RelativeTime at=version.created_at />
                            {version.created_by_name.clone().map(|name| format!(" by {name}"))}
                        </span>
                    </p>
                    {(!version.changelog.is_empty()).then(|| view! { <p class="mt-1">{version.changelog.clone()}</p> })}
                    {(!changed.is_empty()).then(|| view! { <p class="mt-1 text-muted">"Changed: " {changed}</p> })}
                    <details class="mt-2">
                        <summary class="cursor-pointer text-muted">"Show as it was"</summary>
                        <CodeBlock code=snapshot language="json" label=format!("Version {}", version.version) class="mt-2" />
                    </details>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="max-w-4xl">{rows}</ol> }
}
