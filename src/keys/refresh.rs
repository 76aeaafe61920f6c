//! A refresh token that was replaced by its server: the old one is of no use any more, so the new one takes its place in the key.

use super::{
    ResolvedKey, Secret, envelope,
    store::{self, ValueRow},
};
use crate::{error::Result, ids::OrganizationId, system::System};
use serde_json::Value;
use zeroize::Zeroizing;

/// Stores the new refresh token in the key that `used` came from, unless somebody has replaced the key's value meanwhile.
pub(crate) async fn keep_refresh_token(system: &System, organization: OrganizationId, used: &ResolvedKey, next: &Secret) -> Result<()> {
    let mut tx = system.tenant_of(organization).await?;
    store::lock(&mut tx, used.id).await?;
    let Some((_, revision)) = store::value(&mut tx, used.id).await? else { return Ok(()) };
    if revision != used.revision {
        return Ok(());
    }
    let value = with_refresh_token(used.value(), next);
    let sealed = envelope::seal(&mut tx, &system.masters, organization, used.id, &used.key_name, &value).await?;
    store::set_value(&mut tx, used.id, &ValueRow { sealed: &sealed, masked: &value.masked() }, None).await?;
    tracing::info!(key = %used.id, "the refresh token of a key was replaced by its server");
    tx.commit().await
}

/// The value of the key with the other token: a field of its JSON, or all of it.
fn with_refresh_token(value: &Secret, next: &Secret) -> Secret {
    match serde_json::from_str::<Value>(value.expose()) {
        Ok(Value::Object(mut fields)) => {
            fields.insert("refresh_token".to_owned(), Value::String(next.expose().to_owned()));
            let text = Zeroizing::new(Value::Object(fields).to_string());
            Secret::from(text.as_str())
        }
        _ => Secret::from(next.expose()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_new_token_takes_the_place_of_the_old_one() {
        let replaced = |value: &str| with_refresh_token(&Secret::from(value), &Secret::from("new")).expose().to_owned();
        assert_eq!(replaced("old"), "new");
        assert_eq!(replaced(r#"{"client_id":"a","refresh_token":"old"}"#), r#"{"client_id":"a","refresh_token":"new"}"#);
    }
}
