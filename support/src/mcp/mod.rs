//! An MCP server for tests: strict about everything the two generations of the protocol ask of a client, and able to fail in every way
//! a server fails. It counts what it was asked.

mod http;
mod rules;
mod tools;

use axum::{Router, routing::any};
use serde_json::Value;
use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, sync::broadcast, task::JoinHandle};

/// A stdio server as a Python script; see its head for the ways it misbehaves.
pub const STDIO_SERVER: &str = include_str!("stdio.py");

const NEWEST: &str = "2026-07-28";
const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];

/// Which generation of the protocol it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revision {
    /// `initialize` and sessions.
    Legacy,
    /// 2026-07-28: every request stands for itself.
    Newest,
}

/// How it answers requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    Json,
    EventStream,
}

/// What it does when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Fine,
    /// Takes the request and never answers.
    Hangs,
    /// Begins to answer and closes.
    ClosesMidStream,
    InvalidJson,
    /// Its answer has no end.
    Endless,
    /// Agrees only to a revision nobody knows.
    WrongProtocol,
    /// A page for people where JSON should be.
    Html,
    Status(u16),
}

struct Inner {
    revision: Revision,
    answers: Answers,
    mode: Mutex<Mode>,
    tools: Mutex<Vec<Value>>,
    sessions: Mutex<HashSet<String>>,
    /// `Authorization`, where one is needed.
    authorization: Mutex<Option<String>>,
    changes: broadcast::Sender<()>,
    calls: AtomicUsize,
    lists: AtomicUsize,
    initialized: AtomicUsize,
    cancelled: AtomicUsize,
    /// What a strict server would not accept.
    complaints: Mutex<Vec<String>>,
}

/// A running stand-in on a free port of the loopback.
pub struct McpStandIn {
    inner: Arc<Inner>,
    port: u16,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl McpStandIn {
    pub async fn start(revision: Revision, answers: Answers) -> Self {
        let inner = Arc::new(Inner {
            revision,
            answers,
            mode: Mutex::new(Mode::Fine),
            tools: Mutex::new(tools::offered()),
            sessions: Mutex::default(),
            authorization: Mutex::default(),
            changes: broadcast::channel(16).0,
            calls: AtomicUsize::default(),
            lists: AtomicUsize::default(),
            initialized: AtomicUsize::default(),
            cancelled: AtomicUsize::default(),
            complaints: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let this = Self { inner, port, task: Mutex::default() };
        this.serve(listener);
        this
    }

    fn serve(&self, listener: TcpListener) {
        let router = Router::new().route("/mcp", any(http::answer)).with_state(self.inner.clone());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("serve") });
        *self.task.lock().unwrap() = Some(task);
    }

    /// The tools it begins with.
    #[must_use]
    pub fn tools() -> Vec<Value> {
        tools::offered()
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/mcp", self.port)
    }

    pub fn behave(&self, mode: Mode) {
        *self.inner.mode.lock().unwrap() = mode;
    }

    /// Wants this `Authorization` from now on.
    pub fn require(&self, authorization: &str) {
        *self.inner.authorization.lock().unwrap() = Some(authorization.to_owned());
    }

    /// Offers other tools from now on, and says so to who listens.
    pub fn change_tools(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.inner.tools.lock().unwrap());
        let _ = self.inner.changes.send(());
    }

    /// The same without a word.
    pub fn change_tools_silently(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.inner.tools.lock().unwrap());
    }

    /// Every session is unknown from now on, as after a restart.
    pub fn end_sessions(&self) {
        self.inner.sessions.lock().unwrap().clear();
    }

    /// Nobody listens any more.
    pub async fn go_down(&self) {
        let task = self.task.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            let _ = task.await;
        }
    }

    pub async fn come_back(&self) {
        self.end_sessions();
        for _ in 0..50 {
            if let Ok(listener) = TcpListener::bind(("127.0.0.1", self.port)).await {
                return self.serve(listener);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the port is taken");
    }

    #[must_use]
    pub fn calls(&self) -> usize {
        self.inner.calls.load(Ordering::SeqCst)
    }

    #[must_use]
    pub fn lists(&self) -> usize {
        self.inner.lists.load(Ordering::SeqCst)
    }

    /// How often a session was begun.
    #[must_use]
    pub fn initialized(&self) -> usize {
        self.inner.initialized.load(Ordering::SeqCst)
    }

    /// How often it was told that nobody waits any more.
    #[must_use]
    pub fn cancelled(&self) -> usize {
        self.inner.cancelled.load(Ordering::SeqCst)
    }

    /// What clients did that a strict server does not accept.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        self.inner.complaints.lock().unwrap().clone()
    }
}

impl Inner {
    fn complain(&self, what: impl Into<String>) {
        self.complaints.lock().unwrap().push(what.into());
    }
}
