//! People and how they sign in.

use crate::ids::UserId;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod authenticate;

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
    pub session_id: crate::ids::UserSessionId,
}
