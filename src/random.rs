//! Randomness for secrets: sign-in sessions, invitations, API tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 32 random bytes from the operating system's generator, as 43 URL-safe characters after `prefix`.
#[must_use]
#[allow(clippy::disallowed_methods)] // the one place
pub fn secret(prefix: &str) -> String {
    let bytes: [u8; 32] = rand::random();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// SHA-256: what is stored of a secret that has 256 bits of its own, so that no salt or stretching is needed.
#[must_use]
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// Random bytes from the operating system's generator: keys and initialization vectors.
#[must_use]
#[allow(clippy::disallowed_methods)] // the one place
pub fn bytes<const N: usize>() -> [u8; N] {
    rand::random()
}
