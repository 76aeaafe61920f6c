//! Organizations and who belongs to them.

use crate::ids::OrganizationId;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod membership;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    pub id: OrganizationId,
    pub slug: String,
    pub name: String,
}
