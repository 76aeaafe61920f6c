//! Places among the scripts that may run at once, each with a user that owns nothing: the processes of each are counted apart.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Far from every user a system has. Each server takes a thousand at random: processes are counted by user, on the whole machine, and
/// another server's must not count here.
const FIRST_UID: u32 = 2_000_000_000;
const THOUSANDS: u32 = 147_000;

#[derive(Clone, Debug)]
pub(super) struct Slots {
    first: u32,
    permits: Arc<Semaphore>,
    free: Arc<Mutex<Vec<u32>>>,
}

impl Slots {
    pub(super) fn new(concurrency: usize) -> Self {
        let concurrency = concurrency.clamp(1, 1_000);
        let numbers = (0..u32::try_from(concurrency).unwrap_or(1)).rev().collect();
        let first = FIRST_UID + (u32::from_le_bytes(crate::random::bytes()) % THOUSANDS) * 1_000;
        Self { first, permits: Arc::new(Semaphore::new(concurrency)), free: Arc::new(Mutex::new(numbers)) }
    }

    /// Waits for a free one.
    pub(super) async fn take(&self) -> Option<Slot> {
        let permit = self.permits.clone().acquire_owned().await.ok()?;
        let number = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(Slot { uid: self.first + number, number, free: self.free.clone(), _permit: permit })
    }
}

#[derive(Debug)]
pub(super) struct Slot {
    uid: u32,
    number: u32,
    free: Arc<Mutex<Vec<u32>>>,
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    pub(super) fn uid(&self) -> u32 {
        self.uid
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.number);
    }
}
