//! Rename an agent, describe it anew, or delete it.

use super::frame::{AgentFrame, Tab};
use crate::{
    api::agents::{DeleteAgent, UpdateAgent},
    components::{
        button::{Button, Kind},
        conflict::Conflict,
        dialog::ConfirmDialog,
        field::{FormError, TextArea, TextField},
        form::use_form,
        page::{Notice, Section},
    },
    pages::address::param,
};
use leptos::prelude::*;

#[component]
pub fn AgentEditPage() -> impl IntoView {
    let org = param("org");
    let id = param("id");
    let update = ServerAction::<UpdateAgent>::new();
    let delete = ServerAction::<DeleteAgent>::new();
    let form = use_form(update);
    let version = Signal::derive(move || 0);
    view! {
        <AgentFrame
            tab=Tab::Settings
            version=version
            body=move |page| {
                let agent = page.agent;
                if !page.may_build {
                    return view! { <Notice>"Changing agents needs the role builder, admin or owner."</Notice> }.into_any();
                }
                let attached = page.attached.len();
                let question = format!("Delete {}?", agent.display_name);
                view! {
                    <Section title="Name and description">
                        <ActionForm action=update attr:class="max-w-xl space-y-4">
                            <input type="hidden" name="org" value=org.get_untracked() />
                            <input type="hidden" name="id" value=id.get_untracked() />
                            <input
                                type="hidden"
                                name="expected"
                                value=form.value("expected", toolcrib::seen::tag(agent.updated_at))
                            />
                            <FormError message=form.general_error() />
                            <Conflict form=form what="agent" />
                            <TextField
                                label="Name"
                                name="name"
                                value=form.value("name", agent.name)
                                error=form.error("name")
                                required=true
                                mono=true
                            />
                            <TextField
                                label="Display name"
                                name="display_name"
                                value=form.value("display_name", agent.display_name)
                                error=form.error("display_name")
                            />
                            <TextArea
                                label="Description"
                                name="description"
                                value=form.value("description", agent.description)
                                error=form.error("description")
                            />
                            <Button kind=Kind::Primary pending=update.pending()>
                                "Save agent"
                            </Button>
                        </ActionForm>
                    </Section>
                    <Section title="Delete this agent" text="Its executions stay in the log.">
                        <ConfirmDialog
                            id="delete-agent"
                            label="Delete agent"
                            title=question
                            text=format!(
                                "Its API tokens stop working at once, and {attached} attached tool{} and the permissions given to it go with it.",
                                if attached == 1 { "" } else { "s" },
                            )
                        >
                            <ActionForm action=delete>
                                <input type="hidden" name="org" value=org.get_untracked() />
                                <input type="hidden" name="id" value=id.get_untracked() />
                                <Button kind=Kind::Danger pending=delete.pending()>
                                    "Delete agent"
                                </Button>
                            </ActionForm>
                        </ConfirmDialog>
                    </Section>
                }
                    .into_any()
            }
        />
    }
    .into_any()
}
