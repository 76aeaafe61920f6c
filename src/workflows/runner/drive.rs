//! One run from where it stands to its end.

use super::{CallTool, Claim, RENEW_EVERY, ToolCall};
use crate::{
    access::{Role, Scope},
    actor::{Actor, Source},
    error::{Error, Result},
    executions::Cancel,
    system::System,
    workflows::{
        engine::{Action, Event, NodeResult, NodeStatus, Outcome, RunState, transition},
        graph::{Definition, NodeKind},
        store::{self, OpenRun},
    },
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::{Id, JoinError, JoinSet},
    time::{Instant, interval_at, timeout},
};

/// How long calls have to end by themselves once the run is taken away.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// How often a write is tried again before this server gives the run up; the lease has then nearly ended.
const WRITE_TRIES: u32 = 20;

pub(super) async fn drive(system: &System, tools: Arc<dyn CallTool>, claim: Claim, wake: &Notify) {
    let opened = retried(|| async {
        let mut tx = system.tenant_of(claim.organization_id).await?;
        let Some(run) = store::open_run(&mut tx, claim.run_id, claim.fence).await? else { return Ok(None) };
        let actor = actor(&mut tx, &run, claim).await?;
        Ok(Some((run, actor)))
    })
    .await;
    match opened {
        Ok(Some((run, actor))) => Driver::new(system, tools, claim, run, actor).run(wake).await,
        Ok(None) => {}
        Err(error) => tracing::error!(%error, run = %claim.run_id, "could not read a run; it is taken up again when its lease ends"),
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

struct Driver<'a> {
    system: &'a System,
    tools: Arc<dyn CallTool>,
    claim: Claim,
    run: OpenRun,
    actor: Option<Actor>,
    tasks: JoinSet<Event>,
    /// Which node and attempt a task is for, should it panic.
    calls: HashMap<Id, (String, u32)>,
    cancels: HashMap<String, Cancel>,
    /// What is stored of each node, to write only what changed.
    stored: HashMap<String, (NodeStatus, u32)>,
}

impl<'a> Driver<'a> {
    fn new(system: &'a System, tools: Arc<dyn CallTool>, claim: Claim, run: OpenRun, actor: Option<Actor>) -> Self {
        let stored = marks(&run.state);
        Self { system, tools, claim, run, actor, tasks: JoinSet::new(), calls: HashMap::new(), cancels: HashMap::new(), stored }
    }

    async fn run(mut self, wake: &Notify) {
        let mut events = vec![Event::Resume];
        let mut renew = interval_at(Instant::now() + RENEW_EVERY, RENEW_EVERY);
        loop {
            let mut actions = Vec::new();
            for event in std::mem::take(&mut events) {
                let state = std::mem::replace(&mut self.run.state, RunState::new(&Definition::default(), serde_json::Map::new()));
                let (state, more) = transition(&self.run.definition, state, event, self.system.clock.now());
                self.run.state = state;
                actions.extend(more);
            }
            // Stored before anything is done: what is done twice after a crash is only what had not finished.
            match self.store().await {
                Ok(true) => {}
                Ok(false) => return self.give_up().await,
                Err(error) => {
                    tracing::error!(%error, run = %self.claim.run_id, "could not store a run; it is taken up again when its lease ends");
                    return self.give_up().await;
                }
            }
            for action in actions {
                self.perform(action);
            }
            if self.run.state.status.is_final() {
                return;
            }
            tokio::select! {
                Some(joined) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => {
                    events.extend(self.event(joined));
                    // What finished meanwhile is stored in the same write.
                    while let Some(joined) = self.tasks.try_join_next_with_id() {
                        events.extend(self.event(joined));
                    }
                }
                () = wake.notified() => if !self.still_ours().await { return self.give_up().await },
                _ = renew.tick() => if !self.still_ours().await { return self.give_up().await },
            }
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::RunNode { node, attempt, inputs } => {
                let tool_id = self.run.definition.node(&node).filter(|node| node.kind == NodeKind::Tool).and_then(|node| node.tool_id);
                let (Some(tool_id), Some(actor)) = (tool_id, self.actor.clone()) else {
                    let message = if tool_id.is_none() {
                        "This step names no tool."
                    } else {
                        "Who started this run is no member of the organization any more."
                    };
                    let outcome = Outcome::Failure { class: "unauthorized".to_owned(), message: message.to_owned(), retryable: false };
                    self.tasks.spawn(async move { Event::NodeFinished { node, attempt, outcome, execution_id: None, duration_ms: 0.0 } });
                    return;
                };
                let cancel = Cancel::new();
                self.cancels.insert(node.clone(), cancel.clone());
                let call = self.tools.call(ToolCall {
                    system: self.system.clone(),
                    actor,
                    run_id: self.claim.run_id,
                    node_id: node.clone(),
                    tool_id,
                    inputs,
                    attempt,
                    session_id: self.run.session_id,
                    trace_id: self.run.trace_id.clone(),
                    cancel,
                });
                let name = node.clone();
                let task = self.tasks.spawn(async move {
                    let begun = Instant::now();
                    let result = call.await;
                    let duration_ms = begun.elapsed().as_secs_f64() * 1000.0;
                    Event::NodeFinished { node, attempt, outcome: result.outcome, execution_id: result.execution_id, duration_ms }
                });
                self.calls.insert(task.id(), (name, attempt));
            }
            Action::RetryAt { node, at } => {
                let wait = (at - self.system.clock.now()).to_std().unwrap_or_default();
                self.tasks.spawn(async move {
                    tokio::time::sleep(wait).await;
                    Event::RetryDue { node }
                });
            }
            Action::StopNode { node } => {
                if let Some(cancel) = self.cancels.get(&node) {
                    cancel.cancel();
                }
            }
            Action::Finish => {}
        }
    }

    /// What a task that ended tells the engine. A panic is our fault, and fails the node rather than the run's owner.
    fn event(&mut self, joined: std::result::Result<(Id, Event), JoinError>) -> Option<Event> {
        match joined {
            Ok((id, event)) => {
                self.calls.remove(&id);
                Some(event)
            }
            Err(error) => {
                let (node, attempt) = self.calls.remove(&error.id())?;
                tracing::error!(error = crate::Error::of_task(&error).told(), run = %self.claim.run_id, node, "a call panicked");
                let outcome = Outcome::Failure {
                    class: "internal".to_owned(),
                    message: "Something went wrong on our side.".to_owned(),
                    retryable: true,
                };
                Some(Event::NodeFinished { node, attempt, outcome, execution_id: None, duration_ms: 0.0 })
            }
        }
    }

    async fn store(&mut self) -> Result<bool> {
        let now = marks(&self.run.state);
        let changed: BTreeMap<String, NodeResult> = self
            .run
            .state
            .nodes
            .iter()
            .filter(|(id, _)| self.stored.get(*id) != now.get(*id))
            .map(|(id, result)| (id.clone(), result.clone()))
            .collect();
        let (system, claim, definition, state): (_, _, &Definition, &RunState) =
            (self.system, self.claim, &self.run.definition, &self.run.state);
        let held = retried(|| async {
            let mut tx = system.tenant_of(claim.organization_id).await?;
            let held = store::checkpoint(&mut tx, claim.run_id, claim.fence, definition, state, &changed).await?;
            tx.commit().await?;
            Ok(held)
        })
        .await?;
        self.stored = now;
        Ok(held)
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
    async fn give_up(mut self) {
        for cancel in self.cancels.values() {
            cancel.cancel();
        }
        let mut told = Vec::new();
        let last_words = async {
            while let Some(joined) = self.tasks.join_next_with_id().await {
                if let Ok((_, event @ Event::NodeFinished { execution_id: Some(_), .. })) = joined {
                    told.push(event);
                }
            }
        };
        // Waiting for retries does not count as work: those tasks are dropped with the rest.
        let _ = timeout(LAST_WORDS, last_words).await;
        if told.is_empty() {
            return;
        }
        let noted = async {
            let mut tx = self.system.tenant_of(self.claim.organization_id).await?;
            let Some((definition, mut state, fence)) = store::lock_run(&mut tx, self.claim.run_id).await? else { return Ok(()) };
            if state.status != crate::workflows::engine::RunStatus::Cancelled {
                return Ok(());
            }
            for event in told {
                (state, _) = transition(&definition, state, event, self.system.clock.now());
            }
            store::checkpoint(&mut tx, self.claim.run_id, fence, &definition, &state, &state.nodes).await?;
            tx.commit().await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, run = %self.claim.run_id, "could not note which executions were stopped");
        }
    }
}

fn marks(state: &RunState) -> HashMap<String, (NodeStatus, u32)> {
    state.nodes.iter().map(|(id, result)| (id.clone(), (result.status, result.attempts))).collect()
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
