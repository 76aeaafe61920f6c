//! Phone numbers, for their page.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{ids::PhoneNumberId, phone_numbers::PhoneNumber};

#[cfg(feature = "ssr")]
use crate::context;
#[cfg(feature = "ssr")]
use toolcrib::{
    access::Permission,
    phone_numbers::{self, NewPhoneNumber},
};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhoneNumbers {
    pub numbers: Vec<PhoneNumber>,
    pub may_change: bool,
}

#[server(prefix = "/api/fn", endpoint = "phone_numbers/list")]
pub async fn list_phone_numbers(org: String) -> Result<PhoneNumbers, AppError> {
    let actor = context::actor(&org).await?;
    let numbers = phone_numbers::list(&context::system()?, &actor).await?;
    Ok(PhoneNumbers { numbers, may_change: actor.may(Permission::ManageTools) })
}

#[server(prefix = "/api/fn", endpoint = "phone_numbers/create")]
pub async fn create_phone_number(org: String, #[server(default)] number: String, #[server(default)] label: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    phone_numbers::create(&context::system()?, &actor, NewPhoneNumber { number, label }).await?;
    leptos_axum::redirect(&format!("/{org}/settings/phone-numbers"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "phone_numbers/update")]
pub async fn relabel_phone_number(org: String, id: PhoneNumberId, #[server(default)] label: String) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    phone_numbers::update(&context::system()?, &actor, id, phone_numbers::UpdatePhoneNumber { label }).await?;
    leptos_axum::redirect(&format!("/{org}/settings/phone-numbers"));
    Ok(())
}

#[server(prefix = "/api/fn", endpoint = "phone_numbers/delete")]
pub async fn delete_phone_number(org: String, id: PhoneNumberId) -> Result<(), AppError> {
    let actor = context::actor(&org).await?;
    phone_numbers::delete(&context::system()?, &actor, id).await?;
    leptos_axum::redirect(&format!("/{org}/settings/phone-numbers"));
    Ok(())
}
