//! A key as it may be seen: with everything but its value.

use super::KeyMapping;
use crate::{
    ids::{KeyId, ToolId},
    tools::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

words! {
    /// What sort of credential a key is (source S5). For people; how it is sent is the tool's business.
    #[derive(Default)]
    KeyType {
        #[default]
        ApiKey = "api-key", "API key";
        BearerToken = "bearer-token", "Bearer token";
        /// Client id and secret, or a refresh token, for OAuth 2.0.
        OauthToken = "oauth-token", "OAuth client or token";
        Secret = "secret", "Secret";
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
    /// The hosts it may be sent to: `api.example.com`, `*.example.com`, with or without a port. Empty: any host.
    pub allowed_hosts: Vec<String>,
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

/// A key with its mappings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct KeyDetail {
    #[serde(flatten)]
    pub key: Key,
    pub mappings: Vec<KeyMapping>,
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

#[cfg(test)]
mod tests {
    use super::*;

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
