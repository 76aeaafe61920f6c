//! Answers the search form of the palette; works without JavaScript.

use crate::{
    api::palette::search_everything,
    components::{
        button::Button,
        icon::Icon,
        navigation::{DESTINATIONS, FURTHER, found_icon},
        page::{EmptyState, ErrorNotice, PageHeader, Skeleton},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::search::Found;

const WHAT: &str = "Tools, agents, workflows, MCP servers, OpenAPI documents, keys, members and pages are found by a part of their name.";

#[component]
pub fn SearchPage() -> impl IntoView {
    let (org, text) = (param("org"), query("q"));
    let found = Resource::new_blocking(move || (org.get(), text.get()), |(org, text)| search_everything(org, text));
    view! {
        <PageHeader title="Search" />
        <Transition fallback=|| view! { <Skeleton rows=6 /> }>
            {move || Suspend::new(async move {
                match found.await {
                    Ok(found) => view! { <Answer found=found text=text.get_untracked() org=org.get_untracked() /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Answer(found: Vec<Found>, text: String, org: String) -> impl IntoView {
    let asked = text.trim().to_owned();
    let places = DESTINATIONS
        .iter()
        .filter(|place| !asked.is_empty() && place.label.to_lowercase().contains(&asked.to_lowercase()))
        .map(|place| row(place.href(&org), place.icon, place.label.to_owned(), String::new(), "Page"))
        .chain(
            FURTHER
                .iter()
                .filter(|(label, ..)| !asked.is_empty() && label.to_lowercase().contains(&asked.to_lowercase()))
                .map(|(label, path, icon)| row(format!("/{org}/{path}"), icon, (*label).to_owned(), String::new(), "Page")),
        )
        .collect::<Vec<_>>();
    let things =
        found.into_iter().map(|found| row(found.href(&org), found_icon(found.kind), found.display_name, found.name, found.kind.label()));
    let rows: Vec<AnyView> = places.into_iter().chain(things).collect();
    let answer = if asked.is_empty() {
        view! { <EmptyState icon=icondata_lu::LuSearch title="What are you looking for?" text=WHAT /> }.into_any()
    } else if rows.is_empty() {
        view! {
            <EmptyState
                icon=icondata_lu::LuSearchX
                title=format!("Nothing is called “{asked}”")
                text=format!("{WHAT} Try a shorter part.")
            />
        }
        .into_any()
    } else {
        view! { <ul class="panel max-w-2xl divide-y divide-line" aria-label="Results">{rows}</ul> }.into_any()
    };
    view! {
        <form method="get" role="search" class="mb-5 flex max-w-2xl gap-2">
            <label class="sr-only" for="search-q">
                "Name of a tool, an agent, a workflow, a member, a page or something else"
            </label>
            <input id="search-q" type="search" name="q" class="field" placeholder="Tool, agent, workflow, MCP server, member, page …" value=text autocomplete="off" />
            <Button>"Search"</Button>
        </form>
        {answer}
    }
}

fn row(href: String, icon: icondata_core::Icon, label: String, name: String, kind: &'static str) -> AnyView {
    view! {
        <li>
            <a href=href class="flex items-center gap-3 px-4 py-2.5 no-underline hover:bg-hover">
                <Icon icon=icon class="text-muted" />
                <span class="min-w-0 flex-1">
                    <span class="block truncate font-medium">{label}</span>
                    {(!name.is_empty()).then(|| view! { <span class="block truncate font-mono text-xs text-muted">{name}</span> })}
                </span>
                <span class="text-xs text-muted">{kind}</span>
            </a>
        </li>
    }
    .into_any()
}
