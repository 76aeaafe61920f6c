//! The master key: from the environment, or from a file that is made in the data folder. It wraps the organizations' data keys and is
//! never in the database.

use super::cipher::{self, Bytes32, Sealed};
use crate::{
    config::Config,
    error::{Error, Result},
    ids::OrganizationId,
    random,
};
use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::{
    fs::{File, OpenOptions},
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};
use zeroize::Zeroizing;

/// Where the master key comes from.
pub const VARIABLE: &str = "TOOL_KEY_ENCRYPTION_MASTER";
/// While the master key is rotated: the one that comes next.
pub const VARIABLE_NEXT: &str = "TOOL_KEY_ENCRYPTION_MASTER_NEXT";
const FILE: &str = "master.key";
const FILE_NEXT: &str = "master.key.next";

const BASE64: GeneralPurpose =
    GeneralPurpose::new(&alphabet::STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// 32 bytes and the id they are known by. Neither printed nor serialised, like every secret.
pub struct MasterKey {
    id: String,
    bytes: Bytes32,
}

super::secret::is_never!(MasterKey: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone);

impl MasterKey {
    fn new(bytes: Bytes32) -> Self {
        // The id tells keys apart and says nothing of them: 64 bits of a hash of 256 random ones.
        let mut hash = Sha256::new();
        hash.update(b"toolcrib master key id\0");
        hash.update(bytes.as_slice());
        Self { id: hex::encode(&hash.finalize()[..8]), bytes }
    }

    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self::new(Zeroizing::new(random::bytes()))
    }

    /// From 32 bytes in base64. `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let decoded = Zeroizing::new(BASE64.decode(text.trim()).ok()?);
        let bytes: [u8; 32] = decoded.as_slice().try_into().ok()?;
        Some(Self::new(Zeroizing::new(bytes)))
    }

    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn bound(&self, organization: OrganizationId) -> Vec<u8> {
        [b"toolcrib data key\0".as_slice(), organization.0.as_bytes(), self.id.as_bytes()].concat()
    }

    pub(crate) fn wrap(&self, organization: OrganizationId, data_key: &Bytes32) -> Option<Sealed> {
        cipher::seal(&self.bytes, data_key.as_slice(), &self.bound(organization))
    }

    pub(crate) fn unwrap(&self, organization: OrganizationId, wrapped: &Sealed) -> Option<Bytes32> {
        let plain = cipher::open(&self.bytes, wrapped, &self.bound(organization))?;
        let bytes: [u8; 32] = plain.as_slice().try_into().ok()?;
        Some(Zeroizing::new(bytes))
    }
}

/// The master keys this process knows: the current one and, during a rotation, the next one.
pub struct MasterKeys {
    folder: Option<PathBuf>,
    known: RwLock<Known>,
}

#[derive(Clone)]
struct Known {
    current: Arc<MasterKey>,
    next: Option<Arc<MasterKey>>,
}

/// How the master key was found.
#[derive(Debug, PartialEq, Eq)]
pub enum Origin {
    Environment,
    File(PathBuf),
    /// Made just now.
    Made(PathBuf),
}

impl MasterKeys {
    /// One key that is kept in memory only: for tests.
    #[must_use]
    pub fn of(current: MasterKey, next: Option<MasterKey>) -> Self {
        let known = Known { current: Arc::new(current), next: next.map(Arc::new) };
        Self { folder: None, known: RwLock::new(known) }
    }

    /// From the environment; with the embedded database else from a file in the data folder, which is made when it is not there.
    /// The error is one line for the person who started the server.
    pub fn load(config: &Config, get: impl Fn(&str) -> Option<String>) -> Result<(Self, Origin), String> {
        let from = |name: &str| -> Result<Option<MasterKey>, String> {
            let Some(text) = get(name).map(Zeroizing::new).filter(|text| !text.trim().is_empty()) else { return Ok(None) };
            MasterKey::parse(&text).map(Some).ok_or_else(|| format!("{name} is not 32 bytes in base64. Make one: openssl rand -base64 32"))
        };
        let (current, next) = (from(VARIABLE)?, from(VARIABLE_NEXT)?);
        match current {
            Some(current) => Ok((Self::of(current, next), Origin::Environment)),
            None if next.is_some() => Err(format!("{VARIABLE_NEXT} is set, {VARIABLE} is not. During a rotation both are needed.")),
            None if config.database_url.is_some() => Err(format!(
                "{VARIABLE} is not set. It encrypts the keys in the database that DATABASE_URL names, and every server on it needs the same \
                 one. Make one: openssl rand -base64 32"
            )),
            None => Self::from_file(&config.data_dir),
        }
    }

