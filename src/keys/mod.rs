//! Keys: credentials that tools need. A value goes in once, lies encrypted, is decrypted for one call and never comes out again
//! (specification §4). Which key a call gets is decided by mappings: see [`resolve`](resolve::resolve).

use crate::{
    ids::{KeyId, KeyMappingId, ToolId, UserId},
    problem::FieldError,
    tools::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[cfg(feature = "ssr")]
mod change;
pub mod choose;
#[cfg(feature = "ssr")]
mod cipher;
#[cfg(feature = "ssr")]
mod create;
#[cfg(feature = "ssr")]
mod delete;
#[cfg(feature = "ssr")]
mod envelope;
#[cfg(feature = "ssr")]
mod get;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod map;
#[cfg(feature = "ssr")]
pub mod master;
#[cfg(feature = "ssr")]
mod new;
#[cfg(feature = "ssr")]
pub mod redact;
#[cfg(feature = "ssr")]
mod refresh;
#[cfg(feature = "ssr")]
pub mod resolve;
#[cfg(feature = "ssr")]
pub mod rotate;
#[cfg(feature = "ssr")]
pub(crate) mod seal_in_memory;
#[cfg(feature = "ssr")]
pub mod secret;
#[cfg(feature = "ssr")]
pub(crate) mod store;

#[cfg(feature = "ssr")]
pub(crate) use refresh::keep_refresh_token;
#[cfg(feature = "ssr")]
pub use {
    change::change,
    create::create,
    delete::delete,
    get::get,
    list::{list, names},
    map::{map, unmap},
    master::MasterKeys,
    new::{KeyChange, NewKey},
    redact::Redactor,
    resolve::{Ask, ResolvedKey, explain, resolve},
    secret::Secret,
};

/// The shortest value: what is shorter cannot be told from ordinary text, and so could not be kept out of outputs.
pub const VALUE_LEAST: usize = 4;
/// The longest value, in bytes: room for certificates and service accounts.
pub const VALUE_MOST: usize = 16 * 1024;

/// What sort of credential a key is (source S5). For people; how it is sent is the tool's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyType {
    #[default]
    ApiKey,
    BearerToken,
    /// Client id and secret, or a refresh token, for OAuth 2.0.
    OauthToken,
    Secret,
}

impl KeyType {
    pub const ALL: [Self; 4] = [Self::ApiKey, Self::BearerToken, Self::OauthToken, Self::Secret];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ApiKey => "api-key",
            Self::BearerToken => "bearer-token",
            Self::OauthToken => "oauth-token",
            Self::Secret => "secret",
        }
    }

    /// For people.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ApiKey => "API key",
            Self::BearerToken => "Bearer token",
            Self::OauthToken => "OAuth client or token",
            Self::Secret => "Secret",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

words! {
    /// For whom a mapping holds. Resolution asks agents first, then users, then everybody.
    ContextType {
        Agent = "agent", "Agent";
        User = "user", "Person";
        Global = "global", "Everybody";
    }
}

words! {
    /// Whose a key is.
    KeyOwner {
        User = "user", "Person";
        Agent = "agent", "Agent";
    }
}

words! {
    /// Whether a key can be used.
    KeyStatus {
        Active = "active", "Active";
        Inactive = "inactive", "Inactive";
        Expired = "expired", "Expired";
    }
}

impl KeyStatus {
    /// Expiry is honoured to the second.
    #[must_use]
    pub fn of(is_active: bool, expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Self {
        if !is_active {
            Self::Inactive
        } else if expires_at.is_some_and(|at| at <= now) {
            Self::Expired
        } else {
            Self::Active
        }
    }
}

/// A key as it may be seen: with everything but its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Key {
    pub id: KeyId,
    /// What tools ask for: `OPENAI_API_KEY`. Several keys may have the same name; mappings decide between them.
    pub key_name: String,
    pub display_name: String,
    pub description: String,
    pub key_type: KeyType,
    pub owner_id: Uuid,
    pub owner_type: KeyOwner,
    /// For this tool only.
    pub tool_id: Option<ToolId>,
    pub tool_name: Option<String>,
    /// The last 4 characters of values of 12 or more, else only bullets.
    pub masked_value: String,
    pub is_active: bool,
    pub status: KeyStatus,
    pub expires_at: Option<DateTime<Utc>>,
    /// Calls that used it.
    pub usage_count: i64,
    pub last_used_at: Option<DateTime<Utc>>,
    pub mapping_count: i64,
    pub value_changed_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// Which calls a key is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyMapping {
    pub id: KeyMappingId,
    pub key_id: KeyId,
    /// Null: every tool that asks for the key's name.
    pub tool_id: Option<ToolId>,
    pub tool_name: Option<String>,
    pub context_type: ContextType,
    /// The agent or the user; null for everybody.
    pub context_id: Option<Uuid>,
    pub context_name: Option<String>,
    /// Inside a level the highest wins, then the newest mapping.
    pub priority: i32,
    pub created_at: DateTime<Utc>,
}

