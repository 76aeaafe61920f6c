//! The process: found by its pid file, started, stopped.

use super::EmbeddedPostgres;
use std::{
    fs::File,
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Only names the socket's file; nothing listens on the network.
pub const PORT: u16 = 5432;
/// After a crash the old processes need a moment to notice and to let go of shared memory.
const LET_GO: Duration = Duration::from_secs(10);
/// Recovery after a crash may take a while on a large database.
const START: Duration = Duration::from_secs(120);

pub struct Running {
    pub pid: i32,
    pub ready: bool,
}

/// What `postmaster.pid` says, if that process lives and is a PostgreSQL. A pid file survives a crash, and its number may be somebody else's by now.
pub fn running(data: &Path) -> Option<Running> {
    let text = std::fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let mut lines = text.lines();
    let pid: i32 = lines.next()?.trim().parse().ok()?;
    let ready = lines.nth(6).is_some_and(|state| state.trim() == "ready");
    is_postgres_of(pid, data).then_some(Running { pid, ready })
}

#[cfg(target_os = "linux")]
fn is_postgres_of(pid: i32, data: &Path) -> bool {
    // A zombie has no command line, so it does not count.
    let is_postgres = std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| line.windows(8).any(|part| part == b"postgres"));
    // A postmaster works inside its data: another one that got the same number since (as in a new container) is none of ours to adopt or to stop.
    let works_here = match (std::fs::read_link(format!("/proc/{pid}/cwd")), data.canonicalize()) {
        (Ok(folder), Ok(data)) => folder == data,
        _ => false,
    };
    is_postgres && works_here
}

#[cfg(not(target_os = "linux"))]
fn is_postgres_of(pid: i32, _: &Path) -> bool {
    // SAFETY: signal 0 only asks whether the process exists.
    unsafe { libc::kill(pid, 0) == 0 }
}

/// Starts it and waits until it is ready. `None`: it was running after all (still in recovery from a crash), and is adopted.
pub fn start(postgres: &EmbeddedPostgres) -> Result<Option<Child>, String> {
    let data = &postgres.place.data;
    let began = Instant::now();
    loop {
        if running(data).is_some() {
            wait_until_ready(postgres, None)?;
            return Ok(None);
        }
        let mut child = spawn(postgres)?;
        match wait_until_ready(postgres, Some(&mut child)) {
            Ok(()) => return Ok(Some(child)),
            Err(why)
                if began.elapsed() < LET_GO && (why.contains("shared memory") || why.contains("lock file") || why.contains("socket")) =>
            {
                sleep(Duration::from_millis(250));
            }
            Err(why) => return Err(why),
        }
    }
}

fn spawn(postgres: &EmbeddedPostgres) -> Result<Child, String> {
    let place = &postgres.place;
    let log = File::create(&place.log)
        .and_then(|log| Ok((log.try_clone()?, log)))
        .map_err(|error| format!("{}: {error}", place.log.display()))?;
    let mut command = postgres.program("postgres");
    command
        .arg("-D")
        .arg(&place.data)
        .arg("-k")
        .arg(&place.socket)
        .args(["-p", &PORT.to_string()])
        .args(["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-c", "max_connections=200", "-c", "shared_buffers=256MB"])
        .args(["-c", "log_timezone=UTC", "-c", "timezone=UTC"])
        .stdin(Stdio::null())
        .stdout(log.0)
        .stderr(log.1)
        // Its own group: Ctrl-C in the terminal is for us, and we stop it when its work is done.
        .process_group(0);
    command.spawn().map_err(|error| format!("PostgreSQL did not start: {error}"))
}

fn wait_until_ready(postgres: &EmbeddedPostgres, mut child: Option<&mut Child>) -> Result<(), String> {
    let place = &postgres.place;
    let began = Instant::now();
    while began.elapsed() < START {
        if let Some(child) = child.as_deref_mut()
            && let Ok(Some(status)) = child.try_wait()
        {
            return Err(format!("PostgreSQL ended at its start ({status}): {}", last_lines(&place.log)));
        }
        match running(&place.data) {
            Some(state) if state.ready => return Ok(()),
            None if child.is_none() => return Err("PostgreSQL ended while we waited for it".to_owned()),
            _ => sleep(Duration::from_millis(10)),
        }
    }
    Err(format!("PostgreSQL was not ready after {} s: {}", START.as_secs(), last_lines(&place.log)))
}

fn last_lines(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(4)..].join(" / ")
}

/// Fast shutdown: ends connections, writes everything, ends. After 30 s immediately.
pub fn stop(data: &Path, mut child: Option<&mut Child>) -> Result<(), String> {
    for (signal, patience) in [(libc::SIGINT, Duration::from_secs(30)), (libc::SIGQUIT, Duration::from_secs(10))] {
        let Some(state) = running(data) else { break };
        // SAFETY: plain kill on the pid that the pid file names and that is a PostgreSQL.
        unsafe { libc::kill(state.pid, signal) };
        let began = Instant::now();
        while began.elapsed() < patience {
            // Our own child stays a zombie until it is asked for.
            if let Some(child) = child.as_deref_mut() {
                let _ = child.try_wait();
            }
            if running(data).is_none() {
                return Ok(());
            }
            sleep(Duration::from_millis(10));
        }
    }
    if running(data).is_none() { Ok(()) } else { Err("PostgreSQL did not stop".to_owned()) }
}