    fn from_file(folder: &Path) -> Result<(Self, Origin), String> {
        let path = folder.join(FILE);
        let made = !path.exists();
        if made {
            std::fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
            write(&path, &MasterKey::random()).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        }
        let known = read_folder(folder)?;
        let keys = Self { folder: Some(folder.to_owned()), known: RwLock::new(known) };
        Ok((keys, if made { Origin::Made(path) } else { Origin::File(path) }))
    }

    fn known(&self) -> Known {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks at the files again: another process may rotate them.
    fn refresh(&self) -> Result<Known> {
        let Some(folder) = &self.folder else { return Ok(self.known()) };
        let known = read_folder(folder).map_err(Error::Unavailable)?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known.clone();
        Ok(known)
    }

    /// The one that new data keys are wrapped with: during a rotation already the next one.
    pub(crate) fn wrapping(&self) -> Result<Arc<MasterKey>> {
        let known = self.refresh()?;
        Ok(known.next.unwrap_or(known.current))
    }

    /// The one of this id, if this process has it.
    pub(crate) fn find(&self, id: &str) -> Result<Option<Arc<MasterKey>>> {
        let in_known = |known: Known| [Some(known.current), known.next].into_iter().flatten().find(|key| key.id == id);
        match in_known(self.known()) {
            Some(key) => Ok(Some(key)),
            None => Ok(in_known(self.refresh()?)),
        }
    }

    /// Current and next, by id.
    #[must_use]
    pub fn ids(&self) -> (String, Option<String>) {
        let known = self.known();
        (known.current.id.clone(), known.next.map(|next| next.id.clone()))
    }

    /// Before a rotation: where the key lies in a file, a next one is made beside it, unless a rotation that was broken off left one.
    /// From the environment it has to be given.
    pub(crate) fn prepare_next(&self) -> Result<Arc<MasterKey>> {
        if let Some(folder) = &self.folder {
            let path = folder.join(FILE_NEXT);
            if !path.exists() {
                write(&path, &MasterKey::random())
                    .map_err(|error| Error::Unavailable(format!("{} cannot be written: {error}", path.display())))?;
            }
        }
        self.refresh()?.next.ok_or_else(|| {
            Error::Unavailable(format!(
                "{VARIABLE_NEXT} is not set. Give every server the next key in it (openssl rand -base64 32), then run this with both."
            ))
        })
    }

    /// After a rotation: the file of the next key takes the place of the current one. `false` where keys come from the environment.
    pub(crate) fn promote_next(&self) -> Result<bool> {
        let Some(folder) = &self.folder else { return Ok(false) };
        let unwritable = |error| Error::Unavailable(format!("{} cannot be replaced: {error}", folder.join(FILE).display()));
        std::fs::rename(folder.join(FILE_NEXT), folder.join(FILE)).map_err(unwritable)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(unwritable)?;
        self.refresh()?;
        Ok(true)
    }
}

fn read_folder(folder: &Path) -> Result<Known, String> {
    let current = read(&folder.join(FILE))?
        .ok_or_else(|| format!("{} is gone. Without it no key opens: bring it back from a backup.", folder.join(FILE).display()))?;
    let next = read(&folder.join(FILE_NEXT))?;
    Ok(Known { current: Arc::new(current), next: next.map(Arc::new) })
}

/// The key in a file that only its owner may read.
fn read(path: &Path) -> Result<Option<MasterKey>, String> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
    };
    let mode = std::fs::metadata(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(format!("{} may be read by others than its owner. Say: chmod 600 {}", path.display(), path.display()));
    }
    MasterKey::parse(&text).map(Some).ok_or_else(|| format!("{} is not 32 bytes in base64. Bring it back from a backup.", path.display()))
}

/// Whole or not at all: a half-written master key would lose every key.
fn write(path: &Path, key: &MasterKey) -> std::io::Result<()> {
    let making = path.with_extension("making");
    let _ = std::fs::remove_file(&making);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&making)?;
    let text = Zeroizing::new(BASE64.encode(key.bytes.as_slice()));
    file.write_all(text.as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    // A link, not a rename: of two servers that start at once, one makes the key and the other reads it.
    let linked = match std::fs::hard_link(&making, path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        done => done,
    };
    let _ = std::fs::remove_file(&making);
    linked
}

