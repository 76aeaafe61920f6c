//! What a script may use.

use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// The most a script may return.
pub const RESULT_BYTES: usize = 1024 * 1024;
/// The most that is kept of what it prints.
pub const LOG_BYTES: usize = 256 * 1024;
/// For each process, and for all processes of a call together.
pub const MEMORY_BYTES: u64 = 512 * 1024 * 1024;
/// `/tmp`, and `/dev/shm`.
pub const DISK_BYTES: u64 = 64 * 1024 * 1024;
pub const PROCESSES: u64 = 32;
const OPEN_FILES: u64 = 256;

/// What the guard is told of a call.
pub(super) fn head(uid: Option<u32>, deadline: Instant, network: bool) -> String {
    let seconds = deadline.saturating_duration_since(Instant::now()).as_secs() + 1;
    let limits =
        json!({"CPU": seconds, "AS": MEMORY_BYTES, "NPROC": PROCESSES, "FSIZE": DISK_BYTES, "NOFILE": OPEN_FILES, "CORE": 0, "MEMLOCK": 0});
    json!({"uid": uid, "memory": MEMORY_BYTES, "network": network, "limits": limits}).to_string()
}

/// The limits in force, for the account of an execution.
pub(super) fn account(deadline: Instant) -> Value {
    let cpu = deadline.saturating_duration_since(Instant::now()) + Duration::from_secs(1);
    json!({
        "memory_mib": MEMORY_BYTES / 1024 / 1024,
        "memory_by": "512 MiB for each process; the sum of all processes is measured every 100 ms",
        "cpu_seconds": cpu.as_secs(),
        "processes": PROCESSES,
        "disk_mib": DISK_BYTES / 1024 / 1024,
        "output_kib": RESULT_BYTES / 1024,
        "log_kib": LOG_BYTES / 1024,
    })
}
