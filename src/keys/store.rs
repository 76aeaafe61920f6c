//! All SQL of keys.

use super::{
    ContextType, Key, KeyFilter, KeyMapping, KeyName, KeyOwner, KeyStatus, KeyType, NewMapping, Who, choose::Candidate, cipher::Sealed,
};
use crate::{
    db::TenantTx,
    error::{Error, Result},
    ids::{AgentId, KeyId, KeyMappingId, OrganizationId, ToolId, UserId},
    page::{Cursor, Page},
    tools::store::like,
};
use chrono::{DateTime, Utc};
use sqlx::types::Uuid;

/// A data key as it lies in the database.
pub(super) struct DataKey {
    pub master_key_id: String,
    pub wrapped: Sealed,
}

/// Shared: whoever makes a data key. Exclusive: a rotation that wants to be sure that nobody wraps with the old master key any more.
const ROTATION_LOCK: &str = "toolcrib master key rotation";

pub(super) async fn hold_rotation(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended($1, 0))", ROTATION_LOCK).fetch_one(&mut **tx).await?;
    Ok(())
}

pub(super) async fn end_rotation(tx: &mut TenantTx) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", ROTATION_LOCK).fetch_one(&mut **tx).await?;
    Ok(())
}

pub(super) async fn data_key(tx: &mut TenantTx, organization: OrganizationId, lock: bool) -> Result<Option<DataKey>> {
    if lock {
        sqlx::query!("select organization_id from organization_data_keys where organization_id = $1 for update", organization.0)
            .fetch_optional(&mut **tx)
            .await?;
    }
    let row = sqlx::query!(
        "select master_key_id, wrapped_key, wrap_iv, wrap_tag from organization_data_keys where organization_id = $1",
        organization.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| DataKey {
        master_key_id: row.master_key_id,
        wrapped: Sealed { text: row.wrapped_key, iv: row.wrap_iv, tag: row.wrap_tag },
    }))
}

