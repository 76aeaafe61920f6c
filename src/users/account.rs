//! What a person may change of their own account.

use super::{SignInSession, SignedIn, check_password, lockout, password, sign_in::about, store};
use crate::{
    audit,
    error::{Error, Result},
    ids::UserSessionId,
    names::check_text,
    system::System,
};
use serde_json::json;

/// Changes the name that others see.
pub async fn rename(system: &System, person: &SignedIn, name: &str) -> Result<()> {
    let name = name.trim();
    let mut errors = Vec::new();
    check_text("name", name, 100, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    store::rename_user(&system.pool, person.user.id, name).await
}

/// Needs the current password, which is guarded like a sign-in. Ends every other session; the answer says how many.
pub async fn change_password(
    system: &System,
    person: &SignedIn,
    current: String,
    new: String,
    address: Option<std::net::IpAddr>,
) -> Result<u64> {
    let email = &person.user.email;
    let mut errors = Vec::new();
    check_password("new_password", &new, email, &mut errors);
    if !errors.is_empty() {
        return Err(Error::Invalid(errors));
    }
    let locked_until = lockout::count_attempt(system, email, address).await?;
    let hash = store::user_by_email(&system.pool, email).await?.map(|(_, hash)| hash);
    if !password::verify(current, hash).await? {
        if let Some(until) = locked_until {
            lockout::record(system, &person.user, address, until).await;
        }
        return Err(Error::invalid("current_password", "This is not your current password."));
    }
    lockout::forgive(system, email, address).await?;
    let hash = password::hash(new).await?;
    let mut db = system.pool.begin().await?;
    store::set_password_hash(&mut db, person.user.id, &hash).await?;
    let ended = store::delete_other_sessions(&mut db, person.user.id, person.session_id).await?;
    let who = audit::Who { id: Some(person.user.id.0), kind: "user", name: &person.user.name, address };
    let entry = audit::Entry { after: Some(json!({ "sessions_ended": ended })), ..about(&person.user, "user.change_password") };
    audit::record_everywhere(&mut db, person.user.id, who, system.clock.now(), entry).await?;
    db.commit().await?;
    Ok(ended)
}

/// Where the person is signed in.
pub async fn sessions(system: &System, person: &SignedIn) -> Result<Vec<SignInSession>> {
    store::sessions_of(&system.pool, person.user.id, person.session_id, system.clock.now()).await
}

/// Signs one of the person's own browsers out.
pub async fn end_session(system: &System, person: &SignedIn, id: UserSessionId) -> Result<()> {
    let mut db = system.pool.acquire().await?;
    if store::delete_session(&mut db, person.user.id, id).await? { Ok(()) } else { Err(Error::NotFound("session")) }
}

/// Signs every other browser out; the answer says how many.
pub async fn end_other_sessions(system: &System, person: &SignedIn) -> Result<u64> {
    let mut db = system.pool.acquire().await?;
    store::delete_other_sessions(&mut db, person.user.id, person.session_id).await
}
