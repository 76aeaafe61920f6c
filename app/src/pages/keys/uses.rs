//! Which calls would use a key, and what each would use without it.

use crate::components::{page::EmptyState, table::Table};
use leptos::prelude::*;
use toolcrib::keys::KeyUse;

#[component]
pub fn Uses(org: String, uses: Vec<KeyUse>) -> impl IntoView {
    if uses.is_empty() {
        return view! {
            <EmptyState
                icon=icondata_lu::LuUnplug
                title="Nothing would break"
                text="No tool asks for this key now, or other keys come before it."
            />
        }
        .into_any();
    }
    let rows = uses
        .into_iter()
        .map(|row| {
            let who = row.context_name.unwrap_or_else(|| "everybody without a key of their own".to_owned());
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link font-mono" href=format!("/{org}/tools/{}", row.tool_id)>
                            {row.tool_name}
                        </a>
                    </th>
                    <td>{who}</td>
                    <td>
                        {match (row.instead_id, row.instead_name) {
                            (Some(id), Some(name)) => {
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
        <Table label="Calls that use this key">
            <thead>
                <tr>
                    <th scope="col">"Tool"</th>
                    <th scope="col">"Called by"</th>
                    <th scope="col">"Without this key"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
