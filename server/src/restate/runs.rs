//! What Restate calls: "drive this run". A run is an object of Restate, so that it calls one server at a time for each.

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use restate_sdk::{hyper::HyperEndpoint, prelude::*};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::{net::TcpListener, task::JoinSet};
use toolcrib::{
    ids::{OrganizationId, RunId},
    system::System,
};

/// Stands in Restate's storage: renamed where what a handler writes to its journal changes.
pub(super) const SERVICE: &str = "toolcrib_runs";
pub(super) const HANDLER: &str = "drive";

/// How many runs one connection may carry; Restate opens more connections by itself.
const RUNS: u32 = 10_000;
const PING_EVERY: Duration = Duration::from_secs(20);
/// A time that has come is asked for a little later, so that this server's clock agrees.
const A_LITTLE: i64 = 20;

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Handed {
    pub organization_id: OrganizationId,
}

pub(super) struct Runs {
    system: System,
}

// A call or a run inside the run may take hours: Restate notices by the connection that a server died, not by silence. Should it ask again all
// the same, it finds the run driven and waits. Toolcrib keeps what became of a run, Restate need not.
#[restate_sdk::object(
    name = "toolcrib_runs",
    inactivity_timeout = "1h",
    abort_timeout = "1m",
    journal_retention = "0s",
    invocation_retry_policy(
        initial_interval = "100ms",
        factor = 2.0,
        max_interval = "5s",
        max_attempts = 1_000_000_000,
        on_max_attempts = "pause"
    )
)]
impl Runs {
    /// Drives the run until it has ended or only waits; for a time, then Restate asks again at that time.
    #[handler(name = "drive")]
    async fn drive(&self, ctx: ObjectContext<'_>, handed: Json<Handed>) -> Result<(), HandlerError> {
        let Json(handed) = handed;
        let run: RunId = ctx.key().parse().map_err(|_| TerminalError::new("The key is no id of a run."))?;
        let system = self.system.clone();
        let driven = ctx.run(move || async move {
            let rests = system.runner.hold(&system, handed.organization_id, run).await?;
            Ok(Json(rests.map(|until| until.timestamp_millis())))
        });
        let Json(until) = driven.name("drive").await?;
        if let Some(until) = until {
            let wait = until.saturating_sub(self.system.clock.now().timestamp_millis()).max(0) + A_LITTLE;
            let again = ctx.object_client::<RunsClient>(ctx.key()).drive(Json(handed));
            again.send_after(Duration::from_millis(wait.unsigned_abs()));
        }
        Ok(())
    }
}

/// Whether requests can be checked with this key.
pub(super) fn check_identity(key: Option<&str>) -> Result<(), String> {
    let Some(key) = key else { return Ok(()) };
    let told = |error| format!("TOOLCRIB_RESTATE_IDENTITY is no public key of Restate: {error}");
    Endpoint::builder().identity_key(key).map(|_| ()).map_err(told)
}

/// Answers Restate until it is dropped.
pub(super) async fn serve(listener: TcpListener, system: System, identity: Option<&str>) {
    let mut builder = Endpoint::builder().bind(Runs { system });
    if let Some(key) = identity {
        builder = match builder.identity_key(key) {
            Ok(builder) => builder,
            Err(error) => return tracing::error!(%error, "nobody is answered: Restate's public key is not understood"),
        };
    }
    let endpoint = HyperEndpoint::new(builder.build());
    let mut connections = JoinSet::new();
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection of Restate could not be taken");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => continue,
        };
        let _ = stream.set_nodelay(true);
        let mut http = http2::Builder::new(TokioExecutor::new());
        http.timer(TokioTimer::new()).max_concurrent_streams(RUNS).keep_alive_interval(PING_EVERY);
        let connection = http.serve_connection(TokioIo::new(stream), endpoint.clone());
        connections.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection of Restate ended");
            }
        });
    }
}
