//! The binary as a process, with a PostgreSQL of its own: what happens at starts, kills and stops.

use reqwest::StatusCode;
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

/// A server on a free port with its own data; killed with the value, together with what it left behind.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn command(data: &Path, address: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_toolcrib"));
        command
            .env_remove("DATABASE_URL")
            .env("TOOLCRIB_DATA_DIR", data)
            .env("TOOLCRIB_ADDR", address)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    async fn start(data: &Path) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut this = Self { child: Self::command(data, &address).spawn().unwrap(), address };
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

    async fn is_ready(&self) -> bool {
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
    fn stop(mut self) -> std::process::ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// As a crash would.
    fn kill(mut self) {
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
struct Data(tempfile::TempDir);

impl Data {
    fn new() -> Self {
        rustls_provider();
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::Builder::new().prefix("tc").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn postmaster(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.path().join("postgres/data/postmaster.pid")).ok()?;
        text.lines().next().map(str::to_owned)
    }

    /// Processes that work inside this folder.
    fn processes(&self) -> Vec<PathBuf> {
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

fn signal(name: &str, process: &str) {
    Command::new("kill").arg(format!("-{name}")).arg(process).stderr(Stdio::null()).status().unwrap();
}

fn rustls_provider() {
    support::use_tls();
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn the_first_start_makes_a_database_and_a_clean_stop_leaves_no_process() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    assert!(data.postmaster().is_some());
    assert!(server.stop().success());
    assert_eq!(data.processes(), Vec::<PathBuf>::new());
    assert_eq!(data.postmaster(), None);
    let warm = Instant::now();
    let again = Server::start(data.path()).await;
    assert!(warm.elapsed() < Duration::from_secs(10), "a warm start takes no 10 s");
    assert!(again.stop().success());
}

#[tokio::test]
async fn after_a_kill_the_next_start_takes_over_the_postgresql_that_lived_on() {
    let data = Data::new();
    Server::start(data.path()).await.kill();
    let orphan = data.postmaster().unwrap();
    let next = Server::start(data.path()).await;
    assert_eq!(data.postmaster().unwrap(), orphan);
    assert!(next.stop().success());
    assert_eq!(data.processes(), Vec::<PathBuf>::new(), "what was taken over is stopped too");
}

#[tokio::test]
async fn after_a_kill_of_server_and_postmaster_the_next_start_recovers() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    let postmaster = data.postmaster().unwrap();
    server.kill();
    signal("KILL", &postmaster);
    let next = Server::start(data.path()).await;
    assert_ne!(data.postmaster().unwrap(), postmaster);
    assert!(next.stop().success());
}

#[tokio::test]
async fn a_pid_file_that_names_somebody_elses_process_is_not_believed() {
    let data = Data::new();
    let server = Server::start(data.path()).await;
    let file = data.path().join("postgres/data/postmaster.pid");
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(server.stop().success());
    let mut other = Command::new("sleep").arg("60").spawn().unwrap();
    std::fs::write(&file, text.replacen(text.lines().next().unwrap(), &other.id().to_string(), 1)).unwrap();
    let next = Server::start(data.path()).await;
    assert!(next.stop().success());
    assert!(other.try_wait().unwrap().is_none(), "the other process was left alone");
    other.kill().unwrap();
    other.wait().unwrap();
}

#[tokio::test]
async fn a_second_server_on_the_same_data_is_refused_and_the_first_goes_on() {
    let data = Data::new();
    let first = Server::start(data.path()).await;
    let refused = Server::command(data.path(), "127.0.0.1:0").stderr(Stdio::piped()).output().unwrap();
    assert!(!refused.status.success());
    assert!(said(&refused).contains("another Toolcrib server uses"), "{}", said(&refused));
    assert!(first.is_ready().await);
    assert!(first.stop().success());
}

#[tokio::test]
async fn a_port_in_use_and_a_database_that_is_not_there_are_said_in_one_line() {
    let data = Data::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let refused = Server::command(data.path(), &taken.local_addr().unwrap().to_string()).stderr(Stdio::piped()).output().unwrap();
    assert!(!refused.status.success());
    assert!(said(&refused).contains("is in use"), "{}", said(&refused));
    let refused = Server::command(data.path(), "127.0.0.1:0")
        .env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert!(!refused.status.success());
    assert_eq!(said(&refused).lines().filter(|line| line.starts_with("toolcrib: ")).count(), 1, "{}", said(&refused));
}
