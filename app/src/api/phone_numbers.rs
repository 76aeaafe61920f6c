//! Phone numbers, for their page.

use crate::error::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use toolcrib::{ids::PhoneNumberId, page::Page, phone_numbers::PhoneNumber};

#[cfg(feature = "ssr")]
use toolcrib::{
    Error,
    access::Permission,
    phone_numbers::{self, NewPhoneNumber, UpdatePhoneNumber},
    seen,
};
#[cfg(feature = "ssr")]
use {super::conflict, crate::context};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhoneNumbers {
    /// A page of them.
    pub numbers: Page<PhoneNumber>,
    pub may_change: bool,
}

#[server(prefix = "/api/fn", endpoint = "phone_numbers/list")]
pub async fn list_phone_numbers(org: String, #[server(default)] after: String) -> Result<PhoneNumbers, AppError> {
    let actor = context::actor(&org).await?;
    let numbers = phone_numbers::page(&context::system()?, &actor, Some(after.as_str()).filter(|after| !after.is_empty()), None).await?;
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
pub async fn relabel_phone_number(
    org: String,
    id: PhoneNumberId,
    #[server(default)] label: String,
    #[server(default)] expected: String,
    #[server(default)] overwrite: String,
) -> Result<(), AppError> {
    let (system, actor) = (context::system()?, context::actor(&org).await?);
    let read = conflict::read(&expected, &overwrite)?;
    match phone_numbers::update_seen(&system, &actor, id, UpdatePhoneNumber { label: label.clone() }, Some(read)).await {
        Err(Error::Stale(message)) => {
            let stored = phone_numbers::get(&system, &actor, id).await?;
            return Err(conflict::refusal(message, seen::tag(stored.updated_at), [("Label", stored.label, label)]));
        }
        other => drop(other?),
    }
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
