//! Two versions of a tool side by side.

use crate::diff::Pair;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Who made a version, when, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct VersionHead {
    pub version: i32,
    pub changelog: String,
    pub created_by_name: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// A field in which two versions differ, by its lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldChange {
    pub name: String,
    pub lines: Vec<Pair>,
}

/// What differs between two versions, and what does not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Comparison {
    pub from: VersionHead,
    pub to: VersionHead,
    pub changed: Vec<FieldChange>,
    /// Names of the fields that are equal.
    pub same: Vec<String>,
}
