//! What an agent did.

use super::frame::{AgentFrame, Tab};
use crate::{
    api::executions_pages::{ExecutionQuery, get_execution_list},
    components::{
        button::ButtonLink,
        columns::{ColumnMenu, use_columns},
        page::{EmptyState, ErrorNotice},
        table::{CursorPager, TableSkeleton},
    },
    pages::{
        address::{param, query},
        executions::{COLUMNS, ExecutionRows},
    },
};
use leptos::prelude::*;

#[component]
pub fn AgentExecutionsPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let after = query("after");
    let list = Resource::new(
        move || (org.get(), id.get(), after.get()),
        |(org, agent, after)| get_execution_list(org, ExecutionQuery { agent, after, ..ExecutionQuery::default() }),
    );
    view! {
        <AgentFrame
            tab=Tab::Executions
            version=Signal::derive(|| 0)
            body=move |_| {
                view! {
                    <Transition fallback=|| view! { <TableSkeleton columns=6 /> }>
                        {move || Suspend::new(async move {
                            let org = org.get_untracked();
                            match list.await {
                                Ok(list) if list.rows.is_empty() => {
                                    view! {
                                        <EmptyState
                                            icon=icondata_lu::LuActivity
                                            title="This agent has called nothing yet"
                                            text="Give its model the list of tools, and its calls appear here."
                                        >
                                            <ButtonLink href=format!("/{org}/agents/{}/connect", id.get_untracked())>"Connect it"</ButtonLink>
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
                                        <ExecutionRows rows=list.rows org=org columns=columns />
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
