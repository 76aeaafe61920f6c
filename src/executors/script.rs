//! What `python` and `shell` share: the order for the sandbox, and sentences for scripts that were stopped.

use super::{
    Call, Failure,
    sandbox::{self, Ended, Job, failed},
};
use crate::executions::ErrorClass;
use serde_json::json;

/// Runs the tool's script.
pub(super) async fn run(call: &Call<'_>, kind: &str) -> Result<Ended, Failure> {
    let script = call.tool.script_content.as_deref().unwrap_or_default();
    let job = Job {
        system: call.system,
        organization_id: call.organization_id,
        deadline: call.deadline,
        account: call.account.clone(),
        network: false,
        order: json!({"do": kind, "script": script, "inputs": call.inputs}),
    };
    let ended = sandbox::run(&job).await?;
    call.account.note("exit_code", ended.code);
    Ok(ended)
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
