//! What the tool is made of, and changing it.

use super::{
    fields::{ToolFields, follow},
    frame::{Tab, ToolFrame},
    param,
};
use crate::{
    api::{
        choices::{Choices, form_choices},
        tool_form::ToolForm,
        tool_tests::{ScriptError, script_errors},
        tools::{ToolPage, UpdateTool},
    },
    components::{
        button::{Button, Kind as ButtonKind},
        code::CodeBlock,
        conflict::Conflict,
        form::use_form,
        page::Notice,
    },
};
use leptos::prelude::*;

#[component]
pub fn ToolDefinitionPage() -> impl IntoView {
    let update = ServerAction::<UpdateTool>::new();
    let (org, id) = (param("org"), param("id"));
    // Read beside the tool, not once it is there: server and browser must make what they read in the same order.
    let offered = Resource::new_blocking(move || org.get(), form_choices);
    let stopped_at = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| script_errors(org, id));
    view! {
        <ToolFrame
            tab=Tab::Definition
            body=move |page, org| {
                if page.may_change {
                    view! {
                        <Transition>
                            {move || {
                                let (page, org) = (page.clone(), org.clone());
                                Suspend::new(async move {
                                    let offered = offered.await.unwrap_or_default();
                                    let errors = stopped_at.await.unwrap_or_default();
                                    view! { <Editor page=page org=org update=update offered=offered errors=errors /> }.into_any()
                                })
                            }}
                        </Transition>
                    }
                        .into_any()
                } else {
                    let text = serde_json::to_string_pretty(&page.tool).unwrap_or_default();
                    view! {
                        <Notice>"Its owner and admins may change this tool."</Notice>
                        <CodeBlock code=text language="json" label="Definition" class="mt-4" />
                    }
                        .into_any()
                }
            }
        />
    }
    .into_any()
}

#[component]
fn Editor(
    page: ToolPage,
    org: String,
    update: ServerAction<UpdateTool>,
    offered: Choices,
    /// Lines of a script that the last call or its tests stopped at; its field marks them.
    errors: Vec<ScriptError>,
) -> impl IntoView {
    provide_context(errors);
    let form = use_form(update);
    let preview = RwSignal::new(None);
    let expected = form.value("expected", page.tool.tag());
    let shown = ToolForm::of(&page.tool, &page.category);
    view! {
        <div class="max-w-4xl" on:input=move |event| follow(&event, preview)>
            <ActionForm action=update>
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=page.tool.id.to_string() />
                <input type="hidden" name="expected" value=expected />
                <Conflict form=form what="tool" />
                <ToolFields shown=shown form=form is_new=false preview=preview choices=offered />
                <Button kind=ButtonKind::Primary pending=update.pending()>
                    "Save changes"
                </Button>
            </ActionForm>
        </div>
    }
}
