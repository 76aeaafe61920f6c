//! Who PostgreSQL runs as. It refuses to run as root, so root hands it to an account that owns nothing else.

use std::{
    fs::Metadata,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::Command,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub user: u32,
    pub group: u32,
    /// Whether the server is root and has to step down to this account.
    pub steps_down: bool,
}

impl Account {
    /// For an existing data directory its owner; else ourselves, or, where we are root, `postgres` or `nobody`.
    pub fn choose(data: &Path) -> Result<Self, String> {
        // SAFETY: both only read the process's ids.
        let (user, group) = unsafe { (libc::geteuid(), libc::getegid()) };
        if user != 0 {
            return Ok(Self { user, group, steps_down: false });
        }
        if let Ok(found) = std::fs::metadata(data) {
            if found.uid() != 0 {
                return Ok(Self { user: found.uid(), group: found.gid(), steps_down: true });
            }
        }
        ["postgres", "nobody"].into_iter().find_map(look_up).map(|(user, group)| Self { user, group, steps_down: true }).ok_or_else(|| {
            "the server runs as root, but PostgreSQL may not, and there is neither an account “postgres” nor “nobody” to run it. Start the server as another user".to_owned()
        })
    }

    /// May this account go through the folder?
    #[must_use]
    pub fn may_pass(&self, folder: &Metadata) -> bool {
        let bit = if folder.uid() == self.user {
            0o100
        } else if folder.gid() == self.group {
            0o010
        } else {
            0o001
        };
        self.user == 0 || folder.mode() & bit != 0
    }

    /// A command that runs as this account.
    #[must_use]
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        if self.steps_down {
            command.uid(self.user).gid(self.group);
        }
        command
    }

    pub fn own(&self, path: &Path) -> Result<(), String> {
        if !self.steps_down {
            return Ok(());
        }
        std::os::unix::fs::chown(path, Some(self.user), Some(self.group))
            .map_err(|error| format!("{} could not be given to the database's account: {error}", path.display()))
    }
}

/// Ids from /etc/passwd.
fn look_up(name: &str) -> Option<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
    let mut fields = line.split(':').skip(2);
    Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
}
