//! The rows of the list.

use super::super::cells::{KindBadge, PulseLine, rate, tool_icon};
use crate::pages::mcp_servers::PinBadge;
use crate::{
    api::tools::{ToolList, ToolQuery},
    components::{
        badge::{Badge, StatusBadge},
        button::ButtonLink,
        format,
        icon::Icon,
        page::EmptyState,
        table::{CursorPager, SortHeader, Table},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::{
    executions::Pulse,
    mcp::PinState,
    tools::{ToolSummary, Visibility},
};

#[component]
pub fn Rows(list: ToolList, org: Memo<String>, asked: Memo<ToolQuery>) -> impl IntoView {
    let base = format!("/{}/tools", org.get_untracked());
    if list.page.items.is_empty() {
        return view! {
            <EmptyState icon=icondata_lu::LuSearchX title="No tool matches" text="Filter by other words, or show all tools.">
                <ButtonLink href=base>"Show all tools"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let by_relevance = asked.with_untracked(|query| query.sort.is_empty() && !query.q.trim().is_empty());
    let order = if !asked.with_untracked(|query| query.sort.is_empty()) {
        ""
    } else if by_relevance {
        ", the best match first"
    } else {
        ", the newest first"
    };
    let rows = list
        .page
        .items
        .into_iter()
        .zip(list.pulses)
        .map(|(tool, pulse)| {
            let stopped = list.stopped.iter().find(|(id, _)| *id == tool.id).map(|(_, state)| *state);
            view! { <ToolRow tool=tool pulse=pulse stopped=stopped base=base.clone() /> }
        })
        .collect_view();
    view! {
        <p role="status" class="num mb-2 text-xs text-muted">{format!("{}{order}", format::count(list.total, "tool", "tools"))}</p>
        <Table label="Tools">
            <caption class="sr-only">"Tools"</caption>
            <thead>
                <tr>
                    <SortHeader name="name" label="Tool" />
                    <SortHeader name="kind" label="Kind" />
                    <th scope="col">"Status"</th>
                    <th scope="col">"Last 24 hours"</th>
                    <th scope="col" class="num">"Success"</th>
                    <SortHeader name="executions" label="Calls" numeric=true />
                    <SortHeader name="last_used" label="Last call" />
                    <SortHeader name="updated" label="Changed" />
                    <SortHeader name="created" label="Created" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <CursorPager next=list.page.next_cursor />
    }
    .into_any()
}

#[component]
fn ToolRow(tool: ToolSummary, pulse: Pulse, stopped: Option<PinState>, base: String) -> impl IntoView {
    let success = rate(pulse.success_rate);
    let tags = tool.tags.into_iter().map(|tag| view! { <Badge plain=true>{tag}</Badge> }).collect_view();
    view! {
        <tr>
            <th scope="row">
                <div class="flex items-start gap-2">
                    <Icon icon=tool_icon(tool.icon.as_deref(), tool.kind) class="mt-0.5 text-muted" />
                    <div class="min-w-0">
                        <a class="row-link" href=format!("{base}/{}", tool.id)>
                            {tool.display_name}
                        </a>
                        <div class="font-mono text-xs font-normal text-muted">{tool.name}</div>
                        <div class="mt-0.5 flex flex-wrap gap-1 font-normal empty:hidden">{tags}</div>
                    </div>
                </div>
            </th>
            <td>
                <KindBadge kind=tool.kind />
            </td>
            <td>
                <span class="inline-flex flex-wrap gap-1">
                    <StatusBadge status=tool.status.as_str() />
                    {stopped.map(|state| view! { <PinBadge state=state /> })}
                    {(tool.visibility == Visibility::Private).then(|| view! { <Badge plain=true>"Private"</Badge> })}
                </span>
            </td>
            <td>
                <PulseLine pulse=pulse />
            </td>
            <td class="num">{success}</td>
            <td class="num">{format::number(tool.execution_count)}</td>
            <td>
                {match tool.last_executed_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                }}
            </td>
            <td>
                <RelativeTime at=tool.updated_at />
            </td>
            <td>
                <RelativeTime at=tool.created_at />
            </td>
        </tr>
    }
}
