//! The form of a trigger, new or stored.

use super::fields::{FixedFields, HookFields, ScheduleFields};
use crate::{
    api::workflows::{SaveTrigger, TriggerPage},
    components::{
        button::{Button, ButtonLink, Kind},
        conflict::Conflict,
        field::{Checkbox, FormError, SelectField, TextField},
        form::use_form,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::triggers::TriggerKind;

#[component]
pub(super) fn TriggerForm(org: String, id: String, kind: TriggerKind, page: TriggerPage, save: ServerAction<SaveTrigger>) -> impl IntoView {
    let form = use_form(save);
    let trigger = page.trigger;
    let is_new = trigger.is_none();
    let stored = trigger.as_ref().map(|trigger| trigger.as_new());
    let revision = trigger.as_ref().map_or(0, |trigger| trigger.revision);
    // The revision that was read when the form was filled: that is what tells that it is late.
    let revision = form.value("revision", revision.to_string());
    let trigger_id = trigger.as_ref().map(|trigger| trigger.id.to_string()).unwrap_or_default();
    let name = stored.as_ref().map_or_else(|| kind.label().to_owned(), |stored| stored.name.clone());
    let enabled = stored.as_ref().is_none_or(|stored| stored.is_enabled);
    let version = stored.as_ref().and_then(|stored| stored.version).map(|version| version.to_string()).unwrap_or_default();
    let newest = page
        .published_version
        .map_or_else(|| "The newest that is published".to_owned(), |version| format!("The newest that is published (now {version})"));
    let mut versions = vec![(String::new(), newest)];
    versions.extend(page.versions.iter().map(|version| (version.to_string(), format!("Version {version}"))));
    let input = stored.as_ref().map(|stored| stored.input.clone()).unwrap_or_default();
    let own = match kind {
        TriggerKind::Schedule => {
            let schedule = stored.as_ref().and_then(|stored| stored.schedule.clone()).unwrap_or_default();
            view! { <ScheduleFields org=org.clone() schedule=schedule upcoming=page.upcoming form=form /> }.into_any()
        }
        TriggerKind::Webhook | TriggerKind::CallStart => {
            let webhook = stored.as_ref().and_then(|stored| stored.webhook.clone()).unwrap_or_default();
            view! { <HookFields kind=kind webhook=webhook inputs=page.inputs.clone() form=form /> }.into_any()
        }
    };
    let back = format!("/{org}/workflows/{id}/triggers");
    view! {
        <ActionForm action=save attr:class="max-w-3xl space-y-6">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="trigger" value=trigger_id />
            <input type="hidden" name="revision" value=revision />
            <input type="hidden" name="kind" value=kind.as_str() />
            <FormError message=form.general_error() />
            <Conflict form=form what="trigger" />
            <div class="max-w-xl space-y-4">
                <TextField label="Name" name="name" value=form.value("name", &name) error=form.error("name") hint="Runs carry it." required=true />
                <Checkbox label="Enabled" name="is_enabled" checked=form.checked("is_enabled", enabled) />
            </div>
            {own}
            <FixedFields kind=kind inputs=page.inputs input=input form=form />
            <div class="max-w-xl">
                <SelectField
                    label="Version it starts"
                    name="version"
                    options=versions
                    value=form.value("version", &version)
                    error=form.error("version")
                    required=false
                />
            </div>
            <p class="max-w-prose text-sm text-muted">
                "Its runs act as whoever saves it last, with the rights that person has when a run begins. From now on that is you."
            </p>
            <div class="flex flex-wrap gap-2">
                <Button kind=Kind::Primary pending=save.pending()>
                    {if is_new { "Create trigger" } else { "Save trigger" }}
                </Button>
                {is_new
                    .then(|| {
                        view! {
                            <ButtonLink href=back kind=Kind::Ghost>
                                "Cancel"
                            </ButtonLink>
                        }
                    })}
            </div>
        </ActionForm>
    }
    .into_any()
}
