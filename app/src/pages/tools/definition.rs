//! What the tool is made of, and changing it.

use super::{
    fields::{ToolFields, follow},
    frame::{Tab, ToolFrame},
};
use crate::{
    api::{
        tool_form::ToolForm,
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
    view! {
        <ToolFrame
            tab=Tab::Definition
            body=move |page, org| {
                if page.may_change {
                    view! { <Editor page=page org=org update=update /> }.into_any()
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
fn Editor(page: ToolPage, org: String, update: ServerAction<UpdateTool>) -> impl IntoView {
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
                <ToolFields shown=shown form=form is_new=false preview=preview />
                <Button kind=ButtonKind::Primary pending=update.pending()>
                    "Save changes"
                </Button>
            </ActionForm>
        </div>
    }
}
