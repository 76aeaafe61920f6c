//! Places among the scripts that may run at once, each with a user that owns nothing: the processes of each are counted apart.

use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const FIRST_UID: u32 = 64_100;

#[derive(Clone, Debug)]
pub(super) struct Slots {
    permits: Arc<Semaphore>,
    free: Arc<Mutex<Vec<u32>>>,
}

impl Slots {
    pub(super) fn new(concurrency: usize) -> Self {
        let concurrency = concurrency.clamp(1, 1_000);
        let numbers = (0..u32::try_from(concurrency).unwrap_or(1)).rev().collect();
        Self { permits: Arc::new(Semaphore::new(concurrency)), free: Arc::new(Mutex::new(numbers)) }
    }

    /// Waits for a free one.
    pub(super) async fn take(&self) -> Option<Slot> {
        let permit = self.permits.clone().acquire_owned().await.ok()?;
        let number = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
        Some(Slot { number, free: self.free.clone(), _permit: permit })
    }
}

#[derive(Debug)]
pub(super) struct Slot {
    number: u32,
    free: Arc<Mutex<Vec<u32>>>,
    _permit: OwnedSemaphorePermit,
}

impl Slot {
    pub(super) fn uid(&self) -> u32 {
        FIRST_UID + self.number
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.free.lock().unwrap_or_else(PoisonError::into_inner).push(self.number);
    }
}
