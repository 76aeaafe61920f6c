//! The triggers of a workflow: what they are, how they stand, what they did last.

use super::icon;
use crate::{
    api::workflows::{TriggersPage as Page, list_triggers},
    components::{
        badge::{StatusBadge, Tone},
        button::{ButtonLink, Kind},
        format,
        icon::Icon,
        page::{EmptyState, ErrorNotice, Notice, PageHeader, Skeleton},
        table::Table,
        time::RelativeTime,
    },
    pages::{
        address::param,
        workflows::tabs::{Tab, WorkflowTabs},
    },
};
use leptos::prelude::*;
use toolcrib::workflows::triggers::Trigger;

#[component]
pub fn TriggersPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let page = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| list_triggers(org, id));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => {
                        let base = format!("/{}/workflows/{}", org.get_untracked(), id.get_untracked());
                        view! { <Body page=page base=base org=org.get_untracked() id=id.get_untracked() /> }.into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(page: Page, base: String, org: String, id: String) -> impl IntoView {
    let enabled = page.triggers.iter().filter(|trigger| trigger.is_enabled).count();
    let facts = format!("{} · {enabled} enabled", format::count(i64::try_from(page.triggers.len()).unwrap_or(0), "trigger", "triggers"));
    let may_add = page.may_change && page.published_version.is_some();
    let new = format!("{base}/triggers/new");
    let tabs = view! { <WorkflowTabs org=org.clone() id=id may_change=page.may_change active=Tab::Triggers /> }.into_any();
    let first = new.clone();
    let body = if page.triggers.is_empty() {
        let text = match (page.published_version, page.may_change) {
            (None, _) => "Webhooks, schedules and calls start a published version. This workflow has none yet.",
            (_, true) => "A webhook, a schedule or a call that begins can start this workflow without anybody asking.",
            (_, false) => "Nothing starts this workflow by itself. Adding a trigger takes whoever may change it.",
        };
        view! {
            <EmptyState icon=icondata_lu::LuZap title="No triggers" text=text>
                {may_add.then(|| view! { <ButtonLink href=first>"Add a trigger"</ButtonLink> })}
            </EmptyState>
        }
        .into_any()
    } else {
        view! { <List triggers=page.triggers base=base.clone() org=org /> }.into_any()
    };
    view! {
        <PageHeader title=page.workflow_name facts=facts>
            {may_add
                .then(|| {
                    view! {
                        <ButtonLink href=new kind=Kind::Primary icon=icondata_lu::LuPlus>
                            "New trigger"
                        </ButtonLink>
                    }
                })}
        </PageHeader>
        {tabs}
        {page
            .published_version
            .is_none()
            .then(|| {
                view! {
                    <div class="mb-4">
                        <Notice tone=Tone::Warning title="This workflow was never published">
                            "Triggers start a published version, not a draft that somebody may be changing. "
                            <a class="link" href=format!("{base}/versions")>
                                "Publish the workflow"
                            </a> " first."
                        </Notice>
                    </div>
                }
            })}
        {body}
    }
    .into_any()
}

#[component]
fn List(triggers: Vec<Trigger>, base: String, org: String) -> impl IntoView {
    let rows = triggers
        .into_iter()
        .map(|trigger| {
            let href = format!("{base}/triggers/{}", trigger.id);
            let when = trigger
                .schedule
                .as_ref()
                .map_or_else(|| trigger.address.clone().unwrap_or_default(), |schedule| format!("{} · {}", schedule.cron, schedule.time_zone));
            let run = trigger.last_run_id.map(|run| format!("/{org}/runs/{run}"));
            // Only a refusal that nothing came after is news.
            let refusal = trigger.last_refusal.clone().filter(|_| trigger.last_refused_at > trigger.last_fired_at);
            view! {
                <tr>
                    <th scope="row">
                        <a class="link flex items-center gap-2 font-medium" href=href>
                            <Icon icon=icon(trigger.kind) class="text-muted" />
                            {trigger.name.clone()}
                        </a>
                        <div class="max-w-80 truncate font-mono text-xs font-normal text-muted" title=when.clone()>
                            {when.clone()}
                        </div>
                    </th>
                    <td>{trigger.kind.label()}</td>
                    <td>
                        <StatusBadge status=if trigger.is_enabled { "active" } else { "disabled" } />
                    </td>
                    <td>{trigger.next_due_at.map_or_else(|| "–".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}</td>
                    <td>
                        {match (trigger.last_fired_at, run) {
                            (Some(at), Some(run)) => {
                                view! {
                                    <a class="link" href=run>
                                        <RelativeTime at=at />
                                    </a>
                                }
                                    .into_any()
                            }
                            (Some(at), None) => view! { <RelativeTime at=at /> }.into_any(),
                            _ => "Never".into_any(),
                        }}
                        {refusal.map(|reason| view! { <div class="max-w-60 truncate text-xs text-warning" title=reason.clone()>{reason.clone()}</div> })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="Triggers">
            <thead>
                <tr>
                    <th scope="col">"Trigger"</th>
                    <th scope="col">"Kind"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Next"</th>
                    <th scope="col">"Last fired"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
    .into_any()
}
