//! The fields of a server's form: those of its transport.

use crate::components::{
    field::{Checkbox, FormError, SelectField, TextArea, TextField},
    form::Form,
};
use leptos::prelude::*;
use toolcrib::mcp::{Auth, NewMcpServer, Transport};

#[component]
pub fn ServerFields(shown: NewMcpServer, form: Form) -> impl IntoView {
    let transport = shown.transport;
    let fields = match transport {
        Transport::StreamableHttp => view! { <HttpFields shown=shown.clone() form=form /> }.into_any(),
        Transport::Stdio => view! { <StdioFields shown=shown.clone() form=form /> }.into_any(),
    };
    view! {
        <input type="hidden" name="transport" value=transport.as_str() />
        <FormError message=form.general_error() />
        <TextField
            label="Name"
            name="name"
            value=form.value("name", shown.name)
            error=form.error("name")
            hint="Lowercase letters, digits and underscores, for example weather."
            required=true
            mono=true
        />
        <TextArea
            label="Description"
            name="description"
            value=form.value("description", shown.description)
            error=form.error("description")
            rows=2
            hint="Whose server it is and what it is for."
        />
        {fields}
    }
}

#[component]
fn HttpFields(shown: NewMcpServer, form: Form) -> impl IntoView {
    view! {
        <TextField
            label="Address"
            name="url"
            value=form.value("url", shown.url.unwrap_or_default())
            error=form.error("url")
            hint="Where the server answers, for example https://mcp.example.com/mcp."
            required=true
            mono=true
        />
        <fieldset class="space-y-4">
            <legend class="mb-2 font-semibold">"Authentication"</legend>
            <SelectField
                label="How"
                name="auth"
                options=Auth::ALL.iter().map(|auth| (auth.as_str().to_owned(), auth.label().to_owned())).collect()
                value=form.value("auth", shown.auth.as_str())
                error=form.error("auth")
            />
            <TextField
                label="Key"
                name="auth_key_name"
                value=form.value("auth_key_name", shown.auth_key_name.unwrap_or_default())
                error=form.error("auth_key_name")
                hint="The name of a key, for example WEATHER_TOKEN. Its value is kept under Keys; each call takes the one of who calls."
                mono=true
            />
            <TextField
                label="Header"
                name="auth_header"
                value=form.value("auth_header", shown.auth_header.unwrap_or_default())
                error=form.error("auth_header")
                hint="The header that carries the key, where it is not a bearer token: X-Api-Key."
                mono=true
            />
        </fieldset>
    }
}

#[component]
fn StdioFields(shown: NewMcpServer, form: Form) -> impl IntoView {
    let env = shown.env.iter().map(|(variable, key)| format!("{variable}: {key}")).collect::<Vec<_>>().join("\n");
    view! {
        <TextField
            label="Program"
            name="command"
            value=form.value("command", shown.command.unwrap_or_default())
            error=form.error("command")
            hint="Runs in a sandbox, as nobody. It sees the system's programs, and the organization's files under /data. Example: /usr/bin/python3"
            required=true
            mono=true
        />
        <TextArea
            label="Arguments"
            name="args"
            value=form.value("args", shown.args.join("\n"))
            error=form.error("args")
            hint="One a line."
            rows=3
            mono=true
        />
        <TextArea
            label="Keys as environment variables"
            name="env"
            value=form.value("env", env)
            error=form.error("env")
            hint="One a line: VARIABLE: NAME_OF_THE_KEY. Values are kept under Keys."
            rows=2
            mono=true
        />
        <Checkbox
            label="Allow network"
            name="allow_network"
            checked=form.checked("allow_network", shown.allow_network)
            hint="Takes effect only where whoever runs this Toolcrib allows it for programs (TOOLCRIB_STDIO_NETWORK)."
        />
    }
}