pub(super) async fn insert_data_key(tx: &mut TenantTx, organization: OrganizationId, master: &str, wrapped: &Sealed) -> Result<()> {
    sqlx::query!(
        "insert into organization_data_keys (organization_id, master_key_id, wrapped_key, wrap_iv, wrap_tag) values ($1, $2, $3, $4, $5)
         on conflict do nothing",
        organization.0,
        master,
        wrapped.text,
        wrapped.iv,
        wrapped.tag
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn rewrap(
    tx: &mut TenantTx,
    organization: OrganizationId,
    master: &str,
    wrapped: &Sealed,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update organization_data_keys set master_key_id = $2, wrapped_key = $3, wrap_iv = $4, wrap_tag = $5, wrapped_at = $6
         where organization_id = $1",
        organization.0,
        master,
        wrapped.text,
        wrapped.iv,
        wrapped.tag,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A key as it is written.
pub(super) struct KeyRow<'a> {
    pub key_name: &'a str,
    pub display_name: &'a str,
    pub description: &'a str,
    pub key_type: KeyType,
    pub tool_id: Option<ToolId>,
    pub is_active: bool,
    pub expires_at: Option<DateTime<Utc>>,
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
           owner_id, owner_type, tool_id, key_type, is_active, masked_value, value_changed_at, created_at, updated_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15, $15, $16)",
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
        row.expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn update(tx: &mut TenantTx, id: KeyId, row: &KeyRow<'_>) -> Result<()> {
    sqlx::query!(
        "update tool_keys set key_name = $2, display_name = $3, description = $4, key_type = $5, tool_id = $6, is_active = $7, expires_at = $8
         where id = $1",
        id.0,
        row.key_name,
        row.display_name,
        row.description,
        row.key_type.as_str(),
        row.tool_id.map(|id| id.0),
        row.is_active,
        row.expires_at
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

fn odd(what: &str) -> Error {
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
             k.masked_value, k.is_active, k.expires_at, coalesce(u.count, 0)::bigint as "usage_count!", u.last_used_at as "last_used_at?",
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
             k.masked_value, k.is_active, k.expires_at, coalesce(u.count, 0)::bigint as "usage_count!", u.last_used_at as "last_used_at?",
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

pub(super) async fn names(tx: &mut TenantTx, now: DateTime<Utc>) -> Result<Vec<KeyName>> {
    Ok(sqlx::query_as!(
        KeyName,
        r#"select key_name, count(*) filter (where is_active and (expires_at is null or expires_at > $1)) as "usable!"
           from tool_keys group by key_name order by key_name"#,
        now
    )
    .fetch_all(&mut **tx)
    .await?)
}

pub(super) async fn mappings(tx: &mut TenantTx, key: KeyId) -> Result<Vec<KeyMapping>> {
    let rows = sqlx::query!(
        r#"select m.id, m.key_id, m.tool_id, t.name as "tool_name?", m.context_type, m.context_id, m.priority, m.created_at,
             coalesce(a.display_name, u.name) as "context_name?"
           from tool_key_mappings m left join tools t on t.id = m.tool_id
             left join agents a on m.context_type = 'agent' and a.id = m.context_id
             left join users u on m.context_type = 'user' and u.id = m.context_id
           where m.key_id = $1
           order by array_position(array['agent', 'user', 'global'], m.context_type), m.priority desc, m.created_at desc, m.id desc"#,
        key.0
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(KeyMapping {
                id: KeyMappingId(row.id),
                key_id: KeyId(row.key_id),
                tool_id: row.tool_id.map(ToolId),
                tool_name: row.tool_name,
                context_type: ContextType::parse(&row.context_type).ok_or_else(|| odd("context"))?,
                context_id: row.context_id,
                context_name: row.context_name,
                priority: row.priority,
                created_at: row.created_at,
            })
        })
        .collect()
}

pub(super) async fn insert_mapping(
    tx: &mut TenantTx,
    organization: OrganizationId,
    key: KeyId,
    id: KeyMappingId,
    new: &NewMapping,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into tool_key_mappings (id, organization_id, tool_id, key_id, context_type, context_id, priority, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        id.0,
        organization.0,
        new.tool_id.map(|id| id.0),
        key.0,
        new.context_type.as_str(),
        new.context_id,
        new.priority,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn remove_mapping(tx: &mut TenantTx, key: KeyId, mapping: KeyMappingId) -> Result<()> {
    sqlx::query!("delete from tool_key_mappings where key_id = $1 and id = $2", key.0, mapping.0).execute(&mut **tx).await?;
    Ok(())
}

/// The tool's name and the key that its request asks for; `None` when it is not in this organization.
pub(super) async fn tool_needs(tx: &mut TenantTx, id: ToolId) -> Result<Option<(String, Option<String>)>> {
    let row = sqlx::query!(
        r#"select name, case when coalesce(api_spec->>'authType', 'none') <> 'none' then api_spec->>'authKeyName' end as key_name
           from tools where id = $1"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|row| (row.name, row.key_name)))
}

/// The names of the agent and the person of a call.
pub(super) async fn context_names(tx: &mut TenantTx, who: &Who) -> Result<Vec<(Uuid, String)>> {
    let rows = sqlx::query!(
        r#"select id as "id!", display_name as "name!" from agents where id = $1
           union all select u.id, u.name from users u join memberships m on m.user_id = u.id
             where u.id = $2 and m.organization_id = current_organization()"#,
        who.agent_id.map(|id| id.0),
        who.user_id.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

pub(super) async fn agent_exists(tx: &mut TenantTx, id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from agents where id = $1) as "exists!""#, id).fetch_one(&mut **tx).await?)
}

pub(super) async fn is_member(tx: &mut TenantTx, organization: OrganizationId, id: Uuid) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from memberships where organization_id = $1 and user_id = $2) as "exists!""#,
        organization.0,
        id
    )
    .fetch_one(&mut **tx)
    .await?)
}

/// Every mapping of keys of this name; with a tool, agent and user only those that such a call has to do with.
pub(super) async fn candidates(
    tx: &mut TenantTx,
    key_name: &str,
    call: Option<(ToolId, Option<AgentId>, Option<UserId>)>,
) -> Result<Vec<Candidate>> {
    let (tool, agent, user) = call.map_or((None, None, None), |(tool, agent, user)| (Some(tool), agent, user));
    let rows = sqlx::query!(
        r#"select m.id, m.context_type, m.context_id, m.tool_id, m.priority, m.created_at, k.id as key_id, k.key_name, k.display_name,
             k.masked_value, k.tool_id as key_tool_id, k.is_active, k.expires_at
           from tool_key_mappings m join tool_keys k on k.id = m.key_id
           where k.key_name = $1
             and ($2::uuid is null or ((m.tool_id is null or m.tool_id = $2) and (k.tool_id is null or k.tool_id = $2)
               and (m.context_type = 'global' or (m.context_type = 'agent' and m.context_id = $3) or (m.context_type = 'user' and m.context_id = $4))))"#,
        key_name,
        tool.map(|id| id.0),
        agent.map(|id| id.0),
        user.map(|id| id.0)
    )
    .fetch_all(&mut **tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Candidate {
                mapping_id: KeyMappingId(row.id),
                context_type: ContextType::parse(&row.context_type).ok_or_else(|| odd("context"))?,
                context_id: row.context_id,
                tool_id: row.tool_id.map(ToolId),
                priority: row.priority,
                mapped_at: row.created_at,
                key_id: KeyId(row.key_id),
                key_name: row.key_name,
                display_name: row.display_name,
                masked_value: row.masked_value,
                key_tool_id: row.key_tool_id.map(ToolId),
                is_active: row.is_active,
                expires_at: row.expires_at,
            })
        })
        .collect()
}
