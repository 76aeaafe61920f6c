//! The sandbox of scripts: bubblewrap with its own namespaces, no network, a read-only system, limits on time, memory, processes and
//! output. Started by root, a script still runs as a user of its own that owns nothing; where no sandbox can be had, nothing runs.

use super::{Call, Failure};
use crate::executions::ErrorClass;
use serde_json::{Value, json};
use std::{
    os::unix::fs::MetadataExt,
    path::Path,
    process::Stdio,
    sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError},
    time::Instant,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWriteExt},
    process::Command,
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// The most a script may return.
pub const RESULT_BYTES: usize = 1024 * 1024;
/// The most that is kept of what it prints.
pub const LOG_BYTES: usize = 256 * 1024;
const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
const FILE_BYTES: u64 = 64 * 1024 * 1024;
const PROCESSES: u64 = 32;
const OPEN_FILES: u64 = 256;
/// Users that own nothing, one for each script that runs at the same time: their processes are counted apart.
const FIRST_UID: u32 = 64_100;

/// How a program in the sandbox ended.
#[derive(Debug)]
pub struct Ended {
    pub result: Vec<u8>,
    /// The result was longer than allowed.
    pub cut: bool,
    pub code: Option<i32>,
    /// What bubblewrap itself complained of.
    pub complaint: Option<String>,
}

/// Runs `program` with `order` (and its limits) as JSON on standard input. Standard output is the result, standard error the log.
/// Dropped, everything it started is killed: the namespace of processes goes with its first one.
pub async fn run(call: &Call<'_>, program: &[&str], mut order: Value) -> Result<Ended, Failure> {
    let failed = |message: String| Failure::new(ErrorClass::Sandbox, message);
    let slot = Slot::take(call.system.config.sandbox_concurrency).await.ok_or_else(|| failed("The server is stopping.".to_owned()))?;
    let is_root = is_root();
    let seconds = call.deadline.saturating_duration_since(Instant::now()).as_secs() + 1;
    if let Value::Object(order) = &mut order {
        order.insert("uid".to_owned(), if is_root { json!(slot.uid()) } else { Value::Null });
        let limits = json!({"CPU": seconds, "AS": MEMORY_BYTES, "NPROC": PROCESSES, "FSIZE": FILE_BYTES, "NOFILE": OPEN_FILES, "CORE": 0});
        order.insert("limits".to_owned(), limits);
    }
    let files = call.system.config.data_dir.join("files").join(call.organization_id.to_string());
    let mut command = Command::new("bwrap");
    command.args(arguments(is_root, &files)).arg("--").args(program);
    command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(|error| {
        failed(if error.kind() == std::io::ErrorKind::NotFound {
            "bubblewrap (bwrap) is not on this server, and scripts do not run without a sandbox. Install it: apt-get install bubblewrap"
                .to_owned()
        } else {
            format!("The sandbox could not be started: {error}.")
        })
    })?;
    let (Some(mut stdin), Some(stdout), Some(stderr)) = (child.stdin.take(), child.stdout.take(), child.stderr.take()) else {
        return Err(failed("The sandbox has no pipes.".to_owned()));
    };
    let input = order.to_string();
    let feed = async move {
        // A program that ends early breaks the pipe; its exit tells more.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
    };
    let account = call.account.clone();
    let ((), (result, cut), first, status) = tokio::join!(feed, read_result(stdout), read_log(stderr, &account), child.wait());
    let code = status.ok().and_then(|status| status.code());
    let complaint = first.strip_prefix("bwrap: ").map(|line| line.trim().to_owned());
    drop(slot);
    Ok(Ended { result, cut, code, complaint })
}

/// Reads to the end, so that the writer is never stuck, and keeps what is allowed.
async fn read_result(mut from: impl AsyncRead + Unpin) -> (Vec<u8>, bool) {
    let (mut kept, mut cut, mut chunk) = (Vec::new(), false, vec![0; 64 * 1024]);
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        let room = RESULT_BYTES - kept.len();
        cut |= read > room;
        kept.extend_from_slice(&chunk[..read.min(room)]);
    }
    (kept, cut)
}

