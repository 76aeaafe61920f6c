//! All workflows: is it live, how did the last runs end?

use super::{param, query};
use crate::{
    api::workflows::{WorkflowList, list_workflows},
    components::{
        badge::{Badge, status_words},
        button::{Button, ButtonLink, Kind},
        format,
        icon::Icon,
        page::{EmptyState, ErrorNotice, PageHeader},
        table::{CursorPager, Table, TableSkeleton},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::{RunMark, Visibility, WorkflowSummary, engine::RunStatus};

#[component]
pub fn WorkflowsPage() -> impl IntoView {
    let (org, search, after) = (param("org"), query("q"), query("after"));
    let list = Resource::new(move || (org.get(), search.get(), after.get()), |(org, search, after)| list_workflows(org, search, after));
    view! {
        <Transition fallback=|| view! { <TableSkeleton columns=5 /> }>
            {move || Suspend::new(async move {
                match list.await {
                    Ok(list) => view! { <List list=list org=org.get_untracked() search=search.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn List(list: WorkflowList, org: String, search: String) -> impl IntoView {
    let new = format!("/{org}/workflows/new");
    let header_new = new.clone();
    let may_build = list.may_build;
    let searched = !search.is_empty();
    let count = i64::try_from(list.workflows.len()).unwrap_or(i64::MAX);
    let facts = if list.next_cursor.is_some() { String::new() } else { format::count(count, "workflow", "workflows") };
    view! {
        <PageHeader title="Workflows" facts=facts>
            {may_build
                .then(|| {
                    view! {
                        <ButtonLink href=header_new kind=Kind::Primary icon=icondata_lu::LuPlus>
                            "New workflow"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {(searched || !list.workflows.is_empty())
            .then(|| {
                view! {
                    <form method="get" role="search" class="mb-4 flex max-w-md gap-2">
                        <label class="sr-only" for="workflow-search">
                            "Search workflows"
                        </label>
                        <input id="workflow-search" type="search" name="q" class="field" placeholder="Name or description" value=search.clone() />
                        <Button>"Search"</Button>
                    </form>
                }
            })}
        {if list.workflows.is_empty() {
            if searched {
                view! {
                    <EmptyState icon=icondata_lu::LuSearchX title="No workflow matches" text="Try a part of its name, or look at all of them.">
                        <ButtonLink href=format!("/{org}/workflows")>"Show all"</ButtonLink>
                    </EmptyState>
                }
                    .into_any()
            } else {
                view! {
                    <EmptyState
                        icon=icondata_lu::LuWorkflow
                        title="No workflows yet"
                        text="A workflow chains tools: each step takes what earlier steps gave. Runs survive restarts, and every step is recorded."
                    >
                        {may_build.then(|| view! { <ButtonLink href=new kind=Kind::Primary>"New workflow"</ButtonLink> })}
                    </EmptyState>
                }
                    .into_any()
            }
        } else {
            let rows = list.workflows.into_iter().map(|workflow| view! { <Row workflow=workflow org=org.clone() /> }).collect_view();
            view! {
                <Table label="Workflows">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Last runs"</th>
                            <th scope="col" class="num">
                                "Steps"
                            </th>
                            <th scope="col" class="num">
                                "Runs"
                            </th>
                            <th scope="col">"Last run"</th>
                            <th scope="col">"Changed"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                <CursorPager next=list.next_cursor />
            }
                .into_any()
        }}
    }
}

#[component]
fn Row(workflow: WorkflowSummary, org: String) -> impl IntoView {
    view! {
        <tr>
            <td>
                <a class="font-medium" href=format!("/{org}/workflows/{}", workflow.id)>
                    {workflow.display_name}
                </a>
                {(workflow.visibility == Visibility::Private)
                    .then(|| {
                        view! {
                            <span class="ml-2">
                                <Badge icon=icondata_lu::LuLock>"Private"</Badge>
                            </span>
                        }
                    })}
                <div class="font-mono text-xs text-muted">{workflow.name}</div>
            </td>
            <td>
                <RunMarks runs=workflow.last_runs org=org />
            </td>
            <td class="num">{format::number(workflow.steps)}</td>
            <td class="num">{format::number(workflow.execution_count)}</td>
            <td>
                {match workflow.last_executed_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                }}
            </td>
            <td>
                <RelativeTime at=workflow.updated_at />
            </td>
        </tr>
    }
}

/// The last runs as marks, the newest last: shape and colour say how each ended.
#[component]
fn RunMarks(runs: Vec<RunMark>, org: String) -> impl IntoView {
    if runs.is_empty() {
        return view! { <span class="text-muted">"none"</span> }.into_any();
    }
    let marks = runs
        .into_iter()
        .rev()
        .map(|run| {
            let label = format!("Run {}", status_words(run.status.as_str()).to_lowercase());
            let (icon, ink) = look(run.status);
            view! {
                <a href=format!("/{org}/runs/{}", run.id) aria-label=label.clone() title=label class="inline-flex p-1">
                    <Icon icon=icon class=ink />
                </a>
            }
        })
        .collect_view();
    view! { <div class="flex">{marks}</div> }.into_any()
}

fn look(status: RunStatus) -> (icondata_core::Icon, &'static str) {
    match status {
        RunStatus::Completed => (icondata_lu::LuCircleCheck, "text-success"),
        RunStatus::Failed => (icondata_lu::LuCircleX, "text-danger"),
        RunStatus::Cancelled => (icondata_lu::LuCircleSlash, "text-muted"),
        RunStatus::Running => (icondata_lu::LuLoaderCircle, "text-running"),
        RunStatus::Pending => (icondata_lu::LuClock, "text-info"),
        RunStatus::Waiting => (icondata_lu::LuCirclePause, "text-info"),
    }
}
