//! Rotate the master key while servers run: every organization's data key is unwrapped and wrapped anew, values stay as they are. It may
//! be killed at any moment and run again: each data key is under the old master key or under the new one, and servers know both.

use super::{data_keys_store as store, envelope, master::MasterKey};
use crate::{
    error::{Error, Result},
    ids::OrganizationId,
    system::System,
};
use uuid::Uuid;

const BATCH: i32 = 100;

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Ids of the master keys before and after.
    pub from: String,
    pub to: String,
    /// Data keys wrapped anew by this run.
    pub rewrapped: u64,
    /// Already under the new master key: by an earlier run that was broken off, or made meanwhile.
    pub already: u64,
    /// What did not open, in words. While there are any, the old master key is still needed.
    pub failed: Vec<String>,
    /// The file of the new master key took the place of the old one; `false` where keys come from the environment.
    pub file_replaced: bool,
}

/// Wraps every data key with the next master key. `progress` hears how many are done, of how many.
pub async fn rotate_master_key(system: &System, mut progress: impl FnMut(u64, u64)) -> Result<Report> {
    let next = system.masters.prepare_next()?;
    let (from, _) = system.masters.ids();
    if from == next.id() {
        return Err(Error::Unavailable("The next master key is the current one. Give another.".to_owned()));
    }
    let mut report = Report { from, to: next.id().to_owned(), ..Report::default() };
    let in_use: Vec<(String, i64)> =
        sqlx::query_as("select master_key_id, organizations from master_keys_in_use()").fetch_all(&system.pool).await?;
    let count = |new: bool| in_use.iter().filter(|(id, _)| (id == next.id()) == new).map(|(_, count)| count.unsigned_abs()).sum::<u64>();
    report.already = count(true);
    let mut total = count(false);
    loop {
        let mut after = Uuid::nil();
        report.failed.clear();
        loop {
            let batch: Vec<Uuid> = sqlx::query_scalar("select * from organizations_not_wrapped_with($1, $2, $3)")
                .bind(next.id())
                .bind(after)
                .bind(BATCH)
                .fetch_all(&system.pool)
                .await?;
            let Some(last) = batch.last() else { break };
            after = *last;
            for id in batch {
                match rewrap(system, OrganizationId(id), &next).await {
                    Ok(true) => report.rewrapped += 1,
                    Ok(false) => {}
                    // One that was tampered with does not keep the others from being rotated.
                    Err(Error::Unavailable(why)) => report.failed.push(why),
                    Err(error) => return Err(error),
                }
                total = total.max(report.rewrapped);
                progress(report.rewrapped, total);
            }
        }
        // Whoever is about to make a data key under the old master key ends first; whoever comes later waits and takes the next one.
        let mut tx = system.person(crate::ids::UserId(Uuid::nil())).await?;
        store::end_rotation(&mut tx).await?;
        let left: Vec<Uuid> = sqlx::query_scalar("select * from organizations_not_wrapped_with($1, $2, $3)")
            .bind(next.id())
            .bind(Uuid::nil())
            .bind(BATCH)
            .fetch_all(&mut *tx)
            .await?;
        if left.len() > report.failed.len() {
            continue;
        }
        if report.failed.is_empty() {
            report.file_replaced = system.masters.promote_next()?;
        }
        tx.commit().await?;
        return Ok(report);
    }
}

/// `false`: it was already under the new one.
async fn rewrap(system: &System, organization: OrganizationId, next: &MasterKey) -> Result<bool> {
    let mut tx = system.tenant_of(organization).await?;
    let Some(stored) = store::data_key(&mut tx, organization, true).await? else { return Ok(false) };
    if stored.master_key_id == next.id() {
        return Ok(false);
    }
    let data_key = envelope::unwrap(&system.masters, organization, &stored)?;
    let wrapped = next.wrap(organization, &data_key).ok_or_else(|| Error::internal("a data key could not be wrapped"))?;
    store::rewrap(&mut tx, organization, next.id(), &wrapped, system.clock.now()).await?;
    tx.commit().await?;
    Ok(true)
}
