//! Connections for statements that every call makes, each a transaction of its own. The pool asks a connection whether it lives each time it comes
//! back: a second way to the database for every statement. Here it is asked only when it has lain idle, and the one used last is the next one used.

use sqlx::{Connection, PgConnection, PgPool};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A connection that was in use so lately is taken to be alive.
const FRESH: Duration = Duration::from_secs(2);
/// As the pool has it: what a connection keeps of plans and tables grows with the time.
const LONGEST_LIFE: Duration = Duration::from_secs(30 * 60);

/// Clones share the connections.
#[derive(Clone)]
pub struct Lines(Arc<Inner>);

struct Inner {
    /// Where connections come from.
    pool: PgPool,
    idle: Mutex<Vec<Idle>>,
    open: Arc<Semaphore>,
}

struct Idle {
    connection: PgConnection,
    opened: Instant,
    used: Instant,
}

/// A connection in use. Dropped, for an error or because nobody waits any more, it is closed; [`Line::free`] and [`Line::after`] give it back.
pub struct Line {
    pub connection: PgConnection,
    opened: Instant,
    lines: Arc<Inner>,
    _permit: OwnedSemaphorePermit,
}

impl Lines {
    /// As many at the same time as [`crate::db::application_pool`] leaves beside the pool's own.
    #[must_use]
    pub fn beside(pool: &PgPool) -> Self {
        let most = (pool.options().get_max_connections() / 2).max(1);
        Self(Arc::new(Inner { pool: pool.clone(), idle: Mutex::default(), open: Arc::new(Semaphore::new(most as usize)) }))
    }

    /// One that is free, as soon as there is one.
    pub async fn take(&self) -> Result<Line, sqlx::Error> {
        let permit = self.0.open.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let line = |connection, opened| Line { connection, opened, lines: self.0.clone(), _permit: permit };
        while let Some(mut idle) = self.0.pop() {
            if idle.opened.elapsed() < LONGEST_LIFE && (idle.used.elapsed() < FRESH || idle.connection.ping().await.is_ok()) {
                return Ok(line(idle.connection, idle.opened));
            }
        }
        // Made as the pool makes them, with the application's role; from then on it is none of the pool's.
        Ok(line(self.0.pool.acquire().await?.detach(), Instant::now()))
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pop(&self) -> Option<Idle> {
        self.idle().pop()
    }
}

impl Line {
    /// Nothing is wrong with it: the next one may have it.
    pub fn free(self) {
        let Self { connection, opened, lines, _permit } = self;
        lines.idle().push(Idle { connection, opened, used: Instant::now() });
    }

    /// The same, unless `done` says that something is wrong with it; what the database itself refused is no such thing.
    pub fn after<T>(self, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        if matches!(done, Ok(_) | Err(sqlx::Error::Database(_) | sqlx::Error::RowNotFound)) {
            self.free();
        }
        done
    }
}
