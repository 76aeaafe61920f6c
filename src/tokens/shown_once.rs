//! A secret on its way from the answer of a form to the page that shows it once, also where the browser runs no script.
//!
//! The address of that page carries a key of 256 bits; the row is found by the key's hash and opened with the key, so that neither the
//! database nor a backup ever holds the secret. Read once by the person it is for, it is gone.

use crate::{error::Result, ids::UserId, random, system::System};
use chrono::Duration;
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

const LASTS: Duration = Duration::minutes(10);

/// Puts `secret` by for `person`; the answer is the key for the address.
pub async fn keep(system: &System, person: UserId, secret: &str) -> Result<String> {
    let key = random::secret("");
    let body = json!({"kind": "secret", "for": person, "text": hex::encode(mask(&key, secret.as_bytes()))});
    sqlx::query!("insert into form_flashes (id, body, expires_at) values ($1, $2, $3)", row_id(&key), body, system.clock.now() + LASTS)
        .execute(&system.pool)
        .await?;
    Ok(key)
}

/// Takes it out; `None` the second time, for somebody else, or too late.
pub async fn take(system: &System, person: UserId, key: &str) -> Result<Option<String>> {
    let body = sqlx::query_scalar!(
        "delete from form_flashes where id = $1 and body->>'kind' = 'secret' and body->>'for' = $2 and expires_at > $3 returning body",
        row_id(key),
        person.to_string(),
        system.clock.now()
    )
    .fetch_optional(&system.pool)
    .await?;
    let masked = body.and_then(|body| hex::decode(body.get("text")?.as_str()?).ok());
    Ok(masked.and_then(|masked| String::from_utf8(mask(key, &masked)).ok()))
}

fn row_id(key: &str) -> Uuid {
    let hash = random::hash(&format!("row:{key}"));
    let mut id = [0_u8; 16];
    id.copy_from_slice(&hash[..16]);
    Uuid::from_bytes(id)
}

/// A one-time pad drawn from the key, which is used for one secret only: masking twice gives the secret back.
fn mask(key: &str, text: &[u8]) -> Vec<u8> {
    let pad = (0_u64..).flat_map(|block| Sha256::digest(format!("pad:{block}:{key}").as_bytes()));
    text.iter().zip(pad).map(|(byte, pad)| byte ^ pad).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_key_gives_the_secret_back() {
        let masked = mask("key", b"tc_a secret that is longer than one block of the pad is");
        assert_eq!(mask("key", &masked), b"tc_a secret that is longer than one block of the pad is");
        assert_ne!(mask("kez", &masked), b"tc_a secret that is longer than one block of the pad is");
    }
}
