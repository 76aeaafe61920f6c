//! Which key would a call get, and why?

use super::new::with_first;
use crate::{
    api::keys::{KeyChoices, explain_key},
    components::{
        badge::Tone,
        button::Button,
        field::SelectField,
        page::{EmptyState, ErrorNotice, Notice, PageHeader, Section, Skeleton},
        table::Table,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::keys::{
    ContextType,
    choose::{Explanation, Step, Verdict},
};

#[component]
pub fn KeyResolutionPage() -> impl IntoView {
    let org = param("org");
    let (tool, agent, person) = (query("tool"), query("agent"), query("person"));
    let answer = Resource::new_blocking(
        move || (org.get(), tool.get(), agent.get(), person.get()),
        |(org, tool, agent, person)| explain_key(org, tool, agent, person),
    );
    view! {
        <PageHeader title="Which key is used?" facts="What a call would get, without making it." />
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match answer.await {
                    Ok((choices, explanation)) => {
                        let chosen = (tool.get_untracked(), agent.get_untracked(), person.get_untracked());
                        view! {
                            <Question choices=choices chosen=chosen />
                            {explanation.map(|explanation| view! { <Answer org=org.get_untracked() explanation=explanation /> })}
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Question(choices: KeyChoices, chosen: (String, String, String)) -> impl IntoView {
    if choices.askers.is_empty() {
        return view! {
            <EmptyState
                icon=icondata_lu::LuKeySquare
                title="No tool asks for a key"
                text="Give an API tool an authentication, or name a key in a script tool. Then this page says which key its calls get."
            />
        }
        .into_any();
    }
    let askers = choices.askers.iter();
    let mut tools: Vec<_> = askers
        .filter_map(|asker| Some((format!("{} {}", asker.as_tool()?, asker.key_name), format!("{} ({})", asker.name, asker.key_name))))
        .collect();
    tools.dedup();
    let part = |prefix: &str| choices.whom.iter().filter(|(value, _)| value.starts_with(prefix)).cloned().collect::<Vec<_>>();
    let without_prefix =
        |(value, label): (String, String)| (value, label.split_once(": ").map_or(label.clone(), |(_, name)| name.to_owned()));
    let agents = with_first("", "No agent", part("agent:").into_iter().map(without_prefix));
    let people = with_first("", "Nobody in particular", part("user:").into_iter().map(without_prefix));
    view! {
        <form method="get" class="mb-6 grid max-w-4xl items-end gap-3 sm:grid-cols-[1fr_1fr_1fr_auto]">
            <SelectField label="Tool" name="tool" options=tools value=chosen.0 />
            <SelectField label="Agent that calls" name="agent" options=agents value=chosen.1 required=false />
            <SelectField label="Person" name="person" options=people value=chosen.2 required=false />
            <Button>"Explain"</Button>
        </form>
    }
    .into_any()
}

#[component]
fn Answer(org: String, explanation: Explanation) -> impl IntoView {
    let stopped = explanation.destinations.iter().any(|destination| destination.refused.is_some());
    let (tone, title) = match explanation.key_id {
        Some(_) if stopped => (Tone::Danger, "It gets a key that may not go there"),
        Some(_) => (Tone::Success, "It gets a key"),
        None => (Tone::Danger, "It gets none"),
    };
    let places = explanation
        .destinations
        .into_iter()
        .map(|destination| {
            let place = destination.host.map_or_else(|| "given to a program".to_owned(), |host| format!("sent to {host}"));
            let verdict = if destination.refused.is_some() { "refused" } else { "allowed" };
            let class = if destination.refused.is_some() { "text-danger" } else { "text-success" };
            view! {
                <li>
                    {format!("{place}: {}, ", destination.way.label())}
                    <span class=class>{verdict}</span>
                </li>
            }
        })
        .collect_view();
    let with_places = explanation.key_id.is_some();
    let steps = explanation.steps;
    let none = steps.is_empty();
    let rows =
        steps.into_iter().enumerate().map(|(index, step)| view! { <Row org=org.clone() number=index + 1 step=step /> }).collect_view();
    view! {
        <div class="mb-6 max-w-4xl">
            <Notice tone=tone title=title>
                <p>{explanation.summary}</p>
                {with_places.then(|| view! { <ul class="mt-1 empty:hidden">{places}</ul> })}
            </Notice>
        </div>
        {(!none)
            .then(|| {
                view! {
                    <Section title="In this order" text="Every mapping of this call: agent, then person, then everybody; the highest priority, then the newest.">
                        <Table label="Mappings in the order in which they are asked">
                            <thead>
                                <tr>
                                    <th scope="col" class="num">"#"</th>
                                    <th scope="col">"Key"</th>
                                    <th scope="col">"Mapped to"</th>
                                    <th scope="col" class="num">"Priority"</th>
                                    <th scope="col">"What becomes of it"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </Table>
                    </Section>
                }
            })}
    }
    .into_any()
}

#[component]
fn Row(org: String, number: usize, step: Step) -> impl IntoView {
    let candidate = step.candidate;
    let whom = match candidate.context_type {
        ContextType::Global => "Everybody".to_owned(),
        kind => format!("{}: {}", kind.label(), step.context_name.unwrap_or_default()),
    };
    let only = if candidate.tool_id.is_some() || candidate.key_tool_id.is_some() { ", this tool only" } else { "" };
    let (verdict, class) = match step.verdict {
        Verdict::Used => ("used", "font-medium text-success"),
        Verdict::PassedOverInactive => ("passed over: inactive", "text-warning"),
        Verdict::PassedOverExpired => ("passed over: expired", "text-warning"),
        Verdict::NotReached => ("not reached", "text-muted"),
    };
    view! {
        <tr>
            <td class="num">{number}</td>
            <th scope="row">
                <a class="row-link" href=format!("/{org}/keys/{}", candidate.key_id)>
                    {candidate.display_name}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{candidate.masked_value}</div>
            </th>
            <td>{format!("{whom}{only}")}</td>
            <td class="num">{candidate.priority}</td>
            <td class=class>{verdict}</td>
        </tr>
    }
}
