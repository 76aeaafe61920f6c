//! One run from where it stands to its end, or to where it only waits.

use super::{CallTool, Claim, Opened, RENEW_EVERY, changes::Marks, perform::Stop};
use crate::{
    access::{Role, Scope},
    actor::{Actor, Source},
    error::{Error, Result},
    executions::Cancel,
    system::System,
    workflows::{
        engine::{Action, CallId, Event, NodeStatus, Plan, RunState, RunStatus, transition},
        graph::{Definition, NodeKind},
        store::{self, Changed, OpenRun},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::{BTreeSet, HashMap},
    future::Future,
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::{Id, JoinError, JoinSet},
    time::{Instant, MissedTickBehavior, interval_at, timeout},
};

/// How long calls have to end by themselves once the run is taken away.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How often a write is tried again before this server gives the run up; the lease has then nearly ended.
const WRITE_TRIES: u32 = 20;
/// A run that only waits longer than this is let go.
const REST_AFTER: TimeDelta = TimeDelta::seconds(5);

/// Whether a run was let go.
enum Rest {
    Rests,
    /// No: somebody answered its question just then.
    Answered,
    Works,
}

/// Whether the run has ended; else it goes on elsewhere, or later.
pub(super) async fn drive(system: &System, tools: Arc<dyn CallTool>, claim: Claim, opened: Option<Opened>, wake: &Notify) -> bool {
    if let Some(Opened { plan, run, actor, actions }) = opened {
        return Driver::new(system, tools, claim, plan, run, Some(actor)).run(wake, Some(actions)).await;
    }
    let read = retried(|| async {
        let mut tx = system.tenant_of(claim.organization_id).await?;
        let Some(run) = store::open_run(&mut tx, claim.run_id, claim.fence).await? else { return Ok(None) };
        let actor = actor(&mut tx, &run, claim).await?;
        Ok(Some((run, actor)))
    })
    .await;
    match read {
        Ok(Some((mut run, actor))) => {
            let plan = Plan::new(std::mem::take(&mut run.definition));
            Driver::new(system, tools, claim, plan, run, actor).run(wake, None).await
        }
        Ok(None) => false,
        Err(error) => {
            tracing::error!(%error, run = %claim.run_id, "could not read a run; it is taken up again when its lease ends");
            false
        }
    }
}

/// Who the run acts as: rights are looked up anew, so that whoever lost them cannot go on by a run. `None`: no member any more.
async fn actor(tx: &mut crate::db::TenantTx, run: &OpenRun, claim: Claim) -> Result<Option<Actor>> {
    let Some(user_id) = run.user_id else { return Ok(None) };
    let Some((user_name, role)) = store::member(tx, claim.organization_id, user_id).await? else { return Ok(None) };
    Ok(Role::parse(&role).map(|role| Actor {
        organization_id: claim.organization_id,
        user_id,
        user_name,
        role,
        agent_id: run.agent_id,
        // A run calls tools and does nothing else.
        scopes: Some(vec![Scope::Read, Scope::Execute]),
        source: Source::Workflow,
        address: None,
    }))
}

pub(super) struct Driver<'a> {
    pub system: &'a System,
    pub tools: Arc<dyn CallTool>,
    pub claim: Claim,
    plan: Plan,
    pub run: OpenRun,
    pub actor: Option<Actor>,
    pub tasks: JoinSet<Event>,
    /// Which call and attempt a task is for, should it panic.
    pub calls: HashMap<Id, (CallId, u32)>,
    pub stops: HashMap<CallId, Stop>,
    /// When to send which time that the engine named.
    pub timers: BTreeSet<(Instant, DateTime<Utc>, CallId)>,
    marks: Marks,
}

impl<'a> Driver<'a> {
    fn new(system: &'a System, tools: Arc<dyn CallTool>, claim: Claim, plan: Plan, run: OpenRun, actor: Option<Actor>) -> Self {
        let mut marks = Marks::default();
        marks.take(&run.state);
        let (tasks, calls, stops, timers) = (JoinSet::new(), HashMap::new(), HashMap::new(), BTreeSet::new());
        Self { system, tools, claim, plan, run, actor, tasks, calls, stops, timers, marks }
    }

