//! Make a token.

use crate::{
    api::tokens::CreateToken,
    components::{
        button::{Button, Kind},
        field::{Checkbox, FieldError, FormError, SelectField, TextField},
        form::use_form,
    },
};
use leptos::prelude::*;
use toolcrib::{access::Scope, ids::AgentId};

#[component]
pub fn NewTokenForm(org: String, agents: Vec<(AgentId, String)>) -> impl IntoView {
    let create = ServerAction::<CreateToken>::new();
    let form = use_form(create);
    let mut acts_as = vec![(String::new(), "Me, with my role".to_owned())];
    acts_as.extend(agents.into_iter().map(|(id, name)| (id.to_string(), format!("Agent: {name}"))));
    let lifetimes = [("30", "30 days"), ("90", "90 days"), ("365", "1 year"), ("never", "Until revoked")];
    let lifetimes = lifetimes.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let kept = form.values("scopes[]");
    let scopes = Scope::ALL
        .into_iter()
        .map(|scope| {
            view! {
                <Checkbox
                    label=scope.as_str()
                    name="scopes[]"
                    id=format!("f-scope-{}", scope.as_str())
                    value=scope.as_str()
                    hint=scope.describe()
                    checked=kept.as_ref().map_or(matches!(scope, Scope::Read | Scope::Execute), |kept| kept.iter().any(|kept| kept == scope.as_str()))
                />
            }
        })
        .collect_view();
    view! {
        <ActionForm action=create attr:class="max-w-xl space-y-4">
            <input type="hidden" name="org" value=org />
            <FormError message=form.general_error() />
            <TextField
                label="Name"
                name="name"
                value=form.value("name", "")
                error=form.error("name")
                hint="What uses it, for example: nightly report."
                required=true
            />
            <SelectField
                label="Acts as"
                name="agent_id"
                options=acts_as
                value=form.value("agent_id", "")
                error=form.error("agent_id")
                required=false
                hint="An agent's token calls only what is attached to the agent and granted."
            />
            <fieldset>
                <legend class="mb-1 font-medium">"Scopes"</legend>
                <div class="space-y-2">{scopes}</div>
                <FieldError id="f-scopes-error" error=form.error("scopes") />
            </fieldset>
            <SelectField
                label="Expires"
                name="expires_in_days"
                options=lifetimes
                value=form.value("expires_in_days", "90")
                error=form.error("expires_in_days")
            />
            <Button kind=Kind::Primary pending=create.pending()>
                "Create token"
            </Button>
        </ActionForm>
    }
}
