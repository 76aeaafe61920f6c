//! Servers reached by HTTP. The address is resolved and checked once for a connection, and only what was checked is connected to.

use super::{Credentials, MESSAGE_BYTES, Trouble, handler::Handler, trouble};
use crate::{executors::egress, mcp::NewMcpServer, system::System};
use rmcp::{
    service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService},
    transport::streamable_http_client::{StreamableHttpClientTransport, StreamableHttpClientTransportConfig},
};
use std::collections::HashMap;
use url::Url;

pub(super) type Http = StreamableHttpClientTransport<reqwest::Client>;

pub(super) async fn transport(system: &System, server: &NewMcpServer, credentials: &Credentials) -> Result<Http, Trouble> {
    let text = server.url.as_deref().unwrap_or_default();
    let url: Url = text.parse().map_err(|_| Trouble::refused(format!("“{text}” is no address.")))?;
    let addresses = egress::resolve(&system.config, &url).await.map_err(|refusal| match refusal {
        egress::Refusal::Unknown(_) => Trouble::outage(refusal.to_string()),
        _ => Trouble::refused(refusal.to_string()),
    })?;
    let client =
        egress::lasting_client(&url, &addresses).map_err(|error| Trouble::refused(format!("No connection could be prepared: {error}.")))?;
    let mut headers = HashMap::new();
    if let Some((name, value)) = &credentials.header {
        headers.insert(name.clone(), value.clone());
    }
    let config = StreamableHttpClientTransportConfig::with_uri(text)
        .custom_headers(headers)
        .max_sse_event_size(MESSAGE_BYTES)
        .max_concurrent_requests(64);
    Ok(StreamableHttpClientTransport::with_client(client, config))
}

pub(super) async fn serve(
    handler: Handler,
    transport: Http,
    lifecycle: ClientLifecycleMode,
) -> Result<RunningService<RoleClient, Handler>, Trouble> {
    handler.serve_with_lifecycle(transport, lifecycle).await.map_err(|error| trouble::of_start(&error))
}
