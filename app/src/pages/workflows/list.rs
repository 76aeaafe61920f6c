//! All workflows: is it live, how did the last runs end?

use super::{param, query};
use crate::{
    api::workflows::{WorkflowList, list_workflows},
    components::{
        badge::{Badge, status_words},
        button::{ButtonLink, Kind},
        columns::{Column, ColumnMenu, Columns, extra, use_columns, usual},
        format,
        icon::Icon,
        page::{EmptyState, ErrorNotice, PageHeader},
        table::{ListSearch, Pager, SortHeader, Table, TableSkeleton, list_order, use_query},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::{RunMark, Visibility, WorkflowSummary, engine::RunStatus};

static COLUMNS: [Column; 6] = [
    usual("last_runs", "Last runs"),
    usual("steps", "Steps"),
    usual("runs", "Runs"),
    usual("last_run", "Last run"),
    usual("changed", "Changed"),
    extra("description", "Description"),
];

#[component]
pub fn WorkflowsPage() -> impl IntoView {
    let (org, search) = (param("org"), query("q"));
    let address = use_query();
    let order = Memo::new(move |_| address.with(list_order));
    let list =
        Resource::new_blocking(move || (org.get(), search.get(), order.get()), |(org, search, order)| list_workflows(org, search, order));
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
    let columns = use_columns("workflows", &COLUMNS);
    let (total, page) = (list.workflows.total, list.workflows.page);
    let facts = format::count(total, "workflow", "workflows");
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
        {(searched || total > 0)
            .then(|| {
                view! {
                    <ListSearch label="Search workflows">
                        <ColumnMenu columns=columns />
                    </ListSearch>
                }
            })}
        {if total == 0 {
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
            let rows = list.workflows.items.into_iter().map(|workflow| view! { <Row workflow=workflow org=org.clone() columns=columns /> }).collect_view();
            view! {
                <Table label="Workflows">
                    <thead>
                        <tr>
                            <SortHeader name="name" label="Name" />
                            {columns.has("description").then(|| view! { <th scope="col">"Description"</th> })}
                            {columns.has("last_runs").then(|| view! { <th scope="col">"Last runs"</th> })}
                            {columns.has("steps").then(|| view! { <SortHeader name="steps" label="Steps" numeric=true /> })}
                            {columns.has("runs").then(|| view! { <SortHeader name="runs" label="Runs" numeric=true /> })}
                            {columns.has("last_run").then(|| view! { <SortHeader name="last_run" label="Last run" /> })}
                            {columns.has("changed").then(|| view! { <SortHeader name="changed" label="Changed" /> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                <Pager page=page total=total />
            }
                .into_any()
        }}
    }
}

#[component]
fn Row(workflow: WorkflowSummary, org: String, columns: Columns) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("/{org}/workflows/{}", workflow.id)>
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
                <div class="font-mono text-xs font-normal text-muted">{workflow.name}</div>
            </th>
            {columns
                .has("description")
                .then(|| {
                    view! {
                        <td class="max-w-md min-w-48">
                            <span class="line-clamp-2 text-muted">{workflow.description}</span>
                        </td>
                    }
                })}
            {columns
                .has("last_runs")
                .then(|| {
                    view! {
                        <td>
                            <RunMarks runs=workflow.last_runs org=org />
                        </td>
                    }
                })}
            {columns.has("steps").then(|| view! { <td class="num">{format::number(workflow.steps)}</td> })}
            {columns.has("runs").then(|| view! { <td class="num">{format::number(workflow.execution_count)}</td> })}
            {columns
                .has("last_run")
                .then(|| {
                    view! {
                        <td>
                            {match workflow.last_executed_at {
                                Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                                None => view! { <span class="text-muted">"never"</span> }.into_any(),
                            }}
                        </td>
                    }
                })}
            {columns
                .has("changed")
                .then(|| {
                    view! {
                        <td>
                            <RelativeTime at=workflow.updated_at />
                        </td>
                    }
                })}
        </tr>
    }
    .into_any()
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
