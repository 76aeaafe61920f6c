//! The fields of an API request: method, address, query, headers, body.

use crate::{
    api::tool_form::ToolForm,
    components::{
        field::{SelectField, TextArea, TextField},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::tools::kinds::api_request::METHODS;

#[component]
pub fn RequestFields(shown: ToolForm, form: Form) -> impl IntoView {
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
