//! Where data, socket and log lie, and who may reach them.

use super::account::Account;
use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::{Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
    process::Stdio,
};

/// The longest path of a socket on Linux, without the terminating zero; `/.s.PGSQL.5432` is appended to the directory's.
const LONGEST_SOCKET_PATH: usize = 107;
const SOCKET_NAME: &str = "/.s.PGSQL.5432";

pub struct Place {
    pub account: Account,
    pub data: PathBuf,
    pub socket: PathBuf,
    pub log: PathBuf,
}

/// Held as long as the server lives; given back by the system, however it ends.
pub fn lock(data_dir: &Path) -> Result<File, String> {
    fs::create_dir_all(data_dir).map_err(|error| format!("the data directory {} cannot be made: {error}", data_dir.display()))?;
    let path = data_dir.join("server.lock");
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|error| format!("{} cannot be opened: {error}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0)
                .and_then(|()| write!(file, "{}", std::process::id()))
                .map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
            Ok(file)
        }
        Err(TryLockError::WouldBlock) => {
            let mut process = String::new();
            file.read_to_string(&mut process).ok();
            Err(format!(
                "the data directory {} is in use by another Toolcrib (process {}). Stop it, or give this one its own by TOOLCRIB_DATA_DIR",
                data_dir.display(),
                if process.is_empty() { "unknown" } else { &process }
            ))
        }
        Err(TryLockError::Error(error)) => Err(format!("{} cannot be locked: {error}", path.display())),
    }
}

impl Place {
    pub fn find(data_dir: &Path, programs: &Path) -> Result<Self, String> {
        let base = data_dir.canonicalize().map_err(|error| format!("{} cannot be read: {error}", data_dir.display()))?;
        let account = Account::choose(&base.join("postgres"))?;
        if let Some(closed) = closed_folder(&account, programs) {
            return Err(format!(
                "the programs of the embedded PostgreSQL lie below {}, which the account that runs them may not enter. Install them elsewhere (TOOLCRIB_CACHE) and name them by TOOLCRIB_POSTGRES_BIN",
                closed.display()
            ));
        }
        let mut home = base.clone();
        if let Some(closed) = closed_folder(&account, &base) {
            if !account.steps_down {
                return Err(format!("{} may not be entered", closed.display()));
            }
            home = PathBuf::from("/var/lib/toolcrib").join(short_hash(&base));
            tracing::warn!("PostgreSQL's account may not enter {}; its data lie in {} instead", closed.display(), home.display());
            fs::create_dir_all(&home).map_err(|error| format!("{} cannot be made: {error}", home.display()))?;
        }
        let near = home.join("socket");
        let socket = if near.as_os_str().len() + SOCKET_NAME.len() <= LONGEST_SOCKET_PATH {
            near
        } else {
            PathBuf::from("/tmp").join(format!("toolcrib-{}-{}", account.user, short_hash(&home)))
        };
        // The fallback may have an owner of its own.
        let account = Account::choose(&home.join("postgres"))?;
        Ok(Self { account, data: home.join("postgres"), socket, log: home.join("postgres.log") })
    }

    /// Makes what is not there yet.
    pub fn prepare(&self, programs: &Path) -> Result<(), String> {
        self.private_folder(&self.socket)?;
        if !self.log.exists() {
            File::create(&self.log).map_err(|error| format!("{} cannot be made: {error}", self.log.display()))?;
            self.account.own(&self.log)?;
        }
        if self.data.join("PG_VERSION").is_file() {
            return Ok(());
        }
        if self.data.exists() {
            return Err(format!("{} exists but holds no database. Move it away and start again", self.data.display()));
        }
        // Under another name until it is whole: killed half-way, the next start begins anew.
        let making = self.data.with_extension("new");
        if making.exists() {
            fs::remove_dir_all(&making).map_err(|error| format!("{} cannot be removed: {error}", making.display()))?;
        }
        self.private_folder(&making)?;
        tracing::info!("making the database in {}", self.data.display());
        let output = self
            .account
            .command(&programs.join("initdb"))
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "-D",
            ])
            .arg(&making)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("initdb could not be run: {error}"))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "the database could not be made in {}: {}",
                self.data.display(),
                said.trim().lines().last().unwrap_or("initdb failed")
            ));
        }
        fs::rename(&making, &self.data).map_err(|error| format!("{} could not be put in its place: {error}", making.display()))
    }

    /// A folder that only the database's account may enter; one that somebody else has put there is refused.
    fn private_folder(&self, path: &Path) -> Result<(), String> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => self.account.own(path),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let found = fs::symlink_metadata(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
                if !found.is_dir() || found.uid() != self.account.user {
                    return Err(format!("{} is not a directory of the database's account. Remove it and start again", path.display()));
                }
                fs::set_permissions(path, fs::Permissions::from_mode(0o700))
                    .map_err(|error| format!("{} cannot be closed to others: {error}", path.display()))
            }
            Err(error) => Err(format!("{} cannot be made: {error}", path.display())),
        }
    }
}

/// The first folder on the way to `path`, itself included, that the account may not go through.
fn closed_folder(account: &Account, path: &Path) -> Option<PathBuf> {
    let mut folders: Vec<&Path> = path.ancestors().collect();
    folders.reverse();
    folders.into_iter().find(|folder| fs::metadata(folder).is_ok_and(|found| !account.may_pass(&found))).map(Path::to_owned)
}

fn short_hash(path: &Path) -> String {
    toolcrib::random::hash(&path.to_string_lossy()).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}
