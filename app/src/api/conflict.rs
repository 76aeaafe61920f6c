//! The refusal of a form that comes too late: what is stored now beside what was typed.

use crate::error::AppError;
use chrono::{DateTime, Utc};
use toolcrib::{Error, problem::Difference, seen};

/// The state that a form was filled from; `overwrite` is the one that "Save mine over it" saw.
pub(super) fn read(expected: &str, overwrite: &str) -> Result<DateTime<Utc>, Error> {
    let tag = if overwrite.is_empty() { expected } else { overwrite };
    seen::read_tag(tag).ok_or_else(out_of_date)
}

pub(super) fn out_of_date() -> Error {
    Error::Malformed("This form is out of date. Load the page again.".to_owned())
}

/// `current` is what a form would have to expect; `fields` are (what it is called, what is stored, what was sent).
pub(super) fn refusal(message: String, current: String, fields: impl IntoIterator<Item = (&'static str, String, String)>) -> AppError {
    let mut refusal = AppError::from(Error::Stale(message));
    refusal.0.current = Some(current);
    refusal.0.differences = fields
        .into_iter()
        .map(|(field, stored, sent)| Difference { field: field.to_owned(), stored, sent: sent.replace("\r\n", "\n").trim().to_owned() })
        .filter(|difference| difference.stored != difference.sent)
        .collect();
    refusal
}
