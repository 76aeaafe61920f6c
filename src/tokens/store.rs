//! All SQL of API tokens.

use super::Token;
use crate::{
    access::Scope,
    error::Result,
    ids::{AgentId, OrganizationId, TokenId, UserId},
    lines::Lines,
};
use chrono::{DateTime, Duration, Utc};
use sqlx::PgConnection;

pub async fn insert(db: &mut PgConnection, organization: OrganizationId, token: &Token, token_hash: &[u8]) -> Result<()> {
    let scopes: Vec<String> = token.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    sqlx::query!(
        "insert into api_tokens (id, organization_id, name, token_hash, hint, user_id, agent_id, scopes, created_at, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        token.id.0,
        organization.0,
        token.name,
        token_hash,
        token.hint,
        token.user_id.0,
        token.agent_id.map(|id| id.0),
        &scopes,
        token.created_at,
        token.expires_at
    )
    .execute(db)
    .await?;
    Ok(())
}

/// All tokens of the organization, or one person's; those in use first, then the newest.
pub async fn list(db: &mut PgConnection, of: Option<UserId>) -> Result<Vec<Token>> {
    let rows = sqlx::query!(
        r#"select t.id, t.name, t.hint, t.user_id, u.name as user_name, t.agent_id, a.display_name as "agent_name?", t.scopes, t.created_at, t.expires_at,
                  t.last_used_at, t.revoked_at
           from api_tokens t join users u on u.id = t.user_id left join agents a on a.id = t.agent_id
           where ($1::uuid is null or t.user_id = $1) order by (t.revoked_at is not null), t.created_at desc, t.id desc limit 500"#,
        of.map(|id| id.0)
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Token {
            id: TokenId(row.id),
            name: row.name,
            hint: row.hint,
            user_id: UserId(row.user_id),
            user_name: row.user_name,
            agent_id: row.agent_id.map(AgentId),
            agent_name: row.agent_name,
            scopes: row.scopes.iter().filter_map(|scope| Scope::parse(scope)).collect(),
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        })
        .collect())
}

/// The name of a token and whose it is.
pub async fn owner_of(db: &mut PgConnection, id: TokenId) -> Result<Option<(String, UserId)>> {
    let row = sqlx::query!("select name, user_id from api_tokens where id = $1", id.0).fetch_optional(db).await?;
    Ok(row.map(|row| (row.name, UserId(row.user_id))))
}

/// `false` when it was revoked before.
pub async fn revoke(db: &mut PgConnection, id: TokenId, now: DateTime<Utc>) -> Result<bool> {
    Ok(sqlx::query!("update api_tokens set revoked_at = $2 where id = $1 and revoked_at is null", id.0, now)
        .execute(db)
        .await?
        .rows_affected()
        > 0)
}

pub async fn revoke_all_of(db: &mut PgConnection, user: UserId, now: DateTime<Utc>) -> Result<u64> {
    Ok(sqlx::query!("update api_tokens set revoked_at = $2 where user_id = $1 and revoked_at is null", user.0, now)
        .execute(db)
        .await?
        .rows_affected())
}

/// What is found by a token's hash, before the organization is known.
#[derive(Clone, Debug)]
pub struct FoundToken {
    pub id: TokenId,
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    pub agent_id: Option<AgentId>,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// `None`: its maker is no member any more.
    pub role: Option<String>,
    pub user_name: String,
    pub last_used_at: Option<DateTime<Utc>>,
}

pub async fn find(lines: &Lines, token_hash: &[u8]) -> Result<Option<FoundToken>> {
    let mut line = lines.take().await?;
    let row = sqlx::query!(
        r#"select id as "id!", organization_id as "organization_id!", user_id as "user_id!", agent_id, scopes as "scopes!", expires_at, revoked_at, role,
             user_name as "user_name!", last_used_at
           from find_api_token($1)"#,
        token_hash
    )
    .fetch_optional(&mut line.connection)
    .await;
    Ok(line.after(row)?.map(|row| FoundToken {
        id: TokenId(row.id),
        organization_id: OrganizationId(row.organization_id),
        user_id: UserId(row.user_id),
        agent_id: row.agent_id.map(AgentId),
        scopes: row.scopes.iter().filter_map(|scope| Scope::parse(scope)).collect(),
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
        role: row.role,
        user_name: row.user_name,
        last_used_at: row.last_used_at,
    }))
}

impl FoundToken {
    /// Uses are noted at most once a minute: a busy agent would otherwise rewrite its row with every call.
    pub fn is_use_to_note(&self, now: DateTime<Utc>) -> bool {
        self.last_used_at.is_none_or(|last| last <= now - Duration::minutes(1))
    }
}

/// Notes a use, unless somebody else did just now.
pub async fn note_use(db: &mut PgConnection, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update api_tokens set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at <= $3)",
        id.0,
        now,
        now - Duration::minutes(1)
    )
    .execute(db)
    .await?;
    Ok(())
}

pub async fn agent_name(db: &mut PgConnection, agent: AgentId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("select display_name from agents where id = $1", agent.0).fetch_optional(db).await?)
}

/// The agents a token may act as, by name.
pub async fn agents(db: &mut PgConnection) -> Result<Vec<(AgentId, String)>> {
    let rows = sqlx::query!("select id, display_name from agents order by lower(display_name), id").fetch_all(db).await?;
    Ok(rows.into_iter().map(|row| (AgentId(row.id), row.display_name)).collect())
}
