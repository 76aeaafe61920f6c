//! The sandbox of scripts: bubblewrap with its own namespaces, no network but through the server's door, a read-only system, limits on
//! time, memory, processes, disk and output. Started by root, a script still runs as a user of its own that owns nothing; where no sandbox
//! can be had, nothing runs.
//!
//! `warm` keeps a guard (guard.py) waiting for each organization; a call hands it the ends of three pipes and of a control socket, over which
//! it hears how the call ended and by whose hang-up it knows that nobody wants it any more.

use super::{Account, Failure};
use crate::{executions::ErrorClass, ids::OrganizationId, keys::secret::json_with_secrets, system::System};
use rustix::net::{AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SocketFlags, SocketType, recvmsg, socketpair};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    io::IoSliceMut,
    os::fd::{AsFd, OwnedFd},
    sync::Arc,
    time::Instant,
};
use tokio::{
    io::{AsyncWriteExt, Interest},
    net::{UnixStream, unix::pipe},
};
use zeroize::Zeroizing;

mod bubblewrap;
mod door;
mod limits;
mod pipes;
mod slots;
mod warm;

pub use limits::{LOG_BYTES, RESULT_BYTES};
pub(crate) const SHELL_HELPER: &str = warm::SCRIPT;

/// The sandboxes of this server.
#[derive(Clone, Debug)]
pub struct Sandbox {
    slots: slots::Slots,
    pool: warm::Pool,
}

impl Sandbox {
    #[must_use]
    pub fn new(concurrency: usize) -> Self {
        Self { slots: slots::Slots::new(concurrency), pool: warm::Pool::default() }
    }

    /// How many organizations have a warm sandbox.
    #[must_use]
    pub fn warm(&self) -> usize {
        self.pool.len()
    }

    /// Lets the warm sandbox of an organization go.
    pub fn forget(&self, organization: OrganizationId) {
        self.pool.forget(organization);
    }
}

/// Something to be done in the sandbox.
pub struct Job<'a> {
    pub system: &'a System,
    pub organization_id: OrganizationId,
    pub deadline: Instant,
    /// What is printed goes here, and what was used.
    pub account: Account,
    pub network: bool,
    /// For the guard: `do`, and what that needs.
    pub order: Zeroizing<Vec<u8>>,
}

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    pub result: Vec<u8>,
    /// The result was longer than allowed.
    pub cut: bool,
    pub code: Option<i32>,
    /// It used more memory than all its processes together may.
    pub out_of_memory: bool,
}

/// What the guard says in the end.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    setup: Option<String>,
    #[serde(default)]
    code: Option<i32>,
    #[serde(default)]
    why: Option<String>,
    #[serde(default)]
    cpu_ms: f64,
    #[serde(default)]
    peak: u64,
}

