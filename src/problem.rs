//! `application/problem+json` (RFC 9457) with a JSON pointer per field: the one shape in which every interface says what went wrong.

use serde::{Deserialize, Serialize};

/// What is wrong with one field. `pointer` is a JSON pointer (RFC 6901) into what was sent; forms use the field's name after the slash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FieldError {
    pub pointer: String,
    pub message: String,
}

impl FieldError {
    /// `pointer` may be a bare field name; the slash is added.
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        let pointer = pointer.into();
        let pointer = if pointer.is_empty() || pointer.starts_with('/') { pointer } else { format!("/{pointer}") };
        Self { pointer, message: message.into() }
    }
}

/// A field in which what was sent and what is stored now are not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Difference {
    /// For people.
    pub field: String,
    pub stored: String,
    pub sent: String,
}

/// The body of every refusal. `status` is the HTTP status; `retry_after` is in seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Problem {
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
    /// With 412: the entity tag of what is stored now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// With 412, in forms and of workflows: what is stored now beside what was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
}

fn about_blank() -> String {
    "about:blank".to_owned()
}

impl Problem {
    pub fn new(status: u16, title: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            kind: about_blank(),
            title: title.into(),
            status,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            current: None,
            differences: Vec::new(),
        }
    }

    /// The message for the field called `name` (top level of what was sent), if there is one.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        self.errors
            .iter()
            .find(|e| e.pointer.strip_prefix('/').is_some_and(|p| p == name || p.starts_with(&format!("{name}/"))))
            .map(|e| e.message.as_str())
    }

    /// One sentence for a person: the detail, or the title where there is none.
    #[must_use]
    pub fn sentence(&self) -> &str {
        if self.detail.is_empty() { &self.title } else { &self.detail }
    }
}
