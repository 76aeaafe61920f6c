//! One connection per server and credentials, shared by all calls: opened by the first, opened anew when it is gone, closed when idle.

use super::{Connection, Credentials, Trouble};
use crate::{
    ids::{McpServerId, OrganizationId},
    mcp::McpServer,
    system::System,
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

const IDLE: Duration = Duration::from_secs(600);

/// What makes two calls share a connection. Other credentials are another connection: nobody calls with somebody else's key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    organization: OrganizationId,
    server: McpServerId,
    config_version: i32,
    credentials: String,
}

struct Slot {
    /// Held while connecting, so that many first calls make one connection.
    connection: tokio::sync::Mutex<Option<Arc<Connection>>>,
    used: Mutex<Instant>,
}

/// The open connections of this process.
#[derive(Clone, Default)]
pub struct Pool(Arc<Mutex<HashMap<Key, Arc<Slot>>>>);

impl Pool {
    /// The connection to `server`, open.
    pub(crate) async fn get(
        &self,
        system: &System,
        organization: OrganizationId,
        server: &McpServer,
        credentials: &Credentials,
    ) -> Result<Arc<Connection>, Trouble> {
        let key = Key { organization, server: server.id, config_version: server.config_version, credentials: credentials.id.clone() };
        let slot = self.slot(&key);
        let mut held = slot.connection.lock().await;
        if let Some(connection) = held.as_ref().filter(|connection| connection.is_open()) {
            return Ok(connection.clone());
        }
        *held = None;
        let connection = Arc::new(Connection::open(system, organization, server, credentials).await?);
        *held = Some(connection.clone());
        Ok(connection)
    }

    fn slot(&self, key: &Key) -> Arc<Slot> {
        let now = Instant::now();
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever still calls holds the connection itself; only the shared hand on it is taken away.
        slots.retain(|other, slot| {
            let is_older = other.server == key.server && other.config_version < key.config_version;
            !is_older && now.duration_since(*slot.used.lock().unwrap_or_else(PoisonError::into_inner)) < IDLE
        });
        let slot = slots
            .entry(key.clone())
            .or_insert_with(|| Arc::new(Slot { connection: tokio::sync::Mutex::default(), used: Mutex::new(now) }))
            .clone();
        *slot.used.lock().unwrap_or_else(PoisonError::into_inner) = now;
        slot
    }

    /// Gives a connection up: the next call opens another.
    pub(crate) async fn give_up(&self, connection: &Arc<Connection>) {
        let slots: Vec<Arc<Slot>> = self.0.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for slot in slots {
            let mut held = slot.connection.lock().await;
            if held.as_ref().is_some_and(|held| Arc::ptr_eq(held, connection)) {
                *held = None;
            }
        }
    }

    /// Closes everything to a server that is no more.
    pub(crate) fn forget(&self, server: McpServerId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| key.server != server);
    }

    /// The servers that said their tools changed. Closes what was idle too long.
    pub(crate) fn stale(&self) -> Vec<(OrganizationId, McpServerId)> {
        let now = Instant::now();
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| now.duration_since(*slot.used.lock().unwrap_or_else(PoisonError::into_inner)) < IDLE);
        let mut found: Vec<_> = slots
            .iter()
            .filter(|(_, slot)| {
                slot.connection
                    .try_lock()
                    .is_ok_and(|held| held.as_ref().is_some_and(|connection| connection.is_stale() && connection.is_open()))
            })
            .map(|(key, _)| (key.organization, key.server))
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}
