//! Where the database's files lie.

use super::account::{Account, effective_user};
use std::{
    os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt},
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
    /// Makes the data folder and decides where in it, or beside it, the files lie.
    pub fn find(data_dir: &Path, root: bool) -> Result<Self, String> {
        let wrong = |error| format!("the data folder {} cannot be used: {error}", data_dir.display());
        std::fs::create_dir_all(data_dir).map_err(wrong)?;
        let data_dir = data_dir.canonicalize().map_err(wrong)?;
        let reachable = !root || others_can_reach(&data_dir);
        let place = Self::rule(&data_dir, reachable, &std::env::temp_dir());
        if !reachable {
            tracing::info!(
                "{} cannot be reached by an unprivileged user: the database's files lie in {}",
                data_dir.display(),
                place.base.display()
            );
        }
        Ok(place)
    }

    /// `<data_dir>/postgres`; when PostgreSQL's user could not get there (root's home is closed), a folder in /var/lib that is named
    /// after the data folder. The name must be the same for ever, or a new release would not find the database.
    fn rule(data_dir: &Path, reachable: bool, temporary: &Path) -> Self {
        let name: String = toolcrib::random::hash(&data_dir.to_string_lossy()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let base = if reachable { data_dir.join("postgres") } else { Path::new("/var/lib/toolcrib").join(&name).join("postgres") };
        let mut socket = base.join("socket");
        if socket.as_os_str().len() > LONGEST_SOCKET_FOLDER {
            socket = temporary.join(format!("toolcrib-{name}"));
        }
        Self { data: base.join("data"), log: base.join("log"), socket, base }
    }

    /// Makes the folders, and gives them to the account.
    pub fn make(&self, account: Option<&Account>) -> Result<(), String> {
        let wrong = |error| format!("{} cannot be used: {error}", self.base.display());
        if let (Some(_), Some(parent)) = (account, self.base.parent()) {
            std::fs::create_dir_all(parent).map_err(wrong)?;
        }
        for folder in [&self.base, &self.socket] {
            private_folder(folder, effective_user(), account)?;
        }
        Ok(())
    }
}

/// Makes a folder that only the account (without one, we) may enter. One that is there already must be a real folder of ours or of the
/// account's: in /tmp anybody may have made it first, to stand in for the database or to have root give a file of theirs away.
fn private_folder(folder: &Path, we: u32, account: Option<&Account>) -> Result<(), String> {
    let wrong = |error| format!("{} cannot be used: {error}", folder.display());
    match std::fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(wrong(error)),
        _ => {}
    }
    let facts = std::fs::symlink_metadata(folder).map_err(wrong)?;
    if !facts.is_dir() {
        return Err(format!("{} is no folder (a link is none either). Remove it.", folder.display()));
    }
    let owner = facts.uid();
    if owner != we && account.is_none_or(|account| account.uid != owner) {
        return Err(format!("{} belongs to another user (number {owner}). Remove it.", folder.display()));
    }
    if let Some(account) = account.filter(|account| account.uid != owner) {
        account.give(folder).map_err(wrong)?;
    }
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(wrong)
}

/// May somebody who is not root enter every folder on the way?
pub fn others_can_reach(path: &Path) -> bool {
    path.ancestors().all(|folder| std::fs::metadata(folder).is_ok_and(|facts| facts.permissions().mode() & 0o001 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_lie_in_the_data_folder_where_postgresql_gets_there() {
        let place = Place::rule(Path::new("/srv/toolcrib"), true, Path::new("/tmp"));
        assert_eq!(place.base, Path::new("/srv/toolcrib/postgres"));
        assert_eq!(place.data, Path::new("/srv/toolcrib/postgres/data"));
        assert_eq!(place.socket, Path::new("/srv/toolcrib/postgres/socket"));
    }

    #[test]
    fn a_closed_data_folder_has_a_place_of_its_own_whose_name_never_changes() {
        let place = Place::rule(Path::new("/root/data"), false, Path::new("/tmp"));
        // The first 8 bytes of SHA-256 of the path: any other rule loses sight of the databases that are out there.
        assert_eq!(place.base, Path::new("/var/lib/toolcrib/ffae65f8c6b965b1/postgres"));
        assert_ne!(place.base, Place::rule(Path::new("/root/data2"), false, Path::new("/tmp")).base);
    }

    #[test]
    fn a_path_too_long_for_a_socket_gets_one_in_the_temporary_folder() {
        let deep = format!("/srv/{}", "a".repeat(80));
        let place = Place::rule(Path::new(&deep), true, Path::new("/tmp"));
        assert!(place.base.starts_with(&deep));
        let name = place.socket.strip_prefix("/tmp").unwrap().to_str().unwrap();
        assert!(name.starts_with("toolcrib-") && name.len() == 25, "{name}");
    }

    #[test]
    fn a_folder_is_made_private_and_used_again() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("socket");
        private_folder(&folder, effective_user(), None).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
        private_folder(&folder, effective_user(), None).unwrap();
        assert_eq!(std::fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    }

    #[test]
    fn a_link_is_refused_and_where_it_leads_stays_as_it_is() {
        let temporary = tempfile::tempdir().unwrap();
        let (target, link) = (temporary.path().join("precious"), temporary.path().join("socket"));
        std::fs::create_dir(&target).unwrap();
        std::fs::set_permissions(&target, std::fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let why = private_folder(&link, effective_user(), None).unwrap_err();
        assert!(why.contains("is no folder"), "{why}");
        assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn a_folder_of_somebody_else_is_refused_unless_it_is_postgresqls() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = temporary.path().join("socket");
        std::fs::create_dir(&folder).unwrap();
        let owner = std::fs::metadata(&folder).unwrap().uid();
        let postgres = |uid| Account { uid, gid: 0 };
        for account in [None, Some(postgres(owner + 2))] {
            let why = private_folder(&folder, owner + 1, account.as_ref()).unwrap_err();
            assert!(why.contains("belongs to another user"), "{why}");
        }
        private_folder(&folder, owner + 1, Some(&postgres(owner))).unwrap();
    }
}
