//! The calls of one tool.

use super::{
    frame::{Tab, ToolFrame},
    param, query,
};
use crate::{
    api::executions_pages::{ExecutionQuery, get_execution_list},
    components::{
        button::ButtonLink,
        columns::{ColumnMenu, use_columns},
        page::{EmptyState, ErrorNotice},
        table::{CursorPager, TableSkeleton},
    },
    pages::executions::{COLUMNS, ExecutionRows},
};
use leptos::prelude::*;

#[component]
pub fn ToolExecutionsPage() -> impl IntoView {
    let (org, id, after) = (param("org"), param("id"), query("after"));
    // Read beside the tool, not once it is there: server and browser must make what they read in the same order.
    let list = Resource::new_blocking(
        move || (org.get(), id.get(), after.get()),
        |(org, tool, after)| get_execution_list(org, ExecutionQuery { tool, after, ..ExecutionQuery::default() }),
    );
    view! {
        <ToolFrame
            tab=Tab::Executions
            body=move |_, _| {
                view! {
                    <Transition fallback=|| view! { <TableSkeleton columns=5 /> }>
                        {move || Suspend::new(async move {
                            let org = org.get_untracked();
                            match list.await {
                                Ok(list) if list.rows.is_empty() => {
                                    view! {
                                        <EmptyState
                                            icon=icondata_lu::LuActivity
                                            title="Not called yet"
                                            text="Every call of this tool is listed here, whoever made it."
                                        >
                                            <ButtonLink href=format!("/{org}/tools/{}/try", id.get_untracked())>"Try it"</ButtonLink>
                                        </EmptyState>
                                    }
                                        .into_any()
                                }
                                Ok(list) => {
                                    let columns = use_columns("executions", &COLUMNS);
                                    view! {
                                        <div class="mb-3 flex justify-end">
                                            <ColumnMenu columns=columns />
                                        </div>
                                        <ExecutionRows rows=list.rows org=org columns=columns show_tool=false />
                                        <CursorPager next=list.next_cursor />
                                    }
                                        .into_any()
                                }
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
