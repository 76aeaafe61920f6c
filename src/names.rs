//! What a name may look like.

use crate::problem::FieldError;

/// A name that machines use (tool, agent, workflow): 2 to 50 characters, `^[a-z][a-z0-9_]*$` (specification §3).
pub fn check_name(field: &str, name: &str, errors: &mut Vec<FieldError>) {
    if !(2..=50).contains(&name.len()) {
        errors.push(FieldError::new(field, "A name has 2 to 50 characters."));
    } else if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        errors.push(FieldError::new(field, "A name starts with a lowercase letter."));
    } else if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        errors.push(FieldError::new(field, "A name has lowercase letters, digits and underscores only."));
    }
}

/// Text that people read: not blank, at most `most` characters.
pub fn check_text(field: &str, text: &str, most: usize, errors: &mut Vec<FieldError>) {
    if text.trim().is_empty() {
        errors.push(FieldError::new(field, "This is needed."));
    } else if text.chars().count() > most {
        errors.push(FieldError::new(field, format!("At most {most} characters.")));
    }
}

/// The part of the address an organization is known by: 2 to 39 characters, `^[a-z][a-z0-9-]*$`, none of the words the product uses itself.
pub fn check_slug(field: &str, slug: &str, errors: &mut Vec<FieldError>) {
    const TAKEN: &[&str] = &[
        "api",
        "assets",
        "dev",
        "fonts",
        "healthz",
        "invitations",
        "mcp",
        "metrics",
        "organizations",
        "pkg",
        "readyz",
        "setup",
        "account",
        "sign-in",
        "sign-out",
        "v1",
        "webhooks",
    ];
    let shaped = (2..=39).contains(&slug.len())
        && slug.starts_with(|c: char| c.is_ascii_lowercase())
        && slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if !shaped {
        errors.push(FieldError::new(field, "2 to 39 lowercase letters, digits and hyphens, starting with a letter."));
    } else if TAKEN.contains(&slug) {
        errors.push(FieldError::new(field, "This address is used by Toolcrib itself. Choose another."));
    }
}

/// A name made from what a person typed: `Load CSV data` → `load_csv_data`.
#[must_use]
pub fn name_from(text: &str) -> String {
    let mut name = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_start_matches(|c: char| !c.is_ascii_lowercase()).trim_end_matches('_');
    name.chars().take(50).collect()
}
