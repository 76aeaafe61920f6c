//! The keys of the organization: what we hold, whether it works, when it expires.

use crate::{
    api::keys::{KeyList, list_keys},
    components::{
        badge::{StatusBadge, Tone},
        button::{ButtonLink, Kind},
        columns::{Column, ColumnMenu, Columns, extra, use_columns, usual},
        format,
        page::{EmptyState, ErrorNotice, Notice, PageHeader, Skeleton},
        table::{KeptOrder, Pager, SortHeader, Table, list_order, use_query},
        time::RelativeTime,
    },
    pages::address::{param, query},
};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use toolcrib::keys::{Key, KeyStatus};

static COLUMNS: [Column; 7] = [
    usual("type", "Type"),
    usual("value", "Value"),
    usual("mapped", "Mapped"),
    usual("uses", "Uses"),
    usual("last_used", "Last use"),
    usual("expires", "Expires"),
    extra("created", "Added"),
];

#[component]
pub fn KeysPage() -> impl IntoView {
    let org = param("org");
    let (search, status, address) = (query("q"), query("status"), use_query());
    let order = Memo::new(move |_| address.with(list_order));
    let keys = Resource::new_blocking(
        move || (org.get(), search.get(), status.get(), order.get()),
        |(org, search, status, order)| list_keys(org, search, status, order),
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
    let columns = use_columns("keys", &COLUMNS);
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
            {(!empty).then(|| view! { <ColumnMenu columns=columns /> })}
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
                        <KeptOrder />
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
            let (number, total) = (list.keys.page, list.keys.total);
            let rows = list.keys.items.into_iter().map(|key| view! { <Row key=key org=org.clone() columns=columns /> }).collect_view();
            view! {
                <Table label="Keys">
                    <thead>
                        <tr>
                            <SortHeader name="name" label="Key" />
                            {columns.has("type").then(|| view! { <SortHeader name="type" label="Type" /> })}
                            {columns.has("value").then(|| view! { <th scope="col">"Value"</th> })}
                            <SortHeader name="status" label="Status" />
                            {columns.has("mapped").then(|| view! { <SortHeader name="mapped" label="Mapped" numeric=true /> })}
                            {columns.has("uses").then(|| view! { <SortHeader name="uses" label="Uses" numeric=true /> })}
                            {columns.has("last_used").then(|| view! { <SortHeader name="last_used" label="Last use" /> })}
                            {columns.has("expires").then(|| view! { <SortHeader name="expires" label="Expires" /> })}
                            {columns.has("created").then(|| view! { <SortHeader name="created" label="Added" /> })}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
                <Pager page=number total=total />
            }
                .into_any()
        }}
    }
}

#[component]
fn Row(key: Key, org: String, columns: Columns) -> impl IntoView {
    view! {
        <tr>
            <th scope="row">
                <a class="row-link" href=format!("/{org}/keys/{}", key.id)>
                    {key.display_name}
                </a>
                <div class="font-mono text-xs font-normal text-muted">{key.key_name}</div>
            </th>
            {columns.has("type").then(|| view! { <td>{key.key_type.label()}</td> })}
            {columns.has("value").then(|| view! { <td class="font-mono whitespace-nowrap">{key.masked_value}</td> })}
            <td>
                <StatusBadge status=key.status.as_str() />
            </td>
            {columns.has("mapped").then(|| view! { <td class="num">{format::number(key.mapping_count)}</td> })}
            {columns.has("uses").then(|| view! { <td class="num">{format::number(key.usage_count)}</td> })}
            {columns.has("last_used").then(|| when(key.last_used_at))}
            {columns.has("expires").then(|| when(key.expires_at))}
            {columns.has("created").then(|| when(Some(key.created_at)))}
        </tr>
    }
}

fn when(at: Option<DateTime<Utc>>) -> impl IntoView {
    view! {
        <td>
            {match at {
                Some(at) => view! { <RelativeTime at=at /> }.into_any(),
                None => view! { <span class="text-muted">"never"</span> }.into_any(),
            }}
        </td>
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
