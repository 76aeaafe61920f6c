//! Variables, for their page.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{ids::VariableId, variables::Variable};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    access::Permission,
    variables::{self, NewVariable},
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variables {
    pub variables: Vec<Variable>,
    pub may_change: bool,
}

#[server(prefix = "/api/fn", endpoint = "variables/list")]
pub async fn list_variables(org: String) -> Result<Variables, AppError> {
    let actor = context::actor(&org).await?;
    let variables = variables::list(&context::system()?, &actor).await?;
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

#[server(prefix = "/api/fn", endpoint = "variables/delete")]
pub async fn delete_variable(org: String, id: VariableId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    variables::delete(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/settings/variables"));
    Ok(())
}
