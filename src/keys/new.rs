//! What a key is made from and changed with. They hold the value and so can be read from a request, but neither printed nor written back.

use super::{KeyOwner, KeyType, NewMapping, Secret, VALUE_LEAST, VALUE_MOST, check_key_name};
use crate::{ids::ToolId, names::check_text, problem::FieldError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

/// A new key. Only `key_name` and `value` are needed.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What tools ask for: `OPENAI_API_KEY`.
    pub key_name: String,
    /// Stored encrypted and never sent back.
    #[schema(value_type = String, write_only)]
    pub value: Secret,
    /// Made from `key_name` when left out.
    #[serde(default)]
    pub display_name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub key_type: KeyType,
    /// For this tool only.
    #[serde(default)]
    pub tool_id: Option<ToolId>,
    /// Whoever makes it, when left out.
    #[serde(default)]
    pub owner_type: Option<KeyOwner>,
    #[serde(default)]
    pub owner_id: Option<Uuid>,
    #[serde(default = "yes")]
    pub is_active: bool,
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
    /// The hosts it may be sent to: `api.example.com`, `*.example.com`, with or without a port. Left out or empty: any host.
    #[serde(default)]
    pub allowed_hosts: Vec<String>,
    /// For whom it is. Without a mapping no call gets it.
    #[serde(default)]
    pub mappings: Vec<NewMapping>,
}

fn yes() -> bool {
    true
}

impl NewKey {
    /// A key of this name with all defaults, mapped to nobody.
    #[must_use]
    pub fn new(key_name: &str, value: Secret) -> Self {
        Self {
            key_name: key_name.to_owned(),
            value,
            display_name: String::new(),
            description: String::new(),
            key_type: KeyType::default(),
            tool_id: None,
            owner_type: None,
            owner_id: None,
            is_active: true,
            expires_at: None,
            allowed_hosts: Vec::new(),
            mappings: Vec::new(),
        }
    }

    /// Trims what comes along when people paste, and fills the display name.
    #[must_use]
    pub(super) fn tidy(mut self) -> Self {
        self.key_name = self.key_name.trim().to_owned();
        self.display_name = self.display_name.trim().to_owned();
        self.description = self.description.trim().to_owned();
        self.value = self.value.trimmed();
        if self.display_name.is_empty() {
            self.display_name.clone_from(&self.key_name);
        }
        self
    }

    /// Everything that is wrong with it at once.
    pub(super) fn check(&self, now: DateTime<Utc>) -> Vec<FieldError> {
        let mut errors = Vec::new();
        check_key_name("key_name", &self.key_name, &mut errors);
        check_value("value", &self.value, &mut errors);
        check_words(&self.display_name, &self.description, &mut errors);
        check_expiry(self.expires_at, now, &mut errors);
        if self.owner_type.is_some() != self.owner_id.is_some() {
            errors.push(FieldError::new("owner_id", "Owner type and owner id go together."));
        }
        for (index, mapping) in self.mappings.iter().enumerate() {
            errors.extend(check_context(&format!("mappings/{index}/context_id"), mapping));
        }
        errors
    }
}

/// A change of a key. What is left out stays, the value too.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    pub key_name: Option<String>,
    /// Replaces the value; mappings stay.
    #[schema(value_type = Option<String>, write_only)]
    pub value: Option<Secret>,
    pub display_name: Option<String>,
    pub description: Option<String>,
    pub key_type: Option<KeyType>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<ToolId>)]
    pub tool_id: Option<Option<ToolId>>,
    pub is_active: Option<bool>,
    /// Null: does not expire.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub expires_at: Option<Option<DateTime<Utc>>>,
    /// Replaces the list; empty: any host.
    pub allowed_hosts: Option<Vec<String>>,
}

super::secret::is_never!(NewKey: std::fmt::Debug, serde::Serialize, Clone);
super::secret::is_never!(KeyChange: std::fmt::Debug, serde::Serialize, Clone);

/// Tells a field that is null (take it away) from one that is left out (leave it).
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

pub(super) fn check_value(field: &str, value: &Secret, errors: &mut Vec<FieldError>) {
    let text = value.expose();
    if text.is_empty() {
        errors.push(FieldError::new(field, "This is needed."));
    } else if text.chars().count() < VALUE_LEAST {
        errors.push(FieldError::new(
            field,
            format!("At least {VALUE_LEAST} characters: what is shorter could not be kept out of outputs and logs."),
        ));
    } else if text.len() > VALUE_MOST {
        errors.push(FieldError::new(field, format!("At most {} KiB.", VALUE_MOST / 1024)));
    } else if text.contains('\0') {
        errors.push(FieldError::new(field, "A value may not contain the NUL character."));
    }
}

pub(super) fn check_words(display_name: &str, description: &str, errors: &mut Vec<FieldError>) {
    if !display_name.is_empty() {
        check_text("display_name", display_name, 200, errors);
    }
    if description.chars().count() > 5_000 {
        errors.push(FieldError::new("description", "At most 5000 characters."));
    }
}

pub(super) fn check_expiry(at: Option<DateTime<Utc>>, now: DateTime<Utc>, errors: &mut Vec<FieldError>) {
    if at.is_some_and(|at| at <= now) {
        errors.push(FieldError::new("expires_at", "This time has passed. Choose one to come, or none."));
    }
}

/// A context is named where there is one.
pub(super) fn check_context(field: &str, mapping: &NewMapping) -> Option<FieldError> {
    use super::ContextType as C;
    match (mapping.context_type, mapping.context_id) {
        (C::Global, Some(_)) => Some(FieldError::new(field, "A mapping for everybody names nobody.")),
        (C::Agent, None) => Some(FieldError::new(field, "Choose the agent.")),
        (C::User, None) => Some(FieldError::new(field, "Choose the person.")),
        _ => None,
    }
}
