//! What the workflow gives back.

use super::{
    Editing,
    rows_form::{RowsForm, how_many},
    source_rows::{SourceFields, choices},
};
use crate::{
    api::workflows::SaveOutputs,
    components::{field::FieldError, field_table::FieldCell, form::use_form, page::Section},
};
use leptos::prelude::*;
use serde_json::Value;
use toolcrib::workflows::graph::{
    Catalog, Definition, Finding, NodeKind,
    change::{Source, outputs},
};

#[component]
pub(super) fn Outputs(definition: Definition, tools: Catalog, findings: Vec<Finding>, editing: Editing) -> impl IntoView {
    let save = ServerAction::<SaveOutputs>::new();
    editing.watch(save);
    let form = use_form(save);
    let node = definition.nodes.iter().find(|node| node.kind == NodeKind::Output).map_or_else(String::new, |node| node.id.clone());
    let current = outputs(&definition);
    let rows = (0..how_many(current.len(), form))
        .map(|index| {
            let (name, source) = current.get(index).cloned().unwrap_or((String::new(), Source::Nothing));
            let choices = choices(&definition, &tools, &node, &name, &Value::Null, &source, false);
            // Nothing is proposed for rows that are there to be filled.
            let (chosen, proposed) =
                if source == Source::Nothing { (String::new(), false) } else { (choices.chosen.clone(), choices.proposed) };
            let choices = super::source_rows::Choices { proposed, ..choices };
            let key = move |part: &str| format!("fields[{index}][{part}]");
            let chosen = form.value(&key("source"), &chosen);
            let value = form.value(&key("value"), &choices.value);
            let refused = form.error(&key("value"));
            let stored = findings
                .iter()
                .find(|f| !name.is_empty() && f.field.as_deref() == Some(&name))
                .map(|f| format!("{} {}", f.message, f.remedy));
            let error = Signal::derive(move || refused.get().or_else(|| stored.clone()));
            let label = if name.is_empty() { format!("output {}", index + 1) } else { name.clone() };
            view! {
                <tr class=(index >= current.len()).then_some("spare")>
                    <FieldCell column="Field" wide=true>
                        <input
                            class="field font-mono"
                            name=key("name")
                            placeholder="name"
                            aria-label=format!("Name of output {}", index + 1)
                            autocomplete="off"
                            value=form.value(&key("name"), &name)
                        />
                        <FieldError id=format!("output-{index}-name-error") error=form.error(&key("name")) />
                    </FieldCell>
                    <FieldCell column="Source" wide=true>
                        <SourceFields index=index label=label choices=choices chosen=chosen value=value error=error />
                    </FieldCell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div id="output">
            <Section title="Output" text="What the workflow gives back. Without any field here, it gives back what its last steps gave. Empty a name to remove a field.">
                <ActionForm action=save>
                    <RowsForm
                        label="Output"
                        columns=vec!["Field", "Source"]
                        save="Save output"
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
