//! Organizations and who belongs to them.

use crate::{
    access::Role,
    ids::{InvitationId, OrganizationId, UserId},
    names::{check_slug, check_text},
    problem::FieldError,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod accept_invitation;
#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod invite;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub mod members;
#[cfg(feature = "ssr")]
pub mod membership;
#[cfg(feature = "ssr")]
pub mod rename;
#[cfg(feature = "ssr")]
pub mod script_network;
#[cfg(feature = "ssr")]
pub mod store;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
}

/// What somebody fills in to have an organization.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    pub name: String,
    /// Proposed from the name where it is empty.
    pub slug: String,
}

impl NewOrganization {
    /// Trims, proposes a slug, and collects what is wrong under the names the form uses.
    pub fn check(&mut self, name_field: &str, slug_field: &str, errors: &mut Vec<FieldError>) {
        self.name = self.name.trim().to_owned();
        self.slug = self.slug.trim().to_owned();
        check_text(name_field, &self.name, 100, errors);
        if self.slug.is_empty() {
            self.slug = slug_from(&self.name);
        }
        check_slug(slug_field, &self.slug, errors);
    }
}

/// An address made from a name: `Acme Robotics, Inc.` → `acme-robotics-inc`.
#[must_use]
pub fn slug_from(name: &str) -> String {
    let slug = crate::names::name_from(name).replace('_', "-");
    let short: String = slug.chars().take(39).collect();
    short.trim_end_matches('-').to_owned()
}

/// An organization a person belongs to, and as what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Belonging {
    pub organization: Organization,
    pub role: Role,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
}

/// An invitation that is open. The link itself is shown once and stored as a hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: Option<String>,
    pub role: Role,
    pub invited_by: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// What somebody who holds the link gets to see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvitation {
    pub organization_name: String,
    pub email: Option<String>,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
}

/// Whether `by` may give or take the role `role`: owners are made and unmade by owners only.
#[must_use]
pub fn may_assign(by: Role, role: Role) -> bool {
    match by {
        Role::Owner => true,
        Role::Admin => role != Role::Owner,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_proposed_from_the_name() {
        assert_eq!(slug_from("Acme Robotics, Inc."), "acme-robotics-inc");
        assert_eq!(slug_from("  2nd Shift "), "nd-shift");
        assert!(slug_from(&"long name ".repeat(20)).len() <= 39);
        assert_eq!(slug_from("会社"), "");
    }

    #[test]
    fn an_admin_neither_makes_nor_unmakes_owners() {
        assert!(may_assign(Role::Owner, Role::Owner));
        assert!(!may_assign(Role::Admin, Role::Owner));
        assert!(may_assign(Role::Admin, Role::Admin));
        assert!(!may_assign(Role::Builder, Role::Member));
    }
}
