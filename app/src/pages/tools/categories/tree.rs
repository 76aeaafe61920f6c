//! The tree of categories: dragged, edited, deleted.

use super::{Actions, places};
use crate::{
    api::categories::MoveCategory,
    components::{
        button::{Button, Kind as ButtonKind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextField},
        format,
        icon::Icon,
        table::Table,
    },
    pages::tools::list::indent,
};
use leptos::prelude::*;
use toolcrib::{
    ids::CategoryId,
    seen::tag,
    tools::{
        Category,
        categories::tree::{tools_below, with_descendants},
    },
};

#[component]
pub(super) fn Tree(categories: Vec<Category>, org: String, may_manage: bool, actions: Actions) -> impl IntoView {
    // What is being dragged, and over what. `Some(None)`: over the place that stands for the top.
    let dragged = RwSignal::new(None::<CategoryId>);
    let over = RwSignal::new(None::<Option<CategoryId>>);
    let all = StoredValue::new(categories.clone());
    let may_drop = move |target: Option<CategoryId>| {
        dragged.get().is_some_and(|id| {
            all.with_value(|all| {
                let stands = all.iter().find(|category| category.id == id).map(|category| category.parent_id);
                stands.is_some_and(|parent| parent != target) && target.is_none_or(|target| !with_descendants(all, id).contains(&target))
            })
        })
    };
    let drop_org = org.clone();
    let drop_on = move |target: Option<CategoryId>| {
        if let Some(id) = dragged.get_untracked().filter(|_| may_drop(target)) {
            let parent_id = target.map(|id| id.to_string()).unwrap_or_default();
            let stands = all.with_value(|all| all.iter().find(|category| category.id == id).map(|category| category.updated_at));
            let expected = stands.map(tag).unwrap_or_default();
            actions.place.dispatch(MoveCategory { org: drop_org.clone(), id, parent_id, expected });
        }
        dragged.set(None);
        over.set(None);
    };
    let top_drop = drop_on.clone();
    let rows = categories
        .iter()
        .map(|category| {
            let id = category.id;
            let drop_on = drop_on.clone();
            let this = category.clone();
            let (children, tools) = (categories.iter().filter(|other| other.parent_id == Some(id)).count(), category.tool_count);
            let below = tools_below(&categories, id);
            let list_href = format!("/{org}/tools?category={id}");
            let places = places(&categories, Some(id));
            let org = org.clone();
            view! {
                <tr
                    draggable=if may_manage { "true" } else { "false" }
                    data-category=category.name.clone()
                    class:bg-accent-soft=move || over.get() == Some(Some(id)) && may_drop(Some(id))
                    on:dragstart=move |event| {
                        start(&event, id);
                        dragged.set(Some(id));
                    }
                    on:dragend=move |_| {
                        dragged.set(None);
                        over.set(None);
                    }
                    on:dragover=move |event| {
                        if may_drop(Some(id)) {
                            event.prevent_default();
                            over.set(Some(Some(id)));
                        }
                    }
                    on:drop=move |event| {
                        event.prevent_default();
                        drop_on(Some(id));
                    }
                >
                    <th scope="row">
                        <div class=format!("flex items-center gap-2 {}", indent(category.depth))>
                            {may_manage
                                .then(|| view! { <Icon icon=icondata_lu::LuGripVertical class="needs-script cursor-grab text-muted" /> })}
                            <Icon icon=icondata_lu::LuFolder class="text-muted" />
                            <span class="min-w-0">
                                <a class="row-link" href=list_href>
                                    {category.name.clone()}
                                </a>
                                <span class="block text-xs font-normal text-muted empty:hidden">{category.description.clone()}</span>
                            </span>
                        </div>
                    </th>
                    <td class="num">{format::number(tools)}</td>
                    <td class="num">{format::number(below)}</td>
                    {may_manage
                        .then(|| {
                            view! {
                                <td>
                                    <EditCategory category=this places=places children=children org=org actions=actions />
                                </td>
                            }
                        })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table label="Categories">
            <caption class="sr-only">"Categories"</caption>
            <thead>
                <tr>
                    <th scope="col">"Category"</th>
                    <th scope="col" class="num">"Tools"</th>
                    <th scope="col" class="num">"With those below"</th>
                    {may_manage.then(|| view! { <th scope="col">"Change"</th> })}
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
        {move || {
            let top_drop = top_drop.clone();
            dragged
                .get()
                .map(|_| {
                    view! {
                        <div
                            data-drop="top"
                            class="mt-2 rounded-md border border-dashed border-line-strong px-3 py-2 text-muted"
                            class:bg-accent-soft=move || over.get() == Some(None)
                            on:dragover=move |event| {
                                if may_drop(None) {
                                    event.prevent_default();
                                    over.set(Some(None));
                                }
                            }
                            on:drop=move |event| {
                                event.prevent_default();
                                top_drop(None);
                            }
                        >
                            "Drop here to put it at the top"
                        </div>
                    }
                })
        }}
    }
    .into_any()
}

/// Some browsers begin no drag that carries nothing.
fn start(event: &leptos::ev::DragEvent, id: CategoryId) {
    #[cfg(feature = "hydrate")]
    if let Some(data) = event.data_transfer() {
        let _ = data.set_data("text/plain", &id.to_string());
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = (event, id);
}

#[component]
fn EditCategory(category: Category, places: Vec<(String, String)>, children: usize, org: String, actions: Actions) -> impl IntoView {
    let id = category.id.to_string();
    let (delete_org, delete_id, name) = (org.clone(), id.clone(), category.name.clone());
    let (dialog, question, delete_words) = (format!("delete-{id}"), format!("Delete the category {name}?"), format!("Delete {name}"));
    let form = actions.update_forms.of(&id);
    let sending = actions.update_forms.sending(&id);
    let expected = form.value("expected", tag(category.updated_at));
    let parent = category.parent_id.map(|id| id.to_string()).unwrap_or_default();
    let goes = {
        let children = i64::try_from(children).unwrap_or(0);
        let mut parts = Vec::new();
        if children > 0 {
            parts.push(format::count(children, "category below it", "categories below it"));
        }
        if category.tool_count > 0 {
            parts.push(format::count(category.tool_count, "tool in it", "tools in it"));
        }
        if parts.is_empty() {
            "Nothing is in it.".to_owned()
        } else {
            format!("It goes; the {} move one level up.", parts.join(" and the "))
        }
    };
    view! {
        <div class="flex flex-wrap items-start gap-2">
            <details open=form.was_refused() on:submit=sending>
                <summary class="btn btn-secondary btn-small">"Edit"</summary>
                <ActionForm action=actions.update attr:class="mt-3 w-64 max-w-full space-y-3 font-normal">
                    <input type="hidden" name="org" value=org.clone() />
                    <input type="hidden" name="id" value=id.clone() />
                    <input type="hidden" name="expected" value=expected />
                    <FormError message=form.general_error() />
                    <Conflict form=form what="category" />
                    <TextField label="Name" name="name" id=format!("name-{id}") value=form.value("name", category.name.clone()) error=form.error("name") required=true />
                    <TextField
                        label="Description"
                        name="description"
                        id=format!("description-{id}")
                        value=form.value("description", category.description.clone())
                        error=form.error("description")
                    />
                    <SelectField
                        label="Below"
                        name="parent_id"
                        id=format!("parent-{id}")
                        options=places
                        value=form.value("parent_id", parent)
                        error=form.error("parent_id")
                        required=false
                    />
                    <Button small=true pending=actions.update.pending()>
                        "Save category"
                    </Button>
                </ActionForm>
            </details>
            <ConfirmDialog
                id=dialog
                label="Delete"
                title=question
                text=goes
                small=true
            >
                <ActionForm action=actions.delete>
                    <input type="hidden" name="org" value=delete_org />
                    <input type="hidden" name="id" value=delete_id />
                    <Button kind=ButtonKind::Danger pending=actions.delete.pending()>
                        {delete_words}
                    </Button>
                </ActionForm>
            </ConfirmDialog>
        </div>
    }
    .into_any()
}