/// Into the account as it comes, so that the log of a script that is stopped is there too. Returns its first line.
async fn read_log(mut from: impl AsyncRead + Unpin, account: &super::Account) -> String {
    let (mut first, mut chunk, mut cut) = (String::new(), vec![0; 16 * 1024], false);
    let mut rest: Vec<u8> = Vec::new();
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        if cut {
            continue;
        }
        rest.extend_from_slice(&chunk[..read]);
        // A character may be split between two reads.
        let whole = match std::str::from_utf8(&rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => rest.len(),
        };
        let text = String::from_utf8_lossy(&rest[..whole]).into_owned();
        rest.drain(..whole);
        if first.is_empty() {
            first = text.lines().next().unwrap_or_default().to_owned();
        }
        let room = LOG_BYTES.saturating_sub(account.log_bytes());
        if text.len() > room {
            account.log(&text[..text.floor_char_boundary(room)]);
            account.log(&format!("\n… cut after {} KiB\n", LOG_BYTES / 1024));
            cut = true;
        } else {
            account.log(&text);
        }
    }
    first
}

fn arguments(is_root: bool, files: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = Vec::new();
    let mut add = |words: &[&str]| arguments.extend(words.iter().map(|word| (*word).to_owned()));
    add(&[
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
        "--unshare-cgroup-try",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ]);
    add(&[
        "--hostname",
        "sandbox",
        "--setenv",
        "PATH",
        "/usr/bin:/bin",
        "--setenv",
        "HOME",
        "/tmp",
        "--setenv",
        "LANG",
        "C.UTF-8",
        "--setenv",
        "TZ",
        "UTC",
    ]);
    if is_root {
        // Only what is needed to become somebody else; gone with the change of user.
        add(&["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]);
    } else {
        add(&["--unshare-user", "--uid", "65534", "--gid", "65534", "--cap-drop", "ALL"]);
    }
    add(&["--ro-bind", "/usr", "/usr", "--tmpfs", "/usr/local"]);
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
    add(&["--proc", "/proc", "--dev", "/dev"]);
    let size = FILE_BYTES.to_string();
    add(&["--perms", "1777", "--size", &size, "--tmpfs", "/tmp", "--perms", "1777", "--size", &size, "--tmpfs", "/dev/shm"]);
    let files = std::fs::canonicalize(files).ok();
    match files.as_deref().and_then(Path::to_str) {
        Some(files) => add(&["--ro-bind", files, "/data"]),
        None => add(&["--dir", "/data"]),
    }
    add(&["--remount-ro", "/", "--chdir", "/tmp"]);
    arguments
}

fn is_root() -> bool {
    static ROOT: LazyLock<bool> = LazyLock::new(|| std::fs::metadata("/proc/self").is_ok_and(|me| me.uid() == 0));
    *ROOT
}

/// A place among the scripts that may run at once, and the user that comes with it.
struct Slot {
    number: u32,
    _permit: OwnedSemaphorePermit,
}

static FREE: Mutex<Vec<u32>> = Mutex::new(Vec::new());

impl Slot {
    async fn take(concurrency: usize) -> Option<Self> {
        static SLOTS: OnceLock<Arc<Semaphore>> = OnceLock::new();
        let concurrency = concurrency.clamp(1, 1_000);
        let slots = SLOTS.get_or_init(|| {
            let numbers = (0..u32::try_from(concurrency).unwrap_or(1)).rev().collect();
            *FREE.lock().unwrap_or_else(PoisonError::into_inner) = numbers;
            Arc::new(Semaphore::new(concurrency))
        });
        let permit = slots.clone().acquire_owned().await.ok()?;
        let number = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(Self { number, _permit: permit })
    }

    fn uid(&self) -> u32 {
        FIRST_UID + self.number
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        FREE.lock().unwrap_or_else(PoisonError::into_inner).push(self.number);
    }
}
