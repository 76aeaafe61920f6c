//! Take a key in.

use super::{hosts::HostsField, secret_field::SecretField};
use crate::{
    api::keys::{CreateKey, KeyChoices, read_key_choices},
    components::{
        button::{Button, ButtonLink, Kind},
        field::{FormError, SelectField, TextArea, TextField},
        form::use_form,
        page::{ErrorNotice, PageHeader, Section, Skeleton},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::keys::KeyType;

#[component]
pub fn NewKeyPage() -> impl IntoView {
    let org = param("org");
    let choices = Resource::new_blocking(move || org.get(), read_key_choices);
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match choices.await {
                    Ok(choices) => view! { <NewKeyForm org=org.get_untracked() choices=choices /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// `value` to choose and its words, with a first entry that stands for none.
pub fn with_first(value: &str, label: &str, rest: impl IntoIterator<Item = (String, String)>) -> Vec<(String, String)> {
    std::iter::once((value.to_owned(), label.to_owned())).chain(rest).collect()
}

#[component]
fn NewKeyForm(org: String, choices: KeyChoices) -> impl IntoView {
    let name = query("name");
    let create = ServerAction::<CreateKey>::new();
    let form = use_form(create);
    let types = KeyType::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect::<Vec<_>>();
    let whom = with_first("global", "Everybody in the organization", choices.whom);
    let whom = whom.into_iter().chain([(String::new(), "Nobody yet".to_owned())]).collect::<Vec<_>>();
    let mut suggested: Vec<String> = choices.askers.iter().map(|asker| asker.key_name.clone()).collect();
    suggested.sort();
    suggested.dedup();
    let hint = match suggested.as_slice() {
        [] => "What tools ask for it by, such as OPENAI_API_KEY.".to_owned(),
        names => format!("What tools ask for it by. Asked for today: {}.", names.join(", ")),
    };
    let mut tools: Vec<_> = choices
        .askers
        .into_iter()
        .filter_map(|asker| Some((asker.as_tool()?.to_string(), format!("{} ({})", asker.name, asker.key_name))))
        .collect();
    tools.dedup();
    let tools = with_first("", "Every tool that asks for it", tools);
    view! {
        <PageHeader title="Add key" facts="The value is encrypted when it arrives and is never shown again." />
        <ActionForm action=create attr:class="max-w-2xl" attr:autocomplete="off">
            <input type="hidden" name="org" value=org.clone() />
            <div class="mb-4 empty:hidden">
                <FormError message=form.general_error() />
            </div>
            <Section title="The key">
                <div class="space-y-4">
                <TextField
                    label="Name"
                    name="key_name"
                    value=form.value("key_name", name.get_untracked())
                    error=form.error("key_name")
                    hint=hint
                    placeholder="OPENAI_API_KEY"
                    required=true
                    mono=true
                />
                <SecretField
                    label="Value"
                    name="secret_value"
                    error=form.error("secret_value")
                    hint="For user and password, “user:password”. For OAuth 2.0, “client_id:client_secret”, or JSON with client_id, client_secret and refresh_token."
                />
                <div class="grid gap-4 sm:grid-cols-2">
                    <SelectField label="Type" name="key_type" options=types value=form.value("key_type", "api-key") error=form.error("key_type") />
                    <TextField
                        label="Last day of use"
                        name="expires_on"
                        type_="date"
                        value=form.value("expires_on", "")
                        error=form.error("expires_on")
                        hint="To the end of that day, UTC. Afterwards the key is passed over."
                    />
                </div>
                <TextField
                    label="Display name"
                    name="display_name"
                    value=form.value("display_name", "")
                    error=form.error("display_name")
                    hint="What people read, such as “OpenAI, team account”."
                />
                <TextArea label="Description" name="description" value=form.value("description", "") error=form.error("description") rows=2 />
                </div>
            </Section>
            <Section
                title="Who uses it"
                text="An agent's own key comes before a person's, and a person's before everybody's. More mappings can be added later."
            >
                <div class="grid gap-4 sm:grid-cols-2">
                    <SelectField
                        label="For"
                        name="whom"
                        options=whom
                        value=form.value("whom", "global")
                        error=form.error("whom")
                        required=false
                    />
                    <SelectField
                        label="In calls of"
                        name="tool_id"
                        options=tools
                        value=form.value("tool_id", "")
                        error=form.error("tool_id")
                        required=false
                    />
                </div>
            </Section>
            <Section title="Where it goes" text="Whoever may make tools can name an address of their own in one. A key with hosts is sent to those alone.">
                <HostsField value=form.value("allowed_hosts", "") error=form.error("allowed_hosts") />
            </Section>
            <div class="flex flex-wrap gap-2">
                <Button kind=Kind::Primary pending=create.pending()>
                    "Add key"
                </Button>
                <ButtonLink href=format!("/{org}/keys")>"Cancel"</ButtonLink>
            </div>
        </ActionForm>
    }
    .into_any()
}
