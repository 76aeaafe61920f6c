//! `composite`: runs a published version of a workflow and answers with its outputs.
//!
//! The steps are called by whoever calls the tool, with what they may use. Called by a step of a run, the run of the tool belongs to that
//! step: after a crash it is found again, not begun twice. It is cancelled when the call is cut off.

use super::{Call, Executor, Failure};
use crate::{
    error::Error,
    executions::ErrorClass,
    ids::RunId,
    tools::kinds::composite::target,
    workflows::{
        engine::RunStatus,
        runner::children::{self, ChildCall},
    },
};
use serde_json::Value;
use std::{future::Future, pin::Pin, sync::Arc};

pub struct Composite;

impl Executor for Composite {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

/// Cancels the run that nobody waits for any more.
struct Abandoned(Option<(Arc<ChildCall>, RunId)>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        let Some((child, run)) = self.0.take() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = children::stop(&child, run).await {
                    tracing::warn!(%error, %run, "the run of a tool that was cut off could not be cancelled");
                }
            });
        }
    }
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let configured = target(&call.tool.executor_config).and_then(|target| Some((target.workflow_id, target.version?)));
    let (workflow_id, version) =
        configured.ok_or_else(|| Failure::new(ErrorClass::Internal, "The tool names no version of a workflow. Save it again."))?;
    let child = Arc::new(ChildCall::of_tool(call, workflow_id, version).await.map_err(|error| refused(&error))?);
    let run = children::begin(&child).await.map_err(|error| refused(&error))?;
    call.account.note("run_id", run.to_string());
    call.account.note("workflow_version", version);
    let mut abandoned = Abandoned(Some((child.clone(), run)));
    let ended = children::end(&child, run).await;
    abandoned.0 = None;
    match ended.map_err(|error| refused(&error))? {
        (RunStatus::Completed, output, _) => Ok(output.unwrap_or(Value::Null)),
        (RunStatus::Cancelled, ..) => Err(Failure::new(ErrorClass::Cancelled, "The run of the workflow was cancelled.")),
        (status, _, error) => {
            let why = error.unwrap_or_else(|| format!("The run is {}.", status.as_str()));
            Err(Failure::new(ErrorClass::Upstream, format!("The workflow failed. {why}")))
        }
    }
}

/// The run did not begin, or cannot be read.
fn refused(error: &Error) -> Failure {
    let class = match error {
        Error::NotFound(_) | Error::Forbidden(_) | Error::Unauthenticated(_) => ErrorClass::Unauthorized,
        Error::Invalid(_) | Error::Malformed(_) | Error::TooLarge(_) | Error::Conflict { .. } | Error::Stale(_) => ErrorClass::InvalidInput,
        Error::RateLimited { .. } => ErrorClass::RateLimited,
        Error::Unavailable(_) | Error::Internal(_) => ErrorClass::Internal,
    };
    let mut message = format!("The workflow could not be run: {}", error.problem().sentence());
    if let Error::Invalid(errors) = error {
        for error in errors.iter().take(5) {
            message.push_str(&format!(" {}: {}", error.pointer.trim_start_matches('/'), error.message));
        }
    }
    Failure::new(class, message)
}
