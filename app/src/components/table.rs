//! Tables: sorting and paging by links, and an own region to scroll in on phones.

use super::{format, icon::Icon, query::Query};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use toolcrib::page::{ListOrder, PER_PAGE};

/// The list's address, reactive. Hidden columns, sorting and filters are read from it.
#[must_use]
pub fn use_query() -> Signal<Query> {
    let location = use_location();
    Signal::derive(move || location.pathname.with(|path| location.search.with(|search| Query::new(path, search))))
}

/// `<Table label="Tools"><thead>…</thead><tbody>…</tbody></Table>`
#[component]
pub fn Table(#[prop(into)] label: String, #[prop(optional, into)] class: String, children: Children) -> impl IntoView {
    view! {
        <div role="region" aria-label=label tabindex="0" class=format!("panel relative overflow-x-auto {class}")>
            <table class="table">{children()}</table>
        </div>
    }
    .into_any()
}

/// A heading that sorts: `<SortHeader name="name" label="Name"/>` sets `?sort=name&dir=…`.
#[component]
pub fn SortHeader(#[prop(into)] name: String, #[prop(into)] label: String, #[prop(optional)] numeric: bool) -> impl IntoView {
    let query = use_query();
    let column = name.clone();
    let direction = Memo::new(move |_| query.with(|query| query.direction(&column)));
    let href = move || query.get().sorted_by(&name).href();
    view! {
        <th scope="col" class=if numeric { "num" } else { "" } aria-sort=move || direction.get().unwrap_or("none")>
            <a href=href class="inline-flex items-center gap-1 text-muted no-underline hover:text-text">
                {label}
                {move || match direction.get() {
                    Some("ascending") => view! { <Icon icon=icondata_lu::LuArrowUp size=12 class="text-accent" /> },
                    Some(_) => view! { <Icon icon=icondata_lu::LuArrowDown size=12 class="text-accent" /> },
                    None => view! { <Icon icon=icondata_lu::LuChevronsUpDown size=12 class="opacity-60" /> },
                }}
            </a>
        </th>
    }
    .into_any()
}

/// Pages by number: `?page=2`. `total` counts all rows.
#[component]
pub fn Pager(
    /// From 1.
    page: i64,
    #[prop(default = PER_PAGE)] per_page: i64,
    total: i64,
) -> impl IntoView {
    let query = use_query();
    let pages = (total.max(0) + per_page - 1) / per_page.max(1);
    if pages <= 1 {
        // All of it is there, and the page's header says how much that is.
        return ().into_any();
    }
    let first = ((page - 1) * per_page + 1).min(total).max(0);
    let last = (page * per_page).min(total);
    let (has_previous, has_next) = (page > 1, page < pages);
    let link = move |to: i64| {
        let to = (to > 1).then(|| to.to_string());
        move || query.get().with("page", to.as_deref()).href()
    };
    view! {
        <nav aria-label="Pages" class="mt-3 flex flex-wrap items-center justify-between gap-3 text-sm text-muted">
            <p class="num">{format!("{}–{} of {}", format::number(first), format::number(last), format::number(total))}</p>
            <div class="flex gap-2">
                <PageLink href=link(page - 1) enabled=has_previous forward=false />
                <PageLink href=link(page + 1) enabled=has_next forward=true />
            </div>
        </nav>
    }
    .into_any()
}

/// Pages by cursor: `next` goes into `?after=`; the way back is the browser's, or the first page.
#[component]
pub fn CursorPager(next: Option<String>) -> impl IntoView {
    let query = use_query();
    let started = query.with_untracked(|query| query.get("after").is_some());
    let has_next = next.is_some();
    (started || has_next).then(|| {
        view! {
            <nav aria-label="Pages" class="mt-3 flex justify-end gap-2 text-sm">
                {started
                    .then(|| {
                        view! {
                            <a class="btn btn-secondary btn-small" href=move || query.get().with("after", None).href()>
                                "First page"
                            </a>
                        }
                    })}
                <PageLink href=move || query.get().with("after", next.as_deref()).href() enabled=has_next forward=true />
            </nav>
        }
    })
}

