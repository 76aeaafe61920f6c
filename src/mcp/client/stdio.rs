//! Servers that speak on standard input and output: a program of the admin's choice, started in a sandbox of its own (bubblewrap). It sees
//! a read-only system, a `/tmp` of its own and the organization's files at `/data`; it is nobody, and without network unless both the
//! admin and whoever runs this server allow it. Where no sandbox can be had, it does not start.

use super::{Credentials, MESSAGE_BYTES, Trouble, handler::Handler, trouble};
use crate::{ids::OrganizationId, mcp::NewMcpServer, system::System};
use rmcp::{
    service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService},
    transport::async_rw::AsyncRwTransport,
};
use std::{
    os::unix::fs::MetadataExt,
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    process::{Child, ChildStdin, ChildStdout, Command},
};

/// Users that own nothing; a server keeps its own.
const FIRST_UID: u32 = 64_000;
const USERS: u128 = 100;
const SAID_BYTES: usize = 4 * 1024;

/// A program that runs as long as this is held.
pub(super) struct Process {
    child: Child,
    pipes: Option<(ChildStdout, ChildStdin)>,
    /// The end of what it wrote to standard error.
    said: Arc<Mutex<String>>,
}

impl Process {
    pub async fn start(
        system: &System,
        organization: OrganizationId,
        server: &NewMcpServer,
        credentials: &Credentials,
    ) -> Result<Self, Trouble> {
        if server.allow_network && !system.config.stdio_network {
            return Err(Trouble::refused(
                "It wants network, which whoever runs this Toolcrib has not allowed for programs: TOOLCRIB_STDIO_NETWORK=true allows it.",
            ));
        }
        let files = system.config.data_dir.join("files").join(organization.to_string());
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0);
        let mut command = Command::new("bwrap");
        command.args(sandbox(is_root, server.allow_network, &files)).arg("--");
        if is_root {
            let number = organization.0.as_u128() % USERS;
            let user = FIRST_UID + u32::try_from(number).unwrap_or_default();
            command.args([
                "/usr/bin/setpriv",
                &format!("--reuid={user}"),
                &format!("--regid={user}"),
                "--clear-groups",
                "--inh-caps=-all",
                "--",
            ]);
        }
        // Memory that it writes is limited by `data`. Addresses are not memory: Node's `fetch` alone sets ten GiB of them aside, and never
        // touches them; what is left to them bounds memory that processes share, which `data` does not count.
        let addresses = if server.allow_network { "--as=17179869184" } else { "--as=4294967296" };
        command.args(["/usr/bin/prlimit", "--core=0", "--nofile=1024", "--nproc=128", "--fsize=268435456"]);
        command.args(["--data=1073741824", addresses, "--"]);
        command.arg(server.command.as_deref().unwrap_or_default()).args(&server.args);
        // The environment goes through bubblewrap: on its command line every user of this machine could read the keys.
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", "/tmp").env("LANG", "C.UTF-8").env("TZ", "UTC");
        command.envs(credentials.env.iter().map(|(name, value)| (name, value.as_str())));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| {
            Trouble::refused(if error.kind() == std::io::ErrorKind::NotFound {
                "bubblewrap (bwrap) is not on this server, and programs do not run without a sandbox. Install it: apt-get install bubblewrap".to_owned()
            } else {
                format!("The sandbox could not be started: {error}.")
            })
        })?;
        let (Some(stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
            return Err(Trouble::outage("The sandbox has no pipes."));
        };
        let said = Arc::new(Mutex::new(String::new()));
        tokio::spawn(keep_last(stderr, said.clone()));
        Ok(Self { child, pipes: Some((stdout, stdin)), said })
    }

    /// Adds what the program said before it ended.
    pub async fn explain(&mut self, trouble: Trouble) -> Trouble {
        let ended = tokio::time::timeout(Duration::from_millis(300), self.child.wait()).await;
        let Ok(Ok(status)) = ended else { return trouble };
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner).trim().to_owned();
        let how = status.code().map_or_else(|| "was killed".to_owned(), |code| format!("ended with exit code {code}"));
        let said = if said.is_empty() { String::new() } else { format!(" It said: {said}") };
        Trouble { message: format!("The program {how} before it spoke MCP.{said}"), ..trouble }
    }
}

pub(super) async fn serve(
    handler: Handler,
    process: &mut Process,
    lifecycle: ClientLifecycleMode,
) -> Result<RunningService<RoleClient, Handler>, Trouble> {
    let Some((stdout, stdin)) = process.pipes.take() else {
        return Err(Trouble::outage("The program has no pipes."));
    };
    let transport = AsyncRwTransport::new_client(stdout, stdin).with_max_line_length(MESSAGE_BYTES);
    handler.serve_with_lifecycle(transport, lifecycle).await.map_err(|error| trouble::of_start(&error))
}

/// Reads to the end, so that the program is never stuck, and keeps the last part.
async fn keep_last(mut from: impl AsyncRead + Unpin, said: Arc<Mutex<String>>) {
    let mut chunk = vec![0; 4 * 1024];
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.push_str(&String::from_utf8_lossy(&chunk[..read]));
        let cut = said.len().saturating_sub(SAID_BYTES);
        let cut = said.ceil_char_boundary(cut);
        said.drain(..cut);
    }
}

fn sandbox(is_root: bool, network: bool, files: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    add(&[
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--hostname",
        "sandbox",
    ]);
    if !network {
        add(&["--unshare-net"]);
    }
    if is_root {
        // Only what is needed to become somebody else; gone with the change of user.
        add(&["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
    } else {
        add(&["--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]);
    }
    add(&["--ro-bind", "/usr", "/usr"]);
    for folder in ["/bin", "/lib", "/lib64", "/lib32", "/sbin"] {
        match std::fs::symlink_metadata(folder) {
            Ok(found) if found.is_symlink() => {
                if let Some(target) = std::fs::read_link(folder).ok().and_then(|target| target.to_str().map(str::to_owned)) {
                    add(&["--symlink", &target, folder]);
                }
            }
            Ok(_) => add(&["--ro-bind", folder, folder]),
            Err(_) => {}
        }
    }
    if network {
        for file in ["/etc/resolv.conf", "/etc/hosts", "/etc/ssl", "/etc/ca-certificates"] {
            add(&["--ro-bind-try", file, file]);
        }
    }
    add(&["--proc", "/proc", "--dev", "/dev"]);
    // What lies in these is memory, of the machine and of no process: each has its size.
    add(&["--perms", "1777", "--size", "268435456", "--tmpfs", "/tmp", "--perms", "1777", "--size", "67108864", "--tmpfs", "/dev/shm"]);
    match std::fs::canonicalize(files).ok().as_deref().and_then(Path::to_str) {
        Some(files) => add(&["--ro-bind", files, "/data"]),
        None => add(&["--dir", "/data"]),
    }
    add(&["--remount-ro", "/", "--chdir", "/tmp"]);
    arguments
}
