//! `mcp`: a tool of an MCP server, called as it was approved or not at all.

use super::{Call, Executor, Failure};
use crate::{
    executions::ErrorClass,
    mcp::{
        McpServer, Pin, PinState, breaker,
        client::{Connection, Trouble, for_call, output},
        refresh, store,
    },
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin as Pinned, sync::Arc, time::Instant};

/// A list of tools older than this is asked for anew before a call.
const LIST_MINUTES: i64 = 5;

pub struct Mcp;

impl Executor for Mcp {
    fn execute<'a>(&'a self, call: &'a Call<'a>) -> Pinned<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>> {
        Box::pin(execute(call))
    }
}

fn internal(error: crate::Error) -> Failure {
    tracing::error!(%error, "an MCP tool could not be looked up");
    Failure::new(ErrorClass::Internal, "Something went wrong on our side.")
}

async fn look_up(call: &Call<'_>) -> Result<(Pin, McpServer), Failure> {
    let missing = || {
        Failure::new(
            ErrorClass::Unauthorized,
            "This tool was imported from no MCP server, so nothing says what may be called. Import it from its server.",
        )
    };
    let mut tx = call.system.tenant_of(call.organization_id).await.map_err(internal)?;
    let pin = store::pin_of(&mut tx, call.tool.id).await.map_err(internal)?.ok_or_else(missing)?;
    let server = store::find(&mut tx, pin.server_id, call.system.clock.now()).await.map_err(internal)?.ok_or_else(missing)?;
    Ok((pin, server))
}

fn check_pin(pin: &Pin) -> Result<(), Failure> {
    let why = match pin.state {
        PinState::Pinned => return Ok(()),
        PinState::Changed => {
            let fields: Vec<String> = pin.differences().into_iter().map(|one| one.field).collect();
            format!(
                "changed it since it was approved ({}). An admin has to look at the difference on the tool's page first.",
                fields.join(", ")
            )
        }
        PinState::Rejected => "changed it since it was approved, and an admin rejected the change.".to_owned(),
        PinState::Gone => "no longer offers it.".to_owned(),
    };
    Err(Failure::new(ErrorClass::Unauthorized, format!("“{}” is stopped: the MCP server “{}” {why}", pin.upstream_name, pin.server_name)))
}

async fn execute(call: &Call<'_>) -> Result<Value, Failure> {
    let (pin, server) = look_up(call).await?;
    let name = server.configuration.name.clone();
    call.account.note("mcp", json!({"server": name, "tool": pin.upstream_name, "hash": pin.hash}));
    check_pin(&pin)?;
    if let Err(trouble) = breaker::enter(call.system, call.organization_id, &server).await.map_err(internal)? {
        return Err(trouble.failure(&name));
    }
    let mut watch = Watch { call, server: &server, is_over: false };
    let done = ask(call, &pin, &server).await;
    watch.is_over = true;
    match done {
        Ok(result) => {
            breaker::succeeded(call.system, call.organization_id, &server).await.map_err(internal)?;
            result
        }
        Err(mut trouble) => {
            // What the server repeats of a key is not kept.
            trouble.message = call.keys.redactor.text(&trouble.message);
            if trouble.is_outage {
                breaker::failed(call.system, call.organization_id, &server, &trouble).await.map_err(internal)?;
            } else if server.failures > 0 && trouble.class != ErrorClass::Unauthorized {
                breaker::succeeded(call.system, call.organization_id, &server).await.map_err(internal)?;
            }
            Err(trouble.failure(&name))
        }
    }
}

/// `Err`: trouble with the server. `Ok(Err)`: the call failed for a reason of its own.
async fn ask(call: &Call<'_>, pin: &Pin, server: &McpServer) -> Result<Result<Value, Failure>, Trouble> {
    let credentials = match for_call(call, &server.configuration).await {
        Ok(credentials) => credentials,
        Err(failure) => return Ok(Err(failure)),
    };
    let connection = call.system.mcp.get(call.system, call.organization_id, server, &credentials).await?;
    call.account.note("protocol_version", connection.protocol_version());
    let now = call.system.clock.now();
    let is_old = server.listed_at.is_none_or(|at| now - at > chrono::Duration::minutes(LIST_MINUTES));
    if is_old || connection.is_stale() {
        let listed = refresh::list_over(call.system, call.organization_id, server, &connection, &call.keys.redactor).await;
        match listed {
            Err(error) => return Ok(Err(internal(error))),
            Ok(Err(trouble)) => return Err(given_up(call, &connection, trouble).await),
            Ok(Ok(())) => {}
        }
        match look_up(call).await.and_then(|(pin, _)| check_pin(&pin)) {
            Ok(()) => {}
            Err(failure) => return Ok(Err(failure)),
        }
    }
    match connection.call(&pin.upstream_name, call.inputs.clone(), &call.account).await {
        Ok(result) => {
            call.account.note("blocks", result.content.len());
            Ok(output::of(result))
        }
        Err(trouble) => Err(given_up(call, &connection, trouble).await),
    }
}

/// A connection over which nothing sensible comes is not used again.
async fn given_up(call: &Call<'_>, connection: &Arc<Connection>, trouble: Trouble) -> Trouble {
    if trouble.is_outage {
        call.system.mcp.give_up(connection).await;
    }
    trouble
}

/// A call that is cut off at its deadline never hears of its failure: it is counted when it is dropped.
struct Watch<'a> {
    call: &'a Call<'a>,
    server: &'a McpServer,
    is_over: bool,
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if self.is_over || Instant::now() < self.call.deadline {
            return;
        }
        let (system, organization, server) = (self.call.system.clone(), self.call.organization_id, self.server.clone());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                let trouble = Trouble::outage("It did not answer a call in the time the tool has.");
                if let Err(error) = breaker::failed(&system, organization, &server, &trouble).await {
                    tracing::warn!(%error, "could not note that an MCP server did not answer");
                }
            });
        }
    }
}
