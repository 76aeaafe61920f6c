//! What a step of a run was given and gave, and every call it made.

use super::engine::NodeResult;
use crate::ids::{ExecutionId, RunId, WorkflowId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A call that a step made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Attempt {
    pub execution_id: ExecutionId,
    pub tool_name: String,
    pub status: String,
    /// Of a `for_each`: which item it was for.
    pub item: Option<i32>,
    pub error: Option<String>,
    /// What a script printed.
    pub console: Option<String>,
    pub created_at: DateTime<Utc>,
    pub duration_ms: Option<f64>,
}

/// A run that a step began: of the workflow it runs, or of a tool that is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InnerRun {
    pub id: RunId,
    pub workflow_id: WorkflowId,
    /// Of a `for_each`: which item it was for.
    pub item: Option<i32>,
    pub status: String,
}

/// A step of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspected {
    pub result: NodeResult,
    /// `Err`: why it could not be made.
    pub input: Result<Map<String, Value>, String>,
    /// The newest calls, oldest of them first.
    pub attempts: Vec<Attempt>,
    /// The newest runs inside it, oldest of them first.
    pub runs: Vec<InnerRun>,
}

#[cfg(feature = "ssr")]
pub use of_run::inspect;

#[cfg(feature = "ssr")]
mod of_run {
    use super::Inspected;
    use crate::{
        access::Permission,
        actor::Actor,
        error::{Error, Result},
        ids::RunId,
        system::System,
        workflows::{
            engine::{Plan, RunState, inputs_of},
            store,
        },
    };

    /// How many calls are told of.
    const MOST: i64 = 50;

    /// Of a run that the actor may see.
    pub async fn inspect(system: &System, actor: &Actor, run: RunId, node: &str) -> Result<Inspected> {
        actor.require(Permission::See)?;
        let mut tx = system.tenant(actor).await?;
        let run = store::find_run(&mut tx, actor, run).await?.ok_or(Error::NotFound("run"))?;
        let result = run.node_results.get(node).cloned().ok_or(Error::NotFound("step"))?;
        let attempts = store::attempts(&mut tx, run.id, node, result.execution_id, MOST).await?;
        let runs = store::inner_runs(&mut tx, run.id, node, MOST).await?;
        let state = RunState { status: run.status, nodes: run.node_results, ..RunState::new(&run.definition, run.input_data, 0) };
        let input = inputs_of(&Plan::new(run.definition), node, &state);
        Ok(Inspected { result, input, attempts, runs })
    }
}
