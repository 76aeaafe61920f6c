//! Where the database's files lie.

use super::{account::Account, private_folder};
use std::{
    hash::{DefaultHasher, Hash, Hasher},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// A socket's path has at most 107 bytes on Linux; this leaves room for `/.s.PGSQL.5432`.
const LONGEST_SOCKET_FOLDER: usize = 90;

#[derive(Clone, Debug)]
pub struct Place {
    /// Everything of the database: lock, log, data.
    pub base: PathBuf,
    pub data: PathBuf,
    pub log: PathBuf,
    /// The folder of the socket: private, and short enough.
    pub socket: PathBuf,
}

impl Place {
    /// `<data_dir>/postgres`; when the server is root and PostgreSQL's user could not get there (root's home is closed), a folder in /var/lib.
    pub fn find(data_dir: &Path, root: bool) -> Result<Self, String> {
        let wrong = |error| format!("the data folder {} cannot be used: {error}", data_dir.display());
        std::fs::create_dir_all(data_dir).map_err(wrong)?;
        let data_dir = data_dir.canonicalize().map_err(wrong)?;
        let mut hasher = DefaultHasher::new();
        data_dir.hash(&mut hasher);
        let hash = format!("{:016x}", hasher.finish());
        let base = if root && !others_can_reach(&data_dir) {
            let base = Path::new("/var/lib/toolcrib").join(&hash).join("postgres");
            tracing::info!(
                "{} cannot be reached by an unprivileged user: the database's files lie in {}",
                data_dir.display(),
                base.display()
            );
            base
        } else {
            data_dir.join("postgres")
        };
        let mut socket = base.join("socket");
        if socket.as_os_str().len() > LONGEST_SOCKET_FOLDER {
            socket = std::env::temp_dir().join(format!("toolcrib-{hash}"));
        }
        Ok(Self { data: base.join("data"), log: base.join("log"), socket, base })
    }

    /// Makes the folders, and gives them to the account.
    pub fn make(&self, account: Option<&Account>) -> Result<(), String> {
        let wrong = |error| format!("{} cannot be used: {error}", self.base.display());
        if let (Some(_), Some(parent)) = (account, self.base.parent()) {
            std::fs::create_dir_all(parent).map_err(wrong)?;
        }
        for folder in [&self.base, &self.socket] {
            private_folder(folder).map_err(wrong)?;
            // A folder in /tmp that somebody else made first would let them stand in for the database.
            let facts = std::fs::symlink_metadata(folder).map_err(wrong)?;
            if !facts.is_dir() {
                return Err(format!("{} is no folder", folder.display()));
            }
            if let Some(account) = account {
                account.give(folder).map_err(wrong)?;
            }
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(wrong)?;
        }
        Ok(())
    }
}

/// May somebody who is not root enter every folder on the way?
pub fn others_can_reach(path: &Path) -> bool {
    path.ancestors().all(|folder| std::fs::metadata(folder).is_ok_and(|facts| facts.permissions().mode() & 0o001 != 0))
}