/// Why this server cannot work with this database, if so: keys in it are under a master key that it does not have.
pub async fn why_unfit(pool: &PgPool, masters: &MasterKeys) -> Result<Option<String>> {
    let in_use: Vec<(String, i64)> =
        sqlx::query_as("select master_key_id, organizations from master_keys_in_use()").fetch_all(pool).await?;
    for (id, organizations) in in_use {
        if masters.find(&id)?.is_none() {
            let (own, _) = masters.ids();
            return Ok(Some(format!(
                "refusing to start: the keys of {organizations} organizations in this database are encrypted under the master key {id}; \
                 {VARIABLE} or the data folder holds {own}. Bring the right one back."
            )));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &Path, database_url: Option<&str>) -> Config {
        let mut config = Config::read(|_| None).unwrap();
        config.data_dir = folder.to_owned();
        config.database_url = database_url.map(str::to_owned);
        config
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("tc-master-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    const GOOD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    #[test]
    fn a_key_is_32_bytes_in_base64_and_nothing_else() {
        assert!(MasterKey::parse(GOOD).is_some() && MasterKey::parse(GOOD.trim_end_matches('=')).is_some());
        assert!(MasterKey::parse(&format!(" {GOOD}\n")).is_some());
        for bad in ["", "abc", "AAECAwQFBgcICQoLDA0ODw==", &GOOD.repeat(2), "!AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="] {
            assert!(MasterKey::parse(bad).is_none(), "{bad}");
        }
        assert_ne!(MasterKey::random().id(), MasterKey::random().id());
        assert_eq!(MasterKey::parse(GOOD).unwrap().id(), MasterKey::parse(GOOD).unwrap().id());
    }

    #[test]
    fn a_missing_or_malformed_key_is_one_clear_line() {
        let folder = folder("lines");
        let load = |url, value: Option<&str>| {
            let value = value.map(str::to_owned);
            MasterKeys::load(&config(&folder, url), move |name| value.clone().filter(|_| name == VARIABLE)).err()
        };
        let missing = load(Some("postgres://x"), None).unwrap();
        assert!(missing.starts_with("TOOL_KEY_ENCRYPTION_MASTER is not set.") && !missing.contains('\n'));
        let malformed = load(None, Some("c2hvcnQ=")).unwrap();
        assert!(malformed.contains("is not 32 bytes in base64") && !malformed.contains("c2hvcnQ=") && !malformed.contains('\n'));
        assert!(load(Some("postgres://x"), Some(GOOD)).is_none());
        assert!(!folder.exists(), "nothing is written when the environment has the key");
    }

    #[test]
    fn without_one_a_file_is_made_that_only_its_owner_reads_and_it_is_found_again() {
        let folder = folder("file");
        let config = config(&folder, None);
        let (keys, origin) = MasterKeys::load(&config, |_| None).unwrap();
        let path = folder.join("master.key");
        assert_eq!(origin, Origin::Made(path.clone()));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let (again, origin) = MasterKeys::load(&config, |_| None).unwrap();
        assert_eq!((again.ids(), origin), (keys.ids(), Origin::File(path.clone())));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(MasterKeys::load(&config, |_| None).err().unwrap().contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&path, "broken").unwrap();
        assert!(MasterKeys::load(&config, |_| None).err().unwrap().contains("is not 32 bytes"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn another_process_that_rotates_the_files_is_noticed() {
        let folder = folder("rotate");
        let config = config(&folder, None);
        let (server, _) = MasterKeys::load(&config, |_| None).unwrap();
        let (rotating, _) = MasterKeys::load(&config, |_| None).unwrap();
        let next = rotating.prepare_next().unwrap();
        assert_eq!(rotating.prepare_next().unwrap().id(), next.id(), "a rotation that goes on keeps its next key");
        assert_eq!(server.wrapping().unwrap().id(), next.id());
        assert!(rotating.promote_next().unwrap());
        assert!(server.find(next.id()).unwrap().is_some());
        assert_eq!(MasterKeys::load(&config, |_| None).unwrap().0.ids(), (next.id().to_owned(), None));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_wrapped_key_opens_for_its_organization_only() {
        let (master, other) = (MasterKey::random(), MasterKey::random());
        let (ours, theirs) = (OrganizationId::new(), OrganizationId::new());
        let data_key: Bytes32 = Zeroizing::new(random::bytes());
        let wrapped = master.wrap(ours, &data_key).unwrap();
        assert_eq!(master.unwrap(ours, &wrapped).unwrap().as_slice(), data_key.as_slice());
        assert!(master.unwrap(theirs, &wrapped).is_none() && other.unwrap(ours, &wrapped).is_none());
    }
}
