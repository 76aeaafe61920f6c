//! The fields of each kind of trigger.

use crate::{
    api::workflows::{Upcoming, upcoming_times},
    components::{
        field::{FieldError, FieldFrame, SelectField, TextField},
        field_table::{FieldCell, FieldTable},
        form::Form,
        page::Section,
    },
    pages::workflows::source_rows::shown,
};
use leptos::prelude::*;
use serde_json::{Map, Value};
use toolcrib::workflows::{
    graph::InputField,
    triggers::{Auth, Missed, Overlap, Schedule, TriggerKind, Webhook},
};

/// Offered while a time zone is typed; any other of the IANA database is understood as well.
const ZONES: [&str; 32] = [
    "UTC",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Athens",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Africa/Cairo",
    "Africa/Lagos",
    "Africa/Johannesburg",
    "America/New_York",
    "America/Toronto",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Mexico_City",
    "America/Bogota",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Bangkok",
    "Asia/Singapore",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Seoul",
    "Australia/Sydney",
    "Pacific/Auckland",
];

fn options<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str, label: impl Fn(T) -> &'static str) -> Vec<(String, String)> {
    all.iter().map(|one| (word(*one).to_owned(), label(*one).to_owned())).collect()
}

/// The type of an input, and whether it is needed.
fn described(field: &InputField) -> String {
    let kind = field.kind.as_str();
    match &field.default {
        Some(default) => format!("{kind}, else {}", shown(default)),
        None if field.required => format!("{kind}, needed"),
        None => kind.to_owned(),
    }
}

/// When it is due; the next five times follow what is typed.
#[component]
pub(super) fn ScheduleFields(org: String, schedule: Schedule, upcoming: Upcoming, form: Form) -> impl IntoView {
    let cron = RwSignal::new(form.value("cron", &schedule.cron));
    let zone = RwSignal::new(form.value("time_zone", &schedule.time_zone));
    let (first_cron, first_zone) = (cron.get_untracked(), zone.get_untracked());
    let ask = Action::new(move |(cron, zone): &(String, String)| {
        let (org, cron, zone) = (org.clone(), cron.clone(), zone.clone());
        async move {
            let asked = (cron.clone(), zone.clone());
            upcoming_times(org, cron, zone).await.ok().map(|upcoming| (asked, upcoming))
        }
    });
    let look = move || {
        ask.dispatch((cron.get_untracked(), zone.get_untracked()));
    };
    // What is shown before anything is typed is what is stored; after a refusal that is not what stands in the fields.
    let stored = (first_cron == schedule.cron && first_zone == schedule.time_zone).then_some(upcoming);
    Effect::new({
        let known = stored.is_some();
        move |before: Option<()>| {
            if before.is_none() && !known {
                look();
            }
        }
    });
    let answer = Memo::new(move |before: Option<&Option<Upcoming>>| {
        let now = (cron.get(), zone.get());
        let fresh = ask.value().get().flatten().filter(|(asked, _)| *asked == now).map(|(_, upcoming)| upcoming);
        fresh.or_else(|| before.cloned().flatten()).or_else(|| stored.clone())
    });
    let zone_error = form.error("time_zone");
    let missed_most = form.value("missed_most", schedule.missed_most.to_string());
    view! {
        <Section title="When">
            <div class="grid gap-x-8 gap-y-4 md:grid-cols-2">
                <div class="space-y-4">
                    <TextField
                        label="Cron pattern"
                        name="cron"
                        value=first_cron
                        error=form.error("cron")
                        hint="Minute, hour, day of the month, month, day of the week. 0 9 * * 1-5 is nine o'clock on weekdays, */15 * * * * every quarter of an hour, 0 0 L * * the last day of each month."
                        required=true
                        mono=true
                        on:input=move |event| {
                            cron.set(event_target_value(&event));
                            look();
                        }
                    />
                    <FieldFrame id="f-time_zone" label="Time zone" error=zone_error required=true hint="Of the IANA database. Daylight saving is followed.">
                        <input
                            id="f-time_zone"
                            name="time_zone"
                            class="field"
                            value=first_zone
                            list="zones"
                            required=true
                            autocomplete="off"
                            aria-invalid=move || zone_error.with(Option::is_some).then_some("true")
                            aria-describedby="f-time_zone-error f-time_zone-hint"
                            on:input=move |event| {
                                zone.set(event_target_value(&event));
                                look();
                            }
                        />
                        <datalist id="zones">{ZONES.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}</datalist>
                    </FieldFrame>
                </div>
                <div role="group" aria-label="Next times" aria-live="polite" class="rounded-md bg-sunken p-3">
                    <p class="mb-1 font-medium">"Next times"</p>
                    {move || match answer.get() {
                        Some(Upcoming { problem: Some(problem), .. }) => view! { <p class="text-sm text-danger">{problem}</p> }.into_any(),
                        Some(Upcoming { times, .. }) => {
                            view! { <ol class="num space-y-1 text-sm">{times.into_iter().map(|time| view! { <li>{time}</li> }).collect_view()}</ol> }
                                .into_any()
                        }
                        None => view! { <p class="text-sm text-muted">"Shown once it is saved."</p> }.into_any(),
                    }}
                </div>
            </div>
        </Section>
        <div class="grid max-w-3xl gap-4 md:grid-cols-2">
            <SelectField
                label="While the run before goes on"
                name="overlap"
                options=options(Overlap::ALL, Overlap::as_str, Overlap::label)
                value=form.value("overlap", schedule.overlap.as_str())
                error=form.error("overlap")
            />
            <SelectField
                label="Times at which no server was there"
                name="missed"
                options=options(Missed::ALL, Missed::as_str, Missed::label)
                value=form.value("missed", schedule.missed.as_str())
                error=form.error("missed")
            />
            <TextField
                label="At most so many are made up"
                name="missed_most"
                type_="number"
                value=missed_most
                error=form.error("missed_most")
                hint="Of “Run for each”: the newest, of the last week. 1 to 100."
                required=true
            />
        </div>
    }
    .into_any()
}

