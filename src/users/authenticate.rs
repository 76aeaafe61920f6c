//! From a session cookie to a person.

use super::{SignedIn, User, sign_in::SESSION_LASTS, store};
use crate::{
    error::Result,
    ids::{OrganizationId, UserId, UserSessionId},
    random,
    system::System,
};
use chrono::Duration;

/// Sessions are moved on at most so often, so that reading pages writes little.
const MOVE_ON_EVERY: Duration = Duration::minutes(5);

/// The person behind the cookie's value; `None` when the session is unknown or expired. Use keeps a session alive.
pub async fn authenticate(system: &System, token: &str) -> Result<Option<SignedIn>> {
    let now = system.clock.now();
    let row = sqlx::query!(
        r#"select s.id, s.last_seen_at, s.last_organization_id, u.id as user_id, u.email, u.name from user_sessions s join users u on u.id = s.user_id
           where s.token_hash = $1 and s.expires_at > $2"#,
        random::hash(token),
        now
    )
    .fetch_optional(&system.pool)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let session_id = UserSessionId(row.id);
    if row.last_seen_at + MOVE_ON_EVERY <= now {
        store::extend_session(&system.pool, session_id, now, now + SESSION_LASTS).await?;
    }
    Ok(Some(SignedIn {
        user: User { id: UserId(row.user_id), email: row.email, name: row.name },
        session_id,
        last_organization_id: row.last_organization_id.map(OrganizationId),
    }))
}
