//! Executions as rows, wherever they are listed.

use crate::{
    api::executions_pages::ExecutionRow,
    components::{
        badge::{StatusBadge, source_words},
        columns::{Column, Columns, extra, usual},
        table::{SortHeader, Table},
        time::{Duration, RelativeTime},
    },
};
use leptos::prelude::*;

/// Columns that may be hidden; when, status and tool are always there.
pub static COLUMNS: [Column; 6] = [
    usual("caller", "Caller"),
    usual("source", "Source"),
    usual("duration", "Duration"),
    extra("kind", "Kind"),
    extra("cost", "Cost"),
    extra("id", "Id"),
];

/// A table of executions. Without a choice of `columns` it has the usual ones.
#[component]
pub fn ExecutionRows(
    rows: Vec<ExecutionRow>,
    org: String,
    #[prop(default = "Executions")] label: &'static str,
    #[prop(optional)] columns: Option<Columns>,
    /// False where they are all of one tool.
    #[prop(default = true)]
    show_tool: bool,
    /// Whether the address says by which column they are sorted.
    #[prop(optional)]
    sortable: bool,
) -> impl IntoView {
    let has = move |name: &str| {
        columns.map_or_else(|| COLUMNS.iter().any(|column| column.usual && column.name == name), |columns| columns.has(name))
    };
    let heading = move |name: &'static str, label: &'static str, numeric: bool| {
        if sortable {
            view! { <SortHeader name=name label=label numeric=numeric /> }.into_any()
        } else {
            view! {
                <th scope="col" class=if numeric { "num" } else { "" }>
                    {label}
                </th>
            }
            .into_any()
        }
    };
    let rows = rows.into_iter().map(|row| view! { <Row row=row org=org.clone() has=has show_tool=show_tool /> }).collect_view();
    view! {
        <Table label=label>
            <thead>
                <tr>
                    {heading("when", "When", false)}
                    {heading("status", "Status", false)}
                    {if show_tool { heading("tool", "Tool", false) } else { view! { <th scope="col">"Version"</th> }.into_any() }}
                    {has("kind").then(|| heading("kind", "Kind", false))}
                    {has("caller").then(|| view! { <th scope="col">"Caller"</th> })}
                    {has("source").then(|| heading("source", "Source", false))}
                    {has("duration").then(|| heading("duration", "Duration", true))}
                    {has("cost").then(|| heading("cost", "Cost", true))}
                    {has("id").then(|| view! { <th scope="col">"Id"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn Row(row: ExecutionRow, org: String, has: impl Fn(&str) -> bool, show_tool: bool) -> impl IntoView {
    let ExecutionRow { execution, caller } = row;
    let href = format!("/{org}/executions/{}", execution.id);
    let tool_href = format!("/{org}/tools/{}", execution.tool_id);
    let when = execution.created_at;
    let run = execution.run_id.map(|run| {
        view! {
            " · "
            <a class="link" href=format!("/{org}/runs/{run}")>
                "run"
            </a>
        }
    });
    view! {
        <tr>
            <td>
                <a class="row-link" href=href>
                    <RelativeTime at=when />
                </a>
            </td>
            <td>
                <StatusBadge status=execution.status.as_str().to_owned() />
                {execution.error_message.map(|message| view! { <p class="mt-0.5 line-clamp-1 max-w-72 text-xs text-muted">{message}</p> })}
            </td>
            {if show_tool {
                view! {
                    <th scope="row">
                        <a class="row-link font-mono" href=tool_href>
                            {execution.tool_name}
                        </a>
                        <span class="ml-1 text-xs font-normal text-muted">"v" {execution.tool_version}</span>
                    </th>
                }
                    .into_any()
            } else {
                view! { <td class="text-muted">"v" {execution.tool_version}</td> }.into_any()
            }}
            {has("kind").then(|| view! { <td>{execution.tool_kind.label()}</td> })}
            {has("caller").then(|| view! { <td class="whitespace-nowrap">{caller}</td> })}
            {has("source").then(|| view! { <td class="text-muted">{source_words(&execution.source)} {run}</td> })}
            {has("duration")
                .then(|| {
                    view! {
                        <td class="num">
                            <Duration ms=execution.duration_ms />
                        </td>
                    }
                })}
            {has("cost").then(|| view! { <td class="num">{execution.cost.map_or_else(|| "–".to_owned(), |cost| format!("${cost}"))}</td> })}
            {has("id").then(|| view! { <td class="font-mono text-xs whitespace-nowrap">{execution.id.to_string()}</td> })}
        </tr>
    }
    .into_any()
}
