//! Roles as a choice.

use crate::components::badge::status_words;
use toolcrib::{access::Role, organizations::may_assign};

/// (value, label) of the roles that somebody of the role `by` may give.
pub fn options(by: Role) -> Vec<(String, String)> {
    Role::ALL
        .into_iter()
        .filter(|role| may_assign(by, *role))
        .map(|role| (role.as_str().to_owned(), format!("{}: {}", status_words(role.as_str()), role.describe())))
        .collect()
}

/// `Owner`
pub fn word(role: Role) -> String {
    status_words(role.as_str())
}
