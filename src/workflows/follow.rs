//! A run as it goes on: what has become of it, told as it happens, whichever server has it.

use super::{
    Run,
    engine::{NodeResult, NodeStatus, RunStatus},
    get_run::get_run,
    store,
};
use crate::{
    actor::Actor,
    error::{Error, Result},
    ids::RunId,
    system::System,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// How long one may follow before one has to ask again, and is asked again who one is.
const LONGEST: Duration = Duration::from_secs(300);
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Something that happened in a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Progress {
    /// Where the run stands: told first, then whenever it changes, and last when it has ended.
    Run(RunStands),
    /// What has become of a node; told of every node that has begun, then whenever it changes.
    Node { node: String, result: Box<NodeResult> },
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunStands {
    pub id: RunId,
    pub status: RunStatus,
    pub current_node: Option<String>,
    pub output_data: Option<Value>,
    pub error_message: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
}

/// Somebody who follows a run.
pub struct Follower {
    system: System,
    actor: Actor,
    run: RunId,
    since: Instant,
    /// Which state of the run was told last.
    mark: Option<String>,
    told: Option<(RunStands, BTreeMap<String, NodeResult>)>,
    pause: Duration,
}

/// Begins to follow a run that the actor may see.
pub async fn follow(system: &System, actor: &Actor, run: RunId) -> Result<Follower> {
    get_run(system, actor, run).await?;
    let (system, actor, since) = (system.clone(), actor.clone(), Instant::now());
    Ok(Follower { system, actor, run, since, mark: None, told: None, pause: SHORTEST_PAUSE })
}

impl Follower {
    /// What happened since the last time, as soon as something has. `None`: there is nothing more to tell, because the run has ended and that
    /// was told, because it was deleted, because this server stops, or because it was followed long enough.
    pub async fn next(&mut self) -> Result<Option<Vec<Progress>>> {
        if self.told.as_ref().is_some_and(|(run, _)| run.status.is_final()) {
            return Ok(None);
        }
        while self.since.elapsed() < LONGEST {
            let mut tx = self.system.tenant(&self.actor).await?;
            let mark = store::run_mark(&mut tx, self.run).await?;
            drop(tx);
            if self.mark != mark {
                self.mark = mark;
                let run = match get_run(&self.system, &self.actor, self.run).await {
                    Err(Error::NotFound(_)) => return Ok(None),
                    run => run?,
                };
                let news = self.news(run);
                if !news.is_empty() {
                    self.pause = SHORTEST_PAUSE;
                    return Ok(Some(news));
                }
            }
            tokio::select! {
                () = tokio::time::sleep(self.pause) => self.pause = (self.pause * 3 / 2).min(LONGEST_PAUSE),
                () = self.system.runner.closed() => return Ok(None),
            }
        }
        Ok(None)
    }

    fn news(&mut self, run: Run) -> Vec<Progress> {
        let stands = RunStands {
            id: run.id,
            status: run.status,
            current_node: run.current_node,
            output_data: run.output_data,
            error_message: run.error_message,
            started_at: run.started_at,
            completed_at: run.completed_at,
        };
        let known = self.told.as_ref();
        let is_new = known.is_none_or(|(told, _)| *told != stands);
        let changed = run.node_results.iter().filter(|(id, result)| match known.and_then(|(_, nodes)| nodes.get(*id)) {
            Some(told) => told != *result,
            None => result.status != NodeStatus::Pending,
        });
        let mut news: Vec<Progress> =
            changed.map(|(id, result)| Progress::Node { node: id.clone(), result: Box::new(result.clone()) }).collect();
        if is_new {
            // The end comes after all that led to it, any other state before what follows from it.
            let place = if stands.status.is_final() { news.len() } else { 0 };
            news.insert(place, Progress::Run(stands.clone()));
        }
        self.told = Some((stands, run.node_results));
        news
    }
}
