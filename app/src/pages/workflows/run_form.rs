//! Starts a run: a form made from the workflow's inputs.

use crate::{
    api::workflows::RunWorkflow,
    components::{
        button::{Button, Kind},
        field::{FormError, SelectField, TextArea, TextField},
        form::use_form,
    },
};
use leptos::prelude::*;
use toolcrib::workflows::graph::{FieldKind, InputField};

#[component]
pub(super) fn RunForm(org: String, id: String, fields: Vec<InputField>, ready: bool) -> impl IntoView {
    let run = ServerAction::<RunWorkflow>::new();
    let form = use_form(run);
    let rows = fields
        .into_iter()
        .enumerate()
        .map(|(index, field)| {
            let name = format!("fields[{index}][value]");
            let default = field.default.as_ref().map(super::source_rows::shown).unwrap_or_default();
            let (value, error) = (form.value(&name, &default), form.error(&name));
            let hint = if field.description.is_empty() { field.kind.as_str().to_owned() } else { format!("{} ({})", field.description, field.kind.as_str()) };
            let required = field.required && field.default.is_none();
            let control = match field.kind {
                FieldKind::Boolean => {
                    let options = [("", "Not given"), ("true", "true"), ("false", "false")];
                    let options = options.into_iter().map(|(value, label)| (value.to_owned(), label.to_owned())).collect();
                    view! { <SelectField label=field.name.clone() name=name options=options value=value error=error hint=hint required=required /> }.into_any()
                }
                FieldKind::Array | FieldKind::Object => {
                    view! { <TextArea label=field.name.clone() name=name value=value error=error hint=hint required=required mono=true /> }.into_any()
                }
                FieldKind::String | FieldKind::Number | FieldKind::Integer => {
                    view! { <TextField label=field.name.clone() name=name value=value error=error hint=hint required=required /> }.into_any()
                }
            };
            view! {
                <input type="hidden" name=format!("fields[{index}][name]") value=field.name />
                {control}
            }
        })
        .collect_view();
    view! {
        <ActionForm action=run attr:class="space-y-3">
            <input type="hidden" name="org" value=org />
            <input type="hidden" name="id" value=id />
            <FormError message=form.general_error() />
            {rows}
            <Button kind=Kind::Primary pending=run.pending() disabled=!ready icon=icondata_lu::LuPlay>
                "Run workflow"
            </Button>
            {(!ready).then(|| view! { <p class="text-xs text-muted">"Resolve the problems first."</p> })}
        </ActionForm>
    }
    .into_any()
}
