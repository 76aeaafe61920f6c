//! The fields of a transfer: who can be reached, who chooses, what is said, and when.

use super::config_field::{ConfigFieldInput, TEXT, VariableList};
use crate::{
    api::{
        choices::Choices,
        tool_form::{
            ToolForm,
            field::Shape,
            transfer::{DestinationRow, TransferForm},
        },
    },
    components::{
        field::{FieldError, TextField},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::tools::kinds::transfer_call::{DAYS, DESTINATIONS};

#[component]
pub fn TransferFields(shown: ToolForm, form: Form, choices: Choices) -> impl IntoView {
    let transfer = shown.transfer;
    let variables = StoredValue::new(choices.variables);
    let typed = (0..DESTINATIONS + 3)
        .take_while(|index| form.values(&format!("form[transfer][destinations][{index}][name]")).is_some_and(|names| !names.is_empty()));
    let count = (transfer.destinations.len().max(1) + 2).max(typed.count());
    let rows = (0..count)
        .map(|index| {
            let row = transfer.destinations.get(index).cloned().unwrap_or_default();
            view! { <Destination index=index row=row form=form agents=choices.agents.clone() /> }
        })
        .collect_view();
    // What is wrong with one of them stands there, not here again.
    let whole = form.error("transfer/destinations");
    let inside: Vec<_> = (0..count).map(|index| form.error(&format!("transfer/destinations/{index}"))).collect();
    let none = Signal::derive(move || whole.get().filter(|_| inside.iter().all(|one| one.with(Option::is_none))));
    let (destination, message) = (transfer.destination.clone(), transfer.message.clone());
    view! {
        <Section title="Destinations" text="Where a call can go. The model sees names and descriptions, never the numbers.">
            <FieldError id="f-destinations-error" error=none />
            <ol class="space-y-3">{rows}</ol>
            <p class="mt-2 text-xs text-muted">"Empty ones are left out. Save to get more."</p>
        </Section>
        <Section title="The transfer">
            <VariableList variables=variables />
            <div class="space-y-6">
                <ConfigFieldInput
                    label="Destination"
                    name="form[transfer][destination]"
                    place="transfer/destination"
                    hint="The name of a destination."
                    shown=destination
                    form=form
                    modes=TEXT
                    shape=Shape::Text
                    schema_hint="Leave empty: the model chooses among the names."
                    variables=variables
                />
                <ConfigFieldInput
                    label="Message before the transfer"
                    name="form[transfer][message]"
                    place="transfer/message"
                    hint="Said to the caller. Empty: nothing is said."
                    shown=message
                    form=form
                    modes=TEXT
                    shape=Shape::Text
                    schema_hint="JSON Schema of a string, such as {\"type\": \"string\", \"maxLength\": 200}."
                    variables=variables
                />
            </div>
        </Section>
        <Hours transfer=transfer form=form />
    }
    .into_any()
}

#[component]
fn Destination(index: usize, row: DestinationRow, form: Form, agents: Vec<(String, String)>) -> impl IntoView {
    let name = move |column: &str| format!("form[transfer][destinations][{index}][{column}]");
    let put = move |column: &str, value: &str| form.value(&name(column), value);
    let error = move |column: &str| form.error(&format!("transfer/destinations/{index}/{column}"));
    let kind = put("kind", if row.kind.is_empty() { "number" } else { &row.kind });
    let agent = put("agent_id", &row.agent_id);
    let kinds = [("number", "Phone number"), ("sip", "SIP address"), ("agent", "Agent")]
        .map(|(value, label)| {
            view! {
                <label class="segment">
                    <input type="radio" class="sr-only" name=name("kind") value=value checked=value == kind />
                    {label}
                </label>
            }
        })
        .collect_view();
    let agent_options = agents
        .into_iter()
        .map(|(id, label)| {
            let selected = id == agent;
            view! {
                <option value=id selected=selected>
                    {label}
                </option>
            }
        })
        .collect_view();
    let agent_error = error("agent_id");
    view! {
        <li class="panel p-3">
            <fieldset class="destination min-w-0">
                <legend class="sr-only">{format!("Destination {}", index + 1)}</legend>
                <div class="segmented mb-3">{kinds}</div>
                <div class="grid gap-3 sm:grid-cols-2">
                    <TextField
                        label="Name"
                        name=name("name")
                        value=put("name", &row.name)
                        error=error("name")
                        placeholder="billing"
                        mono=true
                    />
                    <TextField
                        label="When to choose it"
                        name=name("description")
                        value=put("description", &row.description)
                        error=error("description")
                        placeholder="Questions about invoices"
                    />
                    <TextField
                        label="Number or SIP address"
                        name=name("to")
                        value=put("to", &row.to)
                        error=error("to")
                        placeholder="+49 30 1234567"
                        class="not-agent"
                    />
                    <TextField
                        label="Extension"
                        name=name("extension")
                        value=put("extension", &row.extension)
                        error=error("extension")
                        class="only-number"
                    />
                    <div class="only-agent min-w-0">
                        <label for=format!("f-destination-{index}-agent") class="mb-1 block font-medium">
                            "Agent"
                        </label>
                        <select id=format!("f-destination-{index}-agent") name=name("agent_id") class="field">
                            <option value="">"Choose an agent"</option>
                            {agent_options}
                        </select>
                        <FieldError id=format!("f-destination-{index}-agent-error") error=agent_error />
                    </div>
                </div>
            </fieldset>
        </li>
    }
    .into_any()
}

#[component]
fn Hours(transfer: TransferForm, form: Form) -> impl IntoView {
    let put = move |name: &str, value: &str| form.value(&format!("form[transfer][{name}]"), value);
    let error = move |name: &str| form.error(&format!("transfer/{name}"));
    let open = !transfer.time_zone.is_empty() || form.was_refused();
    let days = DAYS
        .iter()
        .enumerate()
        .map(|(index, day)| {
            let mut label = (*day).to_owned();
            label[..1].make_ascii_uppercase();
            let value = transfer.days.get(index).cloned().unwrap_or_default();
            view! {
                <TextField
                    label=label
                    name=format!("form[transfer][days][{index}]")
                    value=form.value(&format!("form[transfer][days][{index}]"), value)
                    error=error(&format!("days/{index}"))
                    placeholder="09:00-17:30"
                />
            }
        })
        .collect_view();
    let outside = put("outside", &transfer.outside);
    let radios = [("refuse", "Say that nobody is there"), ("transfer", "Transfer elsewhere")]
        .map(|(value, label)| {
            view! {
                <label class="segment">
                    <input type="radio" class="sr-only" name="form[transfer][outside]" value=value checked=value == outside />
                    {label}
                </label>
            }
        })
        .collect_view();
    let days_error = error("days");
    let zones = [
        "Europe/Berlin",
        "Europe/London",
        "Europe/Paris",
        "America/New_York",
        "America/Chicago",
        "America/Los_Angeles",
        "Asia/Tokyo",
        "UTC",
    ]
    .map(|zone| view! { <option value=zone /> })
    .collect_view();
    view! {
        <details class="mb-8" open=open>
            <summary class="cursor-pointer text-lg font-semibold">"Business hours"</summary>
            <p class="mt-1 mb-3 max-w-prose text-muted">
                "Left empty, calls are transferred at any time. Several spans of a day are separated by commas; a day left empty is closed."
            </p>
            <datalist id="time-zones">{zones}</datalist>
            <div class="space-y-4">
                <TextField
                    label="Time zone"
                    name="form[transfer][time_zone]"
                    value=put("time_zone", &transfer.time_zone)
                    error=error("time_zone")
                    hint="Name of the IANA database. Daylight saving follows it."
                    placeholder="Europe/Berlin"
                    class="max-w-sm"
                />
                <FieldError id="f-days-error" error=days_error />
                <div class="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">{days}</div>
                <fieldset class="outside min-w-0">
                    <legend class="mb-1.5 font-medium">"Outside of them"</legend>
                    <div class="segmented mb-3">{radios}</div>
                    <div class="when-refuse">
                        <TextField
                            label="What the model is told"
                            name="form[transfer][outside_message]"
                            value=put("outside_message", &transfer.outside_message)
                            error=error("outside_message")
                        />
                    </div>
                    <div class="when-transfer">
                        <TextField
                            label="Destination outside business hours"
                            name="form[transfer][outside_destination]"
                            value=put("outside_destination", &transfer.outside_destination)
                            error=error("outside_destination")
                            hint="The name of a destination above."
                            mono=true
                        />
                    </div>
                </fieldset>
            </div>
        </details>
    }
    .into_any()
}
