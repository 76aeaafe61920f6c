//! Who does the work: one file per kind, behind one trait. Deadline and cancelling are kept here, once.

use crate::{
    executions::{Cancel, ErrorClass},
    ids::OrganizationId,
    system::System,
    tools::{Kind, Tool},
};
use serde_json::{Map, Value};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

pub mod api_request;
pub mod egress;
pub mod python;
pub mod sandbox;
pub mod transfer_call;

/// Validated inputs in; output or an error of a known class out.
pub trait Executor: Send + Sync {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;
}

/// What an executor gets.
pub struct Call<'a> {
    pub system: &'a System,
    pub organization_id: OrganizationId,
    pub tool: &'a Tool,
    pub inputs: Map<String, Value>,
    /// Values of the variables that the tool's texts name.
    pub variables: Map<String, Value>,
    pub deadline: Instant,
    /// What was done so far; it survives an execution that is cut off.
    pub account: Account,
}

/// Why there is no output.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub class: ErrorClass,
    /// What happened, why, what to do.
    pub message: String,
    /// What came back nevertheless: the body of an error response.
    pub outputs: Option<Value>,
}

impl Failure {
    pub fn new(class: ErrorClass, message: impl Into<String>) -> Self {
        Self { class, message: message.into(), outputs: None }
    }
}

/// The account of what an executor did, and what a script printed.
#[derive(Clone, Debug, Default)]
pub struct Account(Arc<Mutex<(Map<String, Value>, String)>>, Arc<Mutex<Vec<String>>>);

impl Account {
    fn with<T>(&self, change: impl FnOnce(&mut (Map<String, Value>, String)) -> T) -> T {
        // A panic elsewhere leaves what was noted so far as good as it was.
        change(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub fn note(&self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        self.with(|(notes, _)| notes.insert(name.to_owned(), value));
    }

    pub fn log(&self, text: &str) {
        self.with(|(_, log)| log.push_str(text));
    }

    /// Something that whoever called should know although the call succeeded.
    pub fn warn(&self, text: impl Into<String>) {
        self.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(text.into());
    }

    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        self.1.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    #[must_use]
    pub fn log_bytes(&self) -> usize {
        self.with(|(_, log)| log.len())
    }

    /// Notes and log.
    #[must_use]
    pub fn take(&self) -> (Map<String, Value>, String) {
        self.with(std::mem::take)
    }
}

fn executor(kind: Kind) -> Option<&'static dyn Executor> {
    match kind {
        Kind::ApiRequest => Some(&api_request::ApiRequest),
        Kind::Python => Some(&python::Python),
        Kind::TransferCall => Some(&transfer_call::TransferCall),
        _ => None,
    }
}

/// Does the work of a tool until it is done, its time is up or nobody wants it any more. Cut off, the work's future is dropped, and with
/// it its connection or its processes.
pub async fn run(call: &Call<'_>, cancel: Option<&Cancel>) -> Result<Value, Failure> {
    let Some(executor) = executor(call.tool.kind) else {
        return Err(Failure::new(ErrorClass::Sandbox, format!("Tools of kind {} cannot run yet.", call.tool.kind)));
    };
    let cancelled = async {
        match cancel {
            Some(cancel) => cancel.cancelled().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = cancelled => Err(Failure::new(ErrorClass::Cancelled, "The call was cancelled.")),
        done = executor.execute(call) => done,
        () = tokio::time::sleep_until(call.deadline.into()) => Err(timed_out(call.tool)),
    }
}

/// The sentence for a call whose time was up.
#[must_use]
pub fn timed_out(tool: &Tool) -> Failure {
    let limit = Duration::from_millis(u64::try_from(tool.timeout_ms).unwrap_or_default());
    Failure::new(ErrorClass::Timeout, format!("No result within {} s, the time this tool has. It was stopped.", limit.as_secs_f64()))
}
