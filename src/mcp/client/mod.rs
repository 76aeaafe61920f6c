//! The client side of MCP, by the crate `rmcp`: connections to servers, shared by all calls that bring the same credentials.
#![allow(deprecated)] // logging is to leave the protocol some day; servers still log

mod credentials;
mod handler;
mod http;
pub mod output;
mod pool;
mod stdio;
mod trouble;

pub use {pool::Pool, trouble::Trouble};

pub(crate) use credentials::{Credentials, for_call, for_listing};

use super::{Definition, McpServer, Transport};
use crate::{executors::Account, ids::OrganizationId, system::System};
use handler::Handler;
use rmcp::{
    model::{
        CallToolRequestParams, CallToolResult, ClientRequest, JsonObject, ListToolsRequest, LoggingLevel, PaginatedRequestParams,
        ProtocolVersion, Request, RequestMetaObject, ServerResult, SubscriptionFilter,
    },
    service::{ClientLifecycleMode, PeerRequestOptions, RoleClient, RunningService},
};
use serde_json::Value;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

/// The most tools that are taken from one server.
pub const MOST_TOOLS: usize = 500;
/// The largest message that is read.
const MESSAGE_BYTES: usize = 5 * 1024 * 1024;
const CONNECT: Duration = Duration::from_secs(20);
const LIST: Duration = Duration::from_secs(20);

/// An open connection; used by many calls at once.
pub struct Connection {
    service: RunningService<RoleClient, Handler>,
    handler: Handler,
    /// The server said that its tools changed, and nobody has listed them since.
    stale: std::sync::Arc<AtomicBool>,
    /// What has to live as long as the connection does: the process of a stdio server.
    _process: Option<stdio::Process>,
}

impl Connection {
    /// Connects, and agrees on a protocol revision: the newest first, then those with `initialize`.
    pub(crate) async fn open(
        system: &System,
        organization: OrganizationId,
        server: &McpServer,
        credentials: &Credentials,
    ) -> Result<Self, Trouble> {
        let handler = Handler::default();
        let lifecycle = ClientLifecycleMode::Auto {
            preferred_versions: vec![ProtocolVersion::V_2026_07_28],
            legacy_version: Some(ProtocolVersion::V_2025_11_25),
        };
        let opening = async {
            match server.configuration.transport {
                Transport::StreamableHttp => {
                    let transport = http::transport(system, &server.configuration, credentials).await?;
                    Ok((http::serve(handler.clone(), transport, lifecycle).await?, None))
                }
                Transport::Stdio => {
                    let mut process = stdio::Process::start(system, organization, &server.configuration, credentials).await?;
                    match stdio::serve(handler.clone(), &mut process, lifecycle).await {
                        Ok(service) => Ok((service, Some(process))),
                        Err(trouble) => Err(process.explain(trouble).await),
                    }
                }
            }
        };
        let opened = tokio::time::timeout(CONNECT, opening).await;
        let (service, process) =
            opened.map_err(|_| Trouble::outage(format!("It did not answer within {} s while connecting.", CONNECT.as_secs())))??;
        if let Some(info) = service.peer_info()
            && !ProtocolVersion::KNOWN_VERSIONS.contains(&info.protocol_version)
        {
            return Err(Trouble::outage(format!("It speaks a protocol revision that is not known here: {}.", info.protocol_version)));
        }
        let stale = handler.stale();
        let connection = Self { service, handler, stale, _process: process };
        connection.listen();
        Ok(connection)
    }

