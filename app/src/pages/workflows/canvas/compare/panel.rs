//! All differences as a list, and both values of each field of the one that is looked at.

use super::{
    super::{
        state::{Editor, name_of},
        versions::{Side, side_words},
    },
    marks::{icon, inks, title},
};
use crate::components::{conflict::Differences, icon::Icon};
use leptos::prelude::*;
use toolcrib::workflows::{
    canvas::difference::{Compared, Part, edge_fields, node_fields},
    graph::Definition,
};

/// `Send it: changed`
pub(super) fn words(view: Editor, compared: &Compared, part: &Part) -> String {
    let (name, mark) = match part {
        Part::Node(id) => (view.title(id), compared.nodes.get(id)),
        Part::Edge(id) => (edge_name(view, id), compared.edges.get(id)),
    };
    format!("{name}: {}", mark.map_or("the same", |mark| mark.words()))
}

fn edge_name(view: Editor, id: &str) -> String {
    let ends =
        view.doc.with_value(|doc| doc.edges.iter().find(|edge| edge.id == id).map(|edge| (edge.source.clone(), edge.target.clone())));
    ends.map_or_else(|| id.to_owned(), |(source, target)| format!("{} → {}", view.title(&source), view.title(&target)))
}

/// All differences, and both values of each field of the chosen one.
#[component]
pub(super) fn Panel(
    view: Editor,
    compared: StoredValue<Compared>,
    sides: StoredValue<(Definition, Definition)>,
    picked: Memo<Option<Part>>,
    shown: (Side, Side),
    go: Callback<Part>,
) -> impl IntoView {
    let single = shown.0 == shown.1;
    let fields = move || {
        let part = picked.get()?;
        let (name, differences) = view.catalog.with(|tools| {
            sides.with_value(|(from, to)| match &part {
                Part::Node(id) => {
                    let name = to.node(id).or_else(|| from.node(id)).map(|node| name_of(node, tools)).unwrap_or_default();
                    let old = from.node(id).filter(|_| !single);
                    (name, node_fields(old, to.node(id), tools))
                }
                Part::Edge(id) => {
                    let find = |definition: &Definition| definition.edges.iter().find(|edge| edge.id == *id).cloned();
                    let old = find(from).filter(|_| !single);
                    (edge_name(view, id), edge_fields(old.as_ref(), find(to).as_ref()))
                }
            })
        });
        let nothing = differences.is_empty();
        // Told apart by words as well: what was there, what is.
        let labels = if single { ["Field", "", "Value"] } else { ["Field", "Before", "After"] };
        Some(view! {
            <div class="mt-4 border-t border-line pt-3" data-fields="">
                <h3 class="mb-2 font-semibold">{name}</h3>
                {if nothing {
                    view! { <p class="text-muted">"Nothing differs here."</p> }.into_any()
                } else {
                    view! { <Differences differences=differences caption="Both values of each field" labels=labels nothing="(nothing)" /> }.into_any()
                }}
            </div>
        })
    };
    let rows = compared.with_value(|compared| {
        compared
            .order
            .iter()
            .filter_map(|part| {
                let (name, mark) = match part {
                    Part::Node(id) => (view.title(id), compared.nodes.get(id)?),
                    Part::Edge(id) => (edge_name(view, id), compared.edges.get(id)?),
                };
                let (_, ink) = inks(*mark);
                let (this, part) = (part.clone(), part.clone());
                Some(view! {
                    <li>
                        <button
                            type="button"
                            class="menu-item w-full text-sm"
                            aria-current=move || picked.with(|picked| picked.as_ref() == Some(&this)).then_some("true")
                            on:click=move |_| go.run(part.clone())
                        >
                            <Icon icon=icon(*mark) size=14 class=ink />
                            <span class="min-w-0 flex-1 truncate text-left">{name}</span>
                            <span class="text-xs text-muted">{title(*mark)}</span>
                        </button>
                    </li>
                })
            })
            .collect_view()
    });
    let heading = if single { side_words(shown.1) } else { format!("{} → {}", side_words(shown.0), side_words(shown.1)) };
    view! {
        <aside
            aria-label="What differs"
            class="absolute inset-x-0 bottom-0 max-h-[45%] overflow-y-auto rounded-t-lg bg-raised p-4 shadow-pop lg:inset-x-auto lg:top-3 lg:right-3 lg:bottom-auto lg:max-h-[calc(100%-24px)] lg:w-96 lg:rounded-lg"
        >
            <h2 class="mb-2 font-semibold">{heading}</h2>
            {single.then(|| view! { <p class="text-muted">"Choose a step to see what it was set to."</p> })}
            <ul class="-mx-2">{rows}</ul>
            {fields}
        </aside>
    }
    .into_any()
}
