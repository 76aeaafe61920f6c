//! Tags: renamed, merged, taken away.

use super::Actions;
use crate::components::{
    button::{Button, Kind as ButtonKind},
    dialog::ConfirmDialog,
    field::{FormError, TextField},
    form::use_form,
    format,
    page::{EmptyState, Section},
    query::encode,
    table::{CursorPager, Table},
};
use leptos::prelude::*;
use toolcrib::page::Page;

#[component]
pub(super) fn Tags(tags: Page<(String, i64)>, org: String, may_manage: bool, actions: Actions) -> impl IntoView {
    let none = tags.items.is_empty();
    let next = tags.next_cursor;
    let form = use_form(actions.rename);
    let refused = use_form(actions.remove).general_error();
    let rows = tags
        .items
        .into_iter()
        .enumerate()
        .map(|(index, (tag, number))| {
            let org = org.clone();
            let href = format!("/{org}/tools?tag={}", encode(&tag));
            let mine = form.was_refused() && form.value("tag", "") == tag;
            let name = if mine { form.value("name", "") } else { tag.clone() };
            let error = if mine || !form.was_refused() { form.error("name") } else { Signal::derive(|| None) };
            let remove_org = org.clone();
            let (renamed, removed, shown) = (tag.clone(), tag.clone(), tag.clone());
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link" href=href>
                            {shown}
                        </a>
                    </th>
                    <td class="num">{format::number(number)}</td>
                    {may_manage
                        .then(|| {
                            view! {
                                <td>
                                    <div class="flex flex-wrap items-start gap-2">
                                        <details open=mine>
                                            <summary class="btn btn-secondary btn-small">"Rename or merge"</summary>
                                            <ActionForm action=actions.rename attr:class="mt-3 w-64 space-y-3">
                                                <input type="hidden" name="org" value=org />
                                                <input type="hidden" name="tag" value=renamed />
                                                <TextField
                                                    label="New name"
                                                    name="name"
                                                    id=format!("tag-{index}")
                                                    value=name
                                                    error=error
                                                    hint="The name of another tag makes one of the two."
                                                    required=true
                                                />
                                                <Button small=true pending=actions.rename.pending()>
                                                    "Rename tag"
                                                </Button>
                                            </ActionForm>
                                        </details>
                                        <ConfirmDialog
                                            id=format!("remove-tag-{index}")
                                            label="Remove"
                                            title=format!("Remove the tag {removed}?")
                                            text=format!("It is taken away from {}. The tools stay.", format::count(number, "tool", "tools"))
                                            small=true
                                        >
                                            <ActionForm action=actions.remove>
                                                <input type="hidden" name="org" value=remove_org />
                                                <input type="hidden" name="tag" value=tag />
                                                <Button kind=ButtonKind::Danger pending=actions.remove.pending()>
                                                    {format!("Remove {removed}")}
                                                </Button>
                                            </ActionForm>
                                        </ConfirmDialog>
                                    </div>
                                </td>
                            }
                        })}
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section title="Tags" text="Words that tools are marked with, on their definition page.">
            <FormError message=refused />
            {if none {
                view! { <EmptyState icon=icondata_lu::LuTags title="No tags yet" text="A tool gets tags on its definition page, or with others from the list." /> }
                    .into_any()
            } else {
                view! {
                    <Table label="Tags" class="max-w-2xl">
                        <caption class="sr-only">"Tags"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Tag"</th>
                                <th scope="col" class="num">"Tools"</th>
                                {may_manage.then(|| view! { <th scope="col">"Change"</th> })}
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </Table>
                }
                    .into_any()
            }}
            <CursorPager next=next />
        </Section>
    }
    .into_any()
}
