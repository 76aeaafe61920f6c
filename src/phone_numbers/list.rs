//! The organization's numbers.

use super::{PhoneNumber, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::PhoneNumberId,
    page::{self, Page, decode_place, encode_place},
    system::System,
};

/// All, by label.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<PhoneNumber>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::list(&mut tx, None, store::MOST).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<PhoneNumber>> {
    actor.require(Permission::See)?;
    let after: Option<(String, String)> = cursor.map(decode_place).transpose()?;
    let limit = page::limit(limit);
    let mut tx = system.tenant(actor).await?;
    let after = after.as_ref().map(|(label, number)| (label.as_str(), number.as_str()));
    let numbers = store::list(&mut tx, after, limit + 1).await?;
    Ok(Page::cut(numbers, limit, |last| encode_place(&(&last.label, &last.number))))
}

/// One number.
pub async fn get(system: &System, actor: &Actor, id: PhoneNumberId) -> Result<PhoneNumber> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, id).await?.ok_or(Error::NotFound("phone number"))
}
