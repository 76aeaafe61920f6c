//! How a server is reached, and its end.

use super::fields::ServerFields;
use crate::{
    api::mcp_servers::{DeleteMcpServer, ServerPage, UpdateMcpServer, get_mcp_server},
    components::{
        button::{Button, ButtonLink, Kind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::FormError,
        form::use_form,
        page::{ErrorNotice, Notice, PageHeader, Section, Skeleton},
    },
    pages::address::param,
};
use leptos::prelude::*;

#[component]
pub fn McpServerSettingsPage() -> impl IntoView {
    let (org, id) = (param("org"), param("id"));
    let update = ServerAction::<UpdateMcpServer>::new();
    let delete = ServerAction::<DeleteMcpServer>::new();
    let page = Resource::new_blocking(move || (org.get(), id.get()), |(org, id)| get_mcp_server(org, id, String::new()));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 /> }>
            {move || Suspend::new(async move {
                match page.await {
                    Ok(page) => view! { <Shown page=page org=org.get_untracked() update=update delete=delete /> }.into_any(),
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Shown(page: ServerPage, org: String, update: ServerAction<UpdateMcpServer>, delete: ServerAction<DeleteMcpServer>) -> impl IntoView {
    let form = use_form(update);
    let deletion = use_form(delete);
    let server = page.server;
    let id = server.id.to_string();
    let (delete_org, delete_id) = (org.clone(), id.clone());
    let back = format!("/{org}/mcp-servers/{id}");
    let name = server.configuration.name.clone();
    if !page.may_manage {
        return view! { <Notice>"Changing MCP servers needs the role admin or owner."</Notice> }.into_any();
    }
    let goes = if page.imported.is_empty() {
        "Nothing was imported from it. What was executed stays on record.".to_owned()
    } else {
        let names: Vec<String> = page.imported.iter().map(|tool| tool.tool_name.clone()).collect();
        format!(
            "The tools imported from it go with it, with their versions, grants and attachments to agents: {}. What was executed stays on record.",
            names.join(", ")
        )
    };
    view! {
        <PageHeader title=name.clone() facts="How the server is reached" />
        <Section title="Connection" text="Imported tools stay as they are pinned; the server is asked for its tools when you save.">
            <ActionForm action=update attr:class="max-w-xl space-y-4">
                <input type="hidden" name="org" value=org />
                <input type="hidden" name="id" value=id />
                <input type="hidden" name="expected" value=form.value("expected", toolcrib::seen::tag(server.updated_at)) />
                <Conflict form=form what="MCP server" />
                <ServerFields shown=server.configuration form=form />
                <div class="flex gap-2">
                    <Button kind=Kind::Primary pending=update.pending()>
                        "Save and connect"
                    </Button>
                    <ButtonLink href=back kind=Kind::Ghost>
                        "Cancel"
                    </ButtonLink>
                </div>
            </ActionForm>
        </Section>
        <Section title="Delete this server">
            <FormError message=deletion.general_error() />
            <ConfirmDialog id="delete-mcp-server" label="Delete server" title=format!("Delete {name}?") text=goes>
                <ActionForm action=delete>
                    <input type="hidden" name="org" value=delete_org />
                    <input type="hidden" name="id" value=delete_id />
                    <Button kind=Kind::Danger pending=delete.pending()>
                        "Delete server"
                    </Button>
                </ActionForm>
            </ConfirmDialog>
        </Section>
    }
    .into_any()
}
