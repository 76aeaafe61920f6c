//! Register a server: first how it is spoken to, then where it is.

use super::fields::ServerFields;
use crate::{
    api::mcp_servers::RegisterMcpServer,
    components::{
        button::{Button, ButtonLink, Kind},
        form::use_form,
        page::PageHeader,
        tabs::{TabLink, Tabs},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::mcp::{NewMcpServer, Transport};

#[component]
pub fn NewMcpServerPage() -> impl IntoView {
    let org = param("org");
    let chosen = query("transport");
    let transport = Memo::new(move |_| Transport::parse(&chosen.get()).unwrap_or(Transport::StreamableHttp));
    let register = ServerAction::<RegisterMcpServer>::new();
    let form = use_form(register);
    let empty = move || NewMcpServer { transport: transport.get(), ..NewMcpServer::at("", "") };
    let tab = move |word: &'static str| Signal::derive(move || format!("/{}/mcp-servers/new?transport={word}", org.get()));
    view! {
        <PageHeader title="Register an MCP server" facts="It is connected to at once; next you choose which of its tools to import." />
        <Tabs label="Transport">
            <TabLink
                href=tab("streamable_http")
                label="Streamable HTTP"
                active=Signal::derive(move || transport.get() == Transport::StreamableHttp)
            />
            <TabLink href=tab("stdio") label="Program on this machine" active=Signal::derive(move || transport.get() == Transport::Stdio) />
        </Tabs>
        <ActionForm action=register attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=move || org.get() />
            {move || view! { <ServerFields shown=empty() form=form /> }}
            <div class="flex gap-2">
                <Button kind=Kind::Primary pending=register.pending()>
                    "Register and connect"
                </Button>
                <ButtonLink href=Signal::derive(move || format!("/{}/mcp-servers", org.get())) kind=Kind::Ghost>
                    "Cancel"
                </ButtonLink>
            </div>
        </ActionForm>
    }
    .into_any()
}