#[component]
fn PageLink(#[prop(into)] href: Signal<String>, enabled: bool, forward: bool) -> impl IntoView {
    let label = if forward { "Next" } else { "Previous" };
    if enabled {
        view! {
            <a class="btn btn-secondary btn-small" href=move || href.get() rel=if forward { "next" } else { "prev" }>
                {label}
            </a>
        }
        .into_any()
    } else {
        view! {
            <span class="btn btn-secondary btn-small" aria-disabled="true">
                {label}
            </span>
        }
        .into_any()
    }
}

/// Rows of a short list that is there as a whole, in the order that the address asks for. `compare` knows the columns by the names that
/// their [`SortHeader`]s have; it says equal of those it does not know.
pub fn in_order<T>(mut rows: Vec<T>, query: &Query, compare: impl Fn(&T, &T, &str) -> std::cmp::Ordering) -> Vec<T> {
    let order = list_order(query);
    // Stable: what is equal stays in the list's own order.
    rows.sort_by(|a, b| {
        let found = compare(a, b, &order.sort);
        if order.descending { found.reverse() } else { found }
    });
    rows
}

/// The order and the page that the address asks for: `?sort=name&dir=desc&page=2`.
#[must_use]
pub fn list_order(query: &Query) -> ListOrder {
    ListOrder {
        sort: query.get("sort").unwrap_or_default().to_owned(),
        descending: query.get("dir") == Some("desc"),
        page: query.get("page").and_then(|page| page.parse().ok()).unwrap_or(1),
    }
}

/// The hidden fields with which a form of filters keeps the order.
#[component]
pub fn KeptOrder() -> impl IntoView {
    let query = use_query().get_untracked();
    let kept = ["sort", "dir"].into_iter().filter_map(|key| query.get(key).map(|value| (key, value.to_owned())));
    kept.map(|(key, value)| view! { <input type="hidden" name=key value=value /> }).collect_view()
}

/// Says that a long list is sorted in part only.
#[component]
pub fn SortedPart(
    is_cut: bool,
    /// How many of the newest are put in order.
    most: i64,
    what: &'static str,
) -> impl IntoView {
    is_cut.then(|| {
        let text = format!("Sorted are the newest {} {what} that match. Narrow the filters to reach older ones.", format::number(most));
        view! {
            <p role="note" class="mb-2 text-xs text-muted">
                {text}
            </p>
        }
    })
}

/// Searches a list by words and keeps its order; beside it what else belongs above a list.
#[component]
pub fn ListSearch(
    /// What is searched: "Search agents".
    #[prop(into)]
    label: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let query = use_query().get_untracked();
    let text = query.get("q").unwrap_or_default().to_owned();
    view! {
        <div class="mb-4 flex items-start justify-between gap-2">
            <form method="get" role="search" class="flex min-w-0 flex-1 gap-2 sm:max-w-md">
                <input type="search" name="q" class="field" placeholder=label.clone() aria-label=label value=text autocomplete="off" />
                <KeptOrder />
                <super::button::Button>"Search"</super::button::Button>
            </form>
            {children.map(|children| children())}
        </div>
    }
    .into_any()
}

/// Grey rows while a list is being loaded.
#[component]
pub fn TableSkeleton(#[prop(default = 4)] columns: usize, #[prop(default = 6)] rows: usize) -> impl IntoView {
    const WIDTHS: [&str; 3] = ["w-3/4", "w-1/2", "w-2/3"];
    view! {
        <div role="status" class="panel overflow-hidden">
            <span class="sr-only">"Loading"</span>
            {(0..rows)
                .map(|row| {
                    view! {
                        <div class="flex h-10 items-center gap-6 border-b border-line px-3 last:border-b-0">
                            {(0..columns)
                                .map(|column| {
                                    view! {
                                        <div class="flex-1">
                                            <div class=format!("skeleton h-3.5 {}", WIDTHS[(row + column) % 3])></div>
                                        </div>
                                    }
                                })
                                .collect_view()}
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_from_the_address() {
        let order = |search: &str| list_order(&Query::new("/x", search));
        assert_eq!(order(""), ListOrder { page: 1, ..ListOrder::default() });
        assert_eq!(order("sort=name&dir=desc&page=3"), ListOrder { sort: "name".to_owned(), descending: true, page: 3 });
        assert_eq!(order("page=many").page, 1);
    }
}
