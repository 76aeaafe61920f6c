//! Who did what, when, from where; filters in the address.

use crate::{
    api::audit::{AuditQuery, AuditView, list_audit},
    components::{
        button::{Button, ButtonLink, Kind},
        code::CodeBlock,
        columns::{Column, ColumnMenu, Columns, extra, use_columns, usual},
        field::{FieldFrame, SelectField},
        page::{EmptyState, ErrorNotice, PageHeader},
        query::Query,
        table::{CursorPager, KeptOrder, SortHeader, SortedPart, Table, TableSkeleton, use_query},
        time::RelativeTime,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::audit::{AuditEntry, AuditFacets, SORTED};

fn read(query: &Query) -> AuditQuery {
    let get = |key: &str| query.get(key).unwrap_or_default().to_owned();
    AuditQuery {
        action: get("action"),
        actor: get("actor"),
        object_type: get("object_type"),
        from: get("from"),
        until: get("until"),
        sort: get("sort"),
        dir: get("dir"),
        after: get("after"),
    }
}

static COLUMNS: [Column; 3] = [usual("who", "Who"), usual("address", "Address"), extra("object_id", "Object id")];

#[component]
pub fn AuditPage() -> impl IntoView {
    let org = param("org");
    let query = use_query();
    let asked = Memo::new(move |_| query.with(read));
    let view = Resource::new_blocking(move || (org.get(), asked.get()), |(org, query)| list_audit(org, query));
    let export = Signal::derive(move || {
        let mut query = query.get().with("after", None);
        query.path = format!("/{}/audit.csv", org.get());
        query.href()
    });
    view! {
        <PageHeader title="Audit log" facts="Who did what to which object, when and from where. Nobody can change it, not even the server.">
            // A file, not a page: the router keeps away from it.
            <ButtonLink href=export icon=icondata_lu::LuDownload attr:rel="external" attr:download="audit.csv">
                "Export CSV"
            </ButtonLink>
        </PageHeader>
        <Transition fallback=|| view! { <TableSkeleton columns=5 rows=8 /> }>
            {move || Suspend::new(async move {
                match view.await {
                    Ok(AuditView { page, facets }) => {
                        let asked = asked.get_untracked();
                        let order = AuditQuery { sort: asked.sort.clone(), dir: asked.dir.clone(), after: asked.after.clone(), ..AuditQuery::default() };
                        let filtered = asked != order;
                        let columns = use_columns("audit", &COLUMNS);
                        view! {
                            <div class="mb-4 flex items-end justify-between gap-3">
                                <Filters asked=asked facets=facets filtered=filtered path=format!("/{}/audit", org.get_untracked()) />
                                <ColumnMenu columns=columns />
                            </div>
                            {if page.items.is_empty() {
                                view! { <Nothing filtered=filtered href=format!("/{}/audit", org.get_untracked()) /> }.into_any()
                            } else {
                                view! {
                                    <SortedPart is_cut=page.is_cut most=SORTED what="entries" />
                                    <Entries items=page.items columns=columns />
                                }
                                    .into_any()
                            }}
                            <CursorPager next=page.next_cursor />
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
fn Nothing(filtered: bool, href: String) -> impl IntoView {
    if filtered {
        view! {
            <EmptyState icon=icondata_lu::LuSearchX title="No entry matches" text="Widen the filters, or clear them.">
                <ButtonLink href=href>"Clear the filters"</ButtonLink>
            </EmptyState>
        }
        .into_any()
    } else {
        let text = "Whatever is created, changed or deleted in this organization will stand here.";
        view! { <EmptyState icon=icondata_lu::LuScrollText title="Nothing yet" text=text /> }.into_any()
    }
}

#[component]
fn Filters(asked: AuditQuery, facets: AuditFacets, filtered: bool, path: String) -> impl IntoView {
    let choice = |all: &str, values: Vec<(String, String)>| {
        let mut options = vec![(String::new(), all.to_owned())];
        options.extend(values);
        options
    };
    let same = |values: Vec<String>| values.into_iter().map(|value| (value.clone(), value)).collect::<Vec<_>>();
    let actors = facets.actors.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    let clear = path.clone();
    view! {
        <form method="get" action=path role="search" aria-label="Filter the audit log" class="grid min-w-0 flex-1 grid-cols-2 items-end gap-3 md:grid-cols-3 xl:grid-cols-7">
            <SelectField label="Action" name="action" options=choice("All actions", same(facets.actions)) value=asked.action />
            <SelectField label="Who" name="actor" options=choice("Everybody", actors) value=asked.actor />
            <SelectField label="Object" name="object_type" options=choice("All objects", same(facets.object_types)) value=asked.object_type />
            <Day name="from" label="From" value=asked.from />
            <Day name="until" label="Until" value=asked.until />
            <KeptOrder />
            <div class="flex gap-2">
                <Button>"Filter"</Button>
                {filtered
                    .then(|| {
                        view! {
                            <ButtonLink href=clear kind=Kind::Ghost>
                                "Clear"
                            </ButtonLink>
                        }
                    })}
            </div>
        </form>
    }
}

/// A day that may stay empty, without the word “optional”: all filters may.
#[component]
fn Day(name: &'static str, label: &'static str, value: String) -> impl IntoView {
    let id = format!("f-{name}");
    view! {
        <FieldFrame id=id.clone() label=label required=true>
            <input id=id name=name type="date" class="field" value=value />
        </FieldFrame>
    }
}

#[component]
fn Entries(items: Vec<AuditEntry>, columns: Columns) -> impl IntoView {
    let rows = items
        .into_iter()
        .map(|entry| {
            let changed = change(&entry);
            let object_id = entry.object_id.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string);
            let actor = if entry.actor_type == "agent" { format!("Agent {}", entry.actor_name) } else { entry.actor_name.clone() };
            view! {
                <tr>
                    <td>
                        <RelativeTime at=entry.created_at />
                    </td>
                    {columns.has("who").then(|| view! { <td class="whitespace-nowrap">{actor}</td> })}
                    <td class="font-mono text-xs">{entry.action.clone()}</td>
                    <td>
                        <span class="text-muted">{entry.object_type.clone()}</span>
                        " "
                        {entry.object_name.clone()}
                        {changed
                            .map(|json| {
                                view! {
                                    <details class="mt-1">
                                        <summary class="cursor-pointer text-xs text-muted">"Before and after"</summary>
                                        <CodeBlock code=json language="json" class="mt-1 max-w-xl" label="Before and after" />
                                    </details>
                                }
                            })}
                    </td>
                    {columns
                        .has("address")
                        .then(|| view! { <td class="font-mono text-xs">{entry.address.unwrap_or_else(|| "–".to_owned())}</td> })}
                    {columns
                        .has("object_id")
                        .then(|| view! { <td class="font-mono text-xs whitespace-nowrap">{object_id}</td> })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="Audit log">
            <thead>
                <tr>
                    <SortHeader name="when" label="When" />
                    {columns.has("who").then(|| view! { <SortHeader name="who" label="Who" /> })}
                    <SortHeader name="action" label="Action" />
                    <SortHeader name="object" label="Object" />
                    {columns.has("address").then(|| view! { <SortHeader name="address" label="Address" /> })}
                    {columns.has("object_id").then(|| view! { <th scope="col">"Object id"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

fn change(entry: &AuditEntry) -> Option<String> {
    let mut both = serde_json::Map::new();
    for (name, value) in [("before", &entry.before), ("after", &entry.after)] {
        if let Some(value) = value {
            both.insert(name.to_owned(), value.clone());
        }
    }
    (!both.is_empty()).then(|| serde_json::to_string_pretty(&both).unwrap_or_default())
}
