//! What `python` and `shell` share: the order for the sandbox, and sentences for scripts that were stopped.

use super::{
    Call, Failure,
    sandbox::{self, Ended, Job, failed},
};
use crate::{
    executions::ErrorClass,
    organizations,
    tools::kinds::script::{ScriptConfig, variable_of},
};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the guard is told. The values are borrowed: of them there is no other copy than the one that is sent.
#[derive(Serialize)]
struct Order<'a> {
    #[serde(rename = "do")]
    kind: &'a str,
    script: &'a str,
    inputs: &'a Map<String, Value>,
    environment: BTreeMap<&'a str, &'a str>,
}

/// Runs the tool's script.
pub(super) async fn run(call: &Call<'_>, kind: &str) -> Result<Ended, Failure> {
    let script = call.tool.script_content.as_deref().unwrap_or_default();
    let config = ScriptConfig::read(&call.tool.executor_config)
        .ok_or_else(|| failed("The configuration of this script cannot be read. Save the tool again."))?;
    if config.network && !may_use_network(call).await? {
        return Err(Failure::new(
            ErrorClass::Unauthorized,
            "This script asks for the network, which no admin has allowed. It can be allowed in the organization's settings.",
        ));
    }
    let mut keys = Vec::new();
    for name in &config.keys {
        keys.push((variable_of(name), call.key(name).await?));
    }
    let mut environment = BTreeMap::new();
    for (variable, key) in &keys {
        environment.insert(variable.as_str(), key.given_to("a script")?.expose());
    }
    let job = Job {
        system: call.system,
        organization_id: call.organization_id,
        deadline: call.deadline,
        account: call.account.clone(),
        network: config.network,
        order: sandbox::order(&Order { kind, script, inputs: &call.inputs, environment })?,
    };
    drop(keys);
    let ended = sandbox::run(&job).await?;
    call.account.note("exit_code", ended.code);
    Ok(ended)
}

async fn may_use_network(call: &Call<'_>) -> Result<bool, Failure> {
    let allowed = async {
        let mut tx = call.system.tenant_of(call.organization_id).await?;
        organizations::script_network::is_allowed(&mut tx, call.organization_id).await
    };
    allowed.await.map_err(|error| {
        tracing::error!(%error, "whether scripts may use the network could not be read");
        Failure::new(ErrorClass::Internal, "Whether scripts may use the network could not be read. The server's log says why.")
    })
}

/// Why a script that was stopped was stopped. `None`: it ended by itself.
pub(super) fn died(call: &Call<'_>, ended: &Ended) -> Option<Failure> {
    if ended.out_of_memory {
        return Some(failed("The script and what it started needed more than 512 MiB of memory together and were stopped."));
    }
    match ended.code {
        // SIGXCPU, and the SIGKILL that follows it.
        Some(152 | 137) if call.deadline <= std::time::Instant::now() => Some(super::timed_out(call.tool)),
        Some(152) => Some(Failure::new(ErrorClass::Timeout, "The script used up its processor time and was stopped.")),
        Some(153) => Some(failed("The script wrote more than it may (64 MiB in a file) and was stopped.")),
        Some(code) if code > 128 => {
            Some(failed(format!("The script was killed by signal {}, probably for using too much memory.", code - 128)))
        }
        Some(_) => None,
        None => Some(failed("The script was killed before it ended.")),
    }
}
