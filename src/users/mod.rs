//! People and how they sign in.

use crate::{
    ids::{UserId, UserSessionId},
    problem::FieldError,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod account;
#[cfg(feature = "ssr")]
pub mod authenticate;
#[cfg(feature = "ssr")]
pub mod last_organization;
#[cfg(feature = "ssr")]
pub mod lockout;
#[cfg(feature = "ssr")]
pub mod password;
#[cfg(feature = "ssr")]
pub mod set_up;
#[cfg(feature = "ssr")]
pub mod sign_in;
#[cfg(feature = "ssr")]
pub mod sign_out;
#[cfg(feature = "ssr")]
pub mod store;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
}

/// A person with a valid sign-in session.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub user: User,
    pub session_id: UserSessionId,
    /// Where this session was last.
    pub last_organization_id: Option<crate::ids::OrganizationId>,
}

/// One browser in which a person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInSession {
    pub id: UserSessionId,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    /// The one that asks.
    pub current: bool,
}

/// Where a sign-in comes from. `old_token` is the cookie it came with: that session ends when a new one begins.
#[cfg(feature = "ssr")]
#[derive(Clone, Debug, Default)]
pub struct Visit {
    pub address: Option<std::net::IpAddr>,
    pub user_agent: Option<String>,
    pub old_token: Option<String>,
}

/// What somebody fills in to have an account.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub name: String,
    pub email: String,
    pub password: String,
}

impl NewUser {
    /// Trims, and collects what is wrong.
    pub fn check(&mut self, errors: &mut Vec<FieldError>) {
        self.name = self.name.trim().to_owned();
        self.email = normal_email(&self.email);
        crate::names::check_text("name", &self.name, 100, errors);
        check_email("email", &self.email, errors);
        check_password("password", &self.password, &self.email, errors);
    }
}

/// E-mail addresses are kept and compared in lower case.
#[must_use]
pub fn normal_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The shape only; whether it can be reached is not asked.
pub fn check_email(field: &str, email: &str, errors: &mut Vec<FieldError>) {
    let shaped = email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control())
        && email.rsplit_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && !local.contains('@') && !host.is_empty() && !host.starts_with('.') && !host.ends_with('.')
        });
    if email.is_empty() {
        errors.push(FieldError::new(field, "This is needed."));
    } else if !shaped {
        errors.push(FieldError::new(field, "This is not an e-mail address. Example: ada@example.com"));
    }
}

/// 10 to 256 characters, and not the e-mail address: length is what counts, so no rules about digits and signs.
pub fn check_password(field: &str, password: &str, email: &str, errors: &mut Vec<FieldError>) {
    let length = password.chars().count();
    if length < 10 {
        errors.push(FieldError::new(field, "At least 10 characters."));
    } else if length > 256 {
        errors.push(FieldError::new(field, "At most 256 characters."));
    } else if !email.is_empty() && password.to_lowercase() == email.to_lowercase() {
        errors.push(FieldError::new(field, "The password may not be the e-mail address."));
    }
}

/// Where to go after signing in: a path of this site and nothing else, so that a link to the sign-in page cannot lead away.
#[must_use]
pub fn local_path(next: &str) -> Option<&str> {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 2000
        && next.bytes().all(|b| b.is_ascii_graphic() && b != b'\\')
        && !next.starts_with("/sign-in");
    local.then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_followed_after_signing_in() {
        for good in ["/", "/acme/tools?status=active#top", "/acme/runs/1"] {
            assert_eq!(local_path(good), Some(good));
        }
        for bad in
            ["", "https://evil.example", "//evil.example", "/\\evil.example", "acme", "/a\r\nSet-Cookie: x=y", "/a b", "/sign-in?next=/"]
        {
            assert_eq!(local_path(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_password_is_long_and_not_the_e_mail_address() {
        let refused = |password: &str| {
            let mut errors = Vec::new();
            check_password("password", password, "ada@example.com", &mut errors);
            !errors.is_empty()
        };
        assert!(refused("short"));
        assert!(refused("Ada@Example.com"));
        assert!(refused(&"x".repeat(257)));
        assert!(!refused("correct horse"));
        assert!(!refused("пароль-длинный"), "characters are counted, not bytes");
    }

    #[test]
    fn an_e_mail_address_has_its_shape() {
        let refused = |email: &str| {
            let mut errors = Vec::new();
            check_email("email", email, &mut errors);
            !errors.is_empty()
        };
        for bad in ["", "ada", "@example.com", "ada@", "a b@example.com", "a@b@c", "ada@.com", "ada@example.com."] {
            assert!(refused(bad), "{bad}");
        }
        assert!(!refused("ada+crib@localhost"));
    }
}
