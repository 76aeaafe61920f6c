//! For whom a key is, and in which calls.

use super::new::with_first;
use crate::{
    api::keys::{KeyPage, MapKey, UnmapKey},
    components::{
        button::{Button, Kind},
        dialog::ConfirmDialog,
        field::{FormError, SelectField, TextField},
        form::use_form,
        page::Section,
        table::Table,
    },
};
use leptos::prelude::*;
use toolcrib::keys::{ContextType, KeyMapping};

#[component]
pub fn Mappings(org: String, page: KeyPage, map: ServerAction<MapKey>, unmap: ServerAction<UnmapKey>) -> impl IntoView {
    let form = use_form(map);
    let refused = use_form(unmap).general_error();
    let key = page.detail.key;
    let tools = page.choices.askers.into_iter().filter(|asker| asker.key_name == key.key_name);
    let mut tools: Vec<_> = tools.filter_map(|asker| Some((asker.as_tool()?.to_string(), asker.name))).collect();
    tools.dedup();
    let tools = with_first("", "Every tool that asks for it", tools);
    let whom = with_first("global", "Everybody", page.choices.whom);
    let rows = page.detail.mappings.into_iter().map(|mapping| view! { <Row org=org.clone() mapping=mapping unmap=unmap /> }).collect_view();
    let any = key.mapping_count > 0;
    view! {
        <Section
            title="Who uses it"
            text="Asked in this order: the agent that calls, the person, everybody. Inside a level the highest priority comes first, then the newest mapping."
        >
            <FormError message=refused />
            {if any {
                view! {
                    <Table label="Mappings" class="mb-4">
                        <thead>
                            <tr>
                                <th scope="col">"For"</th>
                                <th scope="col">"In calls of"</th>
                                <th scope="col" class="num">"Priority"</th>
                                <th scope="col">
                                    <span class="sr-only">"Actions"</span>
                                </th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </Table>
                }
                    .into_any()
            } else {
                view! { <p class="mb-4 text-muted">"Nobody is given this key yet; add a mapping below."</p> }.into_any()
            }}
            <ActionForm action=map attr:class="grid max-w-3xl items-start gap-3 sm:grid-cols-[1fr_1fr_7rem]">
                <input type="hidden" name="org" value=org.clone() />
                <input type="hidden" name="id" value=key.id.to_string() />
                <SelectField label="For" name="whom" options=whom value=form.value("whom", "global") error=form.error("whom") />
                <SelectField
                    label="In calls of"
                    name="tool_id"
                    options=tools
                    value=form.value("tool_id", "")
                    error=form.error("tool_id")
                    required=false
                />
                <TextField label="Priority" name="priority" value=form.value("priority", "0") error=form.error("priority") required=true />
                <div>
                    <Button pending=map.pending()>"Add mapping"</Button>
                </div>
            </ActionForm>
        </Section>
    }
    .into_any()
}

#[component]
fn Row(org: String, mapping: KeyMapping, unmap: ServerAction<UnmapKey>) -> impl IntoView {
    let whom = match mapping.context_type {
        ContextType::Global => "Everybody".to_owned(),
        kind => format!("{}: {}", kind.label(), mapping.context_name.unwrap_or_default()),
    };
    let tool = mapping.tool_name.unwrap_or_else(|| "every tool that asks for it".to_owned());
    view! {
        <tr>
            <th scope="row">{whom.clone()}</th>
            <td>{tool}</td>
            <td class="num">{mapping.priority}</td>
            <td class="text-right">
                <ConfirmDialog
                    id=format!("unmap-{}", mapping.id)
                    label="Remove"
                    title=format!("Remove the mapping for {whom}?")
                    text="Calls that used the key by this mapping use the next one, or are refused."
                    small=true
                >
                    <ActionForm action=unmap>
                        <input type="hidden" name="org" value=org />
                        <input type="hidden" name="id" value=mapping.key_id.to_string() />
                        <input type="hidden" name="mapping_id" value=mapping.id.to_string() />
                        <Button kind=Kind::Danger>"Remove mapping"</Button>
                    </ActionForm>
                </ConfirmDialog>
            </td>
        </tr>
    }
}
