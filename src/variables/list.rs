//! The declared variables.

use super::{InRuns, Known, Variable, in_runs, known, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    ids::VariableId,
    page::{self, Page, decode_place, encode_place},
    system::System,
};

/// All of the organization, by name.
pub async fn list(system: &System, actor: &Actor) -> Result<Vec<Variable>> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::all(&mut tx).await
}

/// The same in pages of `limit` (1 to 200; 50 when left out).
pub async fn page(system: &System, actor: &Actor, cursor: Option<&str>, limit: Option<i64>) -> Result<Page<Variable>> {
    actor.require(Permission::See)?;
    let after: Option<String> = cursor.map(decode_place).transpose()?;
    let limit = page::limit(limit);
    let mut tx = system.tenant(actor).await?;
    let variables = store::list(&mut tx, after.as_deref(), limit + 1).await?;
    Ok(Page::cut(variables, limit, |last| encode_place(&last.name)))
}

/// One of them.
pub async fn get(system: &System, actor: &Actor, id: VariableId) -> Result<Variable> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    store::find(&mut tx, id).await?.ok_or(Error::NotFound("variable"))
}

/// What the texts of this organization's tools may name.
pub async fn known_here(system: &System, actor: &Actor) -> Result<Vec<Known>> {
    Ok(known(&list(system, actor).await?))
}

/// What the texts of a workflow's steps may name.
pub async fn known_in_runs(system: &System, actor: &Actor) -> Result<Vec<InRuns>> {
    Ok(in_runs(&list(system, actor).await?))
}
