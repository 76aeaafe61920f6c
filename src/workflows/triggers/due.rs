//! Schedules whose time has come. Each due time fires once, however many servers look: who fires it holds the trigger's row, and the run, the
//! record of the firing and the next due time are one transaction. A server that dies before it has done nothing, and one that dies after it has
//! left a run that is taken up like any other.

use super::{
    Outcome, Overlap, payload,
    plan::{Plan, plan},
    start,
    store::{self, Armed, NewFiring},
    times::Times,
};
use crate::{
    actor::Source,
    db::TenantTx,
    error::Result,
    ids::{OrganizationId, RunId, TriggerId},
    system::System,
    workflows::{begin::Begun, cancel::cancel_tree},
};
use chrono::{DateTime, TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use std::time::Duration;

const LOOK_EVERY: Duration = Duration::from_secs(1);
const AT_ONCE: i32 = 200;
const SIDE_BY_SIDE: usize = 8;
/// How many firings of one trigger wait at most for the end of the run before.
const MOST_QUEUED: i64 = 100;
/// How often, in looks, what nobody needs any more is deleted, and how long firings are kept.
const SWEEP_EVERY: u32 = 60;
const KEEP_FIRINGS: TimeDelta = TimeDelta::days(30);

/// Looks until the server stops.
pub async fn serve(system: System) {
    for look in 0_u32.. {
        if let Err(error) = fire_due(&system).await {
            tracing::warn!(%error, "could not look for schedules whose time has come");
        }
        if look % SWEEP_EVERY == 0
            && let Err(error) = sweep(&system).await
        {
            tracing::warn!(%error, "could not forget old deliveries and firings of triggers");
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// Fires what is due now, here unless another server does at this moment. How many triggers were fired.
pub async fn fire_due(system: &System) -> Result<usize> {
    let due = store::due(system, system.clock.now(), AT_ONCE).await?;
    let fired = stream::iter(due).map(|(id, organization)| async move {
        match fire(system, organization, id).await {
            Ok(fired) => usize::from(fired),
            Err(error) => {
                tracing::error!(error = error.told(), trigger = %id, "a trigger could not be fired; it is tried again");
                0
            }
        }
    });
    Ok(fired.buffer_unordered(SIDE_BY_SIDE).fold(0, |sum, fired| async move { sum + fired }).await)
}

/// Forgets deliveries that cannot come again, and firings of long ago.
pub async fn sweep(system: &System) -> Result<()> {
    let now = system.clock.now();
    store::sweep(system, now, now - KEEP_FIRINGS).await
}

/// One trigger that is fired, and what is to be done once that is committed.
struct Turn<'a> {
    system: &'a System,
    armed: &'a Armed,
    now: DateTime<Utc>,
    begun: Vec<Begun>,
    stopped: Vec<RunId>,
}

async fn fire(system: &System, organization: OrganizationId, id: TriggerId) -> Result<bool> {
    let now = system.clock.now();
    let mut tx = system.tenant_of(organization).await?;
    let Some(armed) = store::claim(&mut tx, id).await? else { return Ok(false) };
    let mut turn = Turn { system, armed: &armed, now, begun: Vec::new(), stopped: Vec::new() };
    let went_on = turn.go_on(&mut tx).await?;
    let fired = turn.scheduled(&mut tx).await?;
    let Turn { begun, stopped, .. } = turn;
    tx.commit().await?;
    for run in begun {
        system.runner.stored(system, run);
    }
    for run in stopped {
        system.runner.wake(run);
    }
    Ok(went_on || fired)
}

impl Turn<'_> {
    /// What waited for the end of a run is started when it has ended.
    async fn go_on(&mut self, tx: &mut TenantTx) -> Result<bool> {
        let Some((id, _)) = store::first_queued(tx, self.armed.id).await? else { return Ok(false) };
        if !self.armed.is_enabled {
            store::settle(tx, id, Outcome::Skipped, "The trigger was disabled while this waited.", None, self.now).await?;
            return Ok(true);
        }
        if !store::open_runs(tx, self.armed.id).await?.is_empty() {
            return Ok(false);
        }
        match self.start(tx).await? {
            Ok(run) => store::settle(tx, id, Outcome::Started, "", Some(run), self.now).await?,
            Err(reason) => store::settle(tx, id, Outcome::Refused, &reason, None, self.now).await?,
        }
        Ok(true)
    }

    /// The due times that have come.
    async fn scheduled(&mut self, tx: &mut TenantTx) -> Result<bool> {
        let armed = self.armed;
        let due = armed.next_due_at.filter(|due| armed.is_enabled && *due <= self.now);
        let (Some(first), Some(schedule)) = (due, &armed.schedule) else { return Ok(false) };
        let Ok(times) = Times::parse(schedule) else {
            // It was understood when it was saved: a newer release knows other time zones.
            store::refuse(tx, self.place(), "The schedule is not understood any more. Open it and save it anew.", self.now).await?;
            store::set_next_due(tx, armed.id, None).await?;
            return Ok(true);
        };
        let Plan { run, missed } = plan(&times.until(first, self.now), self.now, schedule.missed, schedule.missed_most);
        if let (Some(oldest), Some(newest)) = (missed.first(), missed.last()) {
            let reason = match missed.len() {
                1 => "No server was there at this time.".to_owned(),
                count => format!("No server was there at {count} due times, the first {}.", oldest.format("%Y-%m-%d %H:%M UTC")),
            };
            let count = i32::try_from(missed.len()).unwrap_or(i32::MAX);
            self.note(tx, Outcome::Missed, &reason, *newest, None, count).await?;
        }
        for due in run {
            if !store::is_recorded(tx, armed.id, due).await? {
                self.come(tx, due, schedule.overlap).await?;
            }
        }
        store::set_next_due(tx, armed.id, times.next(self.now)).await?;
        Ok(true)
    }

    /// One due time, with the runs before it in mind.
    async fn come(&mut self, tx: &mut TenantTx, due: DateTime<Utc>, overlap: Overlap) -> Result<()> {
        let open = if overlap == Overlap::Allow { Vec::new() } else { store::open_runs(tx, self.armed.id).await? };
        let queued = if overlap == Overlap::Queue { store::count_queued(tx, self.armed.id).await? } else { 0 };
        match overlap {
            Overlap::Skip if !open.is_empty() => {
                return self.note(tx, Outcome::Skipped, "The run before had not ended.", due, None, 1).await;
            }
            Overlap::Queue if queued >= MOST_QUEUED => {
                let reason = format!("{MOST_QUEUED} due times wait for runs to end already.");
                return self.note(tx, Outcome::Skipped, &reason, due, None, 1).await;
            }
            Overlap::Queue if queued > 0 || !open.is_empty() => {
                return self.note(tx, Outcome::Queued, "Begins when the run before has ended.", due, None, 1).await;
            }
            _ => {}
        }
        match self.start(tx).await? {
            Ok(run) => {
                // Only now: a run that cannot be followed by another one goes on.
                for earlier in open {
                    self.stopped.extend(cancel_tree(tx, self.system, self.armed.organization_id, earlier).await?);
                }
                self.note(tx, Outcome::Started, "", due, Some(run), 1).await
            }
            Err(reason) => self.note(tx, Outcome::Refused, &reason, due, None, 1).await,
        }
    }

    /// The run, or why there is none.
    async fn start(&mut self, tx: &mut TenantTx) -> Result<Result<RunId, String>> {
        let run = RunId::new();
        let recorded = async {
            let actor = start::acting(tx, self.armed, Source::Schedule).await?;
            let taken = start::taken(tx, self.armed, &actor).await?;
            let input = payload::input(self.armed.kind, taken.definition.inputs(), &[], &self.armed.input, &Value::Null);
            start::record(tx, self.system, self.armed, &actor, run, taken, input).await
        };
        match recorded.await {
            Ok(stored) => {
                self.begun.push(stored);
                Ok(Ok(run))
            }
            Err(error) => start::refusal(&error).map(Err).ok_or(error),
        }
    }

    async fn note(
        &self,
        tx: &mut TenantTx,
        outcome: Outcome,
        reason: &str,
        due: DateTime<Utc>,
        run_id: Option<RunId>,
        count: i32,
    ) -> Result<()> {
        let firing = NewFiring { outcome, reason, due_at: Some(due), run_id, count, fired_at: self.now };
        store::record(tx, self.place(), &firing).await.map(|_| ())
    }

    fn place(&self) -> (OrganizationId, TriggerId) {
        (self.armed.organization_id, self.armed.id)
    }
}
