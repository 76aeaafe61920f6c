//! A new trigger: first what fires it, then the rest.

use super::{described, form::TriggerForm, icon};
use crate::{
    api::workflows::{SaveTrigger, get_trigger},
    components::{
        icon::Icon,
        page::{ErrorNotice, PageHeader, Skeleton},
    },
    pages::{
        address::{param, query},
        workflows::tabs::{Tab, WorkflowTabs},
    },
};
use leptos::prelude::*;
use toolcrib::workflows::triggers::TriggerKind;

#[component]
pub fn NewTriggerPage() -> impl IntoView {
    let (org, id, kind) = (param("org"), param("id"), query("kind"));
    let save = ServerAction::<SaveTrigger>::new();
    let page = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| get_trigger(org, id, String::new(), String::new()));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || {
                // Another kind is another form.
                let kind = kind.get();
                Suspend::new(async move {
                    match page.await {
                        Ok(page) => {
                            let base = format!("/{}/workflows/{}", org.get_untracked(), id.get_untracked());
                            let facts = format!("Of {}", page.workflow_name);
                            let (org, id) = (org.get_untracked(), id.get_untracked());
                            let tabs =
                                view! { <WorkflowTabs org=org.clone() id=id.clone() may_change=page.may_change active=Tab::Triggers /> }.into_any();
                            match TriggerKind::parse(&kind) {
                                Some(kind) => {
                                    view! {
                                        <PageHeader title=format!("New trigger: {}", kind.label().to_lowercase()) facts=described(kind) object=page.workflow_name.clone() />
                                        {tabs}
                                        <TriggerForm org=org id=id kind=kind page=page save=save />
                                    }
                                        .into_any()
                                }
                                None => {
                                    view! {
                                        <PageHeader title="New trigger" facts=facts object=page.workflow_name />
                                        {tabs}
                                        <Kinds base=base />
                                    }
                                        .into_any()
                                }
                            }
                        }
                        Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                    }
                })
            }}
        </Transition>
    }
    .into_any()
}

#[component]
fn Kinds(base: String) -> impl IntoView {
    let kinds = TriggerKind::ALL
        .iter()
        .map(|kind| {
            view! {
                <li class="panel relative p-4">
                    <a class="link flex items-center gap-2 font-semibold after:absolute after:inset-0" href=format!("{base}/triggers/new?kind={kind}")>
                        <Icon icon=icon(*kind) />
                        {kind.label()}
                    </a>
                    <p class="mt-1 text-muted">{described(*kind)}</p>
                </li>
            }
        })
        .collect_view();
    view! {
        <h2 class="mb-3 text-lg font-semibold">"What starts the workflow?"</h2>
        <ul class="grid max-w-4xl gap-4 sm:grid-cols-2 xl:grid-cols-3">{kinds}</ul>
    }
    .into_any()
}
