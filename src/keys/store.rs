//! SQL of keys and their values.

use super::{Key, KeyFilter, KeyName, KeyOwner, KeyStatus, KeyType, cipher::Sealed};
use crate::{
    db::{TenantTx, like},
    error::{Error, Result},
    ids::{KeyId, OrganizationId, ToolId},
    page::{Cursor, Page},
};
use chrono::{DateTime, Utc};
use sqlx::types::Uuid;

/// A key as it is written.
pub(super) struct KeyRow<'a> {
    pub key_name: &'a str,
    pub display_name: &'a str,
    pub description: &'a str,
    pub key_type: KeyType,
    pub tool_id: Option<ToolId>,
    pub is_active: bool,
    pub expires_at: Option<DateTime<Utc>>,
    pub allowed_hosts: &'a [String],
}

/// A value as it is written.
pub(super) struct ValueRow<'a> {
    pub sealed: &'a Sealed,
    pub masked: &'a str,
}

pub(super) async fn insert(
    tx: &mut TenantTx,
    organization: OrganizationId,
    id: KeyId,
    owner: (KeyOwner, Uuid),
    row: &KeyRow<'_>,
    value: &ValueRow<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into tool_keys (id, organization_id, key_name, display_name, description, encrypted_value, encryption_iv, encryption_tag,
           owner_id, owner_type, tool_id, key_type, is_active, masked_value, value_changed_at, created_at, updated_at, expires_at, allowed_hosts)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15, $16, $17)",
        id.0,
        organization.0,
        row.key_name,
        row.display_name,
        row.description,
        value.sealed.text,
        value.sealed.iv,
        value.sealed.tag,
        owner.1,
        owner.0.as_str(),
        row.tool_id.map(|id| id.0),
        row.key_type.as_str(),
        row.is_active,
        value.masked,
        now,
        row.expires_at,
        row.allowed_hosts
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut TenantTx, id: KeyId, row: &KeyRow<'_>) -> Result<()> {
    sqlx::query!(
        "update tool_keys set key_name = $2, display_name = $3, description = $4, key_type = $5, tool_id = $6, is_active = $7, expires_at = $8,
           allowed_hosts = $9
         where id = $1",
        id.0,
        row.key_name,
        row.display_name,
        row.description,
        row.key_type.as_str(),
        row.tool_id.map(|id| id.0),
        row.is_active,
        row.expires_at,
        row.allowed_hosts
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// `changed`: it is another value, not the same sealed anew.
pub(super) async fn set_value(tx: &mut TenantTx, id: KeyId, value: &ValueRow<'_>, changed: Option<DateTime<Utc>>) -> Result<()> {
    sqlx::query!(
        "update tool_keys set encrypted_value = $2, encryption_iv = $3, encryption_tag = $4, masked_value = $5,
           value_changed_at = coalesce($6, value_changed_at)
         where id = $1",
        id.0,
        value.sealed.text,
        value.sealed.iv,
        value.sealed.tag,
        value.masked,
        changed
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The sealed value and since when it is this one.
pub(super) async fn value(tx: &mut TenantTx, id: KeyId) -> Result<Option<(Sealed, DateTime<Utc>)>> {
    let row = sqlx::query!("select encrypted_value, encryption_iv, encryption_tag, value_changed_at from tool_keys where id = $1", id.0)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| (Sealed { text: row.encrypted_value, iv: row.encryption_iv, tag: row.encryption_tag }, row.value_changed_at)))
}

pub(super) async fn lock(tx: &mut TenantTx, id: KeyId) -> Result<()> {
    sqlx::query!("select id from tool_keys where id = $1 for update", id.0).fetch_optional(&mut **tx).await?;
    Ok(())
}

pub(super) async fn remove(tx: &mut TenantTx, id: KeyId) -> Result<()> {
    sqlx::query!("delete from tool_keys where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

pub(super) fn odd(what: &str) -> Error {
    Error::internal(format!("a key is stored with an unknown {what}"))
}

struct Row {
    id: Uuid,
    key_name: String,
    display_name: String,
    description: String,
    key_type: String,
    owner_id: Uuid,
    owner_type: String,
    tool_id: Option<Uuid>,
    tool_name: Option<String>,
    allowed_hosts: Vec<String>,
    masked_value: String,
    is_active: bool,
    expires_at: Option<DateTime<Utc>>,
    usage_count: i64,
    last_used_at: Option<DateTime<Utc>>,
    mapping_count: i64,
    value_changed_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl Row {
    fn into_key(self, now: DateTime<Utc>) -> Result<Key> {
        Ok(Key {
            id: KeyId(self.id),
            key_name: self.key_name,
            display_name: self.display_name,
            description: self.description,
            key_type: KeyType::parse(&self.key_type).ok_or_else(|| odd("type"))?,
            owner_id: self.owner_id,
            owner_type: KeyOwner::parse(&self.owner_type).ok_or_else(|| odd("owner"))?,
            tool_id: self.tool_id.map(ToolId),
            tool_name: self.tool_name,
            allowed_hosts: self.allowed_hosts,
            masked_value: self.masked_value,
            is_active: self.is_active,
            status: KeyStatus::of(self.is_active, self.expires_at, now),
            expires_at: self.expires_at,
            usage_count: self.usage_count,
            last_used_at: self.last_used_at,
            mapping_count: self.mapping_count,
            value_changed_at: self.value_changed_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

pub(super) async fn find(tx: &mut TenantTx, id: KeyId, now: DateTime<Utc>) -> Result<Option<Key>> {
    let row = sqlx::query_as!(
        Row,
        r#"select k.id, k.key_name, k.display_name, k.description, k.key_type, k.owner_id, k.owner_type, k.tool_id, t.name as "tool_name?",
             k.allowed_hosts, k.masked_value, k.is_active, k.expires_at, coalesce(u.count, 0)::bigint as "usage_count!", u.last_used_at as "last_used_at?",
             (select count(*) from tool_key_mappings m where m.key_id = k.id) as "mapping_count!", k.value_changed_at, k.created_at, k.updated_at
           from tool_keys k left join tools t on t.id = k.tool_id
             left join lateral (select sum(usage_count) as count, max(last_used_at) as last_used_at from tool_key_usage where key_id = k.id) u on true
           where k.id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|row| row.into_key(now)).transpose()
}

pub(super) async fn list(tx: &mut TenantTx, filter: &KeyFilter, now: DateTime<Utc>) -> Result<Page<Key>> {
    let limit = filter.limit.unwrap_or(50).clamp(1, 100);
    let cursor = filter.cursor.as_deref().map(Cursor::decode).transpose()?;
    let pattern = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(like);
    let rows = sqlx::query_as!(
        Row,
        r#"select k.id, k.key_name, k.display_name, k.description, k.key_type, k.owner_id, k.owner_type, k.tool_id, t.name as "tool_name?",
             k.allowed_hosts, k.masked_value, k.is_active, k.expires_at, coalesce(u.count, 0)::bigint as "usage_count!", u.last_used_at as "last_used_at?",
             (select count(*) from tool_key_mappings m where m.key_id = k.id) as "mapping_count!", k.value_changed_at, k.created_at, k.updated_at
           from tool_keys k left join tools t on t.id = k.tool_id
             left join lateral (select sum(usage_count) as count, max(last_used_at) as last_used_at from tool_key_usage where key_id = k.id) u on true
           where ($1::text is null or k.key_name ilike $1 or k.display_name ilike $1 or k.description ilike $1)
             and ($2::text is null or $2 = case when not k.is_active then 'inactive' when k.expires_at <= $3 then 'expired' else 'active' end)
             and ($4::timestamptz is null or (k.created_at, k.id) < ($4, $5::uuid))
           order by k.created_at desc, k.id desc limit $6"#,
        pattern,
        filter.status.map(KeyStatus::as_str),
        now,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit + 1
    )
    .fetch_all(&mut **tx)
    .await?;
    let keys = rows.into_iter().map(|row| row.into_key(now)).collect::<Result<Vec<_>>>()?;
    Ok(Cursor::page(keys, limit, |key| Cursor { at: key.created_at, id: key.id.0 }))
}

/// `limit` names after one.
pub(super) async fn names(tx: &mut TenantTx, after: Option<&str>, limit: i64, now: DateTime<Utc>) -> Result<Vec<KeyName>> {
    Ok(sqlx::query_as!(
        KeyName,
        r#"select key_name, count(*) filter (where is_active and (expires_at is null or expires_at > $1)) as "usable!"
           from tool_keys where $2::text is null or key_name > $2 group by key_name order by key_name limit $3"#,
        now,
        after,
        limit
    )
    .fetch_all(&mut **tx)
    .await?)
}
