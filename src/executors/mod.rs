//! Who does the work: one file per kind, behind one trait. Deadline and cancelling are kept here, once.

use crate::{
    actor::Actor,
    error::Error,
    executions::{Cancel, ErrorClass, RunContext},
    ids::{AgentId, KeyId, OrganizationId, SessionId, UserId},
    keys::{self, Redactor, ResolvedKey},
    system::System,
    tools::{Kind, Tool},
};
use futures_util::FutureExt;
use serde_json::{Map, Value};
use std::{
    future::Future,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

pub mod api_request;
pub mod builtin;
mod composite;
pub mod egress;
pub mod mcp;
mod outbound;
pub mod pipedream_action;
pub mod python;
pub mod sandbox;
mod script;
pub mod shell;
pub mod sms;
pub mod transfer_call;

/// Validated inputs in; output or an error of a known class out.
pub trait Executor: Send + Sync {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;
}

/// What an executor gets.
pub struct Call<'a> {
    pub system: &'a System,
    pub organization_id: OrganizationId,
    pub actor: &'a Actor,
    pub tool: &'a Tool,
    pub inputs: Map<String, Value>,
    /// Values of the variables that the tool's texts name.
    pub variables: Map<String, Value>,
    pub deadline: Instant,
    /// The same for every attempt of one step of one run: services that know such keys do the work once.
    pub idempotency_key: Option<String>,
    /// The step of a run that calls, where one does.
    pub run: Option<RunContext>,
    pub session_id: Option<SessionId>,
    pub trace_id: Option<&'a str>,
    /// Who calls, and on whose behalf: they decide which key is used.
    pub user_id: Option<UserId>,
    pub agent_id: Option<AgentId>,
    /// The keys that were asked for, and what must not leave.
    pub keys: CallKeys,
    /// What was done so far; it survives an execution that is cut off.
    pub account: Account,
}

/// The keys of one call. Values live as long as the call; which keys they were is known afterwards.
#[derive(Clone, Default)]
pub struct CallKeys {
    pub redactor: Redactor,
    used: Arc<Mutex<Vec<KeyId>>>,
}

keys::secret::is_never!(CallKeys: std::fmt::Debug, serde::Serialize);
keys::secret::is_never!(Call<'static>: std::fmt::Debug, serde::Serialize, Clone);

impl CallKeys {
    /// The keys that were used, the first one first.
    #[must_use]
    pub fn used(&self) -> Vec<KeyId> {
        self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    fn note(&self, id: KeyId) {
        let mut used = self.used.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !used.contains(&id) {
            used.push(id);
        }
    }
}

impl Call<'_> {
    /// The key of this name for this call, decrypted. Its value, and whatever is made of it and handed to
    /// [`Redactor::add`], is kept out of everything that leaves the execution. None is a failure of class `unauthorized` that names the key.
    pub async fn key(&self, name: &str) -> Result<ResolvedKey, Failure> {
        let internal = |error: Error| {
            tracing::error!(%error, "a key could not be read");
            let message = match error {
                Error::Unavailable(why) => why,
                _ => format!("The key “{name}” could not be read. The server's log says why."),
            };
            Failure::new(ErrorClass::Internal, message)
        };
        let mut tx = self.system.tenant_of(self.organization_id).await.map_err(internal)?;
        let ask = keys::Ask {
            organization_id: self.organization_id,
            tool_id: self.tool.id,
            key_name: name,
            agent_id: self.agent_id,
            user_id: self.user_id,
        };
        let key = keys::resolve(&mut tx, self.system, ask)
            .await
            .map_err(internal)?
            .map_err(|none| Failure::new(ErrorClass::Unauthorized, none.to_string()))?;
        key.guard(&self.keys.redactor);
        self.keys.note(key.id);
        Ok(key)
    }
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

impl From<keys::Misdirected> for Failure {
    fn from(misdirected: keys::Misdirected) -> Self {
        Self::new(ErrorClass::Unauthorized, misdirected.to_string())
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

    /// The end of the log, at most this many bytes.
    #[must_use]
    pub fn log_end(&self, bytes: usize) -> String {
        self.with(|(_, log)| log[log.ceil_char_boundary(log.len().saturating_sub(bytes))..].to_owned())
    }

    /// Notes and log.
    #[must_use]
    pub fn take(&self) -> (Map<String, Value>, String) {
        self.with(std::mem::take)
    }
}

fn executor(kind: Kind) -> &'static dyn Executor {
    match kind {
        Kind::ApiRequest => &api_request::ApiRequest,
        Kind::Mcp => &mcp::Mcp,
        Kind::Python => &python::Python,
        Kind::Builtin => &builtin::Builtin,
        Kind::Composite => &composite::Composite,
        Kind::Shell => &shell::Shell,
        Kind::PipedreamAction => &pipedream_action::PipedreamAction,
        Kind::Sms => &sms::Sms,
        Kind::TransferCall => &transfer_call::TransferCall,
    }
}

/// Does the work of a tool until it is done, its time is up or nobody wants it any more. Cut off, the work's future is dropped, and with
/// it its connection or its processes.
pub async fn run(call: &Call<'_>, cancel: Option<&Cancel>) -> Result<Value, Failure> {
    let executor = executor(call.tool.kind);
    let cancelled = async {
        match cancel {
            Some(cancel) => cancel.cancelled().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        biased;
        () = cancelled => Err(Failure::new(ErrorClass::Cancelled, "The call was cancelled.")),
        done = unbroken(executor.execute(call)) => done.unwrap_or_else(Err),
        () = tokio::time::sleep_until(call.deadline.into()) => Err(timed_out(call.tool)),
    }
}

/// What the work brings, or, where it panicked, that it did. What a panic says may hold the value of a key, so nothing of it goes on from
/// here; the log has it, without values, as they are still known while the panic is told there.
pub(crate) async fn unbroken<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| broken())
}

/// The sentence for work that panicked.
#[must_use]
pub(crate) fn broken() -> Failure {
    Failure::new(ErrorClass::Internal, "The server made a mistake while it carried this out. Its log says more.")
}

/// The sentence for a call whose time was up.
#[must_use]
pub fn timed_out(tool: &Tool) -> Failure {
    let limit = Duration::from_millis(u64::try_from(tool.timeout_ms).unwrap_or_default());
    Failure::new(ErrorClass::Timeout, format!("No result within {} s, the time this tool has. It was stopped.", limit.as_secs_f64()))
}
