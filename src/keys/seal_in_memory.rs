//! Secrets that have to stay in memory for a while lie there encrypted, under a key that this process made for itself.

use super::{
    Secret,
    cipher::{self, Bytes32, Sealed},
};
use crate::random;
use zeroize::Zeroizing;

/// The process's own key.
pub(crate) struct Vault(Bytes32);

/// A secret, put away.
pub(crate) struct Kept(Sealed);

impl Default for Vault {
    fn default() -> Self {
        Self(Zeroizing::new(random::bytes()))
    }
}

impl Vault {
    /// `bound`: what the secret belongs to; it does not open for anything else.
    pub fn seal(&self, secret: &Secret, bound: &[u8]) -> Option<Kept> {
        cipher::seal(&self.0, secret.expose().as_bytes(), bound).map(Kept)
    }

    pub fn open(&self, kept: &Kept, bound: &[u8]) -> Option<Secret> {
        let plain = cipher::open(&self.0, &kept.0, bound)?;
        std::str::from_utf8(&plain).ok().map(Secret::from)
    }
}