/// A key with its mappings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyDetail {
    #[serde(flatten)]
    pub key: Key,
    pub mappings: Vec<KeyMapping>,
}

/// What a mapping is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewMapping {
    /// Left out: every tool that asks for the key's name.
    #[serde(default)]
    pub tool_id: Option<ToolId>,
    pub context_type: ContextType,
    /// The agent or the user. Left out for `global`.
    #[serde(default)]
    pub context_id: Option<Uuid>,
    #[serde(default)]
    pub priority: i32,
}

/// A name that tools ask for, and how many keys can answer to it: no more than a builder needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyName {
    pub key_name: String,
    /// Keys of this name that are active and not expired.
    pub usable: i64,
}

/// Which keys to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyFilter {
    /// Words in name, display name or description.
    pub text: Option<String>,
    pub status: Option<KeyStatus>,
    pub cursor: Option<String>,
    /// 1 to 100; 50 when left out.
    pub limit: Option<i64>,
}

/// Why no key was given out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    pub key_name: String,
    /// Mapped, but switched off.
    pub inactive: usize,
    /// Mapped, but past their time.
    pub expired: usize,
}

impl std::fmt::Display for Unresolved {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "The key “{}” that this tool needs is not there.", self.key_name)?;
        match (self.inactive, self.expired) {
            (0, 0) => f.write_str(" Add it under Keys, and map it to whoever calls."),
            (inactive, 0) => write!(f, " {inactive} mapped to this call: inactive."),
            (0, expired) => write!(f, " {expired} mapped to this call: expired."),
            (inactive, expired) => write!(f, " {inactive} mapped to this call: inactive; {expired}: expired."),
        }
    }
}

/// The name that tools ask for a key by, as `authKeyName` and in REST.
pub fn check_key_name(field: &str, name: &str, errors: &mut Vec<FieldError>) {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let shaped = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if name.is_empty() {
        errors.push(FieldError::new(field, "This is needed. Example: OPENAI_API_KEY"));
    } else if name.len() > 100 || !starts || !shaped {
        errors.push(FieldError::new(
            field,
            "Letters, digits, “_”, “-” and “.”, at most 100, starting with a letter or “_”. Example: OPENAI_API_KEY",
        ));
    }
}

/// Who asked for an explanation, in words: used by pages too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Who {
    pub agent_id: Option<crate::ids::AgentId>,
    pub user_id: Option<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys_look_like_variables() {
        let fine = |name: &str| {
            let mut errors = Vec::new();
            check_key_name("key_name", name, &mut errors);
            errors.is_empty()
        };
        for name in ["OPENAI_API_KEY", "_x", "stripe.secret-key", "k"] {
            assert!(fine(name), "{name}");
        }
        for name in ["", "1KEY", "a b", "a\n", "ключ", &"x".repeat(101), "-a", "a/b"] {
            assert!(!fine(name), "{name}");
        }
    }

    #[test]
    fn a_key_expires_at_its_second_and_not_before() {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let second = chrono::Duration::seconds(1);
        assert_eq!(KeyStatus::of(true, Some(at), at - second), KeyStatus::Active);
        assert_eq!(KeyStatus::of(true, Some(at), at), KeyStatus::Expired);
        assert_eq!(KeyStatus::of(false, Some(at), at + second), KeyStatus::Inactive);
        assert_eq!(KeyStatus::of(true, None, at), KeyStatus::Active);
    }
}
