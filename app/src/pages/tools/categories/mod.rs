//! Categories and tags: the order of the crib. Categories are moved by dragging, or by choosing where they shall stand.

mod tags;
mod tree;

use super::{param, query};
use crate::{
    api::categories::{CreateCategory, DeleteCategory, MoveCategory, RemoveTag, RenameTag, Sorting, UpdateCategory, categories_page},
    components::{
        button::Button,
        field::{FormError, SelectField, TextField},
        form::{RowForms, successes, use_form, use_row_forms},
        page::{EmptyState, ErrorNotice, PageHeader, Section, Skeleton},
    },
};
use leptos::prelude::*;
use tags::Tags;
use toolcrib::{
    ids::CategoryId,
    tools::{
        Category,
        categories::tree::{path, with_descendants},
    },
};
use tree::Tree;

/// The writes of this page; each makes its lists new.
#[derive(Clone, Copy)]
struct Actions {
    create: ServerAction<CreateCategory>,
    update: ServerAction<UpdateCategory>,
    update_forms: RowForms,
    place: ServerAction<MoveCategory>,
    delete: ServerAction<DeleteCategory>,
    rename: ServerAction<RenameTag>,
    remove: ServerAction<RemoveTag>,
}

#[component]
pub fn CategoriesPage() -> impl IntoView {
    let org = param("org");
    let update = ServerAction::new();
    let actions = Actions {
        create: ServerAction::new(),
        update,
        update_forms: use_row_forms(update, &["id"]),
        place: ServerAction::new(),
        delete: ServerAction::new(),
        rename: ServerAction::new(),
        remove: ServerAction::new(),
    };
    let updated = successes(actions.update);
    let version = move || {
        actions.create.version().get()
            + updated.get()
            + actions.place.version().get()
            + actions.delete.version().get()
            + actions.rename.version().get()
            + actions.remove.version().get()
    };
    let after = query("after");
    let page = Resource::new_blocking(move || (org.get(), after.get(), version()), |(org, after, _)| categories_page(org, after));
    view! {
        <PageHeader title="Categories and tags" facts="How tools are sorted, and what they are marked with." />
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page org=org.get_untracked() actions=actions /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

/// Where a category may stand: (value, label). `moved`: not below itself.
fn places(categories: &[Category], moved: Option<CategoryId>) -> Vec<(String, String)> {
    let barred = moved.map(|id| with_descendants(categories, id)).unwrap_or_default();
    let mut places = vec![(String::new(), "At the top".to_owned())];
    let open = categories.iter().filter(|category| !barred.contains(&category.id));
    places.extend(open.map(|category| (category.id.to_string(), path(categories, category.id))));
    places
}

#[component]
fn Shown(page: Sorting, org: String, actions: Actions) -> impl IntoView {
    let refused = [use_form(actions.place).general_error(), use_form(actions.delete).general_error()];
    let refused = Signal::derive(move || refused.iter().find_map(|message| message.get()));
    let (may_build, may_manage) = (page.may_build, page.may_manage);
    let new = may_build.then(|| view! { <NewCategory categories=page.categories.clone() org=org.clone() actions=actions /> });
    let tags = view! { <Tags tags=page.tags org=org.clone() may_manage=may_manage actions=actions /> };
    view! {
        <Section
            title="Categories"
            text=if may_manage { "A tree. Drag a category onto another to put it below that one, or edit it and choose where it stands." } else { "" }
        >
            <FormError message=refused />
            {if page.categories.is_empty() {
                view! {
                    <EmptyState
                        icon=icondata_lu::LuFolderTree
                        title="No categories yet"
                        text="Categories sort tools into a tree: Finance, and below it Invoices. Filtering by one shows all below it too."
                    />
                }
                    .into_any()
            } else {
                view! { <Tree categories=page.categories org=org may_manage=may_manage actions=actions /> }.into_any()
            }}
            {new}
        </Section>
        {tags}
    }
}

#[component]
fn NewCategory(categories: Vec<Category>, org: String, actions: Actions) -> impl IntoView {
    let form = use_form(actions.create);
    let open = form.was_refused() || categories.is_empty();
    view! {
        <details class="mt-4 max-w-xl" open=open>
            <summary class="cursor-pointer font-medium">"New category"</summary>
            <ActionForm action=actions.create attr:class="mt-3 space-y-4">
                <input type="hidden" name="org" value=org />
                <FormError message=form.general_error() />
                <TextField label="Name" name="name" id="new-name" value=form.value("name", "") error=form.error("name") required=true />
                <TextField
                    label="Description"
                    name="description"
                    id="new-description"
                    value=form.value("description", "")
                    error=form.error("description")
                />
                <SelectField
                    label="Below"
                    name="parent_id"
                    id="new-parent"
                    options=places(&categories, None)
                    value=form.value("parent_id", "")
                    error=form.error("parent_id")
                    required=false
                />
                <Button pending=actions.create.pending() icon=icondata_lu::LuPlus>
                    "Create category"
                </Button>
            </ActionForm>
        </details>
    }
    .into_any()
}
