//! The field for the hosts that a key may be sent to.

use crate::components::field::TextArea;
use leptos::prelude::*;

#[component]
pub fn HostsField(#[prop(into)] value: Signal<String>, #[prop(into)] error: Signal<Option<String>>) -> impl IntoView {
    view! {
        <TextArea
            label="Hosts"
            name="allowed_hosts"
            value=value
            error=error
            rows=3
            mono=true
            placeholder="api.example.com"
            hint="One per line, such as api.example.com, *.example.com or api.example.com:8443. Name the host that gives OAuth 2.0 tokens too. Scripts and programs of MCP servers get no key that has hosts. Empty: any host."
        />
    }
    .into_any()
}
