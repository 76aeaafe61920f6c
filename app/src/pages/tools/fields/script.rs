//! The fields of a script: the script, its tests, what it asks for.

use super::propose::ProposeInputs;
use crate::{
    api::{tool_form::ToolForm, tool_tests::ScriptError},
    components::{
        field::{Checkbox, TextArea, TextField},
        form::Form,
        page::Section,
    },
};
use leptos::prelude::*;
use toolcrib::tools::Kind;

#[component]
pub fn ScriptFields(shown: ToolForm, form: Form) -> impl IntoView {
    let shell = shown.kind == Kind::Shell.as_str();
    let (text, tests_hint) = if shell {
        (
            "Inputs arrive as variables in capitals, and as JSON on standard input and in TOOL_INPUT; what is printed is the output. It runs in a sandbox, with the organization's files under /data.",
            "Functions test_…() of bash; tool '{\"name\": \"x\"}' runs the script with these inputs. A test passes when nothing in it fails.",
        )
    } else {
        (
            "main gets the inputs as arguments; what it returns is the output. It runs in a sandbox, with the organization's files under /data.",
            "Functions test_…() with assert; the script's names are there without an import.",
        )
    };
    let language = if shell { "shell" } else { "python" };
    let found = use_context::<Vec<ScriptError>>().unwrap_or_default();
    let marks = move |place: &str| {
        let here: Vec<&ScriptError> = found.iter().filter(|error| error.place == place).collect();
        if here.is_empty() { String::new() } else { serde_json::to_string(&here).unwrap_or_default() }
    };
    view! {
        <Section title="The script" text=text class="space-y-4">
            <TextArea
                label="Script"
                name="form[script]"
                value=form.value("form[script]", shown.script)
                error=form.error("script")
                rows=18
                mono=true
                required=true
                editor=language
                marks=marks("script")
            />
            {(!shell).then(|| view! { <ProposeInputs /> })}
            <TextArea
                label="Tests"
                name="form[code][tests]"
                value=form.value("form[code][tests]", shown.code.tests)
                error=form.error("code/tests")
                hint=tests_hint
                rows=8
                mono=true
                editor=language
                marks=marks("tests")
            />
            <TextField
                label="Keys"
                name="form[code][keys]"
                value=form.value("form[code][keys]", shown.code.keys)
                error=form.error("code/keys")
                hint="Names of keys, separated by commas. Each arrives as an environment variable of that name, in capitals."
                mono=true
            />
            <Checkbox
                label="Needs the network"
                name="form[code][network]"
                checked=form.checked("form[code][network]", shown.code.network)
                hint="HTTP and HTTPS to public addresses only, and only where an admin allowed it in the settings. Without it there is no network."
            />
        </Section>
    }
    .into_any()
}
