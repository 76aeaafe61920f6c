//! API tokens: `tc_…`, scoped, expiring, shown once, stored as a hash. A token acts as the person who made it, or as an agent.

use crate::{
    access::Scope,
    ids::{AgentId, TokenId, UserId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod authenticate;
#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod revoke;
#[cfg(feature = "ssr")]
pub mod shown_once;
#[cfg(feature = "ssr")]
pub mod store;

#[cfg(feature = "ssr")]
pub use authenticate::{AskedTokens, authenticate};

/// What every token begins with, so that it is recognised where it should not be (in a commit, in a log).
pub const PREFIX: &str = "tc_";

/// A token as it is listed; never its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    /// The beginning and the end of the value, to tell tokens apart.
    pub hint: String,
    pub user_id: UserId,
    pub user_name: String,
    pub agent_id: Option<AgentId>,
    pub agent_name: Option<String>,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whether a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    Active,
    Expired,
    Revoked,
}

impl Token {
    /// At the time `now`.
    #[must_use]
    pub fn state(&self, now: DateTime<Utc>) -> TokenState {
        if self.revoked_at.is_some() {
            TokenState::Revoked
        } else if self.expires_at.is_some_and(|end| end <= now) {
            TokenState::Expired
        } else {
            TokenState::Active
        }
    }
}

/// What somebody fills in to have a token.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub name: String,
    pub scopes: Vec<Scope>,
    /// `None`: until it is revoked.
    pub expires_in_days: Option<i64>,
    /// `None`: acts as the person who makes it.
    pub agent_id: Option<AgentId>,
}
