//! What would use a key: tools, servers and workflows, by who calls; and what each would use without it.

use crate::components::{
    page::EmptyState,
    table::{CursorPager, Table},
};
use leptos::prelude::*;
use toolcrib::{
    keys::{AskerKind, ContextType, KeyUse},
    page::Page,
};

#[component]
pub fn Uses(org: String, uses: Page<KeyUse>) -> impl IntoView {
    let next = uses.next_cursor;
    if uses.items.is_empty() {
        return view! {
            <EmptyState
                icon=icondata_lu::LuUnplug
                title="Nothing would break"
                text="No tool, MCP server or workflow asks for this key now, or other keys come before it."
            />
        }
        .into_any();
    }
    let rows = uses
        .items
        .into_iter()
        .map(|row| {
            let who = match (row.asker_kind, row.context_type) {
                (AskerKind::McpServer, _) => "Toolcrib, to list its tools".to_owned(),
                (_, ContextType::Global) => "everybody without a key of their own".to_owned(),
                (_, kind) => format!("{}: {}", kind.label(), row.context_name.unwrap_or_default()),
            };
            let (place, mono) = match row.asker_kind {
                AskerKind::Tool => ("tools", "font-mono"),
                AskerKind::McpServer => ("mcp-servers", "font-mono"),
                AskerKind::Workflow => ("workflows", ""),
            };
            let ways = row.ways.iter().map(|way| way.label()).collect::<Vec<_>>().join(", ");
            view! {
                <tr>
                    <th scope="row">
                        <a class=format!("row-link {mono}") href=format!("/{org}/{place}/{}", row.asker_id)>
                            {row.asker_name}
                        </a>
                        <div class="text-xs font-normal text-muted">{format!("{}, {ways}", row.asker_kind.label())}</div>
                    </th>
                    <td>{who}</td>
                    <td>
                        {match (row.refused, row.instead_id, row.instead_name) {
                            (Some(why), ..) => {
                                view! {
                                    <span class="text-warning">"is refused already"</span>
                                    <div class="max-w-96 text-xs text-muted">{why}</div>
                                }
                                    .into_any()
                            }
                            (None, Some(id), Some(name)) => {
                                view! {
                                    "would use "
                                    <a class="link" href=format!("/{org}/keys/{id}")>
                                        {name}
                                    </a>
                                }
                                    .into_any()
                            }
                            _ => view! { <span class="text-danger">"would be refused"</span> }.into_any(),
                        }}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="What uses this key">
            <thead>
                <tr>
                    <th scope="col">"What uses it"</th>
                    <th scope="col">"Called by"</th>
                    <th scope="col">"Without this key"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        <CursorPager next=next />
    }
    .into_any()
}
