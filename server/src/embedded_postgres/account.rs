//! PostgreSQL refuses to run as root: then it runs as an unprivileged user that has an entry in passwd.

use std::{
    ffi::CString,
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    path::Path,
    process::Command,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub uid: u32,
    pub gid: u32,
}

pub fn effective_user() -> u32 {
    // SAFETY: geteuid takes nothing and cannot fail.
    unsafe { libc::geteuid() }
}

pub fn is_root() -> bool {
    effective_user() == 0
}

impl Account {
    /// `postgres` where there is one, else `nobody`.
    pub fn unprivileged() -> Option<Self> {
        ["postgres", "nobody"].into_iter().find_map(|name| {
            let name = CString::new(name).ok()?;
            // SAFETY: a valid C string; the entry is copied before anything else could ask for another one (start-up is one thread).
            let entry = unsafe { libc::getpwnam(name.as_ptr()).as_ref() }?;
            Some(Self { uid: entry.pw_uid, gid: entry.pw_gid })
        })
    }

    /// Whoever owns the data that is there already.
    pub fn of_existing(data: &Path) -> Option<Self> {
        let facts = std::fs::metadata(data).ok()?;
        (facts.uid() != 0).then(|| Self { uid: facts.uid(), gid: facts.gid() })
    }

    /// Runs the command as this user, without root's groups.
    pub fn apply(self, command: &mut Command) {
        command.uid(self.uid).gid(self.gid);
    }

    pub fn give(self, path: &Path) -> std::io::Result<()> {
        chown(path, Some(self.uid), Some(self.gid))
    }
}
