//! All SQL of people, their sign-in sessions and their failures.

use super::{SignInSession, User, Visit};
use crate::{
    error::Result,
    ids::{OrganizationId, UserId, UserSessionId},
    random,
};
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgPool};

/// Whether anybody has an account yet.
pub async fn any_user(db: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select 1 from users) as "exists!""#).fetch_one(db).await?)
}

pub async fn insert_user(db: &mut PgConnection, user: &User, password_hash: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into users (id, email, name, password_hash, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)",
        user.id.0,
        user.email,
        user.name,
        password_hash,
        now
    )
    .execute(db)
    .await?;
    Ok(())
}

/// The person with this address and the hash of their password.
pub async fn user_by_email(pool: &PgPool, email: &str) -> Result<Option<(User, String)>> {
    let row =
        sqlx::query!("select id, email, name, password_hash from users where lower(email) = lower($1)", email).fetch_optional(pool).await?;
    Ok(row.map(|row| (User { id: UserId(row.id), email: row.email, name: row.name }, row.password_hash)))
}

pub async fn rename_user(pool: &PgPool, user: UserId, name: &str) -> Result<()> {
    sqlx::query!("update users set name = $2 where id = $1", user.0, name).execute(pool).await?;
    Ok(())
}

pub async fn set_password_hash(db: &mut PgConnection, user: UserId, hash: &str) -> Result<()> {
    sqlx::query!("update users set password_hash = $2 where id = $1", user.0, hash).execute(db).await?;
    Ok(())
}

pub async fn insert_session(
    db: &mut PgConnection,
    id: UserSessionId,
    user: UserId,
    token: &str,
    visit: &Visit,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let user_agent = visit.user_agent.as_deref().map(|text| text.chars().take(300).collect::<String>());
    sqlx::query!(
        "insert into user_sessions (id, user_id, token_hash, address, user_agent, created_at, last_seen_at, expires_at, last_organization_id)
         values ($1, $2, $3, ($4::text)::inet, $5, $6, $6, $7, (select last_organization_id from users where id = $2))",
        id.0,
        user.0,
        random::hash(token),
        visit.address.map(|address| address.to_string()),
        user_agent,
        now,
        expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Moves the end of a session on.
pub async fn extend_session(pool: &PgPool, id: UserSessionId, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update user_sessions set last_seen_at = $2, expires_at = $3 where id = $1 and last_seen_at < $2", id.0, now, expires_at)
        .execute(pool)
        .await?;
    Ok(())
}

pub async fn set_last_organization(
    db: &mut PgConnection,
    user: UserId,
    session: UserSessionId,
    organization: OrganizationId,
) -> Result<()> {
    sqlx::query!("update user_sessions set last_organization_id = $2 where id = $1", session.0, organization.0).execute(&mut *db).await?;
    sqlx::query!(
        "update users set last_organization_id = $2 where id = $1 and last_organization_id is distinct from $2",
        user.0,
        organization.0
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn delete_session_of_token(db: &mut PgConnection, token: &str) -> Result<()> {
    sqlx::query!("delete from user_sessions where token_hash = $1", random::hash(token)).execute(db).await?;
    Ok(())
}

/// Whether a session of this person was ended.
pub async fn delete_session(db: &mut PgConnection, user: UserId, id: UserSessionId) -> Result<bool> {
    Ok(sqlx::query!("delete from user_sessions where id = $1 and user_id = $2", id.0, user.0).execute(db).await?.rows_affected() > 0)
}

pub async fn delete_other_sessions(db: &mut PgConnection, user: UserId, keep: UserSessionId) -> Result<u64> {
    Ok(sqlx::query!("delete from user_sessions where user_id = $1 and id <> $2", user.0, keep.0).execute(db).await?.rows_affected())
}

pub async fn delete_ended_sessions(db: &mut PgConnection, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from user_sessions where expires_at <= $1", now).execute(db).await?;
    Ok(())
}

pub async fn sessions_of(pool: &PgPool, user: UserId, current: UserSessionId, now: DateTime<Utc>) -> Result<Vec<SignInSession>> {
    let rows = sqlx::query!(
        "select id, host(address) as address, user_agent, created_at, last_seen_at from user_sessions
         where user_id = $1 and expires_at > $2 order by last_seen_at desc, id desc limit 200",
        user.0,
        now
    )
    .fetch_all(pool)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| SignInSession {
            id: UserSessionId(row.id),
            address: row.address,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            current: row.id == current.0,
        })
        .collect())
}

/// Makes the row if need be and locks it until the transaction ends; failures long past count no more.
pub async fn lock_failures(db: &mut PgConnection, subject: &str, now: DateTime<Utc>) -> Result<(i32, Option<DateTime<Utc>>)> {
    sqlx::query!(
        "insert into sign_in_failures (subject, failures, last_failed_at) values ($1, 0, $2) on conflict (subject) do nothing",
        subject,
        now
    )
    .execute(&mut *db)
    .await?;
    let row = sqlx::query!("select failures, last_failed_at, locked_until from sign_in_failures where subject = $1 for update", subject)
        .fetch_one(db)
        .await?;
    let failures = if row.last_failed_at < now - super::lockout::FORGET_AFTER { 0 } else { row.failures };
    Ok((failures, row.locked_until))
}

pub async fn set_failures(
    db: &mut PgConnection,
    subject: &str,
    failures: i32,
    now: DateTime<Utc>,
    locked_until: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "update sign_in_failures set failures = $2, last_failed_at = $3, locked_until = $4 where subject = $1",
        subject,
        failures,
        now,
        locked_until
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn clear_failures(pool: &PgPool, subject: &str) -> Result<()> {
    sqlx::query!("delete from sign_in_failures where subject = $1", subject).execute(pool).await?;
    Ok(())
}

pub async fn take_back_failure(pool: &PgPool, subject: &str) -> Result<()> {
    sqlx::query!("update sign_in_failures set failures = greatest(failures - 1, 0), locked_until = null where subject = $1", subject)
        .execute(pool)
        .await?;
    Ok(())
}

pub async fn forget_failures(pool: &PgPool, before: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from sign_in_failures where last_failed_at < $1", before).execute(pool).await?;
    Ok(())
}
