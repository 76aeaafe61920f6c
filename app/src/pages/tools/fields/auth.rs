//! How a request authenticates: with which key, and where it goes.

use crate::{
    api::tool_form::ToolForm,
    components::{
        field::{SelectField, TextField},
        form::Form,
        page::Section,
    },
    pages::address::param,
};
use leptos::prelude::*;
use toolcrib::tools::{AuthIn, AuthType, Oauth2ClientAuth, Oauth2Grant};

#[component]
pub fn AuthFields(shown: ToolForm, form: Form, keys: Vec<String>) -> impl IntoView {
    let org = param("org");
    let auth = shown.auth;
    let put = move |name: &str, value: &str| form.value(&format!("form[auth][{name}]"), value);
    let wrong = move |name: &str| form.error(&format!("auth/{name}"));
    let kind = RwSignal::new(AuthType::parse(&put("kind", &auth.kind)).unwrap_or_default());
    let choose = move |event: leptos::ev::Event| kind.set(AuthType::parse(&event_target_value(&event)).unwrap_or_default());
    let words = |all: &[(&'static str, &'static str)]| {
        all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect::<Vec<_>>()
    };
    let kinds = AuthType::ALL.map(|kind| (kind.as_str(), kind.label()));
    let places: Vec<_> = AuthIn::ALL.iter().map(|place| (place.as_str(), place.label())).collect();
    let grants: Vec<_> = Oauth2Grant::ALL.iter().map(|grant| (grant.as_str(), grant.label())).collect();
    let client_auths: Vec<_> = Oauth2ClientAuth::ALL.iter().map(|way| (way.as_str(), way.label())).collect();
    // A name may also be given before its key.
    let some = keys.into_iter().take(5).collect::<Vec<_>>().join(", ");
    let about = if some.is_empty() { "The name of a key. ".to_owned() } else { format!("The name of a key, such as {some}. ") };
    let new_key = move || format!("/{}/keys/new", org.get());
    view! {
        <Section title="Authentication" text="The key's value stands under Keys, never in the tool." >
            <div class="space-y-4">
            <div class="grid gap-4 sm:grid-cols-2">
                <SelectField
                    label="Type"
                    name="form[auth][kind]"
                    options=words(&kinds)
                    value=put("kind", if auth.kind.is_empty() { "none" } else { &auth.kind })
                    error=wrong("kind")
                    on:change=choose
                />
                <div>
                    <TextField
                        label="Key"
                        name="form[auth][key]"
                        value=put("key", &auth.key)
                        error=wrong("key")
                        placeholder="OPENAI_API_KEY"
                        mono=true
                    />
                    <p class="mt-1 text-xs text-muted">
                        {about} <a class="link" href=new_key target="_blank">
                            "Add a key"
                        </a>
                    </p>
                </div>
            </div>
            <p class="text-muted">{move || kind.get().describe()}</p>
            <details open=move || kind.get() == AuthType::ApiKey>
                <summary class="cursor-pointer font-medium">"API key: where it goes"</summary>
                <div class="mt-3 grid gap-4 sm:grid-cols-2">
                    <SelectField
                        label="In"
                        name="form[auth][place]"
                        options=words(&places)
                        value=put("place", if auth.place.is_empty() { "header" } else { &auth.place })
                        error=wrong("place")
                    />
                    <TextField
                        label="Name of the header or parameter"
                        name="form[auth][name]"
                        value=put("name", &auth.name)
                        error=wrong("name")
                        placeholder="X-API-Key"
                        hint="Empty: X-API-Key, or api_key in the query."
                        mono=true
                    />
                </div>
            </details>
            <details open=move || kind.get() == AuthType::Oauth2>
                <summary class="cursor-pointer font-medium">"OAuth 2.0: where tokens come from"</summary>
                <div class="mt-3 grid gap-4 sm:grid-cols-2">
                    <TextField
                        label="Token URL"
                        name="form[auth][token_url]"
                        value=put("token_url", &auth.token_url)
                        error=wrong("token_url")
                        placeholder="https://login.example.com/oauth2/token"
                        mono=true
                        class="sm:col-span-2"
                    />
                    <SelectField
                        label="Grant"
                        name="form[auth][grant]"
                        options=words(&grants)
                        value=put("grant", if auth.grant.is_empty() { "client_credentials" } else { &auth.grant })
                        error=wrong("grant")
                        hint="With a refresh token, the key holds client_id, client_secret and refresh_token as JSON."
                    />
                    <SelectField
                        label="The client proves itself"
                        name="form[auth][client_auth]"
                        options=words(&client_auths)
                        value=put("client_auth", if auth.client_auth.is_empty() { "basic" } else { &auth.client_auth })
                        error=wrong("client_auth")
                    />
                    <TextField
                        label="Scopes"
                        name="form[auth][scopes]"
                        value=put("scopes", &auth.scopes)
                        error=wrong("scopes")
                        hint="Separated by spaces."
                        mono=true
                    />
                    <TextField label="Audience" name="form[auth][audience]" value=put("audience", &auth.audience) error=wrong("audience") mono=true />
                    <TextField
                        label="Client id"
                        name="form[auth][client_id]"
                        value=put("client_id", &auth.client_id)
                        error=wrong("client_id")
                        hint="Where the key holds the client secret alone. Otherwise the key is client_id:client_secret."
                        mono=true
                    />
                </div>
            </details>
            </div>
        </Section>
    }
    .into_any()
}
