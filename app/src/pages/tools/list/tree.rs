//! The categories beside the list.

use crate::{
    api::tools::ToolQuery,
    components::{icon::Icon, query::Query},
};
use leptos::prelude::*;
use toolcrib::tools::{Category, categories::tree::tools_below};

/// How far a category of this depth is set in. Classes rather than styles: the Content-Security-Policy lets no inline style through.
#[must_use]
pub fn indent(depth: i32) -> &'static str {
    match depth {
        0 => "",
        1 => "pl-4",
        2 => "pl-8",
        3 => "pl-12",
        _ => "pl-16",
    }
}

#[component]
pub fn CategoryTree(categories: Vec<Category>, total: i64, may_build: bool, org: Memo<String>, asked: Memo<ToolQuery>) -> impl IntoView {
    let query = crate::components::table::use_query();
    let link = move |id: String, label: String, number: i64, depth: i32| {
        let this = id.clone();
        let here = Memo::new(move |_| asked.with(|query| query.category == this));
        let href = move || {
            let next: Query = query.get().with("after", None).with("category", Some(id.as_str()).filter(|id| !id.is_empty()));
            next.href()
        };
        view! {
            <li class=indent(depth)>
                <a
                    href=href
                    class="flex items-baseline justify-between gap-2 rounded-sm px-2 py-1 text-text no-underline hover:bg-hover aria-[current]:bg-hover aria-[current]:font-semibold"
                    aria-current=move || here.get().then_some("true")
                >
                    <span class="min-w-0 truncate">{label}</span>
                    <span class="num text-xs text-muted">{number}</span>
                </a>
            </li>
        }
    };
    let links: Vec<_> = categories
        .iter()
        .map(|category| link(category.id.to_string(), category.name.clone(), tools_below(&categories, category.id), category.depth))
        .collect();
    let none = categories.is_empty();
    view! {
        <nav aria-label="Categories" class="mb-4 min-w-0 lg:mb-0">
            <details open class="group">
                <summary class="mb-1 flex cursor-pointer items-center gap-1 text-xs font-medium text-muted">"Categories"</summary>
                <ul class="max-h-48 overflow-y-auto lg:max-h-[70vh]">
                    {link(String::new(), "All tools".to_owned(), total, 0)} {links}
                </ul>
                {none.then(|| view! { <p class="px-2 py-1 text-xs text-muted">"None yet. A category sorts tools into a tree."</p> })}
                {may_build
                    .then(|| {
                        view! {
                            <a
                                class="mt-1 flex items-center gap-2 rounded-sm px-2 py-1 text-muted no-underline hover:bg-hover hover:text-text"
                                href=move || format!("/{}/tools/categories", org.get())
                            >
                                <Icon icon=icondata_lu::LuFolderTree />
                                "Categories and tags"
                            </a>
                        }
                    })}
            </details>
        </nav>
    }
    .into_any()
}
