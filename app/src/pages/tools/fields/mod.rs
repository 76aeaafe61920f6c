//! The fields of a tool's form, for new tools and for changes.

use crate::{
    api::{choices::Choices, tool_form::ToolForm},
    components::{
        code::CodeBlock,
        field::{Checkbox, FormError, SelectField, TextArea, TextField},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::tools::{Kind, kinds::slots};

mod composite;
pub mod config_field;
mod icon;
mod inputs;
mod pipedream;
mod propose;
mod request;
mod script;
mod sms;
mod transfer;

use {
    composite::CompositeFields, icon::IconField, inputs::SchemaFields, pipedream::PipedreamFields, request::RequestFields,
    script::ScriptFields, sms::SmsFields, transfer::TransferFields,
};

mod auth;
use auth::AuthFields;

/// All fields but the hidden ones. `shown` is what stands there when nothing was refused; `preview` follows what is typed.
#[component]
pub fn ToolFields(shown: ToolForm, form: Form, is_new: bool, preview: RwSignal<Option<String>>, choices: Choices) -> impl IntoView {
    let kind = Kind::parse(&shown.kind).unwrap_or(Kind::ApiRequest);
    let put = move |name: &str, value: &str| form.value(&format!("form[{name}]"), value);
    // Of a new one nothing is known before it is saved: its inputs are the workflow's.
    let is_told_later = kind == Kind::Composite && is_new;
    let model_view = shown.preview().ok().and_then(|seen| serde_json::to_string_pretty(&seen).ok());
    let v_name = put("name", &shown.name);
    let v_display_name = put("display_name", &shown.display_name);
    let v_description = put("description", &shown.description);
    let v_timeout_s = put("timeout_s", &shown.timeout_s);
    let v_max_attempts = put("max_attempts", &shown.max_attempts);
    let v_rate_limit_per_minute = put("rate_limit_per_minute", &shown.rate_limit_per_minute);
    let v_rate_limit_per_hour = put("rate_limit_per_hour", &shown.rate_limit_per_hour);
    let v_cost_per_call = put("cost_per_call", &shown.cost_per_call);
    let v_category = put("category", &shown.category);
    let v_tags = put("tags", &shown.tags);
    let v_visibility = put("visibility", &shown.visibility);
    let v_static_config = put("static_config", &shown.static_config);
    let v_output_schema = put("output_schema", &shown.output_schema);
    let activate = form.checked("form[activate]", shown.activate);
    let script_or_request = match kind {
        Kind::PipedreamAction => view! { <PipedreamFields shown=shown.clone() form=form choices=choices /> }.into_any(),
        Kind::Sms => view! { <SmsFields shown=shown.clone() form=form choices=choices /> }.into_any(),
        Kind::TransferCall => view! { <TransferFields shown=shown.clone() form=form choices=choices /> }.into_any(),
        Kind::Composite => view! { <CompositeFields shown=shown.clone() form=form choices=choices /> }.into_any(),
        Kind::Python | Kind::Shell => view! { <ScriptFields shown=shown.clone() form=form /> }.into_any(),
        _ => view! {
            <RequestFields shown=shown.clone() form=form />
            <AuthFields shown=shown.clone() form=form keys=choices.keys />
        }
        .into_any(),
    };
    // Where the configuration says everything, inputs and fixed values follow from it.
    let made_of_fields = slots(kind, &serde_json::Value::Null).is_some();
    let is_composite = kind == Kind::Composite;
    let schema_fields = (!made_of_fields && !is_composite).then(|| view! { <SchemaFields shown=shown.clone() form=form /> }.into_any());
    let kind_word = shown.kind.clone();
    view! {
        <FormError message=form.general_error() />
        <input type="hidden" name="form[kind]" value=kind_word />
        <Section title="What it is">
            <div class="mb-4 grid gap-4 sm:grid-cols-2">
                <TextField
                    label="Name"
                    name="form[name]"
                    value=v_name
                    error=form.error("name")
                    hint="What models call it: lowercase letters, digits and underscores."
                    required=true
                    mono=true
                />
                <TextField
                    label="Display name"
                    name="form[display_name]"
                    value=v_display_name
                    error=form.error("display_name")
                    hint="What people read. Made from the name, if left empty."
                />
            </div>
            <TextArea
                label="Description"
                name="form[description]"
                value=v_description
                error=form.error("description")
                hint="A model decides by this text when to call the tool. Say what it does and what it needs."
                rows=3
            />
            <IconField kind=kind value=put("icon", &shown.icon) error=form.error("icon") />
        </Section>
        {script_or_request}
        {schema_fields}
        <div class="mb-8">
            <p class="mb-1 font-medium">"What the model sees"</p>
            {is_told_later.then(|| view! { <p class="text-muted">"The workflow's inputs. They stand here once the tool is saved."</p> })}
            {move || {
                if is_told_later {
                    return None;
                }
                preview
                    .get()
                    .or_else(|| model_view.clone())
                    .map(|code| view! { <CodeBlock code=code language="json" label="What the model sees" copy=false class="max-h-80 overflow-auto" /> })
            }}
        </div>
        <Section title="How it behaves">
            <div class="grid gap-4 sm:grid-cols-2">
                <TextField
                    label="Time limit in seconds"
                    name="form[timeout_s]"
                    value=v_timeout_s
                    error=form.error("timeout_s")
                    hint="Stopped after this time. At most 900."
                />
                {(kind == Kind::ApiRequest)
                    .then(|| {
                        view! {
                            <TextField
                                label="Attempts"
                                name="form[max_attempts]"
                                value=v_max_attempts
                                error=form.error("max_attempts")
                                hint="On 429, 502, 503, 504 and broken connections. POST and PATCH are sent once."
                            />
                        }
                    })}
                <TextField
                    label="Calls a minute"
                    name="form[rate_limit_per_minute]"
                    value=v_rate_limit_per_minute
                    error=form.error("rate_limit_per_minute")
                    hint="Empty for no limit."
                />
                <TextField
                    label="Calls an hour"
                    name="form[rate_limit_per_hour]"
                    value=v_rate_limit_per_hour
                    error=form.error("rate_limit_per_hour")
                    hint="Empty for no limit."
                />
                <TextField
                    label="Cost of a call"
                    name="form[cost_per_call]"
                    value=v_cost_per_call
                    error=form.error("cost_per_call")
                    hint="Summed up on the dashboard, in your currency."
                />
                <TextField
                    label="Category"
                    name="form[category]"
                    value=v_category
                    error=form.error("category")
                    hint="Made when it is new."
                />
                <TextField
                    label="Tags"
                    name="form[tags]"
                    value=v_tags
                    error=form.error("tags")
                    hint="Separated by commas."
                />
                <SelectField
                    label="Visibility"
                    name="form[visibility]"
                    options=vec![
                        ("public".to_owned(), "Public: everybody in the organization".to_owned()),
                        ("private".to_owned(), "Private: me, admins and whom I grant it".to_owned()),
                    ]
                    value=v_visibility
                    error=form.error("visibility")
                />
            </div>
            <details class="mt-4">
                <summary class="cursor-pointer font-medium">
                    {match (made_of_fields, is_composite) {
                        (true, _) => "Output schema",
                        (_, true) => "Fixed inputs",
                        _ => "Fixed inputs and output schema",
                    }}
                </summary>
                <div class="mt-3 grid gap-4">
                    {(!made_of_fields)
                        .then(|| {
                            view! {
                                <TextArea
                                    label="Fixed inputs"
                                    name="form[static_config]"
                                    value=v_static_config
                                    error=form.error("static_config")
                                    hint="A JSON object. Models do not see these inputs and cannot change them. {{variables}} in it are filled in."
                                    rows=3
                                    mono=true
                                />
                            }
                        })}
                    {(!is_composite)
                        .then(|| {
                            view! {
                                <TextArea
                                    label="Output schema"
                                    name="form[output_schema]"
                                    value=v_output_schema
                                    error=form.error("output_schema")
                                    hint="JSON Schema draft-07. An output that does not fit is a warning on its execution."
                                    rows=6
                                    mono=true
                                />
                            }
                        })}
                </div>
            </details>
        </Section>
        {if is_new {
            view! {
                <div class="mb-6">
                    <Checkbox
                        label="Active at once"
                        name="form[activate]"
                        checked=activate
                        hint="Otherwise it is a draft, which runs from its own page only."
                    />
                </div>
            }
                .into_any()
        } else {
            view! {
                <TextField
                    label="What changed"
                    name="form[changelog]"
                    value=put("changelog", "")
                    error=form.error("changelog")
                    hint="For the list of versions."
                    class="mb-6"
                />
            }
                .into_any()
        }}
    }
    .into_any()
}

/// Reads what is typed and shows what a model would see of it. In the browser only; elsewhere the page shows what was saved.
pub fn follow(event: &leptos::ev::Event, preview: RwSignal<Option<String>>) {
    #[cfg(feature = "hydrate")]
    {
        use crate::api::tools::CreateTool;
        use leptos::form::FromFormData;
        use leptos::wasm_bindgen::JsCast;
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .and_then(|element| element.closest("form").ok().flatten())
            .and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok());
        let data = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
        let seen = data.and_then(|data| CreateTool::from_form_data(&data).ok()).and_then(|typed| typed.form.preview().ok());
        if let Some(text) = seen.and_then(|seen| serde_json::to_string_pretty(&seen).ok()) {
            preview.set(Some(text));
        }
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = (event, preview);
    }
}
