//! One trigger: how it stands, its address and secret, what it did, and its form.

use super::{firings::Firings, form::TriggerForm, secret::SecretSection};
use crate::{
    api::workflows::{DeleteTrigger, RotateTrigger, SaveTrigger, SwitchTrigger, TriggerPage as Page, get_trigger},
    components::{
        badge::{StatusBadge, Tone},
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::FormError,
        form::{say_when_done, successes, use_form},
        format,
        frame::name_object,
        page::{ErrorNotice, Fact, Facts, Notice, PageHeader, Section, Skeleton},
        time::RelativeTime,
    },
    error::AppError,
    pages::{
        address::{param, query},
        tokens::use_shown,
        workflows::tabs::{Tab, WorkflowTabs},
    },
};
use leptos::prelude::*;
use toolcrib::workflows::triggers::Trigger;

#[component]
pub fn TriggerPage() -> impl IntoView {
    let (org, id, trigger, after) = (param("org"), param("id"), param("trigger"), query("after"));
    let (switch, rotate) = (ServerAction::<SwitchTrigger>::new(), ServerAction::<RotateTrigger>::new());
    let save = ServerAction::<SaveTrigger>::new();
    say_when_done(save, "Trigger saved");
    let (switched, rotated, saved) = (successes(switch), successes(rotate), successes(save));
    let shown = use_shown(org);
    let page = Resource::new_blocking(
        move || (org.get(), id.get(), trigger.get(), after.get(), switched.get() + rotated.get() + saved.get()),
        |(org, id, trigger, after, _)| get_trigger(org, id, trigger, after),
    );
    view! {
        <Transition fallback=|| view! { <Skeleton rows=10 /> }>
            {move || Suspend::new(async move {
                let secret = shown.await;
                match page.await {
                    Ok(page) => {
                        match page.trigger.clone() {
                            Some(trigger) => {
                                view! {
                                    <Body org=org.get_untracked() page=page trigger=trigger secret=secret switch=switch rotate=rotate save=save />
                                }
                                    .into_any()
                            }
                            None => ().into_any(),
                        }
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Body(
    org: String,
    page: Page,
    trigger: Trigger,
    secret: Result<Option<String>, AppError>,
    switch: ServerAction<SwitchTrigger>,
    rotate: ServerAction<RotateTrigger>,
    save: ServerAction<SaveTrigger>,
) -> impl IntoView {
    let (id, kind) = (trigger.workflow_id.to_string(), trigger.kind);
    let (tell, workflow) = (name_object(), (id.clone(), page.workflow_name.clone()));
    Effect::new(move |_| tell(&workflow.0, &workflow.1));
    let switching = use_form(switch);
    let facts = format!("{} of {}", kind.label(), page.workflow_name);
    let has_address = trigger.address.is_some();
    let may_change = page.may_change;
    let switch_form = may_change.then(|| {
        let (org, id, this, on) = (org.clone(), id.clone(), trigger.id.to_string(), trigger.is_enabled);
        view! {
            <ActionForm action=switch>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="trigger" value=this />
                {(!on).then(|| view! { <input type="hidden" name="on" value="true" /> })}
                <Button pending=switch.pending() icon=if on { icondata_lu::LuPause } else { icondata_lu::LuPlay }>
                    {if on { "Disable" } else { "Enable" }}
                </Button>
            </ActionForm>
        }
    });
    let tabs = view! { <WorkflowTabs org=org.clone() id=id.clone() may_change=may_change active=Tab::Triggers /> }.into_any();
    let nobody = trigger.acts_as_name.is_none();
    let enabled = trigger.is_enabled;
    let name = trigger.name.clone();
    let standing = view! { <Standing org=org.clone() trigger=trigger.clone() /> }.into_any();
    let address = has_address
        .then(|| view! { <SecretSection org=org.clone() page=page.clone() trigger=trigger.clone() secret=secret rotate=rotate /> });
    let firings = view! { <Firings org=org.clone() kind=kind page=page.clone() /> }.into_any();
    let (count, more) = (page.firings.items.len(), page.firings.next_cursor.is_some());
    let settings = may_change.then(|| {
        let form = view! { <TriggerForm org=org.clone() id=id kind=kind page=page save=save /> }.into_any();
        let removal = view! { <Removal org=org trigger=trigger firings=count more=more /> }.into_any();
        view! {
            <Section title="Settings">{form}</Section>
            {removal}
        }
    });
    view! {
        <PageHeader title=name facts=facts>
            <StatusBadge status=if enabled { "active" } else { "disabled" } />
            {switch_form}
        </PageHeader>
        {tabs}
        <FormError message=switching.general_error() />
        {nobody
            .then(|| {
                view! {
                    <div class="mb-4">
                        <Notice tone=Tone::Warning title="It starts nothing">
                            "The person whom it acts as is no member any more. Save it, and it acts as you."
                        </Notice>
                    </div>
                }
            })}
        <Section title="How it stands">{standing}</Section>
        {address}
        {firings}
        {settings}
    }
    .into_any()
}

#[component]
fn Standing(org: String, trigger: Trigger) -> impl IntoView {
    let version = trigger.version.map_or_else(|| "the newest that is published".to_owned(), |version| format!("version {version}"));
    let time =
        |at: Option<chrono::DateTime<chrono::Utc>>| at.map_or_else(|| "–".into_any(), |at| view! { <RelativeTime at=at /> }.into_any());
    let run = trigger.last_run_id.map(|run| format!("/{org}/runs/{run}"));
    let schedule = trigger.schedule.clone().map(|schedule| {
        view! {
            <Fact label="Pattern">
                <span class="font-mono">{schedule.cron.clone()}</span>
                {format!(" in {}", schedule.time_zone)}
            </Fact>
            <Fact label="Overlap">{schedule.overlap.label()}</Fact>
            <Fact label="Missed times">{schedule.missed.label()}</Fact>
            <Fact label="Next">{time(trigger.next_due_at)}</Fact>
        }
    });
    let hook = trigger.webhook.clone().map(|webhook| {
        let limit = webhook
            .rate_limit_per_minute
            .map_or_else(|| "none".to_owned(), |limit| format!("{} per minute", format::number(i64::from(limit))));
        view! {
            <Fact label="Senders">{webhook.auth.label()}</Fact>
            <Fact label="Limit">{limit}</Fact>
            <Fact label="Secret made">{time(trigger.secret_changed_at)}</Fact>
        }
    });
    view! {
        <Facts>
            {schedule} {hook} <Fact label="Starts">{version}</Fact>
            <Fact label="Acts as">{trigger.acts_as_name.clone().unwrap_or_else(|| "nobody any more".to_owned())}</Fact>
            <Fact label="Last fired">
                {time(trigger.last_fired_at)}
                {run
                    .map(|run| {
                        view! {
                            ", "
                            <a class="link" href=run>
                                "its run"
                            </a>
                        }
                    })}
            </Fact>
            {trigger
                .last_refusal
                .clone()
                .map(|reason| {
                    view! {
                        <Fact label="Last refused">
                            {time(trigger.last_refused_at)} ": " {reason}
                        </Fact>
                    }
                })}
        </Facts>
    }
    .into_any()
}

#[component]
fn Removal(org: String, trigger: Trigger, firings: usize, more: bool) -> impl IntoView {
    let delete = ServerAction::<DeleteTrigger>::new();
    let form = use_form(delete);
    let many = match (firings, more) {
        (0, _) => "It has not fired yet.".to_owned(),
        (count, more) => {
            let count = format::count(i64::try_from(count).unwrap_or(0), "firing", "firings");
            format!("The record of its {count}{} goes with it.", if more { " and more" } else { "" })
        }
    };
    let gone = if trigger.address.is_some() { " Its address is unknown from then on, and its secret is destroyed." } else { "" };
    view! {
        <div class="border-t border-line pt-4">
            <FormError message=form.general_error() />
            <ConfirmDialog
                id="delete-trigger"
                label="Delete trigger"
                title=format!("Delete {}?", trigger.name)
                text=format!("{many}{gone} The runs it started stay.")
            >
                <ActionForm action=delete>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=trigger.workflow_id.to_string() />
                    <input type="hidden" name="trigger" value=trigger.id.to_string() />
                    <Button kind=Kind::Danger pending=delete.pending()>
                        "Delete trigger"
                    </Button>
                </ActionForm>
            </ConfirmDialog>
        </div>
    }
    .into_any()
}
