//! Variables, for their page.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{ids::VariableId, page::Page, variables::Variable};

#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    seen,
    variables::{self, NewVariable, UpdateVariable as Change},
};
#[cfg(feature = "ssr")]
use {super::conflict, crate::context};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variables {
    /// A page of them.
    pub variables: Page<Variable>,
    pub may_change: bool,
}

#[server(prefix = "/api/fn", endpoint = "variables/list")]
pub async fn list_variables(org: String, #[server(default)] after: String) -> Result<Variables, AppError> {
    let actor = context::actor(&org).await?;
    let variables = variables::page(&context::system()?, &actor, Some(after.as_str()).filter(|after| !after.is_empty()), None).await?;
    Ok(Variables { variables, may_change: actor.may(Permission::ManageTools) })
}

#[server(prefix = "/api/fn", endpoint = "variables/create")]
pub async fn create_variable(
    org: String,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] value: String,
) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    let value = Some(value).filter(|value| !value.trim().is_empty());
    variables::create(&context::system()?, &actor, NewVariable { name, description, value }).await?;
    leptos_axum::redirect(&format!("/{org}/settings/variables"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "variables/update")]
pub async fn update_variable(
    org: String,
    id: VariableId,
    #[server(default)] description: String,
    #[server(default)] value: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let read = conflict::read(&expected, &overwrite)?;
    let change = Change { description: Some(description.clone()), value: Some(Some(value.clone())) };
    match variables::update_seen(&system, &actor, id, change, Some(read)).await {
        Err(Error::Stale(message)) => {
            let stored = variables::get(&system, &actor, id).await?;
            let fields = [("Description", stored.description, description), ("Value", stored.value.unwrap_or_default(), value)];
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), fields));
        }
        other => drop(other?),
    }
    leptos_axum::redirect(&format!("/{org}/settings/variables"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "variables/delete")]
pub async fn delete_variable(org: String, id: VariableId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    variables::delete(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/settings/variables"));
    Ok(())
}
