//! The organization's phone numbers: what text messages are sent from. Numbers are kept in E.164, `+` and digits.

use crate::{ids::PhoneNumberId, problem::FieldError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
pub mod e164;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub(crate) mod store;
#[cfg(feature = "ssr")]
pub mod update;

#[cfg(feature = "ssr")]
pub use {
    create::create,
    delete::{delete, delete_seen},
    list::{get, list, page},
    update::{update, update_seen},
};

/// A number that tools may send from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PhoneNumber {
    pub id: PhoneNumberId,
    /// E.164.
    pub number: String,
    /// What people call it.
    pub label: String,
    pub created_at: DateTime<Utc>,
    /// When its label was changed last.
    pub updated_at: DateTime<Utc>,
}

/// What a number is made from. Spaces, hyphens and brackets in `number` are taken out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewPhoneNumber {
    pub number: String,
    /// The number itself, if left out.
    #[serde(default)]
    pub label: String,
}

/// A change of a number's label. The number itself stays: tools name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdatePhoneNumber {
    pub label: String,
}

/// Puts it into its usual shape and says all that is wrong with it.
pub fn check(new: &mut NewPhoneNumber, errors: &mut Vec<FieldError>) {
    match e164::normalize(&new.number) {
        Ok(number) => new.number = number,
        Err(message) => errors.push(FieldError::new("number", message)),
    }
    new.label = new.label.trim().to_owned();
    if new.label.is_empty() {
        new.label = new.number.clone();
    }
    if new.label.chars().count() > 100 {
        errors.push(FieldError::new("label", "At most 100 characters."));
    }
}
