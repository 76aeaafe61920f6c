//! The secret of a trigger: shown once, with a request that works; replaced with a time in which both count.

use super::example;
use crate::{
    api::workflows::{RotateTrigger, TriggerPage},
    components::{
        badge::Tone,
        button::{Button, Kind},
        code::CodeBlock,
        dialog::ConfirmDialog,
        field::{FormError, SelectField},
        form::use_form,
        page::{Notice, Section},
        time::RelativeTime,
    },
    error::AppError,
    pages::tokens::ShownOnce,
};
use leptos::prelude::*;
use toolcrib::workflows::triggers::{Auth, Trigger};

#[component]
pub(super) fn SecretSection(
    org: String,
    page: TriggerPage,
    trigger: Trigger,
    secret: Result<Option<String>, AppError>,
    rotate: ServerAction<RotateTrigger>,
) -> impl IntoView {
    let known = secret.as_ref().ok().cloned().flatten();
    let example = example::command(&page.base_url, &trigger, &page.inputs, known.as_deref().unwrap_or("whsec_…"));
    let address = format!("{}{}", page.base_url, trigger.address.clone().unwrap_or_default());
    let is_signed = trigger.webhook.as_ref().is_some_and(|webhook| webhook.auth == Auth::Hmac);
    let form = use_form(rotate);
    let (id, this) = (trigger.workflow_id.to_string(), trigger.id.to_string());
    let graces = [
        ("86400", "Let the old one count for a day"),
        ("3600", "Let it count for an hour"),
        ("604800", "Let it count for a week"),
        ("0", "From now on only the new one"),
    ];
    let graces = graces.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let old = trigger.old_secret_until.filter(|until| *until > page.now);
    view! {
        <div class="mb-4 empty:hidden">
            <ShownOnce
                secret=secret
                label="The secret of this trigger"
                text="Copy it now, or the request below, which has it in it: it is shown this one time and stored encrypted."
            />
        </div>
        <Section title="Address">
            <div class="max-w-3xl space-y-4">
                <CodeBlock code=address label="Address to send to" />
                <div>
                    <h3 class="mb-1 font-medium">{if is_signed { "A request, signed" } else { "A request" }}</h3>
                    <CodeBlock code=example label="Request that fires the trigger" language="shell" />
                    <p class="mt-1 text-xs text-muted">
                        {known.is_none().then_some("Put the secret where whsec_… stands. ")}
                        "The answer is 202 with the run's id; with ?wait=30 behind the address it is the run's output, if it ends in time. X-Toolcrib-Delivery names a delivery, so that it can be repeated safely."
                    </p>
                </div>
                {old
                    .map(|until| {
                        view! {
                            <Notice tone=Tone::Info>
                                "The secret before counts as well, until " <RelativeTime at=until /> "."
                            </Notice>
                        }
                    })}
                <FormError message=form.general_error() />
                {page
                    .may_change
                    .then(|| {
                        view! {
                            <ConfirmDialog
                                id="rotate-secret"
                                label="Replace the secret"
                                title=format!("Replace the secret of {}?", trigger.name)
                                text="A new one is made and shown once. Senders need it before the old one stops to count."
                                icon=icondata_lu::LuRefreshCw
                            >
                                <ActionForm action=rotate attr:class="flex flex-wrap items-end gap-2">
                                    <input type="hidden" name="org" value=org />
                                    <input type="hidden" name="id" value=id />
                                    <input type="hidden" name="trigger" value=this />
                                    <SelectField label="The old secret" name="grace" options=graces value="86400".to_owned() />
                                    <Button kind=Kind::Danger pending=rotate.pending()>
                                        "Replace secret"
                                    </Button>
                                </ActionForm>
                            </ConfirmDialog>
                        }
                    })}
            </div>
        </Section>
    }
    .into_any()
}
