//! The calls of one tool.

use super::{
    frame::{Tab, ToolFrame},
    query,
};
use crate::{
    api::tools::tool_executions,
    components::{
        badge::StatusBadge,
        button::ButtonLink,
        page::{EmptyState, ErrorNotice, Skeleton},
        time::{Duration, RelativeTime},
    },
};
use leptos::prelude::*;
use toolcrib::{executions::ExecutionSummary, page::Page};

#[component]
pub fn ToolExecutionsPage() -> impl IntoView {
    let after = query("after");
    view! {
        <ToolFrame
            tab=Tab::Executions
            body=move |page, org| {
                let id = page.tool.id;
                let base = format!("/{org}");
                let own = format!("/{org}/tools/{id}");
                let executions = Resource::new_blocking(move || (org.clone(), id, after.get()), |(org, id, after)| tool_executions(org, id, after));
                view! {
                    <Transition fallback=|| view! { <Skeleton rows=6 /> }>
                        {move || {
                            let (base, own) = (base.clone(), own.clone());
                            Suspend::new(async move {
                                match executions.await {
                                    Ok(page) => view! { <Shown page=page base=base own=own /> }.into_any(),
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

#[component]
fn Shown(page: Page<ExecutionSummary>, base: String, own: String) -> impl IntoView {
    if page.items.is_empty() {
        return view! {
            <EmptyState icon=icondata_lu::LuActivity title="Not called yet" text="Every call of this tool is listed here, whoever made it.">
                <ButtonLink href=format!("{own}/try")>"Try it"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let next = page.next_cursor.map(|cursor| format!("{own}/executions?after={cursor}"));
    let rows = page
        .items
        .into_iter()
        .map(|execution| {
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link" href=format!("{base}/executions/{}", execution.id)>
                            <RelativeTime at=execution.created_at />
                        </a>
                    </th>
                    <td>
                        <StatusBadge status=execution.status.as_str() />
                    </td>
                    <td>{execution.source}</td>
                    <td class="num">{execution.tool_version}</td>
                    <td class="num">
                        <Duration ms=execution.duration_ms />
                    </td>
                    <td class="max-w-md">
                        <span class="line-clamp-2 text-muted">{execution.error_message}</span>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="panel overflow-x-auto" role="region" aria-label="Executions" tabindex="0">
            <table class="table">
                <caption class="sr-only">"Executions of this tool"</caption>
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Status"</th>
                        <th scope="col">"From"</th>
                        <th scope="col" class="num">"Version"</th>
                        <th scope="col" class="num">"Duration"</th>
                        <th scope="col">"Error"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        {next.map(|href| view! { <p class="mt-4"><ButtonLink href=href>"Older executions"</ButtonLink></p> })}
    }
    .into_any()
}
