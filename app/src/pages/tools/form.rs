//! The fields of a tool's form, for new tools and for changes.

use crate::{
    api::tool_form::ToolForm,
    components::{
        code::CodeBlock,
        field::{Checkbox, FieldError, FormError, SelectField, TextArea, TextField},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::{
    schema::form::{ROW_KINDS, Row},
    tools::{Kind, check::METHODS},
};

/// All fields but the hidden ones. `shown` is what stands there when nothing was refused; `preview` follows what is typed.
#[component]
pub fn ToolFields(shown: ToolForm, form: Form, is_new: bool, preview: RwSignal<Option<String>>) -> impl IntoView {
    let kind = Kind::parse(&shown.kind).unwrap_or(Kind::ApiRequest);
    let put = move |name: &str, value: &str| form.value(&format!("form[{name}]"), value);
    let model_view = shown.preview().ok().and_then(|seen| serde_json::to_string_pretty(&seen).ok());
    let v_name = put("name", &shown.name);
    let v_display_name = put("display_name", &shown.display_name);
    let v_description = put("description", &shown.description);
    let v_timeout_s = put("timeout_s", &shown.timeout_s);
    let v_max_attempts = put("max_attempts", &shown.max_attempts);
    let v_rate_limit_per_minute = put("rate_limit_per_minute", &shown.rate_limit_per_minute);
    let v_cost_per_call = put("cost_per_call", &shown.cost_per_call);
    let v_category = put("category", &shown.category);
    let v_tags = put("tags", &shown.tags);
    let v_visibility = put("visibility", &shown.visibility);
    let v_static_config = put("static_config", &shown.static_config);
    let v_output_schema = put("output_schema", &shown.output_schema);
    let activate = form.checked("form[activate]", shown.activate);
    let script_or_request = match kind {
        Kind::Python => view! { <ScriptFields shown=shown.clone() form=form /> }.into_any(),
        _ => view! { <RequestFields shown=shown.clone() form=form /> }.into_any(),
    };
    let schema_fields = view! { <SchemaFields shown=shown.clone() form=form /> }.into_any();
    let kind_word = shown.kind.clone();
    view! {
        <FormError message=form.general_error() />
        <input type="hidden" name="form[kind]" value=kind_word />
        <Section title="What it is" class="space-y-4">
            <div class="grid gap-4 sm:grid-cols-2">
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
        </Section>
        {script_or_request}
        {schema_fields}
        <div class="mb-8">
            <p class="mb-1 font-medium">"What the model sees"</p>
            {move || {
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
                <summary class="cursor-pointer font-medium">"Fixed inputs and output schema"</summary>
                <div class="mt-3 grid gap-4">
                    <TextArea
                        label="Fixed inputs"
                        name="form[static_config]"
                        value=v_static_config
                        error=form.error("static_config")
                        hint="A JSON object. Models do not see these inputs and cannot change them."
                        rows=3
                        mono=true
                    />
                    <TextArea
                        label="Output schema"
                        name="form[output_schema]"
                        value=v_output_schema
                        error=form.error("output_schema")
                        hint="JSON Schema draft-07. An output that does not fit is a warning on its execution."
                        rows=6
                        mono=true
                    />
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

#[component]
fn RequestFields(shown: ToolForm, form: Form) -> impl IntoView {
    let put = move |name: &str, value: &str| form.value(&format!("form[{name}]"), value);
    let methods = METHODS.iter().map(|method| ((*method).to_owned(), (*method).to_owned())).collect::<Vec<_>>();
    view! {
        <Section title="The request" text="{{name}} stands for an input, in the address, query, headers and body. In the path {name} does too.">
            <div class="space-y-4">
                <div class="grid gap-4 sm:grid-cols-[8rem_1fr]">
                    <SelectField label="Method" name="form[method]" options=methods value=put("method", &shown.method) error=form.error("method") />
                    <TextField
                        label="URL"
                        name="form[url]"
                        value=put("url", &shown.url)
                        error=form.error("url")
                        placeholder="https://api.example.com/v1/users/{user_id}"
                        required=true
                        mono=true
                    />
                </div>
                <div class="grid gap-4 sm:grid-cols-2">
                    <TextArea
                        label="Query"
                        name="form[query]"
                        value=put("query", &shown.query)
                        error=form.error("query")
                        hint="One a line, name: value. Left out where an optional input is not given."
                        rows=3
                        mono=true
                    />
                    <TextArea
                        label="Headers"
                        name="form[headers]"
                        value=put("headers", &shown.headers)
                        error=form.error("headers")
                        hint="One a line, name: value."
                        rows=3
                        mono=true
                    />
                </div>
                <TextArea
                    label="Body"
                    name="form[body]"
                    value=put("body", &shown.body)
                    error=form.error("body")
                    hint="JSON. \"{{name}}\" alone becomes the input's JSON value, whatever its type."
                    placeholder="{\"city\": \"{{city}}\"}"
                    rows=5
                    mono=true
                />
            </div>
        </Section>
    }
    .into_any()
}

#[component]
fn ScriptFields(shown: ToolForm, form: Form) -> impl IntoView {
    view! {
        <Section
            title="The script"
            text="main gets the inputs as arguments; what it returns is the output. It runs in a sandbox without network, with the organization's files under /data."
        >
            <TextArea
                label="Script"
                name="form[script]"
                value=form.value("form[script]", shown.script)
                error=form.error("script")
                rows=18
                mono=true
                required=true
            />
        </Section>
    }
    .into_any()
}

#[component]
fn SchemaFields(shown: ToolForm, form: Form) -> impl IntoView {
    let by = form.value("form[schema_by]", shown.schema_by.clone());
    let by_json = by == "json";
    // Rows that were typed, then a few empty ones: adding more needs no script.
    let count = shown.rows.len().max(1) + 3;
    let typed =
        (0..60).take_while(|index| form.values(&format!("form[rows][{index}][name]")).is_some_and(|values| !values.is_empty())).count();
    let rows = (0..count.max(typed))
        .map(|index| view! { <SchemaRow index=index row=shown.rows.get(index).cloned().unwrap_or_default() form=form /> })
        .collect_view();
    let rows_error = form.error("rows");
    view! {
        <Section title="Inputs" text="What the tool needs to be told. The description of each input is what a model goes by.">
            <fieldset class="mb-3 flex flex-wrap gap-4">
                <legend class="sr-only">"How the inputs are written"</legend>
                <label class="flex items-center gap-2">
                    <input type="radio" name="form[schema_by]" value="rows" class="check" checked=!by_json />
                    "As a table"
                </label>
                <label class="flex items-center gap-2">
                    <input type="radio" name="form[schema_by]" value="json" class="check" checked=by_json />
                    "As JSON Schema"
                </label>
            </fieldset>
            <details open=!by_json class="mb-3">
                <summary class="cursor-pointer font-medium">"Table"</summary>
                <FieldError id="f-rows-error" error=rows_error />
                <div class="mt-2 overflow-x-auto" role="region" aria-label="Inputs" tabindex="0">
                    <table class="table">
                        <caption class="sr-only">"Inputs"</caption>
                        <thead>
                            <tr>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Type"</th>
                                <th scope="col">"Description"</th>
                                <th scope="col">"Default"</th>
                                <th scope="col">"Allowed values"</th>
                                <th scope="col">"Needed"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
                <p class="mt-1 text-xs text-muted">"Empty rows are left out. Save to get more."</p>
            </details>
            <details open=by_json>
                <summary class="cursor-pointer font-medium">"JSON Schema"</summary>
                <div class="mt-2">
                    <TextArea
                        label="Input schema"
                        name="form[schema_json]"
                        value=form.value("form[schema_json]", shown.schema_json)
                        error=form.error("schema_json")
                        hint="Draft-07, of an object. Counts when “As JSON Schema” is chosen."
                        rows=12
                        mono=true
                    />
                </div>
            </details>
        </Section>
    }
    .into_any()
}

#[component]
fn SchemaRow(index: usize, row: Row, form: Form) -> impl IntoView {
    let name = move |column: &str| format!("form[rows][{index}][{column}]");
    let put = move |column: &str, value: &str| form.value(&name(column), value);
    let kind = put("kind", if row.kind.is_empty() { "string" } else { &row.kind });
    let kinds = ROW_KINDS
        .iter()
        .map(|option| {
            view! {
                <option value=*option selected=*option == kind>
                    {*option}
                </option>
            }
        })
        .collect_view();
    let cell = move |column: &'static str, label: &'static str, value: &str, class: &'static str| {
        let error = form.error(&format!("rows/{index}/{column}"));
        view! {
            <td>
                <input
                    name=name(column)
                    aria-label=format!("{label} of input {}", index + 1)
                    class=class
                    value=put(column, value)
                    autocomplete="off"
                    aria-invalid=move || error.get().is_some().then_some("true")
                />
                <FieldError id=format!("f-rows-{index}-{column}-error") error=error />
            </td>
        }
    };
    view! {
        <tr>
            {cell("name", "Name", &row.name, "field min-w-32 font-mono")}
            <td>
                <select name=name("kind") class="field min-w-28" aria-label=format!("Type of input {}", index + 1)>
                    {kinds}
                </select>
            </td>
            {cell("description", "Description", &row.description, "field min-w-56")}
            {cell("default", "Default", &row.default, "field min-w-28 font-mono")}
            {cell("choices", "Allowed values", &row.choices, "field min-w-32 font-mono")}
            <td class="text-center">
                <input
                    type="checkbox"
                    name=name("required")
                    value="true"
                    class="check"
                    aria-label=format!("Input {} is needed", index + 1)
                    checked=form.checked(&name("required"), row.required)
                />
            </td>
        </tr>
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
