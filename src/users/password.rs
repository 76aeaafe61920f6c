//! Argon2id, off the asynchronous threads, and a few at a time: each takes 19 MiB and tens of milliseconds.

use crate::error::{Error, Result};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

static GATE: Semaphore = Semaphore::const_new(4);

/// Verified where no account is found, so that the time taken tells nothing.
static NOBODYS_HASH: LazyLock<Option<String>> =
    LazyLock::new(|| Argon2::default().hash_password(crate::random::secret("").as_bytes()).ok().map(|hash| hash.to_string()));

/// The PHC string that is stored.
pub async fn hash(password: String) -> Result<String> {
    work(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
        .await?
        .map_err(|e| Error::internal(e.to_string()))
}

/// Whether `password` belongs to `stored`. Takes the same time when there is no stored hash, and says no.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool> {
    work(move || {
        let nobodys = LazyLock::force(&NOBODYS_HASH);
        let known = stored.is_some();
        let Some(text) = stored.or_else(|| nobodys.clone()) else {
            return false;
        };
        let verified = PasswordHash::new(&text).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
        known && verified
    })
    .await
}

async fn work<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let _permit = GATE.acquire().await.map_err(|e| Error::internal(e.to_string()))?;
    tokio::task::spawn_blocking(job).await.map_err(|error| Error::of_task(&error))
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    async fn a_password_opens_its_own_hash_and_nothing_else() {
        let hash = super::hash("correct horse".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(super::verify("correct horse".to_owned(), Some(hash.clone())).await.unwrap());
        assert!(!super::verify("wrong horse".to_owned(), Some(hash)).await.unwrap());
        assert!(!super::verify("correct horse".to_owned(), None).await.unwrap());
    }
}
