//! What tools are sorted into: a tree without cycles. One file per use case.

use crate::ids::CategoryId;
#[cfg(feature = "ssr")]
use crate::{names::check_text, problem::FieldError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
pub(super) mod store;
pub mod tree;
#[cfg(feature = "ssr")]
pub mod update;

#[cfg(feature = "ssr")]
pub use {
    create::{create, named},
    delete::{delete, delete_seen},
    list::{get, list, page},
    update::{update, update_seen},
};

/// The most levels a tree of categories may have.
pub const DEEPEST: usize = 8;

/// A category of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Category {
    pub id: CategoryId,
    /// Null: at the top.
    pub parent_id: Option<CategoryId>,
    pub name: String,
    pub description: String,
    /// Tools directly in it that the asker may see.
    pub tool_count: i64,
    /// When it was renamed, described or moved last.
    pub updated_at: DateTime<Utc>,
    /// How many categories stand above it. Derived.
    #[serde(default)]
    pub depth: i32,
}

/// A new category.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewCategory {
    pub name: String,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
}

/// A change of a category. What is left out stays; a null `parent_id` moves it to the top.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct UpdateCategory {
    pub name: Option<String>,
    pub description: Option<String>,
    #[serde(deserialize_with = "given")]
    pub parent_id: Option<Option<CategoryId>>,
}

/// Tells a field that is null from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// What is wrong with name and description.
#[cfg(feature = "ssr")]
pub(crate) fn check(name: &str, description: &str) -> Vec<FieldError> {
    let mut errors = Vec::new();
    check_text("name", name, 100, &mut errors);
    if description.chars().count() > 1_000 {
        errors.push(FieldError::new("description", "At most 1000 characters."));
    }
    errors
}
