//! `/healthz`: is the process alive. `/readyz`: can it work.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Value, json};
use std::time::Duration;
use toolcrib::{db, system::System};

/// Alive: nothing is asked of anything else, so that a database that is away gets no server restarted.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// Ready: the database answers and has all migrations.
pub async fn ready(State(system): State<System>) -> (StatusCode, Json<Value>) {
    let migrated = tokio::time::timeout(Duration::from_secs(3), db::is_migrated(&system.pool)).await;
    let (database, migrations) = match migrated {
        Ok(Ok(true)) => ("ok", "ok"),
        Ok(Ok(false)) => ("ok", "behind: run `toolcrib migrate`"),
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            ("unreachable", "unknown")
        }
        Err(_) => ("no answer within 3 s", "unknown"),
    };
    let ready = (database, migrations) == ("ok", "ok");
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(json!({ "ready": ready, "database": database, "migrations": migrations })))
}