    /// `begun`: what is to be done first, where the state is stored already. Whether the run has ended.
    async fn run(mut self, wake: &Notify, begun: Option<Vec<Action>>) -> bool {
        let mut resumed = begun.is_none() && self.run.state.status != RunStatus::Pending;
        let mut events = Vec::new();
        if begun.is_none() {
            events.push(Event::Resume);
            events.extend(self.answers().await);
        }
        let mut actions = begun.unwrap_or_default();
        let mut renew = interval_at(Instant::now() + RENEW_EVERY, RENEW_EVERY);
        renew.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if !events.is_empty() {
                actions = self.turn(std::mem::take(&mut events));
                // Stored before anything is done: what is done twice after a crash is only what had not finished.
                match self.store().await {
                    Ok(true) => {}
                    Ok(false) => return self.give_up().await,
                    Err(error) => {
                        tracing::error!(%error, run = %self.claim.run_id, "could not store a run; it is taken up again when its lease ends");
                        return self.give_up().await;
                    }
                }
            }
            for action in std::mem::take(&mut actions) {
                self.perform(action, resumed);
            }
            resumed = false;
            if self.run.state.status.is_final() {
                return true;
            }
            match self.rests().await {
                Rest::Rests => return false,
                Rest::Answered => events.extend(self.answers().await),
                Rest::Works => {}
            }
            while events.is_empty() {
                let next = self.timers.first().map(|(instant, ..)| *instant);
                tokio::select! {
                    Some(joined) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                        events.extend(self.event(joined));
                        // What finished meanwhile is stored in the same write.
                        while let Some(joined) = self.tasks.try_join_next_with_id() {
                            events.extend(self.event(joined));
                        }
                    }
                    () = tokio::time::sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => events.extend(self.due().await),
                    () = wake.notified() => {
                        if !self.still_ours().await {
                            return self.give_up().await;
                        }
                        events.extend(self.answers().await);
                    }
                    _ = renew.tick() => {
                        if !self.still_ours().await {
                            return self.give_up().await;
                        }
                        events.extend(self.answers().await);
                    }
                }
            }
        }
    }

    /// The state after these events, and what is to be done.
    fn turn(&mut self, events: Vec<Event>) -> Vec<Action> {
        let mut actions = Vec::new();
        for event in events {
            let state = std::mem::replace(&mut self.run.state, RunState::new(&Definition::default(), serde_json::Map::new(), 0));
            let (state, more) = transition(&self.plan, state, event, self.system.clock.now());
            self.run.state = state;
            actions.extend(more);
        }
        actions
    }

    /// The times that have come and still count. An answer that was given in time counts before the time that ran out.
    async fn due(&mut self) -> Vec<Event> {
        let now = Instant::now();
        let mut due = Vec::new();
        while self.timers.first().is_some_and(|(instant, ..)| *instant <= now) {
            if let Some((_, time, call)) = self.timers.pop_first()
                && self.waits_for(&call, time)
            {
                due.push(Event::Due { call, due: time });
            }
        }
        let mut events = if due.is_empty() { Vec::new() } else { self.answers().await };
        events.extend(due);
        events
    }

    fn waits_for(&self, call: &CallId, time: DateTime<Utc>) -> bool {
        let Some(result) = self.run.state.nodes.get(&call.node) else { return false };
        match call.item {
            None => result.due_at == Some(time),
            Some(item) => result.items.as_ref().and_then(|items| items.done.get(&item)).is_some_and(|item| item.due_at == Some(time)),
        }
    }

    /// What people answered to the questions of this run.
    async fn answers(&self) -> Vec<Event> {
        let asks = |id: &str| {
            self.run.state.nodes.get(id).is_some_and(|result| result.status == NodeStatus::Waiting)
                && self.plan.definition().node(id).is_some_and(|node| node.kind == NodeKind::Approval)
        };
        if !self.run.state.nodes.keys().any(|id| asks(id)) {
            return Vec::new();
        }
        let read = async {
            let mut tx = self.system.tenant_of(self.claim.organization_id).await?;
            store::decisions(&mut tx, self.claim.run_id).await
        };
        match read.await {
            Ok(found) => found.into_iter().filter(|(id, _)| asks(id)).map(|(node, decision)| Event::Decided { node, decision }).collect(),
            Err(error) => {
                tracing::warn!(%error, run = %self.claim.run_id, "could not read the answers to a run's questions");
                Vec::new()
            }
        }
    }

    /// Lets the run go where it only waits, and not just for a moment.
    async fn rests(&self) -> Rest {
        let next = self.run.state.next_due();
        let soon = next.is_some_and(|due| due - self.system.clock.now() < REST_AFTER);
        if self.run.state.status != RunStatus::Waiting || soon || !self.tasks.is_empty() {
            return Rest::Works;
        }
        let answered = async {
            let mut tx = self.system.tenant_of(self.claim.organization_id).await?;
            let answered = store::park(&mut tx, self.claim.run_id, self.claim.fence, next).await?;
            tx.commit().await?;
            Ok::<_, Error>(answered)
        };
        match answered.await {
            Ok(true) => Rest::Answered,
            Ok(false) => Rest::Rests,
            Err(error) => {
                tracing::warn!(%error, run = %self.claim.run_id, "could not let a waiting run go");
                Rest::Works
            }
        }
    }

    /// What a task that ended tells the engine. A panic is our fault, and fails the call rather than the server.
    fn event(&mut self, joined: std::result::Result<(Id, Event), JoinError>) -> Option<Event> {
        match joined {
            Ok((id, event)) => {
                if let Some((call, _)) = self.calls.remove(&id)
                    && !self.calls.values().any(|(other, _)| *other == call)
                {
                    self.stops.remove(&call);
                }
                Some(event)
            }
            Err(error) => {
                let (call, attempt) = self.calls.remove(&error.id())?;
                let node = call.node.as_str();
                tracing::error!(error = crate::Error::of_task(&error).told(), run = %self.claim.run_id, node, "a call panicked");
                Some(Event::failed(call, attempt, "internal", "Something went wrong on our side.", true))
            }
        }
    }

    async fn store(&mut self) -> Result<bool> {
        let changed = self.marks.take(&self.run.state);
        let (system, claim, definition, state) = (self.system, self.claim, self.plan.definition(), &self.run.state);
        let of = (claim.organization_id, claim.run_id, claim.fence);
        let question = |id: &String| definition.node(id).filter(|node| node.kind == NodeKind::Approval);
        let waiting = changed.nodes.iter().filter(|(_, result)| result.status == NodeStatus::Waiting);
        let asked: Vec<_> = waiting.filter_map(|(id, result)| Some((question(id)?, result.due_at))).collect();
        retried(|| async {
            if asked.is_empty() && changed.items.is_empty() {
                let mut line = system.lines.take().await?;
                let held = store::checkpoint(&mut line.connection, of, definition, state, &changed).await?;
                line.free();
                return Ok(held);
            }
            let mut tx = system.tenant_of(claim.organization_id).await?;
            let held = store::checkpoint(&mut *tx, of, definition, state, &changed).await?;
            if held {
                store::put_down_items(&mut tx, claim.run_id, &changed.items).await?;
                for (node, due) in &asked {
                    store::ask(&mut tx, claim.run_id, node, system.clock.now(), *due).await?;
                }
            }
            tx.commit().await?;
            Ok(held)
        })
        .await
    }

    async fn still_ours(&self) -> bool {
        let renewed = async {
            let mut tx = self.system.tenant_of(self.claim.organization_id).await?;
            let held = store::renew(&mut tx, self.claim.run_id, self.claim.fence).await?;
            tx.commit().await?;
            Ok::<_, Error>(held)
        };
        // Where the database does not answer the lease goes on for a while; the next write decides.
        renewed.await.unwrap_or(true)
    }

    /// The run is somebody else's now, or cancelled: calls are stopped, and may say under which ids they were recorded.
    async fn give_up(mut self) -> bool {
        for stop in self.stops.values() {
            match &stop.waits_for {
                Some(task) => task.abort(),
                None => Cancel::cancel(&stop.cancel),
            }
        }
        let mut told = Vec::new();
        let last_words = async {
            while let Some(joined) = self.tasks.join_next_with_id().await {
                if let Ok((_, event @ Event::Finished { execution_id: Some(_), .. })) = joined {
                    told.push(event);
                }
            }
        };
        let _ = timeout(LAST_WORDS, last_words).await;
        if told.is_empty() {
            return false;
        }
        let noted = async {
            let mut tx = self.system.tenant_of(self.claim.organization_id).await?;
            let Some((definition, mut state, fence)) = store::lock_run(&mut tx, self.claim.run_id).await? else { return Ok(()) };
            if state.status != RunStatus::Cancelled {
                return Ok(());
            }
            for event in told {
                (state, _) = transition(&self.plan, state, event, self.system.clock.now());
            }
            let (of, all) = ((self.claim.organization_id, self.claim.run_id, fence), Changed::all(&state));
            store::checkpoint(&mut *tx, of, &definition, &state, &all).await?;
            store::put_down_items(&mut tx, self.claim.run_id, &all.items).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, run = %self.claim.run_id, "could not note which executions were stopped");
        }
        false
    }
}

/// Tries again while the database is away, for less than a lease lasts.
async fn retried<T, F: Future<Output = Result<T>>>(work: impl Fn() -> F) -> Result<T> {
    let mut tries = 0;
    loop {
        match work().await {
            Err(error @ (Error::Internal(_) | Error::Unavailable(_))) if tries < WRITE_TRIES => {
                tries += 1;
                tracing::warn!(%error, tries, "the database did not take a run's state");
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            answer => return answer,
        }
    }
}