    /// Asks a server of the newest revision to say when its tools change; older ones say it unasked.
    fn listen(&self) {
        let says = self.service.peer_info().is_some_and(|info| {
            !info.protocol_version.has_initialize() && info.capabilities.tools.as_ref().and_then(|tools| tools.list_changed) == Some(true)
        });
        if !says {
            return;
        }
        let (peer, stale) = (self.service.peer().clone(), self.stale.clone());
        tokio::spawn(async move {
            let filter = SubscriptionFilter::builder().tools_list_changed().build();
            let Ok(mut changes) = peer.listen(filter).await else { return };
            while let Ok(Some(_)) = changes.next().await {
                stale.store(true, Ordering::Release);
            }
        });
    }

    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.service.is_closed() && !self.service.is_transport_closed()
    }

    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.stale.load(Ordering::Acquire)
    }

    #[must_use]
    pub fn protocol_version(&self) -> Option<String> {
        self.service.peer_info().map(|info| info.protocol_version.to_string())
    }

    /// What the server calls itself: name, title, version.
    #[must_use]
    pub fn server_info(&self) -> Option<Value> {
        self.service.peer_info().and_then(|info| info.server_info.as_ref().and_then(|info| serde_json::to_value(info).ok()))
    }

    fn is_newest(&self) -> bool {
        self.service.peer_info().is_some_and(|info| !info.protocol_version.has_initialize())
    }

    /// Every tool of the server, in its order.
    pub async fn tools(&self) -> Result<Vec<Definition>, Trouble> {
        // Before asking: a change said while listing is looked at again.
        self.stale.store(false, Ordering::Release);
        let listing = async {
            let (mut tools, mut cursor) = (Vec::new(), None);
            loop {
                let params = Some(PaginatedRequestParams::default().with_cursor(cursor.take()));
                let request = ListToolsRequest { params, ..ListToolsRequest::default() };
                let result = self
                    .service
                    .send_request(ClientRequest::ListToolsRequest(request))
                    .await
                    .map_err(|error| trouble::of_service(&error))?;
                let ServerResult::ListToolsResult(page) = result else {
                    return Err(Trouble::outage("It answered tools/list with something that is no list of tools."));
                };
                tools.extend(page.tools.into_iter().map(definition));
                if tools.len() > MOST_TOOLS {
                    return Err(Trouble::refused(format!(
                        "It lists more than {MOST_TOOLS} tools, which is more than are taken from one server."
                    )));
                }
                match page.next_cursor.filter(|cursor| !cursor.is_empty()) {
                    Some(next) if !tools.is_empty() => cursor = Some(next),
                    _ => return Ok(tools),
                }
            }
        };
        let listed = tokio::time::timeout(LIST, listing).await;
        let listed = listed.unwrap_or_else(|_| Err(Trouble::outage(format!("It did not list its tools within {} s.", LIST.as_secs()))));
        if listed.is_err() {
            self.stale.store(true, Ordering::Release);
        }
        listed
    }

    /// Calls a tool. Dropped, the server is told that nobody waits any more.
    pub async fn call(&self, name: &str, arguments: JsonObject, account: &Account) -> Result<CallToolResult, Trouble> {
        let params = CallToolRequestParams::new(name.to_owned()).with_arguments(arguments);
        let mut options = PeerRequestOptions::no_options();
        if self.is_newest() {
            let mut meta = RequestMetaObject::default();
            meta.set_log_level(LoggingLevel::Info);
            options = options.with_meta(meta);
        }
        let request = ClientRequest::CallToolRequest(Request::new(params));
        let handle = self.service.send_cancellable_request(request, options).await.map_err(|error| trouble::of_service(&error))?;
        let mut waiting =
            self.handler.begin(handle.progress_token.clone(), account.clone(), handle.id.clone(), self.service.peer().clone());
        let answer = handle.await_response().await;
        waiting.is_over();
        match answer.map_err(|error| trouble::of_service(&error))? {
            ServerResult::CallToolResult(result) => Ok(result),
            ServerResult::InputRequiredResult(_) => {
                Err(Trouble::refused("It asks for more input in the middle of the call, which a tool's call cannot give."))
            }
            ServerResult::CreateTaskResult(_) => {
                Err(Trouble::refused("It answers with a task to be asked about later, which is not supported."))
            }
            _ => Err(Trouble::outage("It answered tools/call with something that is no result of a tool.")),
        }
    }
}

fn definition(tool: rmcp::model::Tool) -> Definition {
    Definition {
        name: tool.name.into_owned(),
        title: tool.title.or_else(|| tool.annotations.as_ref().and_then(|hints| hints.title.clone())),
        description: tool.description.map(std::borrow::Cow::into_owned).unwrap_or_default(),
        input_schema: Value::Object((*tool.input_schema).clone()),
        output_schema: tool.output_schema.map(|schema| Value::Object((*schema).clone())),
        annotations: tool.annotations.and_then(|hints| serde_json::to_value(hints).ok()),
    }
}
