//! Search and filters: a form that asks the address. With a script it asks while one types.

use crate::{
    api::tools::{ToolQuery, USED},
    components::icon::Icon,
};
use leptos::prelude::*;
use toolcrib::tools::{Facets, Kind, Status, Visibility};

/// One choice of the form: name, what it is called, what stands for all, and (value, label).
struct Choice {
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Vec<(String, String)>,
    chosen: fn(&ToolQuery) -> &String,
}

fn choices(facets: Facets) -> Vec<Choice> {
    let words = |words: &[(&str, &str)]| words.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>();
    let kinds: Vec<_> = Kind::AVAILABLE.iter().map(|kind| (kind.as_str(), kind.label())).collect();
    let statuses: Vec<_> = Status::ALL.iter().map(|status| (status.as_str(), status.label())).collect();
    let visibilities: Vec<_> = Visibility::ALL.iter().map(|visibility| (visibility.as_str(), visibility.label())).collect();
    let used: Vec<_> = USED.iter().map(|(value, label, ..)| (*value, *label)).collect();
    let mut all = vec![
        Choice { name: "kind", label: "Kind", all: "Every kind", options: words(&kinds), chosen: |query| &query.kind },
        Choice { name: "status", label: "Status", all: "Every status", options: words(&statuses), chosen: |query| &query.status },
        Choice {
            name: "tag",
            label: "Tag",
            all: "Every tag",
            options: facets.tags.into_iter().map(|(tag, number)| (tag.clone(), format!("{tag} ({number})"))).collect(),
            chosen: |query| &query.tag,
        },
        Choice {
            name: "owner",
            label: "Owner",
            all: "Every owner",
            options: facets.owners.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
            chosen: |query| &query.owner,
        },
        Choice {
            name: "visibility",
            label: "Visibility",
            all: "Every visibility",
            options: words(&visibilities),
            chosen: |query| &query.visibility,
        },
        Choice {
            name: "agent",
            label: "Attached to",
            all: "Attached or not",
            options: facets.agents.into_iter().map(|(id, name)| (id.to_string(), format!("Attached to {name}"))).collect(),
            chosen: |query| &query.agent,
        },
        Choice { name: "used", label: "Last used", all: "Used whenever", options: words(&used), chosen: |query| &query.used },
    ];
    all.retain(|choice| !choice.options.is_empty());
    all
}

/// The questions other than the page, which a new filter begins anew.
fn is_filtered(query: &ToolQuery) -> bool {
    let order = ToolQuery { sort: query.sort.clone(), dir: query.dir.clone(), after: query.after.clone(), ..ToolQuery::default() };
    *query != order
}

#[component]
pub fn Filters(facets: Facets, base: String, asked: Memo<ToolQuery>) -> impl IntoView {
    let follow = follower(base.clone());
    let submit = follower(base.clone());
    let all_href = base.clone();
    let selects = choices(facets)
        .into_iter()
        .map(|choice| {
            let chosen = choice.chosen;
            let value = Memo::new(move |_| asked.with(|query| chosen(query).clone()));
            let options = choice
                .options
                .into_iter()
                .map(|(option, label)| {
                    let this = option.clone();
                    view! {
                        <option value=option selected=move || value.with(|value| *value == this)>
                            {label}
                        </option>
                    }
                })
                .collect_view();
            view! {
                <select name=choice.name class="field w-auto max-w-48" aria-label=choice.label prop:value=move || value.get()>
                    <option value="">{choice.all}</option>
                    {options}
                </select>
            }
        })
        .collect_view();
    let keep = move |name: &'static str, part: fn(&ToolQuery) -> &String| {
        move || {
            let value = asked.with(|query| part(query).clone());
            (!value.is_empty()).then(|| view! { <input type="hidden" name=name value=value /> })
        }
    };
    view! {
        <form
            method="get"
            action=base
            role="search"
            aria-label="Tools"
            class="mb-4 flex flex-wrap gap-2"
            on:input=move |event| follow(&event, 200)
            on:submit=move |event| {
                event.prevent_default();
                submit(&event, 0);
            }
        >
            {keep("category", |query| &query.category)}
            {keep("sort", |query| &query.sort)}
            {keep("dir", |query| &query.dir)}
            <input
                type="search"
                name="q"
                class="field w-64 max-w-full"
                placeholder="Search tools"
                aria-label="Search tools"
                autocomplete="off"
                value=asked.get_untracked().q
                prop:value=move || asked.with(|query| query.q.clone())
            />
            {selects}
            <button class="btn btn-secondary">
                <Icon icon=icondata_lu::LuListFilter />
                "Filter"
            </button>
            {move || asked.with(is_filtered).then(|| view! { <a class="btn btn-ghost" href=all_href.clone()>"Show all"</a> })}
        </form>
    }
    .into_any()
}

/// Asks the address for what the form of an event says, once nothing was typed for `wait` milliseconds.
fn follower(base: String) -> impl Fn(&leptos::ev::Event, u64) + Clone {
    #[cfg(feature = "hydrate")]
    let (navigate, waiting) = (leptos_router::hooks::use_navigate(), StoredValue::new(None::<TimeoutHandle>));
    move |event: &leptos::ev::Event, wait: u64| {
        #[cfg(feature = "hydrate")]
        {
            use leptos::wasm_bindgen::JsCast;
            let form = event
                .target()
                .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
                .and_then(|element| element.closest("form").ok().flatten())
                .and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
            let Some(form) = form else { return };
            if let Some(Some(handle)) = waiting.try_get_value() {
                handle.clear();
            }
            let (base, navigate) = (base.clone(), navigate.clone());
            let ask = move || {
                let Ok(data) = web_sys::FormData::new_with_form(&form) else { return };
                let mut query = crate::components::query::Query::new(&base, "");
                for name in ["q", "kind", "status", "category", "tag", "owner", "visibility", "agent", "used", "sort", "dir"] {
                    if let Some(value) = data.get(name).as_string().filter(|value| !value.trim().is_empty()) {
                        query = query.with(name, Some(&value));
                    }
                }
                let options = leptos_router::NavigateOptions { replace: true, scroll: false, ..Default::default() };
                navigate(&query.href(), options);
            };
            waiting.set_value(set_timeout_with_handle(ask, std::time::Duration::from_millis(wait)).ok());
        }
        #[cfg(not(feature = "hydrate"))]
        {
            let _ = (&base, event, wait);
        }
    }
}
