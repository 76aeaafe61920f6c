//! The end of a sign-in session.

use super::store;
use crate::{error::Result, system::System};

/// Ends the session of this cookie. Nothing happens when it has ended already.
pub async fn sign_out(system: &System, token: &str) -> Result<()> {
    let mut db = system.pool.acquire().await?;
    store::delete_session_of_token(&mut db, token).await
}
