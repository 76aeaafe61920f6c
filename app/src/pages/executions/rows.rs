//! Executions as rows, wherever they are listed.

use crate::{
    api::executions_pages::ExecutionRow,
    components::{
        badge::StatusBadge,
        table::Table,
        time::{Duration, RelativeTime},
    },
};
use leptos::prelude::*;

/// A table of executions. `show_tool=false` where they are all of one tool.
#[component]
pub fn ExecutionRows(rows: Vec<ExecutionRow>, org: String, #[prop(default = "Executions")] label: &'static str) -> impl IntoView {
    let rows = rows
        .into_iter()
        .map(|ExecutionRow { execution, caller }| {
            let href = format!("/{org}/executions/{}", execution.id);
            let tool_href = format!("/{org}/tools/{}", execution.tool_id);
            let when = execution.created_at;
            view! {
                <tr>
                    <td>
                        <a class="row-link" href=href>
                            <RelativeTime at=when />
                        </a>
                    </td>
                    <td>
                        <StatusBadge status=execution.status.as_str().to_owned() />
                        {execution
                            .error_message
                            .map(|message| view! { <p class="mt-0.5 line-clamp-1 max-w-72 text-xs text-muted">{message}</p> })}
                    </td>
                    <th scope="row">
                        <a class="row-link font-mono" href=tool_href>
                            {execution.tool_name}
                        </a>
                        <span class="ml-1 text-xs font-normal text-muted">"v" {execution.tool_version}</span>
                    </th>
                    <td>{caller}</td>
                    <td class="text-muted">
                        {execution.source}
                        {execution
                            .run_id
                            .map(|run| {
                                view! {
                                    " · "
                                    <a class="link" href=format!("/{org}/runs/{run}")>
                                        "run"
                                    </a>
                                }
                            })}
                    </td>
                    <td class="num">
                        <Duration ms=execution.duration_ms />
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label=label>
            <thead>
                <tr>
                    <th scope="col">"When"</th>
                    <th scope="col">"Status"</th>
                    <th scope="col">"Tool"</th>
                    <th scope="col">"Caller"</th>
                    <th scope="col">"Source"</th>
                    <th scope="col" class="num">
                        "Duration"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}
