//! The fields of a script.

use crate::{
    api::tool_form::ToolForm,
    components::{field::TextArea, form::Form, page::Section},
};
use leptos::prelude::*;

#[component]
pub fn ScriptFields(shown: ToolForm, form: Form) -> impl IntoView {
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
