//! Writes one line into the audit log.

use super::store;
use crate::{
    actor::Actor,
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use std::net::IpAddr;
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

/// Who did it, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// `None` for the system itself, and for somebody unknown.
    pub id: Option<Uuid>,
    /// `user`, `agent` or `system`.
    pub kind: &'static str,
    pub name: &'a str,
    pub address: Option<IpAddr>,
}

impl<'a> Who<'a> {
    fn of(actor: &'a Actor) -> Self {
        let (id, kind) = match actor.agent_id {
            Some(agent) => (agent.0, "agent"),
            None => (actor.user_id.0, "user"),
        };
        Self { id: Some(id), kind, name: &actor.user_name, address: actor.address }
    }
}

/// Records `entry` in the transaction of the change itself: both are kept, or neither.
pub async fn record(tx: &mut TenantTx, actor: &Actor, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    store::insert(tx, actor.organization_id, Who::of(actor), now, &entry.without_secrets()).await
}

/// Records what happened to a person's account, which belongs to no organization, in every organization the person is a member of:
/// the admins of each answer for who gets in. `db` is the transaction of the change; afterwards it stands outside every organization.
pub async fn record_everywhere(db: &mut PgConnection, user: UserId, who: Who<'_>, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    let entry = entry.without_secrets();
    for organization in store::organizations_of(db, user).await? {
        store::enter(db, Some(organization)).await?;
        store::insert(db, organization, who, now, &entry).await?;
    }
    store::enter(db, None).await
}

impl Entry<'_> {
    fn without_secrets(self) -> Self {
        Self { before: self.before.map(without_secrets), after: self.after.map(without_secrets), ..self }
    }
}

/// The same for what the system found out by itself.
pub async fn record_by_system(tx: &mut TenantTx, organization: OrganizationId, now: DateTime<Utc>, entry: Entry<'_>) -> Result<()> {
    let who = Who { id: None, kind: "system", name: "Toolcrib", address: None };
    store::insert(tx, organization, who, now, &entry.without_secrets()).await
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
