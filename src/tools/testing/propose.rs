//! Inputs proposed from a Python script. The script is read in the sandbox, never run.

use super::Proposal;
use crate::{
    access::Permission,
    actor::Actor,
    error::{Error, Result},
    executors::{
        Account,
        sandbox::{self, Job},
    },
    system::System,
    tools::kinds::script::SCRIPT_BYTES,
};
use serde_json::json;
use std::time::{Duration, Instant};

const TIME: Duration = Duration::from_secs(10);

/// What `main` takes, as a schema. A script that cannot be read says why in `error`.
pub async fn propose(system: &System, actor: &Actor, script: &str) -> Result<Proposal> {
    actor.require(Permission::Build)?;
    if script.len() > SCRIPT_BYTES {
        return Err(Error::invalid("script", format!("At most {} KiB.", SCRIPT_BYTES / 1024)));
    }
    let broken = |failure: crate::executors::Failure| Error::Unavailable(failure.message);
    let job = Job {
        system,
        organization_id: actor.organization_id,
        deadline: Instant::now() + TIME,
        account: Account::default(),
        network: false,
        order: sandbox::order(&json!({"do": "propose", "script": script})).map_err(broken)?,
    };
    let ended = tokio::time::timeout(TIME, sandbox::run(&job))
        .await
        .map_err(|_| Error::Unavailable("Reading the script took too long.".to_owned()))?
        .map_err(broken)?;
    serde_json::from_slice(&ended.result).map_err(|_| Error::Unavailable("The script could not be read in the sandbox.".to_owned()))
}
