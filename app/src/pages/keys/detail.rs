//! One key: what it is, whether it works, for whom it is, and what would use it.

use super::{
    frame::{KeyFrame, Tab},
    mappings::Mappings,
    test::TestKeySection,
    uses::Uses,
};
use crate::{
    api::keys::{MapKey, TestKey, UnmapKey},
    components::{
        badge::{StatusBadge, Tone},
        form::{say_when_done, successes},
        format,
        page::{Fact, Facts, Notice, Section},
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::keys::{ContextType, KeyStatus};

#[component]
pub fn KeyOverviewPage() -> impl IntoView {
    let org = param("org");
    let (map, unmap, test) = (ServerAction::<MapKey>::new(), ServerAction::<UnmapKey>::new(), ServerAction::<TestKey>::new());
    say_when_done(map, "Mapping added");
    say_when_done(unmap, "Mapping removed");
    let (mapped, unmapped, tested) = (successes(map), successes(unmap), successes(test));
    let version = Signal::derive(move || mapped.get() + unmapped.get() + tested.get());
    view! {
        <KeyFrame
            tab=Tab::Overview
            version=version
            body=move |page| {
                let key = page.detail.key.clone();
                let org = org.get_untracked();
                let nobody = page.detail.mappings.is_empty();
                let everybody = page.detail.mappings.iter().any(|mapping| mapping.context_type == ContextType::Global);
                let settings = format!("/{org}/keys/{}/settings", key.id);
                view! {
                    {(key.status != KeyStatus::Active)
                        .then(|| {
                            let text = if key.status == KeyStatus::Inactive {
                                "It is switched off: calls pass it over. Switch it on in its settings."
                            } else {
                                "Its time is over: calls pass it over. Replace the value and give it another last day in its settings."
                            };
                            view! {
                                <div class="mb-4">
                                    <Notice tone=Tone::Warning title="This key is not used">{text}</Notice>
                                </div>
                            }
                        })}
                    {nobody
                        .then(|| {
                            view! {
                                <div class="mb-4">
                                    <Notice tone=Tone::Warning title="This key is for nobody">"No call gets it. Say below for whom it is."</Notice>
                                </div>
                            }
                        })}
                    {key.allowed_hosts.is_empty().then(|| view! { <AnyHost everybody=everybody settings=settings.clone() /> })}
                    <Section title="What it is">
                        <Facts>
                            <Fact label="Name">
                                <span class="font-mono">{key.key_name.clone()}</span>
                            </Fact>
                            <Fact label="Value">
                                <span class="font-mono">{key.masked_value.clone()}</span>
                                " set "
                                <RelativeTime at=key.value_changed_at />
                            </Fact>
                            <Fact label="Type">{key.key_type.label()}</Fact>
                            <Fact label="Status">
                                <StatusBadge status=key.status.as_str() />
                            </Fact>
                            <Fact label="Expires">
                                {key.expires_at.map_or_else(|| "never".into_any(), |at| view! { <RelativeTime at=at /> }.into_any())}
                            </Fact>
                            <Fact label="Used">
                                {if key.usage_count == 1 { "once".to_owned() } else { format!("{} times", format::number(key.usage_count)) }}
                                {key.last_used_at.map(|at| view! { ", last " <RelativeTime at=at /> })}
                            </Fact>
                            <Fact label="May be sent to">
                                {if key.allowed_hosts.is_empty() {
                                    "any host".into_any()
                                } else {
                                    view! { <span class="font-mono break-all">{key.allowed_hosts.join(", ")}</span> }.into_any()
                                }}
                            </Fact>
                            {key.tool_name.clone().map(|tool| view! { <Fact label="Only for">{tool}</Fact> })}
                            {(!key.description.is_empty()).then(|| view! { <Fact label="Description">{key.description.clone()}</Fact> })}
                        </Facts>
                    </Section>
                    <TestKeySection org=org.clone() page=page.clone() action=test />
                    <Mappings org=org.clone() page=page.clone() map=map unmap=unmap />
                    <Section
                        title="What would break without it"
                        text="Every call that would use this key now. Deleting it or switching it off has this effect."
                    >
                        <Uses org=org uses=page.uses />
                    </Section>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}

/// A key without hosts goes wherever a tool says. With a mapping for everybody that is wherever a builder says.
#[component]
fn AnyHost(everybody: bool, settings: String) -> impl IntoView {
    let (tone, text) = if everybody {
        (
            Tone::Warning,
            "It is mapped to everybody, so whoever may make tools can have it sent to an address of their own, or handed to a script. Name the hosts that it is for.",
        )
    } else {
        (Tone::Info, "The tools that it is for can send it to whatever address they name. Name the hosts that it is for.")
    };
    view! {
        <div class="mb-4">
            <Notice tone=tone title="This key may be sent to any host">
                {text} " "
                <a class="link" href=settings>
                    "Name its hosts"
                </a>
            </Notice>
        </div>
    }
}
