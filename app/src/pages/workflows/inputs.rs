//! What the workflow is given when it starts.

use super::{
    Editing,
    rows_form::{RowsForm, how_many},
};
use crate::{
    api::workflows::SaveInputs,
    components::{field::FieldError, field_table::FieldCell, form::use_form, page::Section},
};
use leptos::prelude::*;
use toolcrib::workflows::graph::{FieldKind, Finding, InputField};

#[component]
pub(super) fn Inputs(fields: Vec<InputField>, findings: Vec<Finding>, editing: Editing) -> impl IntoView {
    let save = ServerAction::<SaveInputs>::new();
    editing.watch(save);
    let form = use_form(save);
    let rows = (0..how_many(fields.len(), form))
        .map(|index| {
            let field = fields.get(index).cloned();
            let key = move |part: &str| format!("fields[{index}][{part}]");
            let label = move |what: &str| format!("{what} of input {}", index + 1);
            let (name, kind, description) =
                field.as_ref().map_or_else(Default::default, |f| (f.name.clone(), f.kind.as_str().to_owned(), f.description.clone()));
            let default = field.as_ref().and_then(|f| f.default.as_ref()).map(super::source_rows::shown).unwrap_or_default();
            let required = field.as_ref().is_some_and(|f| f.required);
            let problem =
                findings.iter().find(|finding| !name.is_empty() && finding.field.as_deref() == Some(&name)).map(|f| f.message.clone());
            let refused = form.error(&key("name"));
            let name_error = Signal::derive(move || refused.get().or_else(|| problem.clone()));
            let chosen = form.value(&key("kind"), &kind);
            // Browsers leave out boxes that are not ticked: a refused form says so by silence.
            let needed = form.checked(&key("required"), required);
            let default_error = form.error(&key("default"));
            view! {
                <tr class=(index >= fields.len()).then_some("spare")>
                    <FieldCell column="Name">
                        <input
                            class="field font-mono"
                            name=key("name")
                            aria-label=label("Name")
                            placeholder="name"
                            autocomplete="off"
                            value=form.value(&key("name"), &name)
                        />
                        <FieldError id=format!("input-{index}-name-error") error=name_error />
                    </FieldCell>
                    <FieldCell column="Type">
                        <select class="field" name=key("kind") aria-label=label("Type")>
                            {FieldKind::ALL
                                .into_iter()
                                .map(|kind| {
                                    view! {
                                        <option value=kind.as_str() selected=chosen == kind.as_str()>
                                            {kind.as_str()}
                                        </option>
                                    }
                                })
                                .collect_view()}
                        </select>
                    </FieldCell>
                    <FieldCell column="Required">
                        <input
                            class="check"
                            type="checkbox"
                            name=key("required")
                            value="true"
                            aria-label=label("Required")
                            checked=needed
                        />
                    </FieldCell>
                    <FieldCell column="Default">
                        <input
                            class="field"
                            name=key("default")
                            aria-label=label("Default")
                            autocomplete="off"
                            value=form.value(&key("default"), &default)
                        />
                        <FieldError id=format!("input-{index}-default-error") error=default_error />
                    </FieldCell>
                    <FieldCell column="Description" wide=true>
                        <input
                            class="field"
                            name=key("description")
                            aria-label=label("Description")
                            autocomplete="off"
                            value=form.value(&key("description"), &description)
                        />
                    </FieldCell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div id="inputs">
            <Section title="Inputs" text="What a run is given. Steps can take their fields from here. Empty a name to remove an input.">
                <ActionForm action=save>
                    <RowsForm
                        label="Inputs"
                        columns=vec!["Name", "Type", "Required", "Default", "Description"]
                        save="Save inputs"
                        editing=editing
                        form=form
                        pending=save.pending()
                    >
                        {rows}
                    </RowsForm>
                </ActionForm>
            </Section>
        </div>
    }
    .into_any()
}
