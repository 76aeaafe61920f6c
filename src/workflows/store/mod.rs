//! All SQL of workflows and runs.

mod approvals;
mod composites;
mod items;
mod leases;
mod numbered;
mod pins;
mod runs;
mod together;
mod vanished;
mod versions;
mod workflows;

pub(super) use approvals::*;
pub(super) use composites::*;
pub(super) use items::*;
pub(super) use leases::*;
pub(super) use numbered::*;
pub(super) use pins::*;
pub(super) use runs::*;
pub(super) use together::*;
pub(super) use vanished::*;
pub(super) use versions::*;
pub(super) use workflows::*;

use super::engine::{RunState, RunStatus};
use crate::{
    actor::Actor,
    error::{Error, Result},
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use uuid::Uuid;

/// How long a server holds a run without a sign of life, in seconds.
pub const LEASE_SECONDS: f64 = 30.0;

/// Stored by us in this shape: anything else is our own fault.
fn stored<T: DeserializeOwned>(value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Internal(Box::new(error)))
}

fn json<T: serde::Serialize>(value: &T) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(Box::new(error)))
}

fn status(text: &str) -> Result<RunStatus> {
    RunStatus::parse(text).ok_or_else(|| Error::internal(format!("unknown run status {text}")))
}

/// Whose id stands for the actor: the agent's, where it is one.
fn subject(actor: &Actor) -> Uuid {
    actor.agent_id.map_or(actor.user_id.0, |agent| agent.0)
}

/// The engine's state without what has columns of its own. Named field by field: the results of a long run are not even copied.
fn without_nodes(state: &RunState) -> Result<Value> {
    let RunState { status, input: _, nodes: _, output: _, error, started_at, completed_at, seed, until } = state;
    let (error, until) = (error.clone(), until.clone());
    let (status, started_at, completed_at, seed) = (*status, *started_at, *completed_at, *seed);
    let (input, nodes, output) = (Map::new(), BTreeMap::new(), None);
    let mut value = json(&RunState { status, input, nodes, output, error, started_at, completed_at, seed, until })?;
    if let Some(fields) = value.as_object_mut() {
        for own_column in ["nodes", "output", "input"] {
            fields.shift_remove(own_column);
        }
    }
    Ok(value)
}

fn whole_state(state: Value, input: Value, output: Option<Value>, nodes: Value) -> Result<RunState> {
    let mut fields = stored::<Map<String, Value>>(state)?;
    fields.insert("input".to_owned(), input);
    fields.insert("nodes".to_owned(), nodes);
    if let Some(output) = output {
        fields.insert("output".to_owned(), output);
    }
    stored(Value::Object(fields))
}
