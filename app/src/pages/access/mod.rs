//! Who may do what with which tool.

mod matrix;
pub mod why;

pub use matrix::AccessPage;

use chrono::{DateTime, Utc};
use toolcrib::grants::GrantPermission;

/// The permissions, for a choice; `with_none` lets a grant be taken back.
#[must_use]
pub fn permission_options(with_none: bool) -> Vec<(String, String)> {
    let none = with_none.then(|| ("none".to_owned(), "No grant".to_owned()));
    let words = |permission: GrantPermission| format!("{} – {}", permission.label(), permission.describe().to_lowercase());
    none.into_iter().chain(GrantPermission::ALL.iter().map(|one| (one.as_str().to_owned(), words(*one)))).collect()
}

/// A moment as a field of type `datetime-local` shows it, in UTC.
#[must_use]
pub fn moment_field(at: Option<DateTime<Utc>>) -> String {
    at.map(|at| at.format("%Y-%m-%dT%H:%M:%S").to_string()).unwrap_or_default()
}
