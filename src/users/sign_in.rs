//! E-mail and password against a new sign-in session.

use super::{User, Visit, lockout, normal_email, password, store};
use crate::{
    audit,
    error::{Error, Result},
    ids::{UserId, UserSessionId},
    problem::FieldError,
    random,
    system::System,
};
use chrono::Duration;
use sqlx::PgConnection;

/// How long a session lives without being used.
pub const SESSION_LASTS: Duration = Duration::days(30);

/// Checks the password and begins a session: the answer is the person and the value of the cookie, which is stored as a hash only.
pub async fn sign_in(system: &System, email: &str, password: String, visit: &Visit) -> Result<(User, String)> {
    let email = normal_email(email);
    let mut errors = Vec::new();
    if email.is_empty() {
        errors.push(FieldError::new("email", "This is needed."));
    }
    if password.is_empty() {
        errors.push(FieldError::new("password", "This is needed."));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    // Neither can be anybody's: no account is looked for, nothing is counted.
    if email.len() > 254 || email.contains('\0') || password.len() > 2000 {
        return Err(refused());
    }
    let locked_until = lockout::count_attempt(system, &email, visit.address).await?;
    let (user, hash) = match store::user_by_email(&system.pool, &email).await? {
        Some((user, hash)) => (Some(user), Some(hash)),
        None => (None, None),
    };
    let right = password::verify(password, hash).await?;
    if !right && let (Some(user), Some(until)) = (&user, locked_until) {
        // In the background: how long the answer takes must not tell whether there is such an account.
        let (system, user, address) = (system.clone(), user.clone(), visit.address);
        tokio::spawn(async move { lockout::record(&system, &user, address, until).await });
    }
    let Some(user) = user.filter(|_| right) else {
        return Err(refused());
    };
    lockout::forgive(system, &email, visit.address).await?;
    let mut db = system.pool.begin().await?;
    let token = begin_session(system, &mut db, user.id, visit).await?;
    let who = audit::Who { id: Some(user.id.0), kind: "user", name: &user.name, address: visit.address };
    audit::record_everywhere(&mut db, user.id, who, system.clock.now(), about(&user, "user.sign_in")).await?;
    db.commit().await?;
    Ok((user, token))
}

/// An entry of the audit log about an account.
pub(super) fn about<'a>(user: &'a User, action: &'static str) -> audit::Entry<'a> {
    audit::Entry { action, object_type: "user", object_id: Some(user.id.0), object_name: &user.email, before: None, after: None }
}

/// A new session, and the end of the one the browser came with: a cookie planted before signing in is worth nothing after.
pub(crate) async fn begin_session(system: &System, db: &mut PgConnection, user: UserId, visit: &Visit) -> Result<String> {
    let now = system.clock.now();
    if let Some(old) = &visit.old_token {
        store::delete_session_of_token(db, old).await?;
    }
    store::delete_ended_sessions(db, now).await?;
    let token = random::secret("");
    store::insert_session(db, UserSessionId::new(), user, &token, visit, now, now + SESSION_LASTS).await?;
    Ok(token)
}

/// One answer for an unknown address and a wrong password.
fn refused() -> Error {
    Error::Invalid(vec![FieldError::new("password", "The e-mail address or the password is wrong.")])
}
