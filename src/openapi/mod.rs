//! OpenAPI documents: one document becomes many `api_request` tools, chosen from a list; a newer document shows what differs.

use crate::{
    ids::{OpenapiDocumentId, ToolId},
    tools::words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod add;
#[cfg(feature = "ssr")]
pub mod build;
#[cfg(feature = "ssr")]
pub mod delete;
#[cfg(feature = "ssr")]
pub mod get;
#[cfg(feature = "ssr")]
pub mod import;
#[cfg(feature = "ssr")]
pub mod list;
#[cfg(feature = "ssr")]
mod names;
#[cfg(feature = "ssr")]
pub mod read;
#[cfg(feature = "ssr")]
pub mod refresh;
#[cfg(feature = "ssr")]
mod schema;
#[cfg(feature = "ssr")]
mod store;

/// The most a document may be, as text.
pub const DOCUMENT_BYTES: usize = 4 * 1024 * 1024;

/// A document that was added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OpenapiDocument {
    pub id: OpenapiDocumentId,
    /// The document's own title.
    pub title: String,
    /// The document's own version.
    pub version: String,
    /// Where it was fetched, if it was.
    pub url: Option<String>,
    /// Where its API answers.
    pub base_url: String,
    pub operations: i32,
    /// Tools that were made from it.
    pub tools: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

words! {
    /// Where an operation of a document stands to the tools.
    State {
        New = "new", "New";
        Same = "same", "Unchanged";
        Changed = "changed", "Changed in the document";
        Edited = "edited", "Edited here";
        Conflict = "conflict", "Changed on both sides";
        Gone = "gone", "Gone from the document";
        Impossible = "impossible", "Cannot be imported";
    }
}

/// An operation of a document, beside the tool that was made from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Operation {
    /// `GET /users/{id}`
    pub key: String,
    pub method: String,
    pub path: String,
    /// The name its tool has or would get.
    pub name: String,
    pub summary: String,
    /// The document's first tag.
    pub group: String,
    pub state: State,
    /// Why it cannot be imported, or what was left out of it.
    pub notes: Vec<String>,
    pub tool_id: Option<ToolId>,
    /// Which fields of the tool an import would change, old and new text side by side.
    pub changes: Vec<FieldChange>,
}

/// A field and how it differs: line by line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldChange {
    pub name: String,
    pub before: String,
    pub after: String,
}

/// A document with all its operations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OpenapiDocumentDetail {
    #[serde(flatten)]
    pub document: OpenapiDocument,
    pub items: Vec<Operation>,
}

/// A document to add: its text, or where to fetch it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewOpenapiDocument {
    /// JSON or YAML, OpenAPI 3.0 or 3.1.
    pub text: String,
    pub url: Option<String>,
    /// Where the API answers, if the document does not say or says it wrongly.
    pub base_url: Option<String>,
}

/// Which operations become or renew tools.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportOperations {
    /// Keys as `GET /users/{id}`.
    pub operations: Vec<String>,
    /// New tools are active at once; otherwise drafts.
    #[serde(default)]
    pub activate: bool,
}

/// What became of one chosen operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Imported {
    pub key: String,
    pub name: String,
    pub tool_id: Option<ToolId>,
    /// `created`, `updated`, `unchanged` or `refused`.
    pub outcome: String,
    /// Why it was refused.
    pub message: Option<String>,
}