/// An order for the guard, as JSON. It may hold values of keys.
pub fn order(order: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Failure> {
    json_with_secrets(order).map_err(|error| failed(format!("The order for the sandbox cannot be written: {error}.")))
}

pub(super) fn failed(message: impl Into<String>) -> Failure {
    Failure::new(ErrorClass::Sandbox, message)
}

fn broken(what: &str) -> impl Fn(std::io::Error) -> Failure {
    let what = what.to_owned();
    move |error| failed(format!("The sandbox has no {what}: {error}."))
}

/// Does it. Dropped, everything it started is killed: its namespace of processes goes with its first one.
pub async fn run(job: &Job<'_>) -> Result<Ended, Failure> {
    let sandbox = &job.system.sandbox;
    let slot = sandbox.slots.take().await.ok_or_else(|| failed("The server is stopping."))?;
    let began = Instant::now();
    let head = limits::head(bubblewrap::is_root().then(|| slot.uid()), job.deadline, job.network);
    let (order, to_script) = std::io::pipe().map_err(broken("pipe"))?;
    let (from_script, result) = std::io::pipe().map_err(broken("pipe"))?;
    let (printed, log) = std::io::pipe().map_err(broken("pipe"))?;
    let (ours, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
        .map_err(|error| failed(format!("The sandbox has no control: {error}.")))?;
    rustix::io::ioctl_fionbio(&ours, true).map_err(|error| failed(format!("The sandbox has no control: {error}.")))?;
    let area = job.system.config.data_dir.join("files").join(job.organization_id.to_string());
    let files = [order.as_fd(), result.as_fd(), log.as_fd(), theirs.as_fd()];
    let (warm, was_warm) = sandbox.pool.hand_over(job.organization_id, &area, &head, &files).await?;
    drop((order, result, log, theirs));
    let mut running = Running { control: Some(UnixStream::from_std(ours.into()).map_err(broken("control"))?), kept: Some((slot, warm)) };
    let mut to_script = pipe::Sender::from_owned_fd(to_script.into()).map_err(broken("pipe"))?;
    let from_script = pipe::Receiver::from_owned_fd(from_script.into()).map_err(broken("pipe"))?;
    let printed = pipe::Receiver::from_owned_fd(printed.into()).map_err(broken("pipe"))?;
    let order = &job.order;
    let feed = async move {
        // A program that ends early breaks the pipe; its exit tells more.
        let _ = to_script.write_all(order).await;
    };
    let said = running.said(job);
    let ((), (result, cut), (), said) = tokio::join!(feed, pipes::read_result(from_script), pipes::read_log(printed, &job.account), said);
    running.control = None;
    running.kept = None;
    let Some(said) = said else {
        // Its end may not have come through to the pool yet: the next call gets a new one.
        sandbox.pool.forget(job.organization_id);
        return Err(failed(
            "The sandbox was killed from outside before the script ended. Nothing is known of what the script did until then.",
        ));
    };
    if let Some(why) = said.setup {
        return Err(failed(format!("The sandbox could not be set up: {why}. Scripts do not run without it.")));
    }
    job.account.note(
        "sandbox",
        json!({
            "warm": was_warm,
            "total_ms": (began.elapsed().as_secs_f64() * 100_000.0).round() / 100.0,
            "cpu_ms": said.cpu_ms,
            "peak_memory_mib": said.peak / 1024 / 1024,
            "limits": limits::account(job.deadline),
        }),
    );
    Ok(Ended { result, cut, code: said.code, out_of_memory: said.why.as_deref() == Some("memory") })
}

/// A call under way. Dropped before its end, it is hung up on, and its place is free when the guard has killed it.
struct Running {
    control: Option<UnixStream>,
    kept: Option<(slots::Slot, Arc<warm::Warm>)>,
}

impl Running {
    /// What the guard says until it hangs up.
    async fn said(&self, job: &Job<'_>) -> Option<Said> {
        let control = self.control.as_ref()?;
        let (mut last, mut _open) = (None, None);
        while let Some((text, socket)) = receive(control).await {
            if let Some(socket) = socket {
                // Open as long as this call listens. A door that cannot be opened stays closed: the script's requests fail.
                _open = door::open(socket, job.system, &job.account).inspect_err(|error| tracing::error!(%error, "no door")).ok();
            } else if let Some(b'E') = text.first() {
                // The first word stands: what failed at the set-up is said before the end of its process.
                last = last.or_else(|| serde_json::from_slice::<Said>(&text[1..]).ok());
            }
        }
        last
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let (Some(control), Some(kept)) = (self.control.take(), self.kept.take()) else { return };
        let _ = rustix::net::shutdown(&control, rustix::net::Shutdown::Write);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let gone = async { while receive(&control).await.is_some() {} };
                let _ = tokio::time::timeout(std::time::Duration::from_secs(10), gone).await;
                drop(kept);
            });
        }
    }
}

/// One message of the guard, and the socket that came with it. `None` at the end.
async fn receive(control: &UnixStream) -> Option<(Vec<u8>, Option<OwnedFd>)> {
    let got = control.async_io(Interest::READABLE, || {
        let mut text = vec![0; 8 * 1024];
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let got = recvmsg(control, &mut [IoSliceMut::new(&mut text)], &mut ancillary, RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT)?;
        let socket = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut files) => files.next(),
            _ => None,
        });
        text.truncate(got.bytes);
        Ok((text, socket))
    });
    got.await.ok().filter(|(text, _)| !text.is_empty())
}
