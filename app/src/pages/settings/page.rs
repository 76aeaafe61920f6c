//! Its name, and its end.

use crate::{
    api::organizations::{AllowScriptNetwork, DeleteOrganization, Here, RenameOrganization, current, script_network},
    components::{
        badge::Tone,
        button::{Button, Kind},
        field::{FormError, TextField},
        form::use_form,
        frame::refresh_frame_after,
        page::{ErrorNotice, Fact, Facts, Notice, PageHeader, Section, Skeleton},
    },
    pages::address::{param, query},
};
use leptos::prelude::*;
use toolcrib::access::Permission;

#[component]
pub fn SettingsPage() -> impl IntoView {
    let org = param("org");
    let saved = query("saved");
    let rename = ServerAction::<RenameOrganization>::new();
    refresh_frame_after(rename);
    let allow = ServerAction::<AllowScriptNetwork>::new();
    let here = Resource::new_blocking(move || (org.get(), rename.version().get()), |(org, _)| current(org));
    let network = Resource::new_blocking(move || (org.get(), allow.version().get()), |(org, _)| script_network(org));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=4 /> }>
            {move || Suspend::new(async move {
                match here.await {
                    Ok(here) => {
                        let [numbers_href, variables_href] =
                            ["phone-numbers", "variables"].map(|page| format!("/{}/settings/{page}", here.organization.slug));
                        view! {
                            <PageHeader title="Settings" facts=here.organization.name.clone() />
                            <Show when=move || saved.get() == "name">
                                <div class="mb-4">
                                    <Notice tone=Tone::Success>"The name was changed."</Notice>
                                </div>
                            </Show>
                            <Show when=move || saved.get() == "network">
                                <div class="mb-4">
                                    <Notice tone=Tone::Success>"The network setting of scripts was changed."</Notice>
                                </div>
                            </Show>
                            <Name here=here.clone() rename=rename />
                            <Section title="For tools" text="What the tools of this organization share.">
                                <ul class="space-y-2">
                                    <li>
                                        <a class="link" href=numbers_href>
                                            "Phone numbers"
                                        </a>
                                        <span class="text-muted">" · what text messages are sent from"</span>
                                    </li>
                                    <li>
                                        <a class="link" href=variables_href>
                                            "Variables"
                                        </a>
                                        <span class="text-muted">" · what texts of tools may name in double braces"</span>
                                    </li>
                                </ul>
                            </Section>
                            {network.await.ok().map(|allowed| view! { <Scripts here=here.clone() allowed=allowed allow=allow /> })}
                            <Deletion here=here />
                        }
                            .into_any()
                    }
                    Err(error) => view! { <ErrorNotice error=error /> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}

#[component]
fn Name(here: Here, rename: ServerAction<RenameOrganization>) -> impl IntoView {
    let form = use_form(rename);
    let organization = here.organization;
    if !here.role.may(Permission::ManageMembers) {
        return view! {
            <Section title="Organization" text="Changing it needs the role admin or owner.">
                <Facts>
                    <Fact label="Name">{organization.name}</Fact>
                    <Fact label="Address">{format!("/{}", organization.slug)}</Fact>
                </Facts>
            </Section>
        }
        .into_any();
    }
    view! {
        <Section title="Organization" text=format!("Its address is /{} and stays, so that links keep working.", organization.slug)>
            <ActionForm action=rename attr:class="max-w-xl space-y-4">
                <input type="hidden" name="org" value=organization.slug.clone() />
                <FormError message=form.general_error() />
                <TextField label="Name" name="name" value=form.value("name", &organization.name) error=form.error("name") required=true />
                <Button kind=Kind::Primary pending=rename.pending()>
                    "Save name"
                </Button>
            </ActionForm>
        </Section>
    }
    .into_any()
}

/// Whether scripts may use the network: a setting of the organization, decided by an admin.
#[component]
fn Scripts(here: Here, allowed: bool, allow: ServerAction<AllowScriptNetwork>) -> impl IntoView {
    let form = use_form(allow);
    let text = "Python and shell tools run in a sandbox without network. Where it is allowed, those that ask for it reach public addresses over HTTP and HTTPS; private addresses stay closed, and each execution lists the hosts.";
    let state = if allowed { "Scripts that ask for the network get it." } else { "No script has the network." };
    let may = here.role.may(Permission::ManageTools);
    let slug = here.organization.slug;
    view! {
        <Section title="Network for scripts" text=text>
            <p class="mb-3">{state}</p>
            {may
                .then(|| {
                    view! {
                        <ActionForm action=allow>
                            <input type="hidden" name="org" value=slug />
                            <input type="hidden" name="allowed" value=(!allowed).to_string() />
                            <FormError message=form.general_error() />
                            <Button pending=allow.pending()>
                                {if allowed { "Take the network away" } else { "Allow the network for scripts that ask" }}
                            </Button>
                        </ActionForm>
                    }
                })}
        </Section>
    }
    .into_any()
}

#[component]
fn Deletion(here: Here) -> impl IntoView {
    let delete = ServerAction::<DeleteOrganization>::new();
    let form = use_form(delete);
    let slug = here.organization.slug;
    here.role.may(Permission::ManageOrganization).then(|| {
        view! {
            <Section
                title="Delete this organization"
                text="Its tools, agents, workflows, executions, tokens, memberships and its audit log are deleted at once. This cannot be undone."
            >
                <ActionForm action=delete attr:class="max-w-xl space-y-4">
                    <input type="hidden" name="org" value=slug.clone() />
                    <FormError message=form.general_error() />
                    <TextField
                        label=format!("Type “{slug}” to confirm")
                        name="confirm"
                        value=form.value("confirm", "")
                        error=form.error("confirm")
                        required=true
                        mono=true
                    />
                    <Button kind=Kind::Danger pending=delete.pending()>
                        {format!("Delete {}", here.organization.name)}
                    </Button>
                </ActionForm>
            </Section>
        }
    })
}
