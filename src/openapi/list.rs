//! All documents of the organization.

use super::{OpenapiDocument, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    page::{Page, page_of},
    system::System,
};

/// By title.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<OpenapiDocument>> {
    actor.require(Permission::See)?;
    store::list(&mut system.tenant(actor).await?, None).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<OpenapiDocument>> {
    page_of(list(system, actor).await?, cursor, limit, |document| (document.title.to_lowercase(), document.id))
}
