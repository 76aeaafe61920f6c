//! PostgreSQL as a part of the product: `make run` needs no database of one's own.
//!
//! The server starts it as a process of an unprivileged account, reachable only through a socket in a directory of that account, and stops it
//! when it stops. A server that was killed leaves its PostgreSQL running: the next one takes it over. A lock on the data directory keeps two
//! servers from sharing, and so from stopping, one database.

mod account;
mod place;
mod postmaster;
mod programs;

use place::Place;
use postmaster::Postmaster;
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};
use std::{fs::File, path::Path};

const DATABASE: &str = "toolcrib";

/// A running PostgreSQL. Stop it with [`EmbeddedPostgres::stop`]; dropped, it goes on and is taken over by the next start.
pub struct EmbeddedPostgres {
    postmaster: Postmaster,
    place: Place,
    _lock: File,
}

impl EmbeddedPostgres {
    /// Starts what belongs to this data directory, making it at the first start. Refuses with a sentence for people.
    pub async fn start(data_dir: &Path, programs: Option<&Path>) -> Result<Self, String> {
        let lock = place::lock(data_dir)?;
        let programs = programs::find(programs)?;
        let place = Place::find(data_dir, &programs)?;
        place.prepare(&programs)?;
        let postmaster = Postmaster::start_or_adopt(&programs, &place).await?;
        let this = Self { postmaster, place, _lock: lock };
        this.ensure_database()
            .await
            .map_err(|error| format!("the embedded PostgreSQL runs but its database could not be made: {error}"))?;
        Ok(this)
    }

    /// How its owner connects.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.postmaster.options().database(DATABASE)
    }

    /// Its process id.
    #[must_use]
    pub fn process(&self) -> i32 {
        self.postmaster.process()
    }

    /// Whether it was running already.
    #[must_use]
    pub fn was_adopted(&self) -> bool {
        self.postmaster.was_adopted()
    }

    /// Where its data lie.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.place.data
    }

    /// Ends its connections, writes everything down, and comes back when the process is gone.
    pub async fn stop(mut self) -> Result<(), String> {
        self.postmaster.stop().await
    }

    async fn ensure_database(&self) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect_with(&self.postmaster.options().database("postgres")).await?;
        let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut connection)
            .await?;
        if !exists {
            connection.execute("create database toolcrib").await?;
        }
        connection.close().await
    }
}
