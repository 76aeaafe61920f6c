//! Runs handed out by Restate: a real server of it, or three, and servers of ours behind a balancer.

mod cluster;
mod measured;
mod one_node;
mod refused;

use super::{Data, Server};
use std::{
    fs::File,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use support::TestSystem;

/// A key pair for tests only.
const PRIVATE_KEY: &str =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n";
pub const PUBLIC_KEY: &str = "publickeyv1_FAe4sisG95oZ42w7buUn5qEE4TAnfTTFPiguZUHmhiF";

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Where the set-up puts the server of Restate (`scripts/setup/restate.sh`).
fn program() -> PathBuf {
    if let Ok(path) = std::env::var("TOOLCRIB_RESTATE_SERVER") {
        return path.into();
    }
    let get = |name: &str| std::env::var(name).ok().map(PathBuf::from);
    let home = || get("XDG_CACHE_HOME").or_else(|| Some(get("HOME")?.join(".cache"))).unwrap().join("toolcrib");
    let as_root = PathBuf::from("/var/cache/toolcrib");
    let cache = get("TOOLCRIB_CACHE").unwrap_or_else(|| if as_root.is_dir() { as_root } else { home() });
    let program = cache.join("restate/node_modules/@restatedev/restate-server-linux-x64/bin/restate-server");
    assert!(program.is_file(), "the Restate server is missing: run scripts/setup/restate.sh");
    program
}

/// The nodes of Restate, not started yet: where they are and where they keep what they know.
pub struct Nodes {
    data: Data,
    ports: Vec<[u16; 3]>,
    running: Vec<Option<Child>>,
}

impl Nodes {
    pub fn new(count: usize) -> Self {
        let data = Data::new();
        std::fs::write(data.path().join("identity.pem"), PRIVATE_KEY).unwrap();
        let ports = (0..count).map(|_| [free_port(), free_port(), free_port()]).collect();
        let this = Self { data, ports, running: (0..count).map(|_| None).collect() };
        for place in 0..count {
            std::fs::write(this.path(place, "toml"), this.config(place)).unwrap();
        }
        this
    }

    fn path(&self, place: usize, ending: &str) -> PathBuf {
        self.data.path().join(format!("n{place}.{ending}"))
    }

    fn config(&self, place: usize) -> String {
        let [fabric, ingress, admin] = self.ports[place];
        let peers: Vec<String> = self.ports.iter().map(|[fabric, ..]| format!("\"http://127.0.0.1:{fabric}/\"")).collect();
        let folder = self.data.path().display();
        format!(
            r#"
roles = ["http-ingress", "admin", "worker", "log-server", "metadata-server"]
node-name = "n{place}"
cluster-name = "toolcrib-test"
auto-provision = {first}
default-num-partitions = 4
default-replication = {replication}
bind-address = "127.0.0.1:{fabric}"
advertised-address = "http://127.0.0.1:{fabric}/"
base-dir = "{folder}/n{place}"
disable-telemetry = true
rocksdb-total-memory-size = "128.0 MiB"
log-disable-ansi-codes = true

[metadata-client]
type = "replicated"
addresses = [{peers}]

[ingress]
bind-address = "127.0.0.1:{ingress}"

[admin]
bind-address = "127.0.0.1:{admin}"

[worker.invoker]
request-identity-private-key-pem-file = "{folder}/identity.pem"
"#,
            first = place == 0,
            replication = if self.ports.len() > 1 { 2 } else { 1 },
            peers = peers.join(", "),
        )
    }

    /// Starts all, and waits until they answer.
    pub async fn start(&mut self) {
        for place in 0..self.ports.len() {
            let log = File::create(self.path(place, "log")).unwrap();
            let child = Command::new(program())
                .args(["--no-logo", "--listen-mode", "tcp", "--config-file"])
                .arg(self.path(place, "toml"))
                .current_dir(self.data.path())
                .stdin(Stdio::null())
                .stdout(log.try_clone().unwrap())
                .stderr(log)
                .spawn()
                .unwrap();
            self.running[place] = Some(child);
        }
        let began = Instant::now();
        for (place, [_, ingress, admin]) in self.ports.clone().into_iter().enumerate() {
            for path in [format!("{ingress}/restate/health"), format!("{admin}/health")] {
                while !answers(&path).await {
                    let log = || std::fs::read_to_string(self.path(place, "log")).unwrap_or_default();
                    assert!(began.elapsed() < Duration::from_secs(60), "Restate was not ready in time: {}", log());
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// As a crash would.
    pub fn kill(&mut self, place: usize) {
        let mut child = self.running[place].take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn addresses(&self, which: usize) -> String {
        let all: Vec<String> = self.ports.iter().map(|ports| format!("http://127.0.0.1:{}", ports[which])).collect();
        all.join(",")
    }

    /// A server of ours on the test's database whose runs these nodes hand out.
    pub async fn server(&self, test: &TestSystem, data: &Data, listen: u16, endpoint: &str) -> Server {
        Server::start_on(test, data, |command| {
            self.configure(command, listen).env("TOOLCRIB_RESTATE_ENDPOINT", endpoint).stderr(log(data.path()));
        })
        .await
    }

    pub fn configure<'a>(&self, command: &'a mut Command, listen: u16) -> &'a mut Command {
        command
            .env("TOOLCRIB_WORKFLOW_BACKEND", "restate")
            .env("TOOLCRIB_RESTATE_INGRESS", self.addresses(1))
            .env("TOOLCRIB_RESTATE_ADMIN", self.addresses(2))
            .env("TOOLCRIB_RESTATE_LISTEN", format!("127.0.0.1:{listen}"))
            .env("TOOLCRIB_RESTATE_IDENTITY", PUBLIC_KEY)
    }

    /// Asks the first node that lives what it knows.
    pub async fn query(&self, sql: &str) -> serde_json::Value {
        let place = self.running.iter().position(Option::is_some).unwrap();
        let url = format!("http://127.0.0.1:{}/query", self.ports[place][2]);
        let asked = client().post(url).header("accept", "application/json").json(&serde_json::json!({"query": sql})).send().await.unwrap();
        asked.json().await.unwrap()
    }
}

impl Drop for Nodes {
    fn drop(&mut self) {
        for mut child in self.running.iter_mut().filter_map(Option::take) {
            child.kill().ok();
            child.wait().ok();
        }
    }
}

fn log(folder: &Path) -> File {
    File::options().create(true).append(true).open(folder.join("log")).unwrap()
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build().unwrap()
}

async fn answers(path: &str) -> bool {
    client().get(format!("http://127.0.0.1:{path}")).send().await.is_ok_and(|answer| answer.status().is_success())
}

/// One address for several servers: each connection goes to the next one that takes it.
pub async fn balancer(ports: [u16; 2]) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut turn = 0;
        while let Ok((mut from, _)) = listener.accept().await {
            turn += 1;
            tokio::spawn(async move {
                for step in 0..ports.len() {
                    let port = ports[(turn + step) % ports.len()];
                    if let Ok(mut to) = tokio::net::TcpStream::connect(("127.0.0.1", port)).await {
                        tokio::io::copy_bidirectional(&mut from, &mut to).await.ok();
                        return;
                    }
                }
            });
        }
    });
    address
}
