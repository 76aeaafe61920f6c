//! Secrets and signatures of senders, compared in constant time.

use crate::keys::Secret;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Is what was sent one of the secrets? Compared by hashes, so that neither content nor length shows in the time it takes.
#[must_use]
pub fn is_secret(sent: &str, secrets: &[Secret]) -> bool {
    let sent = Sha256::digest(sent.as_bytes());
    // All are compared, whichever it is.
    let found =
        secrets.iter().fold(subtle::Choice::from(0), |found, secret| found | sent.ct_eq(&Sha256::digest(secret.expose().as_bytes())));
    found.into()
}

/// `sha256=` and the signature of `timestamp.body`.
#[must_use]
pub fn sign(secret: &Secret, timestamp: i64, body: &[u8]) -> String {
    let signed = mac(secret, timestamp, body).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("sha256={signed}")
}

/// The signature's bytes, if it is one by one of the secrets.
#[must_use]
pub fn signed(sent: &str, timestamp: i64, body: &[u8], secrets: &[Secret]) -> Option<Vec<u8>> {
    let bytes = hex::decode(sent.trim().strip_prefix("sha256=").unwrap_or(sent.trim())).ok()?;
    let found =
        secrets.iter().filter_map(|secret| mac(secret, timestamp, body)).fold(false, |found, mac| mac.verify_slice(&bytes).is_ok() | found);
    found.then_some(bytes)
}

fn mac(secret: &Secret, timestamp: i64, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_what_openssl_makes_of_time_and_body() {
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac whsec_test
        let made = sign(&Secret::from("whsec_test"), 1_700_000_000, b"{\"a\":1}");
        assert_eq!(made, "sha256=38877139021993b830af32feea6e18a8da83eb2f6e49ee50bd9e4cf4ca4d3789");
    }

    #[test]
    fn a_signature_counts_for_its_time_body_and_secret_only() {
        let secrets = [Secret::from("old secret"), Secret::from("new secret")];
        let made = sign(&secrets[1], 10, b"body");
        assert!(signed(&made, 10, b"body", &secrets).is_some());
        assert!(signed(made.trim_start_matches("sha256="), 10, b"body", &secrets).is_some());
        assert!(signed(&made, 11, b"body", &secrets).is_none());
        assert!(signed(&made, 10, b"bodY", &secrets).is_none());
        assert!(signed(&made, 10, b"body", &secrets[..1]).is_none());
        assert!(signed("sha256=zz", 10, b"body", &secrets).is_none());
        assert!(signed("", 10, b"body", &secrets).is_none());
    }

    #[test]
    fn a_secret_is_one_of_those_that_count() {
        let secrets = [Secret::from("one"), Secret::from("two")];
        assert!(is_secret("one", &secrets) && is_secret("two", &secrets));
        assert!(!is_secret("", &secrets) && !is_secret("on", &secrets) && !is_secret("one ", &secrets));
    }
}
