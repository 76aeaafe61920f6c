//! Warm sandboxes: an interpreter that waits inside bubblewrap, one for each organization that called lately. Started by root, its guard
//! forks a child with namespaces, /tmp and user of its own for every call; started by anybody else it cannot, and serves one call, while the
//! next one is started already. Idle ones are let go; all die with the server.

use super::{bubblewrap, failed, limits::DISK_BYTES};
use crate::{executors::Failure, ids::OrganizationId};
use rustix::{
    io::IoSlice,
    net::{AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType, sendmsg, socketpair},
};
use std::{
    collections::HashMap,
    os::fd::{BorrowedFd, OwnedFd},
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
};

pub(super) const PYTHON: &str = "/usr/bin/python3";
const GUARD: &str = concat!(
    include_str!("guard.py"),
    "\n",
    include_str!("script.py"),
    "\n",
    include_str!("tests.py"),
    "\n",
    include_str!("propose.py"),
    "\nserve()\n"
);
/// How `tool` in a shell test becomes the script.
pub(super) const SCRIPT: &str = include_str!("script.py");
/// The most organizations that have a warm sandbox at once.
const WARM: usize = 16;
/// Let go after this time without a call.
const IDLE: Duration = Duration::from_secs(300);
const START: Duration = Duration::from_secs(20);

/// One sandbox that waits.
#[derive(Debug)]
pub(super) struct Warm {
    door: OwnedFd,
    /// Killed when dropped.
    _child: Child,
}

impl Warm {
    async fn start(files: &Path) -> Result<Self, Failure> {
        if !Path::new(PYTHON).exists() {
            return Err(failed(format!("{PYTHON} is not on this server, so scripts cannot run. Install it: apt-get install python3")));
        }
        // So that it can be bound, and files that come later are seen.
        let _ = std::fs::create_dir_all(files);
        let (door, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .map_err(|error| failed(format!("The sandbox has no door: {error}.")))?;
        let mut command = Command::new("bwrap");
        command.args(bubblewrap::arguments(files, DISK_BYTES)).args(["--", PYTHON, "-I", "-B", "-c", GUARD]);
        command.arg(if bubblewrap::is_root() { "own" } else { "once" }).arg(DISK_BYTES.to_string());
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.stdin(Stdio::from(theirs)).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| {
            failed(if error.kind() == std::io::ErrorKind::NotFound {
                "bubblewrap (bwrap) is not on this server, and scripts do not run without a sandbox. Install it: apt-get install bubblewrap"
                    .to_owned()
            } else {
                format!("The sandbox could not be started: {error}.")
            })
        })?;
        drop(command);
        let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(failed("The sandbox has no pipes."));
        };
        let mut line = String::new();
        let ready = tokio::time::timeout(START, BufReader::new(stdout).read_line(&mut line)).await;
        if line != "ready\n" {
            let mut said = vec![0; 2_000];
            let read = match ready {
                Ok(_) => tokio::time::timeout(Duration::from_secs(1), stderr.read(&mut said)).await.ok().and_then(Result::ok),
                Err(_) => None,
            };
            let said = String::from_utf8_lossy(&said[..read.unwrap_or_default()]).into_owned();
            let why = said.lines().last().unwrap_or("it did not answer in time").trim_start_matches("bwrap: ").trim().to_owned();
            return Err(failed(format!("The sandbox could not be set up: {why}. Scripts do not run without it.")));
        }
        Ok(Self { door, _child: child })
    }

    /// Tells the guard of a call. `false` when nobody is there any more.
    pub(super) fn hand_over(&self, head: &str, files: &[BorrowedFd<'_>]) -> bool {
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(8))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(files))
            && sendmsg(&self.door, &[IoSlice::new(head.as_bytes())], &mut ancillary, SendFlags::NOSIGNAL | SendFlags::DONTWAIT).is_ok()
    }
}

/// What one organization has.
#[derive(Debug, Default)]
struct Kept {
    warm: Option<Arc<Warm>>,
}

#[derive(Debug)]
struct Entry {
    kept: Arc<tokio::sync::Mutex<Kept>>,
    used: Instant,
}

/// All warm sandboxes of this server.
#[derive(Clone, Debug, Default)]
pub(super) struct Pool(Arc<Mutex<HashMap<OrganizationId, Entry>>>);

impl Pool {
    fn kept(&self, organization: OrganizationId) -> Arc<tokio::sync::Mutex<Kept>> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.is_empty() {
            tokio::spawn(let_go(Arc::downgrade(&self.0)));
        }
        if !entries.contains_key(&organization) && entries.len() >= WARM {
            let oldest = entries.iter().min_by_key(|(_, entry)| entry.used).map(|(organization, _)| *organization);
            oldest.map(|organization| entries.remove(&organization));
        }
        let entry = entries.entry(organization).or_insert_with(|| Entry { kept: Arc::default(), used: Instant::now() });
        entry.used = Instant::now();
        entry.kept.clone()
    }

    /// Hands a call to the organization's sandbox, starting one where none is. Says whether it was warm.
    pub(super) async fn hand_over(
        &self,
        organization: OrganizationId,
        area: &Path,
        head: &str,
        files: &[BorrowedFd<'_>],
    ) -> Result<(Arc<Warm>, bool), Failure> {
        let kept = self.kept(organization);
        let mut place = kept.lock().await;
        if let Some(warm) = place.warm.clone() {
            if warm.hand_over(head, files) {
                if !bubblewrap::is_root() {
                    place.warm = None;
                    start_next(kept.clone(), area);
                }
                return Ok((warm, true));
            }
            place.warm = None;
        }
        let warm = Arc::new(Warm::start(area).await?);
        if !warm.hand_over(head, files) {
            return Err(failed("The sandbox ended before it was used."));
        }
        if bubblewrap::is_root() {
            place.warm = Some(warm.clone());
        } else {
            start_next(kept.clone(), area);
        }
        Ok((warm, false))
    }

    /// How many wait. For tests and the state of the server.
    pub(super) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Lets the organization's sandbox go: its calls end as they like, the next one starts another.
    pub(super) fn forget(&self, organization: OrganizationId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&organization);
    }
}

/// The sandbox of the next call, in the background.
fn start_next(kept: Arc<tokio::sync::Mutex<Kept>>, area: &Path) {
    let area = area.to_owned();
    tokio::spawn(async move {
        if let Ok(next) = Warm::start(&area).await {
            let mut place = kept.lock().await;
            if place.warm.is_none() {
                place.warm = Some(Arc::new(next));
            }
        }
    });
}

/// Lets idle ones go, as long as anybody holds the pool and anything is in it.
async fn let_go(entries: Weak<Mutex<HashMap<OrganizationId, Entry>>>) {
    loop {
        tokio::time::sleep(Duration::from_secs(30)).await;
        let Some(entries) = entries.upgrade() else { return };
        let mut entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|_, entry| entry.used.elapsed() < IDLE);
        if entries.is_empty() {
            return;
        }
    }
}
