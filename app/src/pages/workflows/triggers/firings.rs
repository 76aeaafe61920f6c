//! What came of a trigger's firings.

use crate::{
    api::workflows::TriggerPage,
    components::{
        badge::{Badge, Tone},
        format,
        page::{EmptyState, Section},
        table::{CursorPager, Table},
        time::RelativeTime,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::triggers::{Firing, Outcome, TriggerKind};

fn tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Started => Tone::Success,
        Outcome::Queued => Tone::Info,
        Outcome::Skipped | Outcome::Missed => Tone::Neutral,
        Outcome::Refused => Tone::Warning,
    }
}

#[component]
pub(super) fn Firings(org: String, kind: TriggerKind, page: TriggerPage) -> impl IntoView {
    let is_schedule = kind == TriggerKind::Schedule;
    let text = "Each firing with what came of it, kept for 30 days. Refusals of one kind within a minute are one line.";
    if page.firings.items.is_empty() {
        let empty =
            if is_schedule { "What happens at its due times will stand here." } else { "What is sent to its address will stand here." };
        return view! {
            <Section title="Firings" text=text>
                <EmptyState icon=icondata_lu::LuHistory title="It has not fired yet" text=empty />
            </Section>
        }
        .into_any();
    }
    let rows =
        page.firings.items.into_iter().map(|firing| view! { <Row firing=firing org=org.clone() is_schedule=is_schedule /> }).collect_view();
    view! {
        <Section title="Firings" text=text>
            <Table label="Firings">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        {is_schedule.then(|| view! { <th scope="col">"Was due"</th> })}
                        <th scope="col">"What came of it"</th>
                        <th scope="col">"Run"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
            <CursorPager next=page.firings.next_cursor />
        </Section>
    }
    .into_any()
}

#[component]
fn Row(firing: Firing, org: String, is_schedule: bool) -> impl IntoView {
    let times = (firing.count > 1).then(|| format!(" {} times", format::number(i64::from(firing.count))));
    view! {
        <tr>
            <td>
                <RelativeTime at=firing.fired_at />
            </td>
            {is_schedule
                .then(|| view! { <td>{firing.due_at.map_or_else(|| "–".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}</td> })}
            <td>
                <Badge tone=tone(firing.outcome)>{firing.outcome.label()}</Badge>
                {times}
                {(!firing.reason.is_empty()).then(|| view! { <p class="mt-1 max-w-prose min-w-48 text-xs text-muted">{firing.reason.clone()}</p> })}
            </td>
            <td>
                {firing
                    .run_id
                    .map_or_else(
                        || "–".into_any(),
                        |run| {
                            view! {
                                <a class="link" href=format!("/{org}/runs/{run}")>
                                    "Open run"
                                </a>
                            }
                                .into_any()
                        },
                    )}
            </td>
        </tr>
    }
}
