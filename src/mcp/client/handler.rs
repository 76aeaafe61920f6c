//! What a server says unasked: progress and log lines go to the execution they belong to; a changed list of tools is noted.
#![allow(deprecated)] // logging is to leave the protocol some day; servers still log

use crate::executors::Account;
use rmcp::{
    ClientHandler,
    model::{
        CancelledNotificationParam, ClientCapabilities, ClientConfig, Implementation, LoggingMessageNotificationParam,
        ProgressNotificationParam, ProgressToken, RequestId,
    },
    service::{NotificationContext, Peer, RoleClient},
};
use serde_json::Value;
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// The most that is kept of what a server says during one call.
const LOG_BYTES: usize = 64 * 1024;

#[derive(Clone, Default)]
pub(super) struct Handler {
    calls: Arc<Mutex<HashMap<ProgressToken, Account>>>,
    stale: Arc<AtomicBool>,
}

/// A call that is under way. Dropped before it is over, the server is told to stop.
pub(super) struct Waiting {
    token: ProgressToken,
    calls: Arc<Mutex<HashMap<ProgressToken, Account>>>,
    cancel: Option<(RequestId, Peer<RoleClient>)>,
}

impl Waiting {
    pub fn is_over(&mut self) {
        self.cancel = None;
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.token);
        if let (Some((id, peer)), Ok(runtime)) = (self.cancel.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                let cancelled = CancelledNotificationParam::new(Some(id), Some("Nobody waits for the result any more.".to_owned()));
                let _ = peer.notify_cancelled(cancelled).await;
            });
        }
    }
}

impl Handler {
    pub fn stale(&self) -> Arc<AtomicBool> {
        self.stale.clone()
    }

    pub fn begin(&self, token: ProgressToken, account: Account, id: RequestId, peer: Peer<RoleClient>) -> Waiting {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).insert(token.clone(), account);
        Waiting { token, calls: self.calls.clone(), cancel: Some((id, peer)) }
    }

    fn account(&self, token: &ProgressToken) -> Option<Account> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    /// Log lines name no call. Where several are under way, nobody may read what belongs to another: they are dropped.
    fn only_account(&self) -> Option<Account> {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        if calls.len() == 1 { calls.values().next().cloned() } else { None }
    }
}

fn write(account: &Account, line: &str) {
    let room = LOG_BYTES.saturating_sub(account.log_bytes());
    if room > 0 {
        account.log(&line[..line.floor_char_boundary(room)]);
        account.log("\n");
    }
}

impl ClientHandler for Handler {
    async fn on_progress(&self, params: ProgressNotificationParam, _: NotificationContext<RoleClient>) {
        if let Some(account) = self.account(&params.progress_token) {
            let of = params.total.map(|total| format!(" of {total}")).unwrap_or_default();
            let words = params.message.map(|message| format!(": {message}")).unwrap_or_default();
            write(&account, &format!("progress {}{of}{words}", params.progress));
        }
    }

    async fn on_logging_message(&self, params: LoggingMessageNotificationParam, _: NotificationContext<RoleClient>) {
        if let Some(account) = self.only_account() {
            let level = serde_json::to_value(params.level).ok().and_then(|level| level.as_str().map(str::to_owned)).unwrap_or_default();
            let text = match params.data {
                Value::String(text) => text,
                other => other.to_string(),
            };
            write(&account, &format!("{level}: {text}"));
        }
    }

    async fn on_tool_list_changed(&self, _: NotificationContext<RoleClient>) {
        self.stale.store(true, Ordering::Release);
    }

    fn get_info(&self) -> ClientConfig {
        ClientConfig::new(ClientCapabilities::default(), Implementation::new("toolcrib", env!("CARGO_PKG_VERSION")))
    }
}
