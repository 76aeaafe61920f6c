//! The keys of the organization: what we hold, whether it works, when it expires.

use crate::{
    api::keys::{KeyList, list_keys},
    components::{
        badge::{StatusBadge, Tone},
        button::{ButtonLink, Kind},
        format,
        page::{EmptyState, ErrorNotice, Notice, PageHeader, Skeleton},
        table::{CursorPager, Table},
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::keys::{Key, KeyStatus};

#[component]
pub fn KeysPage() -> impl IntoView {
    let org = param("org");
    let (search, status, after) = (query("q"), query("status"), query("after"));
    let keys = Resource::new_blocking(
        move || (org.get(), search.get(), status.get(), after.get()),
        |(org, search, status, after)| list_keys(org, search, status, after),
    );
    view! {
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match keys.await {
                    Ok(list) => {
                        let filtered = !search.get_untracked().is_empty() || !status.get_untracked().is_empty();
                        view! {
                            <KeyTable
                                list=list
                                org=org.get_untracked()
                                search=search.get_untracked()
                                status=status.get_untracked()
                                filtered=filtered
                            />
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
fn KeyTable(list: KeyList, org: String, search: String, status: String, filtered: bool) -> impl IntoView {
    let new_href = format!("/{org}/keys/new");
    let empty = list.keys.items.is_empty();
    let header_href = new_href.clone();
    let explain_href = format!("/{org}/keys/resolution");
    let missing = view! { <Missing list=&list org=&org /> }.into_any();
    let statuses = std::iter::once((String::new(), "Any status".to_owned()))
        .chain(KeyStatus::ALL.iter().map(|status| (status.as_str().to_owned(), status.label().to_owned())))
        .map(|(value, label)| {
            let selected = value == status;
            view! {
                <option value=value selected=selected>
                    {label}
                </option>
            }
        })
        .collect_view();
    view! {
        <PageHeader title="Keys" facts="Credentials that tools need. Values are encrypted, used in calls and never shown again.">
            <ButtonLink href=explain_href>"Which key is used?"</ButtonLink>
            <ButtonLink href=header_href kind=Kind::Primary icon=icondata_lu::LuPlus>
                "Add key"
            </ButtonLink>
        </PageHeader>
        {missing}
        {(!empty || filtered)
            .then(|| {
                view! {
                    <form method="get" role="search" class="mb-4 flex max-w-xl flex-wrap gap-2">
                        <label class="sr-only" for="keys-q">
                            "Search keys"
                        </label>
                        <input id="keys-q" type="search" name="q" class="field min-w-40 flex-1" placeholder="Search keys" value=search />
                        <label class="sr-only" for="keys-status">
                            "Status"
                        </label>
                        <select id="keys-status" name="status" class="field w-auto">
                            {statuses}
                        </select>
                        <button class="btn btn-secondary">"Search"</button>
                    </form>
                }
            })}
        {if empty && filtered {
            view! {
                <EmptyState icon=icondata_lu::LuSearchX title="No key matches" text="Search for other words, or show all keys.">
                    <ButtonLink href=format!("/{org}/keys")>"Show all keys"</ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else if empty {
            view! {
                <EmptyState
                    icon=icondata_lu::LuKeySquare
                    title="No keys yet"
                    text="API keys, tokens and passwords that your tools need stand here. Each is for everybody, a person or an agent, and a tool says which one it asks for."
                >
                    <ButtonLink href=new_href icon=icondata_lu::LuPlus>
                        "Add the first key"
                    </ButtonLink>
                </EmptyState>
            }
                .into_any()
        } else {
            let next = list.keys.next_cursor.clone();
            let rows = list.keys.items.into_iter().map(|key| view! { <Row key=key org=org.clone() /> }).collect_view();
            view! {
                <Table label="Keys">
                    <thead>
                        <tr>
                            <th scope="col">"Key"</th>
                            <th scope="col">"Type"</th>
                            <th scope="col">"Value"</th>
                            <th scope="col">"Status"</th>
                            <th scope="col" class="num">"Mapped"</th>
                            <th scope="col" class="num">"Uses"</th>
                            <th scope="col">"Last use"</th>
                            <th scope="col">"Expires"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                <CursorPager next=next />
            }
                .into_any()
        }}
    }
}

#[component]
fn Row(key: Key, org: String) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("/{org}/keys/{}", key.id)>
                    {key.display_name}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{key.key_name}</div>
            </th>
            <td>{key.key_type.label()}</td>
            <td class="font-mono whitespace-nowrap">{key.masked_value}</td>
            <td>
                <StatusBadge status=key.status.as_str() />
            </td>
            <td class="num">{format::number(key.mapping_count)}</td>
            <td class="num">{format::number(key.usage_count)}</td>
            <td>
                {match key.last_used_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                }}
            </td>
            <td>
                {match key.expires_at {
                    Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                    None => view! { <span class="text-muted">"never"</span> }.into_any(),
                }}
            </td>
        </tr>
    }
}

/// What tools ask for and nobody has put here yet: the next thing to do.
#[component]
fn Missing<'a>(list: &'a KeyList, org: &'a str) -> impl IntoView + use<> {
    let mut names: Vec<(String, Vec<String>)> = Vec::new();
    for asker in &list.missing {
        match names.iter_mut().find(|(name, _)| *name == asker.key_name) {
            Some((_, who)) if who.contains(&asker.name) => {}
            Some((_, who)) => who.push(asker.name.clone()),
            None => names.push((asker.key_name.clone(), vec![asker.name.clone()])),
        }
    }
    let org = org.to_owned();
    (!names.is_empty()).then(move || {
        let lines = names
            .into_iter()
            .map(|(name, tools)| {
                let href = format!("/{org}/keys/new?name={name}");
                view! {
                    <li>
                        <a class="link font-mono" href=href>
                            {name}
                        </a>
                        {format!(" for {}", tools.join(", "))}
                    </li>
                }
            })
            .collect_view();
        view! {
            <div class="mb-4">
                <Notice tone=Tone::Warning title="Tools ask for keys that are not there">
                    <ul class="mt-1 space-y-0.5">{lines}</ul>
                </Notice>
            </div>
        }
    })
}
