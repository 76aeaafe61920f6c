//! Replace a key's value, change it, switch it off, delete it.

use super::{
    frame::{KeyFrame, Tab},
    hosts::HostsField,
    new::with_first,
    secret_field::SecretField,
    uses::Uses,
};
use crate::{
    api::keys::{ChangeKey, DeleteKey, KeyPage, ReplaceKeyValue, SwitchKey},
    components::{
        button::{Button, Kind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextArea, TextField},
        form::{Form, successes, use_form},
        page::Section,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::{keys::KeyType, seen};

#[component]
pub fn KeySettingsPage() -> impl IntoView {
    let org = param("org");
    let replace = ServerAction::<ReplaceKeyValue>::new();
    let change = ServerAction::<ChangeKey>::new();
    let switch = ServerAction::<SwitchKey>::new();
    let delete = ServerAction::<DeleteKey>::new();
    let replace_form = use_form(replace);
    let refused = use_form(switch).general_error();
    let (replaced, changed, switched) = (successes(replace), successes(change), successes(switch));
    let version = Signal::derive(move || replaced.get() + changed.get() + switched.get());
    view! {
        <KeyFrame
            tab=Tab::Settings
            version=version
            body=move |page| {
                let org = org.get_untracked();
                let refused = view! { <FormError message=refused /> }.into_any();
                view! {
                    <ReplaceSection org=org.clone() page=page.clone() replace=replace form=replace_form />
                    <ChangeForm org=org.clone() page=page.clone() change=change />
                    {refused}
                    <SwitchSection org=org.clone() page=page.clone() switch=switch />
                    <DeleteSection org=org page=page delete=delete />
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

#[component]
fn ReplaceSection(org: String, page: KeyPage, replace: ServerAction<ReplaceKeyValue>, form: Form) -> impl IntoView {
    let key = page.detail.key;
    let (id, hint) = (key.id.to_string(), format!("In the place of {}.", key.masked_value));
    view! {
        <Section title="Replace the value" text="Mappings stay. Calls that begin afterwards use the new value.">
            <ActionForm action=replace attr:class="max-w-xl space-y-4" attr:autocomplete="off">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="expected" value=form.value("expected", seen::tag(key.updated_at)) />
                <FormError message=form.general_error() />
                <Conflict form=form what="key" />
                <SecretField label="New value" name="secret_value" error=form.error("secret_value") hint=hint />
                <Button kind=Kind::Primary pending=replace.pending()>
                    "Replace value"
                </Button>
            </ActionForm>
        </Section>
    }
    .into_any()
}

#[component]
fn SwitchSection(org: String, page: KeyPage, switch: ServerAction<SwitchKey>) -> impl IntoView {
    let key = page.detail.key;
    let id = key.id.to_string();
    if !key.is_active {
        return view! {
            <Section title="Switch on" text="Calls use it again by its mappings.">
                <SwitchForm org=org id=id switch=switch on=true />
            </Section>
        }
        .into_any();
    }
    let (title, text) = (format!("Switch {} off?", key.display_name), page.without.clone());
    view! {
        <Section title="Switch off" text="Calls pass it over from then on; its value and mappings stay.">
            <ConfirmDialog id="switch-off-key" label="Switch off" title=title text=text>
                <SwitchForm org=org id=id switch=switch on=false />
            </ConfirmDialog>
        </Section>
    }
    .into_any()
}

#[component]
fn DeleteSection(org: String, page: KeyPage, delete: ServerAction<DeleteKey>) -> impl IntoView {
    let key = page.detail.key;
    let id = key.id.to_string();
    let (title, text) = (format!("Delete {}?", key.display_name), page.without.clone());
    let of_uses = org.clone();
    view! {
        <Section title="Delete this key" text="Its value and its mappings are gone for good. Executions that used it stay in the log.">
            <div class="mb-4">
                <Uses org=of_uses uses=page.uses />
            </div>
            <ConfirmDialog id="delete-key" label="Delete key" title=title text=text>
                <ActionForm action=delete>
                    <input type="hidden" name="org" value=org />
                    <input type="hidden" name="id" value=id />
                    <Button kind=Kind::Danger pending=delete.pending()>
                        "Delete key"
                    </Button>
                </ActionForm>
            </ConfirmDialog>
        </Section>
    }
    .into_any()
}

#[component]
fn SwitchForm(org: String, id: String, switch: ServerAction<SwitchKey>, on: bool) -> impl IntoView {
    let (kind, word) = if on { (Kind::Secondary, "Switch on") } else { (Kind::Danger, "Switch off") };
    view! {
        <ActionForm action=switch>
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <input type="hidden" name="is_active" value=on.to_string() />
            <Button kind=kind>{word}</Button>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn ChangeForm(org: String, page: KeyPage, change: ServerAction<ChangeKey>) -> impl IntoView {
    let form = use_form(change);
    let key = page.detail.key;
    let types = KeyType::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind.label().to_owned())).collect::<Vec<_>>();
    let mut tools: Vec<_> = page
        .choices
        .askers
        .into_iter()
        .filter(|asker| asker.key_name == key.key_name || asker.as_tool().is_some() && asker.as_tool() == key.tool_id)
        .filter_map(|asker| Some((asker.as_tool()?.to_string(), asker.name)))
        .collect();
    tools.dedup();
    if let (Some(id), Some(name)) = (key.tool_id, key.tool_name.clone())
        && !tools.iter().any(|(known, _)| *known == id.to_string())
    {
        tools.push((id.to_string(), name));
    }
    let tools = with_first("", "Any tool", tools);
    let expires_on = key.expires_at.map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_default();
    let fields = view! {
        <ActionForm action=change attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=key.id.to_string() />
            <input type="hidden" name="expected" value=form.value("expected", seen::tag(key.updated_at)) />
            <FormError message=form.general_error() />
            <Conflict form=form what="key" />
            <TextField
                label="Name"
                name="key_name"
                value=form.value("key_name", key.key_name)
                error=form.error("key_name")
                hint="Tools that ask for the old name do not find it any more."
                required=true
                mono=true
            />
            <TextField label="Display name" name="display_name" value=form.value("display_name", key.display_name) error=form.error("display_name") />
            <TextArea label="Description" name="description" value=form.value("description", key.description) error=form.error("description") rows=2 />
            <div class="grid gap-4 sm:grid-cols-2">
                <SelectField
                    label="Type"
                    name="key_type"
                    options=types
                    value=form.value("key_type", key.key_type.as_str())
                    error=form.error("key_type")
                />
                <TextField
                    label="Last day of use"
                    name="expires_on"
                    type_="date"
                    value=form.value("expires_on", expires_on)
                    error=form.error("expires_on")
                    hint="UTC. Empty: it does not expire."
                />
            </div>
            <SelectField
                label="Only for"
                name="tool_id"
                options=tools
                value=form.value("tool_id", key.tool_id.map(|id| id.to_string()).unwrap_or_default())
                error=form.error("tool_id")
                hint="A key for one tool is never used by another, whatever the mappings say."
                required=false
            />
            <HostsField value=form.value("allowed_hosts", key.allowed_hosts.join("\n")) error=form.error("allowed_hosts") />
            <Button kind=Kind::Primary pending=change.pending()>
                "Save key"
            </Button>
        </ActionForm>
    }
    .into_any();
    view! { <Section title="Name, expiry and hosts">{fields}</Section> }.into_any()
}
