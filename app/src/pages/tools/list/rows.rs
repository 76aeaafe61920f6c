//! The rows of the list.

use super::super::cells::{KindBadge, PulseLine, rate, tool_icon};
use crate::pages::mcp_servers::PinBadge;
use crate::{
    api::tools::{ToolList, ToolQuery},
    components::{
        badge::{Badge, StatusBadge},
        button::ButtonLink,
        columns::{Column, ColumnMenu, Columns, extra, usual},
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

/// Columns that may be hidden; the tool itself is always there.
pub static COLUMNS: [Column; 8] = [
    usual("kind", "Kind"),
    usual("status", "Status"),
    usual("pulse", "Last 24 hours"),
    usual("success", "Success"),
    usual("calls", "Calls"),
    usual("last_call", "Last call"),
    extra("changed", "Changed"),
    extra("created", "Created"),
];

#[component]
pub fn Rows(list: ToolList, org: Memo<String>, asked: Memo<ToolQuery>, columns: Columns) -> impl IntoView {
    let base = format!("/{}/tools", org.get_untracked());
    if list.page.items.is_empty() {
        return view! {
            <EmptyState icon=icondata_lu::LuSearchX title="No tool matches" text="Filter by other words, or show all tools.">
                <ButtonLink href=base>"Show all tools"</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let selection = format!("{base}/selection");
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
            view! { <ToolRow tool=tool pulse=pulse stopped=stopped base=base.clone() columns=columns /> }
        })
        .collect_view();
    view! {
        <div class="mb-2 flex items-center justify-between gap-3">
            <p role="status" class="num text-xs text-muted">{format!("{}{order}", format::count(list.total, "tool", "tools"))}</p>
            <ColumnMenu columns=columns />
        </div>
        <form method="get" action=selection>
        <div class="mb-2 flex flex-wrap items-center gap-3">
            <button class="btn btn-secondary btn-small">
                <Icon icon=icondata_lu::LuListChecks />
                "With the selected …"
            </button>
            <button type="button" class="btn btn-ghost btn-small needs-script" on:click=|event| tick_all(&event)>
                "Select all of this page"
            </button>
        </div>
        <Table label="Tools">
            <caption class="sr-only">"Tools"</caption>
            <thead>
                <tr>
                    <th scope="col">
                        <span class="sr-only">"Select"</span>
                    </th>
                    <SortHeader name="name" label="Tool" />
                    {columns.has("kind").then(|| view! { <SortHeader name="kind" label="Kind" /> })}
                    {columns.has("status").then(|| view! { <th scope="col">"Status"</th> })}
                    {columns.has("pulse").then(|| view! { <th scope="col">"Last 24 hours"</th> })}
                    {columns
                        .has("success")
                        .then(|| {
                            view! {
                                <th scope="col" class="num">
                                    "Success"
                                </th>
                            }
                        })}
                    {columns.has("calls").then(|| view! { <SortHeader name="executions" label="Calls" numeric=true /> })}
                    {columns.has("last_call").then(|| view! { <SortHeader name="last_used" label="Last call" /> })}
                    {columns.has("changed").then(|| view! { <SortHeader name="updated" label="Changed" /> })}
                    {columns.has("created").then(|| view! { <SortHeader name="created" label="Created" /> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        </form>
        <CursorPager next=list.page.next_cursor />
    }
    .into_any()
}

#[component]
fn ToolRow(tool: ToolSummary, pulse: Pulse, stopped: Option<PinState>, base: String, columns: Columns) -> impl IntoView {
    let success = rate(pulse.success_rate);
    let tags = tool.tags.into_iter().map(|tag| view! { <Badge plain=true>{tag}</Badge> }).collect_view();
    view! {
        <tr>
            <td>
                <input type="checkbox" class="check" name="id" value=tool.id.to_string() aria-label=format!("Select {}", tool.display_name) />
            </td>
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
            {columns.has("kind").then(|| view! { <td><KindBadge kind=tool.kind /></td> })}
            {columns
                .has("status")
                .then(|| {
                    view! {
                        <td>
                            <span class="inline-flex flex-wrap gap-1">
                                <StatusBadge status=tool.status.as_str() />
                                {stopped.map(|state| view! { <PinBadge state=state /> })}
                                {(tool.visibility == Visibility::Private).then(|| view! { <Badge plain=true>"Private"</Badge> })}
                            </span>
                        </td>
                    }
                })}
            {columns.has("pulse").then(|| view! { <td><PulseLine pulse=pulse /></td> })}
            {columns.has("success").then(|| view! { <td class="num">{success}</td> })}
            {columns.has("calls").then(|| view! { <td class="num">{format::number(tool.execution_count)}</td> })}
            {columns
                .has("last_call")
                .then(|| {
                    let last = match tool.last_executed_at {
                        Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                        None => view! { <span class="text-muted">"never"</span> }.into_any(),
                    };
                    view! { <td>{last}</td> }
                })}
            {columns.has("changed").then(|| view! { <td><RelativeTime at=tool.updated_at /></td> })}
            {columns.has("created").then(|| view! { <td><RelativeTime at=tool.created_at /></td> })}
        </tr>
    }
}

/// Ticks every row, or none where all were ticked.
fn tick_all(event: &leptos::ev::MouseEvent) {
    #[cfg(feature = "hydrate")]
    {
        use leptos::wasm_bindgen::JsCast;
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.closest("form").ok().flatten());
        let Some(boxes) = form.and_then(|form| form.query_selector_all("input[name=id]").ok()) else { return };
        let boxes: Vec<web_sys::HtmlInputElement> = (0..boxes.length()).filter_map(|at| boxes.item(at)?.dyn_into().ok()).collect();
        let all = boxes.iter().all(web_sys::HtmlInputElement::checked);
        boxes.iter().for_each(|one| one.set_checked(!all));
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = event;
}
