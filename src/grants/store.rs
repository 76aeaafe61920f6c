//! All SQL of grants.

use super::{Grant, GrantPermission, Subject, SubjectType};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    ids::{GrantId, ToolId, UserId},
    page::{Cursor, Page},
    tools::access::Asker,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Which grants to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub id: Option<GrantId>,
    pub tool: Option<ToolId>,
    pub subject: Option<Subject>,
    /// Only of tools that this one administers, and its own.
    pub seen_by: Option<Asker>,
}

/// Newest first; `limit` of them after `cursor`.
pub async fn list(tx: &mut TenantTx, filter: Filter, cursor: Option<Cursor>, limit: i64, now: DateTime<Utc>) -> Result<Page<Grant>> {
    let rows = sqlx::query!(
        r#"select g.id, g.tool_id, t.name as tool_name, t.display_name as tool_display_name, g.subject_type, g.subject_id,
             coalesce(su.name, sa.display_name, '') as "subject_name!", g.permission, g.granted_by, b.name as "granted_by_name?", g.created_at, g.expires_at
           from tool_grants g join tools t on t.id = g.tool_id
             left join users su on g.subject_type = 'user' and su.id = g.subject_id
             left join agents sa on g.subject_type = 'agent' and sa.id = g.subject_id
             left join users b on b.id = g.granted_by
           where ($1::uuid is null or g.id = $1) and ($2::uuid is null or g.tool_id = $2)
             and ($3::text is null or (g.subject_type = $3 and g.subject_id = $4))
             and ($5::uuid is null or tool_access(t, $5, $6, $7, $8) >= 3
               or case when $7::uuid is null then g.subject_type = 'user' and g.subject_id = $5 else g.subject_type = 'agent' and g.subject_id = $7 end)
             and ($9::timestamptz is null or (g.created_at, g.id) < ($9, $10::uuid))
           order by g.created_at desc, g.id desc limit $11"#,
        filter.id.map(|id| id.0),
        filter.tool.map(|id| id.0),
        filter.subject.map(|subject| subject.subject_type.as_str()),
        filter.subject.map(|subject| subject.subject_id),
        filter.seen_by.map(|asker| asker.person),
        filter.seen_by.is_some_and(|asker| asker.manager),
        filter.seen_by.and_then(|asker| asker.agent),
        now,
        cursor.map(|cursor| cursor.at),
        cursor.map(|cursor| cursor.id),
        limit + 1
    )
    .fetch_all(&mut **tx)
    .await?;
    let grants = rows
        .into_iter()
        .map(|row| {
            Ok(Grant {
                id: GrantId(row.id),
                tool_id: ToolId(row.tool_id),
                tool_name: row.tool_name,
                tool_display_name: row.tool_display_name,
                subject_type: SubjectType::parse(&row.subject_type).ok_or_else(|| odd("subject"))?,
                subject_id: row.subject_id,
                subject_name: row.subject_name,
                permission: GrantPermission::parse(&row.permission).ok_or_else(|| odd("permission"))?,
                granted_by: row.granted_by.map(UserId),
                granted_by_name: row.granted_by_name,
                created_at: row.created_at,
                expires_at: row.expires_at,
                is_expired: row.expires_at.is_some_and(|end| end <= now),
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Cursor::page(grants, limit, |grant| Cursor { at: grant.created_at, id: grant.id.0 }))
}

fn odd(what: &str) -> Error {
    Error::internal(format!("a grant is stored with an unknown {what}"))
}

/// The one grant of this tool, if it is there.
pub async fn find(tx: &mut TenantTx, tool: ToolId, id: GrantId, now: DateTime<Utc>) -> Result<Option<Grant>> {
    let filter = Filter { id: Some(id), tool: Some(tool), ..Filter::default() };
    Ok(list(tx, filter, None, 1, now).await?.items.pop())
}

/// What this subject was granted on this tool.
pub async fn find_for(tx: &mut TenantTx, tool: ToolId, subject: Subject, now: DateTime<Utc>) -> Result<Option<Grant>> {
    let filter = Filter { tool: Some(tool), subject: Some(subject), ..Filter::default() };
    Ok(list(tx, filter, None, 1, now).await?.items.pop())
}

/// The name of a member or an agent of this organization; `None` for anybody else.
pub async fn subject_name(tx: &mut TenantTx, actor: &Actor, subject: Subject) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        r#"select u.name as "name!" from users u join memberships m on m.user_id = u.id and m.organization_id = $3 where $1 = 'user' and u.id = $2
           union all select a.display_name from agents a where $1 = 'agent' and a.id = $2"#,
        subject.subject_type.as_str(),
        subject.subject_id,
        actor.organization_id.0
    )
    .fetch_optional(&mut **tx)
    .await?)
}

/// Puts a grant in; a second one of the pair is refused by the constraint `tool_grants_unique`.
pub async fn insert(
    tx: &mut TenantTx,
    actor: &Actor,
    tool: ToolId,
    subject: Subject,
    permission: GrantPermission,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<GrantId> {
    let id = GrantId::new();
    sqlx::query!(
        "insert into tool_grants (id, organization_id, tool_id, subject_id, subject_type, permission, granted_by, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        actor.organization_id.0,
        tool.0,
        subject.subject_id,
        subject.subject_type.as_str(),
        permission.as_str(),
        actor.user_id.0,
        now,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// Whoever changes a grant has given it from then on.
pub async fn update(
    tx: &mut TenantTx,
    actor: &Actor,
    id: GrantId,
    permission: GrantPermission,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update tool_grants set permission = $2, expires_at = $3, granted_by = $4, created_at = $5 where id = $1",
        id.0,
        permission.as_str(),
        expires_at,
        actor.user_id.0,
        now
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub async fn delete(tx: &mut TenantTx, id: GrantId) -> Result<()> {
    sqlx::query!("delete from tool_grants where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// Somebody left: what they were granted goes with them, so that a new invitation begins with nothing. How many.
pub async fn delete_of_person(db: &mut sqlx::PgConnection, person: Uuid) -> Result<u64> {
    let deleted = sqlx::query!("delete from tool_grants where subject_type = 'user' and subject_id = $1", person).execute(db).await?;
    Ok(deleted.rows_affected())
}
