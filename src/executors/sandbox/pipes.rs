//! Reading what a script writes: always to the end, so that it is never stuck, and kept only as far as allowed.

use super::{LOG_BYTES, RESULT_BYTES};
use crate::executors::Account;
use tokio::io::{AsyncRead, AsyncReadExt};

pub(super) async fn read_result(mut from: impl AsyncRead + Unpin) -> (Vec<u8>, bool) {
    let (mut kept, mut cut, mut chunk) = (Vec::new(), false, vec![0; 64 * 1024]);
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        let room = RESULT_BYTES - kept.len();
        cut |= read > room;
        kept.extend_from_slice(&chunk[..read.min(room)]);
    }
    (kept, cut)
}

/// Into the account as it comes, so that the log of a script that is stopped is there too.
pub(super) async fn read_log(mut from: impl AsyncRead + Unpin, account: &Account) {
    let (mut chunk, mut cut) = (vec![0; 16 * 1024], false);
    let mut rest: Vec<u8> = Vec::new();
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        if cut {
            continue;
        }
        rest.extend_from_slice(&chunk[..read]);
        // A character may be split between two reads.
        let whole = match std::str::from_utf8(&rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => rest.len(),
        };
        let text = String::from_utf8_lossy(&rest[..whole]).into_owned();
        rest.drain(..whole);
        let room = LOG_BYTES.saturating_sub(account.log_bytes());
        if text.len() > room {
            account.log(&text[..text.floor_char_boundary(room)]);
            account.log(&format!("\n… cut after {} KiB\n", LOG_BYTES / 1024));
            cut = true;
        } else {
            account.log(&text);
        }
    }
}
