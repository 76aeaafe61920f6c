//! The fields of a Pipedream action: which one, in whose name, with which properties.

use super::config_field::{ConfigFieldInput, LIST, TEXT, VariableList};
use crate::{
    api::{
        choices::Choices,
        tool_form::{ToolForm, field::Shape, pipedream::PropRow},
    },
    components::{
        field::{SelectField, TextField},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::variables::Known;

#[component]
pub fn PipedreamFields(shown: ToolForm, form: Form, choices: Choices) -> impl IntoView {
    let action = shown.pipedream;
    let variables = StoredValue::new(choices.variables);
    let put = move |name: &str, value: &str| form.value(&format!("form[pipedream][{name}]"), value);
    let error = move |name: &str| form.error(&format!("pipedream/{name}"));
    let environments =
        [("development", "Development"), ("production", "Production")].map(|(value, label)| (value.to_owned(), label.to_owned()));
    let typed =
        (0..103).take_while(|index| form.values(&format!("form[pipedream][props][{index}][name]")).is_some_and(|names| !names.is_empty()));
    let count = (action.props.len().max(1) + 2).max(typed.count());
    let rows = (0..count)
        .map(|index| {
            let row = action.props.get(index).cloned().unwrap_or_default();
            view! { <Prop index=index row=row form=form variables=variables /> }
        })
        .collect_view();
    view! {
        <Section
            title="The action"
            text="Run by Pipedream Connect, with the keys PIPEDREAM_CLIENT_ID and PIPEDREAM_CLIENT_SECRET of an OAuth client of the project."
        >
            <VariableList variables=variables />
            <div class="space-y-6">
                <div class="grid gap-4 sm:grid-cols-2">
                    <TextField
                        label="Action"
                        name="form[pipedream][id]"
                        value=put("id", &action.id)
                        error=error("id")
                        placeholder="gitlab-list-projects"
                        hint="The action's id, as Pipedream's registry lists it."
                        required=true
                        mono=true
                    />
                    <TextField label="Version" name="form[pipedream][version]" value=put("version", &action.version) error=error("version") hint="Empty: the newest." mono=true />
                    <TextField
                        label="Project"
                        name="form[pipedream][project_id]"
                        value=put("project_id", &action.project_id)
                        error=error("project_id")
                        placeholder="proj_abc123"
                        required=true
                        mono=true
                    />
                    <SelectField
                        label="Environment"
                        name="form[pipedream][environment]"
                        options=environments.to_vec()
                        value=put("environment", &action.environment)
                        error=error("environment")
                        hint="Whose connected accounts are used."
                    />
                </div>
                <ConfigFieldInput
                    label="External user"
                    name="form[pipedream][external_user_id]"
                    place="pipedream/external_user_id"
                    hint="Whose connected account the action uses: the id you gave to Pipedream."
                    shown=action.external_user_id
                    form=form
                    modes=TEXT
                    shape=Shape::Text
                    schema_hint="JSON Schema of a string."
                    variables=variables
                />
            </div>
        </Section>
        <Section title="Properties" text="What the action is configured with. The connected account is one of them: {\"authProvisionId\": \"apn_…\"}.">
            <ol class="space-y-3">{rows}</ol>
            <p class="mt-2 text-xs text-muted">"Empty ones are left out. Save to get more."</p>
            <details class="mt-4">
                <summary class="cursor-pointer text-sm">"Dynamic properties and files"</summary>
                <div class="mt-2 grid gap-4 sm:grid-cols-2">
                    <TextField
                        label="Dynamic properties id"
                        name="form[pipedream][dynamic_props_id]"
                        value=put("dynamic_props_id", &action.dynamic_props_id)
                        error=error("dynamic_props_id")
                        hint="From Pipedream's reload of properties, where the action has any."
                        mono=true
                    />
                    <TextField
                        label="Stash id"
                        name="form[pipedream][stash_id]"
                        value=put("stash_id", &action.stash_id)
                        error=error("stash_id")
                        hint="NEW keeps files that the action writes; the id comes back."
                        mono=true
                    />
                </div>
            </details>
        </Section>
    }
    .into_any()
}

#[component]
fn Prop(index: usize, row: PropRow, form: Form, variables: StoredValue<Vec<Known>>) -> impl IntoView {
    let name = format!("form[pipedream][props][{index}]");
    let place = format!("pipedream/props/{index}");
    let field = row.field();
    view! {
        <li class="panel space-y-3 p-3">
            <TextField
                label=format!("Property {}", index + 1)
                name=format!("{name}[name]")
                value=form.value(&format!("{name}[name]"), row.name)
                error=form.error(&format!("{place}/name"))
                class="max-w-sm"
                mono=true
            />
            <ConfigFieldInput
                label=format!("Value of property {}", index + 1)
                name=name
                place=place
                hint="JSON, or text."
                shown=field
                form=form
                modes=LIST
                shape=Shape::Json
                schema_hint="JSON Schema of the value, such as {\"type\": \"integer\", \"minimum\": 1}."
                variables=variables
            />
        </li>
    }
    .into_any()
}
