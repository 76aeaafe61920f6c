//! The wait that grows with failed sign-ins, per account and per address.
//!
//! An attempt is counted before the password is looked at and taken back when it was right: a hundred attempts at once cannot all slip through.
//! Accounts that do not exist are counted alike, so that the wait does not tell which do.

use super::{User, sign_in::about, store};
use crate::{
    audit,
    error::{Error, Result},
    system::System,
};
use chrono::{DateTime, Duration, Utc};
use std::net::IpAddr;

/// Failures without a wait, per account.
pub const FREE_FOR_ACCOUNT: i32 = 5;
/// The same per address, where a whole office may sit behind one.
pub const FREE_FOR_ADDRESS: i32 = 20;
/// The longest wait, in seconds.
pub const LONGEST_WAIT: i64 = 15 * 60;
/// After so long without a failure counting starts anew.
pub const FORGET_AFTER: Duration = Duration::hours(24);

/// How long to wait after the `failures`th failure: 0 for the free ones, then 2, 4, 8 … seconds.
#[must_use]
pub fn wait_seconds(failures: i32, free: i32) -> i64 {
    match failures - free {
        over if over <= 0 => 0,
        over if over >= 10 => LONGEST_WAIT,
        over => (1_i64 << over).min(LONGEST_WAIT),
    }
}

/// What one attempt is counted under.
fn subjects(email: &str, address: Option<IpAddr>) -> Vec<(String, i32)> {
    let mut subjects = vec![(format!("account:{email}"), FREE_FOR_ACCOUNT)];
    subjects.extend(address.map(|address| (format!("address:{}", address.to_canonical()), FREE_FOR_ADDRESS)));
    subjects
}

/// Counts an attempt, or refuses it while the account or the address has to wait. The answer: until when the account is locked, should
/// the attempt prove wrong.
pub async fn count_attempt(system: &System, email: &str, address: Option<IpAddr>) -> Result<Option<DateTime<Utc>>> {
    let now = system.clock.now();
    let mut tx = system.pool.begin().await?;
    let mut account_locked_until = None;
    // Always account before address: two attempts that cross wait for each other in the same order.
    for (subject, free) in subjects(email, address) {
        let (failures, locked_until) = store::lock_failures(&mut tx, &subject, now).await?;
        if let Some(until) = locked_until.filter(|until| *until > now) {
            return Err(wait(until, now));
        }
        let seconds = wait_seconds(failures + 1, free);
        let locked_until = (seconds > 0).then(|| now + Duration::seconds(seconds));
        store::set_failures(&mut tx, &subject, failures + 1, now, locked_until).await?;
        if subject.starts_with("account:") {
            account_locked_until = locked_until;
        }
    }
    tx.commit().await?;
    Ok(account_locked_until)
}

/// A failed attempt has locked this account: its organizations' audit logs say so.
pub async fn record(system: &System, user: &User, address: Option<IpAddr>, until: DateTime<Utc>) {
    let recorded = async {
        let mut db = system.pool.begin().await?;
        let who = audit::Who { id: None, kind: "system", name: "Somebody who is not signed in", address };
        let entry = audit::Entry { after: Some(serde_json::json!({ "locked_until": until })), ..about(user, "user.lock") };
        audit::record_everywhere(&mut db, user.id, who, system.clock.now(), entry).await?;
        Ok::<_, Error>(db.commit().await?)
    };
    if let Err(error) = recorded.await {
        tracing::error!(%error, user = %user.id, "could not record that an account was locked");
    }
}

/// The attempt was right: the account starts anew. The address only gets this attempt back, or somebody with an account of their own
/// could wash it clean between guesses at another's.
pub async fn forgive(system: &System, email: &str, address: Option<IpAddr>) -> Result<()> {
    store::clear_failures(&system.pool, &format!("account:{email}")).await?;
    if let Some(address) = address {
        store::take_back_failure(&system.pool, &format!("address:{}", address.to_canonical())).await?;
    }
    store::forget_failures(&system.pool, system.clock.now() - FORGET_AFTER).await
}

fn wait(until: DateTime<Utc>, now: DateTime<Utc>) -> Error {
    let seconds = u64::try_from((until - now).num_milliseconds()).unwrap_or(0).div_ceil(1000).max(1);
    let words = match seconds {
        1 => "1 second".to_owned(),
        2..=119 => format!("{seconds} seconds"),
        _ => format!("{} minutes", seconds.div_ceil(60)),
    };
    Error::RateLimited { message: format!("Too many failed sign-ins. Try again in {words}."), retry_after: seconds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_ends_at_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (1..=16).map(|n| wait_seconds(n, FREE_FOR_ACCOUNT)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(wait_seconds(i32::MAX, 5), LONGEST_WAIT);
    }
}
