//! Grants: a person or an agent may read, execute or administer one tool, until a moment or until it is taken back (specification §2).

use crate::{
    ids::{GrantId, ToolId, UserId},
    tools::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

#[cfg(feature = "ssr")]
pub mod change;
#[cfg(feature = "ssr")]
pub mod give;
#[cfg(feature = "ssr")]
pub mod list;
pub mod matrix;
#[cfg(feature = "ssr")]
pub mod revoke;
#[cfg(feature = "ssr")]
pub mod set;
#[cfg(feature = "ssr")]
pub(crate) mod store;

#[cfg(feature = "ssr")]
pub use {
    change::{change, change_seen},
    give::give,
    list::{list, of_subject},
    revoke::{revoke, revoke_seen},
    set::{set, set_seen},
};

words! {
    /// Who is named by a grant.
    SubjectType {
        User = "user", "Person";
        Agent = "agent", "Agent";
    }
}

words! {
    /// How far a grant goes; each includes the ones before.
    GrantPermission {
        Read = "read", "Read";
        Execute = "execute", "Execute";
        Admin = "admin", "Admin";
    }
}

impl GrantPermission {
    /// One line that says what it allows.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Read => "Sees the tool and its definition",
            Self::Execute => "Sees and calls it",
            Self::Admin => "Calls and changes it, and grants it to others",
        }
    }
}

/// A person or an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Subject {
    pub subject_type: SubjectType,
    pub subject_id: Uuid,
}

impl Subject {
    #[must_use]
    pub fn user(id: impl Into<Uuid>) -> Self {
        Self { subject_type: SubjectType::User, subject_id: id.into() }
    }

    #[must_use]
    pub fn agent(id: impl Into<Uuid>) -> Self {
        Self { subject_type: SubjectType::Agent, subject_id: id.into() }
    }
}

/// `agent:019a…`, as forms and addresses name a subject.
impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.subject_type, self.subject_id)
    }
}

impl std::str::FromStr for Subject {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (kind, id) = text.split_once(':').ok_or(())?;
        Ok(Self { subject_type: SubjectType::parse(kind).ok_or(())?, subject_id: id.parse().map_err(|_| ())? })
    }
}

/// A grant as it is stored, with the names that people know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Grant {
    pub id: GrantId,
    pub tool_id: ToolId,
    pub tool_name: String,
    pub tool_display_name: String,
    pub subject_type: SubjectType,
    pub subject_id: Uuid,
    pub subject_name: String,
    pub permission: GrantPermission,
    /// Who gave it, or changed it last. Null: somebody who is gone.
    pub granted_by: Option<UserId>,
    pub granted_by_name: Option<String>,
    /// When it was given, or changed last.
    pub created_at: DateTime<Utc>,
    /// From this moment on it gives nothing. Null: it does not expire.
    pub expires_at: Option<DateTime<Utc>>,
    pub is_expired: bool,
}

impl Grant {
    #[must_use]
    pub fn subject(&self) -> Subject {
        Subject { subject_type: self.subject_type, subject_id: self.subject_id }
    }
}

/// Give this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    pub subject_type: SubjectType,
    /// A member's or an agent's id.
    pub subject_id: Uuid,
    pub permission: GrantPermission,
    /// A moment to come. Left out: it does not expire.
    #[serde(default)]
    pub expires_at: Option<DateTime<Utc>>,
}

/// What to change about a grant; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangeGrant {
    pub permission: Option<GrantPermission>,
    /// Null takes the end away.
    #[serde(deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<DateTime<Utc>>))]
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

/// Tells a field that is null from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A grant that has ended before it begins helps nobody.
#[cfg(feature = "ssr")]
fn check_end(expires_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<crate::problem::FieldError> {
    expires_at
        .filter(|end| *end <= now)
        .map(|_| crate::problem::FieldError::new("expires_at", "This moment has passed. Choose one to come, or none."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_survives_the_address() {
        let subject = Subject::agent(Uuid::from_u128(7));
        assert_eq!(subject.to_string().parse(), Ok(subject));
        for text in ["", "agent", "agent:", "robot:00000000-0000-0000-0000-000000000007", "agent:7"] {
            assert!(text.parse::<Subject>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_change_tells_no_end_from_an_end_that_is_left_alone() {
        assert_eq!(serde_json::from_str::<ChangeGrant>("{}").unwrap().expires_at, None);
        assert_eq!(serde_json::from_str::<ChangeGrant>(r#"{"expires_at": null}"#).unwrap().expires_at, Some(None));
    }
}
