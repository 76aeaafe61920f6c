//! The binary as a process: how it starts, and what is left when it is killed.

mod canary;
mod exchange;
mod killed;
mod limits;
mod restate;
mod runs_killed;
mod start;

mod rotation;
mod rotation_killed;

use reqwest::StatusCode;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use support::{TestSystem, cluster_url};

/// A server on a free port with its own data; killed with the value, together with what it left behind.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    pub fn command(data: &Path, address: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolcrib"));
        command
            .env_remove("DATABASE_URL")
            .env("TOOLCRIB_DATA_DIR", data)
            .env("TOOLCRIB_ADDR", address)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    pub async fn start(data: &Path) -> Self {
        Self::start_with(data, |_| {}).await
    }

    /// With more in its environment.
    pub async fn start_with(data: &Path, change: impl FnOnce(&mut Command)) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = Self::command(data, &address);
        change(&mut command);
        let mut this = Self { child: command.spawn().unwrap(), address };
        let began = Instant::now();
        loop {
            if this.is_ready().await {
                return this;
            }
            assert!(this.child.try_wait().unwrap().is_none(), "the server ended at its start");
            assert!(began.elapsed() < Duration::from_secs(40), "the server was not ready in time");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// On the test's database, which it shares with others.
    pub async fn start_on(test: &TestSystem, data: &Data, change: impl FnOnce(&mut Command)) -> Self {
        let mut url = reqwest::Url::parse(&cluster_url()).unwrap();
        url.set_path(test.database().name());
        Self::start_with(data.path(), |command| {
            command
                .env("DATABASE_URL", url.as_str())
                .env("TOOL_KEY_ENCRYPTION_MASTER", support::MASTER_KEY)
                .env("TOOLCRIB_ALLOW_PRIVATE_HOSTS", "127.0.0.1");
            change(command);
        })
        .await
    }

    pub async fn is_ready(&self) -> bool {
        reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .get(format!("http://{}/readyz", self.address))
            .timeout(Duration::from_secs(2))
            .send()
            .await
            .is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    fn signal(&self, name: &str) {
        signal(name, self.child.id().to_string().trim());
    }

    /// In order; the server's exit status.
    pub fn stop(mut self) -> std::process::ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// As a crash would.
    pub fn kill(mut self) {
        self.signal("KILL");
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.signal("TERM");
            self.child.wait().ok();
        }
    }
}

/// A data folder that an unprivileged account can reach, removed with its PostgreSQL.
pub struct Data(tempfile::TempDir);

impl Data {
    pub fn new() -> Self {
        support::use_tls();
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new().prefix("tc").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn postmaster(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.path().join("postgres/data/postmaster.pid")).ok()?;
        text.lines().next().map(str::to_owned)
    }

    /// The real, effective, saved and file-system user ids of a process.
    pub fn user_ids(process: &str) -> Vec<u32> {
        let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap();
        line.split_whitespace().map(|id| id.parse().unwrap()).collect()
    }

    /// Processes that work inside this folder.
    pub fn processes(&self) -> Vec<PathBuf> {
        let all = std::fs::read_dir("/proc").unwrap().flatten().map(|entry| entry.path());
        all.filter(|process| std::fs::read_link(process.join("cwd")).is_ok_and(|folder| folder.starts_with(self.path()))).collect()
    }
}

impl Drop for Data {
    fn drop(&mut self) {
        if let Some(process) = self.postmaster() {
            signal("QUIT", &process);
        }
    }
}

pub fn signal(name: &str, process: &str) {
    Command::new("kill").arg(format!("-{name}")).arg(process).stderr(Stdio::null()).status().unwrap();
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
