//! Keys: credentials that tools need. A value goes in once, lies encrypted, is decrypted for one call and never comes out again
//! (specification §4). Which key a call gets is decided by mappings: see [`resolve`](resolve::resolve).

use crate::problem::FieldError;

mod asker;
#[cfg(feature = "ssr")]
mod askers_store;
#[cfg(feature = "ssr")]
mod change;
pub mod choose;
#[cfg(feature = "ssr")]
mod cipher;
#[cfg(feature = "ssr")]
mod create;
#[cfg(feature = "ssr")]
mod data_keys_store;
#[cfg(feature = "ssr")]
mod delete;
#[cfg(feature = "ssr")]
mod envelope;
#[cfg(feature = "ssr")]
mod get;
#[cfg(feature = "ssr")]
pub mod hosts;
mod key;
#[cfg(feature = "ssr")]
mod list;
#[cfg(feature = "ssr")]
mod map;
mod mapping;
#[cfg(feature = "ssr")]
mod mappings_store;
#[cfg(feature = "ssr")]
pub mod master;
#[cfg(feature = "ssr")]
mod new;
#[cfg(feature = "ssr")]
pub mod redact;
#[cfg(feature = "ssr")]
mod refresh;
#[cfg(feature = "ssr")]
pub mod resolve;
#[cfg(feature = "ssr")]
pub mod rotate;
#[cfg(feature = "ssr")]
pub(crate) mod seal_in_memory;
#[cfg(feature = "ssr")]
pub mod secret;
#[cfg(feature = "ssr")]
pub(crate) mod store;
mod tested;
#[cfg(feature = "ssr")]
mod try_out;
#[cfg(feature = "ssr")]
mod uses;

pub use {
    asker::{AskerKind, KeyAsker, KeyUse, KeyWay},
    key::{Key, KeyDetail, KeyFilter, KeyName, KeyOwner, KeyStatus, KeyType},
    mapping::{ContextType, KeyMapping, NewMapping, Unresolved, Who},
    tested::{KeyTest, LastTest, TestOutcome, TestRequest},
};
#[cfg(feature = "ssr")]
pub use {
    change::{change, change_seen},
    create::create,
    delete::{delete, delete_seen},
    get::{get, mappings_page},
    hosts::{Misdirected, Reach},
    list::{askers, list, list_all, names, names_page},
    map::{map, unmap},
    master::MasterKeys,
    new::{KeyChange, NewKey},
    redact::Redactor,
    resolve::{Ask, ResolvedKey, explain, resolve},
    secret::Secret,
    try_out::{last_test, test},
    uses::{page as uses_page, uses},
};
#[cfg(feature = "ssr")]
pub(crate) use {
    cipher::Sealed,
    envelope::{fingerprint, open_of_trigger, seal_for_trigger},
    refresh::keep_refresh_token,
};

/// The shortest value: what is shorter cannot be told from ordinary text, and so could not be kept out of outputs.
pub const VALUE_LEAST: usize = 4;
/// The longest value, in bytes: room for certificates and service accounts.
pub const VALUE_MOST: usize = 16 * 1024;

/// The name that tools ask for a key by, as `authKeyName` and in REST.
pub fn check_key_name(field: &str, name: &str, errors: &mut Vec<FieldError>) {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let shaped = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if name.is_empty() {
        errors.push(FieldError::new(field, "This is needed. Example: OPENAI_API_KEY"));
    } else if name.len() > 100 || !starts || !shaped {
        errors.push(FieldError::new(
            field,
            "Letters, digits, “_”, “-” and “.”, at most 100, starting with a letter or “_”. Example: OPENAI_API_KEY",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_keys_look_like_variables() {
        let fine = |name: &str| {
            let mut errors = Vec::new();
            check_key_name("key_name", name, &mut errors);
            errors.is_empty()
        };
        for name in ["OPENAI_API_KEY", "_x", "stripe.secret-key", "k"] {
            assert!(fine(name), "{name}");
        }
        for name in ["", "1KEY", "a b", "a\n", "ключ", &"x".repeat(101), "-a", "a/b"] {
            assert!(!fine(name), "{name}");
        }
    }
}
