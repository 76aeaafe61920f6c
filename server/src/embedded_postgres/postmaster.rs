//! The process itself: started, taken over, stopped.

use super::place::Place;
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};
use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};
use tokio::time::{sleep, timeout};

/// How long a start that fails is tried again: a database whose server and postmaster were both killed needs some seconds to let go.
const TRY_FOR: Duration = Duration::from_secs(12);
/// How long one start may take while its process lives: recovery after a crash reads its log first.
const READY_WITHIN: Duration = Duration::from_secs(300);
const STOP_WITHIN: Duration = Duration::from_secs(30);

pub struct Postmaster {
    process: i32,
    /// `None`: it was running before us.
    child: Option<Child>,
    socket: PathBuf,
}

impl Postmaster {
    pub async fn start_or_adopt(programs: &Path, place: &Place) -> Result<Self, String> {
        let began = Instant::now();
        loop {
            if let Some(running) = Self::adopt(place).await {
                tracing::info!(process = running.process, "took over the PostgreSQL of an earlier server");
                return Ok(running);
            }
            match Self::start(programs, place).await {
                Ok(started) => return Ok(started),
                Err(why) if began.elapsed() > TRY_FOR => return Err(why),
                Err(why) => tracing::info!("{why}; trying again"),
            }
            sleep(Duration::from_millis(400)).await;
        }
    }

    /// What runs on this data already. The pid file alone proves nothing: it must answer, and for this very directory.
    async fn adopt(place: &Place) -> Option<Self> {
        let file = PidFile::read(&place.data)?;
        if !file.ready || !is_alive(file.process) {
            return None;
        }
        let running = Self { process: file.process, child: None, socket: file.socket.unwrap_or_else(|| place.socket.clone()) };
        let data = timeout(Duration::from_secs(3), running.data_directory()).await.ok()?.ok()?;
        let same = Path::new(&data).canonicalize().ok()? == place.data.canonicalize().ok()?;
        same.then_some(running)
    }

    async fn start(programs: &Path, place: &Place) -> Result<Self, String> {
        let failed = |what: &dyn std::fmt::Display| format!("the embedded PostgreSQL did not start: {what}");
        let log = File::options().append(true).create(true).open(&place.log).map_err(|error| failed(&error))?;
        let errors = log.try_clone().map_err(|error| failed(&error))?;
        let mut command = place.account.command(&programs.join("postgres"));
        command
            .arg("-D")
            .arg(&place.data)
            .arg("-k")
            .arg(&place.socket)
            .args(["-c", "listen_addresses=", "-c", "port=5432", "-c", "unix_socket_permissions=0700", "-c", "max_connections=100"])
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            // A group of its own: Ctrl-C in the terminal is for the server, which then stops it in order.
            .process_group(0);
        let mut child = command.spawn().map_err(|error| failed(&error))?;
        let process = i32::try_from(child.id()).unwrap_or_default();
        let began = Instant::now();
        loop {
            if let Ok(Some(status)) = child.try_wait() {
                return Err(failed(&last_words(&place.log).unwrap_or_else(|| status.to_string())));
            }
            if PidFile::read(&place.data).is_some_and(|file| file.ready && file.process == process) {
                let started = Self { process, child: Some(child), socket: place.socket.clone() };
                return match started.data_directory().await {
                    Ok(_) => Ok(started),
                    Err(error) => Err(failed(&error)),
                };
            }
            if began.elapsed() > READY_WITHIN {
                child.kill().ok();
                return Err(failed(&format!("it was not ready within {} s; see {}", READY_WITHIN.as_secs(), place.log.display())));
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn data_directory(&self) -> Result<String, sqlx::Error> {
        let mut connection = PgConnection::connect_with(&self.options().database("postgres")).await?;
        let data = sqlx::query_scalar("select current_setting('data_directory')").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(data)
    }

    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass().socket(&self.socket).port(5432).username("postgres").application_name("toolcrib")
    }

    #[must_use]
    pub fn process(&self) -> i32 {
        self.process
    }

    #[must_use]
    pub fn was_adopted(&self) -> bool {
        self.child.is_none()
    }

    pub async fn stop(&mut self) -> Result<(), String> {
        // Fast: ends connections, then writes a checkpoint.
        signal(self.process, libc::SIGINT);
        if self.gone_within(STOP_WITHIN).await {
            return Ok(());
        }
        signal(self.process, libc::SIGQUIT);
        if self.gone_within(Duration::from_secs(5)).await {
            return Ok(());
        }
        Err(format!("the embedded PostgreSQL (process {}) does not stop; its data are safe, the next start takes it over", self.process))
    }

    async fn gone_within(&mut self, time: Duration) -> bool {
        let began = Instant::now();
        while began.elapsed() < time {
            let gone = match &mut self.child {
                Some(child) => matches!(child.try_wait(), Ok(Some(_)) | Err(_)),
                None => !is_alive(self.process),
            };
            if gone {
                return true;
            }
            sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

/// `postmaster.pid`: process, data, start, port, socket directory, address, shared memory, state.
struct PidFile {
    process: i32,
    socket: Option<PathBuf>,
    ready: bool,
}

impl PidFile {
    fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        let socket = lines.get(4).filter(|line| line.starts_with('/')).map(PathBuf::from);
        Some(Self { process: lines.first()?.parse().ok()?, socket, ready: lines.get(7) == Some(&"ready") })
    }
}

fn is_alive(process: i32) -> bool {
    // SAFETY: signal 0 asks only whether the process exists.
    let answer = unsafe { libc::kill(process, 0) };
    answer == 0 || std::io::Error::last_os_error().raw_os_error() == Some(libc::EPERM)
}

fn signal(process: i32, signal: libc::c_int) {
    // SAFETY: a signal to a process that we started or whose socket answered for our data.
    unsafe { libc::kill(process, signal) };
}

/// The last thing the log complains about.
fn last_words(log: &Path) -> Option<String> {
    let text = fs::read_to_string(log).ok()?;
    let line = text.lines().rev().find(|line| line.contains("FATAL:") || line.contains("ERROR:") || line.contains("could not"))?;
    Some(line.split_once("FATAL:").map_or(line, |(_, words)| words).trim().to_owned())
}