/// Who may send, how often, and what of it the workflow gets.
#[component]
pub(super) fn HookFields(kind: TriggerKind, webhook: Webhook, inputs: Vec<InputField>, form: Form) -> impl IntoView {
    let limit = webhook.rate_limit_per_minute.map(|limit| limit.to_string()).unwrap_or_default();
    let secret_hint = match kind {
        TriggerKind::CallStart => {
            "The secret goes into Vapi's server settings and comes in X-Vapi-Secret. A signature is sent by systems of your own."
        }
        _ => "The secret is sent in X-Toolcrib-Secret. A signature proves the same without sending it, and counts once.",
    };
    let is_empty = inputs.is_empty();
    let rows = inputs
        .into_iter()
        .enumerate()
        .map(|(index, field)| {
            let key = format!("mapping[{index}][from]");
            let stored = webhook.mapping.iter().find(|row| row.field == field.name).map(|row| row.from.clone()).unwrap_or_default();
            let error = form.error(&key);
            let label = format!("Where {} comes from", field.name);
            view! {
                <tr>
                    <FieldCell column="Input" wide=true>
                        <span class="font-mono">{field.name.clone()}</span>
                        " "
                        <span class="text-xs text-muted">{described(&field)}</span>
                        <input type="hidden" name=format!("mapping[{index}][name]") value=field.name.clone() />
                    </FieldCell>
                    <FieldCell column="From" wide=true>
                        <input
                            class="field font-mono"
                            name=key.clone()
                            aria-label=label
                            placeholder=if kind == TriggerKind::CallStart { "call.customer.number" } else { "body.order.id" }
                            autocomplete="off"
                            value=form.value(&key, &stored)
                            aria-invalid=move || error.with(Option::is_some).then_some("true")
                        />
                        <FieldError id=format!("mapping-{index}-error") error=error />
                    </FieldCell>
                </tr>
            }
        })
        .collect_view();
    let text = match kind {
        TriggerKind::CallStart => {
            "Where the workflow's inputs lie in what Vapi sends. Left empty altogether, inputs called caller_phone_number, called_phone_number, call_id, assistant_id, call and message get what their names say."
        }
        _ => {
            "Where the workflow's inputs lie in what comes: body.order.id, query.source, headers[\"x-event\"]. Left empty altogether, each field of the body goes to the input of its name."
        }
    };
    view! {
        <Section title="Who may send">
            <div class="grid max-w-3xl gap-4 md:grid-cols-2">
                <SelectField
                    label="How senders show that they may"
                    name="auth"
                    options=options(Auth::ALL, Auth::as_str, Auth::label)
                    value=form.value("auth", webhook.auth.as_str())
                    error=form.error("auth")
                    hint=secret_hint
                />
                <TextField
                    label="Tolerance of a signature's time, in seconds"
                    name="tolerance_seconds"
                    type_="number"
                    value=form.value("tolerance_seconds", webhook.tolerance_seconds.to_string())
                    error=form.error("tolerance_seconds")
                    required=true
                />
                <TextField
                    label="Deliveries per minute, at most"
                    name="rate_limit_per_minute"
                    type_="number"
                    value=form.value("rate_limit_per_minute", &limit)
                    error=form.error("rate_limit_per_minute")
                    hint="Above it 429 is answered. Empty: no limit."
                />
            </div>
        </Section>
        {(!is_empty)
            .then(|| {
                view! {
                    <Section title="What comes in" text=text>
                        <FieldTable label="What comes in" columns=vec!["Input", "From"]>
                            {rows}
                        </FieldTable>
                    </Section>
                }
            })}
    }
    .into_any()
}

/// Values that are the same at every firing.
#[component]
pub(super) fn FixedFields(kind: TriggerKind, inputs: Vec<InputField>, input: Map<String, Value>, form: Form) -> impl IntoView {
    if inputs.is_empty() {
        return ().into_any();
    }
    let rows = inputs
        .into_iter()
        .enumerate()
        .map(|(index, field)| {
            let key = format!("fields[{index}][value]");
            let error = form.error(&key);
            let stored = input.get(&field.name).map(shown).unwrap_or_default();
            let label = format!("Fixed value of {}", field.name);
            view! {
                <tr>
                    <FieldCell column="Input" wide=true>
                        <span class="font-mono">{field.name.clone()}</span>
                        " "
                        <span class="text-xs text-muted">{described(&field)}</span>
                        <input type="hidden" name=format!("fields[{index}][name]") value=field.name.clone() />
                    </FieldCell>
                    <FieldCell column="Value" wide=true>
                        <input
                            class="field"
                            name=key.clone()
                            aria-label=label
                            autocomplete="off"
                            value=form.value(&key, &stored)
                            aria-invalid=move || error.with(Option::is_some).then_some("true")
                        />
                        <FieldError id=format!("fixed-{index}-error") error=error />
                    </FieldCell>
                </tr>
            }
        })
        .collect_view();
    let text = if kind == TriggerKind::Schedule {
        "What each run is given. A schedule brings nothing with it, so what the workflow needs stands here."
    } else {
        "They win over what comes in. Left empty, the input takes what comes."
    };
    view! {
        <Section title="Fixed inputs" text=text>
            <FieldTable label="Fixed inputs" columns=vec!["Input", "Value"]>
                {rows}
            </FieldTable>
        </Section>
    }
    .into_any()
}
