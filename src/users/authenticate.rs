//! From a session cookie to a person.

use super::{SignedIn, User};
use crate::{error::Result, ids::UserId, random, system::System};

/// The person behind the cookie's value; `None` when the session is unknown or expired.
pub async fn authenticate(system: &System, token: &str) -> Result<Option<SignedIn>> {
    let row = sqlx::query!(
        r#"select s.id, u.id as user_id, u.email, u.name from user_sessions s join users u on u.id = s.user_id
           where s.token_hash = $1 and s.expires_at > $2"#,
        random::hash(token),
        system.clock.now()
    )
    .fetch_optional(&system.pool)
    .await?;
    Ok(row.map(|row| SignedIn { user: User { id: UserId(row.user_id), email: row.email, name: row.name }, session_id: row.id.into() }))
}
