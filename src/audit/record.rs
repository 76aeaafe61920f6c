//! Writes one line into the audit log.

use super::store;
use crate::{actor::Actor, db::TenantTx, error::Result, ids::{AuditEntryId, OrganizationId}};
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// What happened. `before` and `after` hold the fields that matter, never a secret.
#[derive(Debug)]
pub struct Entry<'a> {
    /// Noun and verb: `tool.create`.
    pub action: &'static str,
    pub object_type: &'static str,
    pub object_id: Option<Uuid>,
    pub object_name: &'a str,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// Records `entry` in the transaction of the change itself: both are kept, or neither.
pub async fn record(tx: &mut TenantTx, actor: &Actor, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    let entry = Entry { before: entry.before.map(without_secrets), after: entry.after.map(without_secrets), ..entry };
    store::insert(tx, AuditEntryId::new(), actor, now, &entry).await
}

/// The same for what the system found out by itself.
pub async fn record_by_system(tx: &mut TenantTx, organization: OrganizationId, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    let entry = Entry { before: entry.before.map(without_secrets), after: entry.after.map(without_secrets), ..entry };
    store::insert_by_system(tx, AuditEntryId::new(), organization, now, &entry).await
}

/// A last line of defence: callers leave secrets out, and what is called like one is not written even if they forget.
fn without_secrets(mut value: Value) -> Value {
    fn clean(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, field) in fields.iter_mut() {
                    if is_secret(name) && !field.is_null() {
                        *field = Value::String("•••".to_owned());
                    } else {
                        clean(field);
                    }
                }
            }
            Value::Array(items) => items.iter_mut().for_each(clean),
            _ => {}
        }
    }
    clean(&mut value);
    value
}

fn is_secret(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "password",
        "password_hash",
        "secret",
        "token",
        "token_hash",
        "api_key",
        "apikey",
        "authorization",
        "client_secret",
        "access_token",
        "refresh_token",
        "private_key",
        "cookie",
        "x-api-key",
    ];
    NAMES.iter().any(|secret| name.eq_ignore_ascii_case(secret))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_called_like_a_secret_is_not_written() {
        let cleaned = without_secrets(json!({"name": "a", "headers": [{"Authorization": "Bearer x"}], "token": null}));
        assert_eq!(cleaned, json!({"name": "a", "headers": [{"Authorization": "•••"}], "token": null}));
    }
}
