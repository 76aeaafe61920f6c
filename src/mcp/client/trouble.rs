//! Why a server did not do what was asked, in words for people, and whether that speaks against the server as a whole.

use crate::{executions::ErrorClass, executors::Failure};
use rmcp::{
    service::{ClientInitializeError, ServiceError},
    transport::{DynamicTransportError, streamable_http_client::StreamableHttpError},
};

/// What went wrong with a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub class: ErrorClass,
    /// One sentence or more that begins with “It” or stands for itself.
    pub message: String,
    /// The server is down or speaks nonsense: counts for the circuit breaker, and the connection is given up.
    pub is_outage: bool,
}

impl Trouble {
    pub fn outage(message: impl Into<String>) -> Self {
        Self { class: ErrorClass::Upstream, message: message.into(), is_outage: true }
    }

    /// The server works, but not for this call.
    pub fn refused(message: impl Into<String>) -> Self {
        Self { class: ErrorClass::Upstream, message: message.into(), is_outage: false }
    }

    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self { class: ErrorClass::Unauthorized, message: message.into(), is_outage: false }
    }

    /// As the failure of a call.
    #[must_use]
    pub fn failure(self, server: &str) -> Failure {
        Failure::new(self.class, format!("The MCP server “{server}” failed the call. {}", self.message))
    }
}

/// The innermost reason, which is the one that says something.
fn cause(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string().trim_end_matches('.').to_owned()
}

fn cut(text: &str) -> String {
    if text.chars().count() > 400 { format!("{}…", text.chars().take(400).collect::<String>()) } else { text.to_owned() }
}

const KEY: &str = "It refused the key, or asks for one. Look at the authentication of the server and at the key.";

fn of_transport(error: &DynamicTransportError) -> Trouble {
    use StreamableHttpError as H;
    match error.error.downcast_ref::<StreamableHttpError<reqwest::Error>>() {
        Some(H::Client(error)) if error.is_status() => {
            Trouble::outage(format!("It answered HTTP {}.", error.status().map(|status| status.to_string()).unwrap_or_default()))
        }
        Some(H::Client(error)) => Trouble::outage(format!("The connection failed: {}.", cause(error))),
        Some(H::HttpStatus(error)) if error.status == 429 => Trouble {
            class: ErrorClass::RateLimited,
            message: match &error.retry_after {
                Some(wait) => format!("It answered HTTP 429: too many requests. Retry-After: {wait}."),
                None => "It answered HTTP 429: too many requests.".to_owned(),
            },
            is_outage: false,
        },
        Some(H::HttpStatus(error)) => Trouble::outage(format!("It answered HTTP {}.", error.status)),
        Some(H::AuthRequired(_) | H::InsufficientScope(_)) => Trouble::unauthorized(KEY),
        Some(H::UnexpectedServerResponse(text)) if text.starts_with("HTTP 401") || text.starts_with("HTTP 403") => {
            Trouble::unauthorized(KEY)
        }
        Some(H::UnexpectedServerResponse(text)) => Trouble::outage(format!("Its answer makes no sense: {}", cut(text))),
        Some(H::UnexpectedContentType(kind)) => Trouble::outage(format!(
            "It answered with {} instead of JSON or an event stream.",
            kind.as_deref().unwrap_or("no content type")
        )),
        Some(H::UnexpectedEndOfStream | H::TransportChannelClosed | H::Sse(_)) => {
            Trouble::outage("The connection broke off in the middle of the answer.")
        }
        Some(H::Deserialize(error)) => Trouble::outage(format!("Its answer is not the JSON it should be: {error}.")),
        Some(H::ResponseBodyTooLarge { max_size }) => {
            Trouble::refused(format!("Its answer is larger than {} MiB.", max_size / 1024 / 1024))
        }
        Some(H::SessionExpired | H::SessionRecoveryTimeout) => Trouble::outage("Its session ended and could not be begun anew."),
        Some(H::ReinitializationFailed(error)) => {
            Trouble::outage(format!("Its session ended, and a new one was refused: {}.", cut(&error.message)))
        }
        _ => Trouble::outage(format!("The connection failed: {}.", cut(&cause(error)))),
    }
}

/// A request that failed.
pub(super) fn of_service(error: &ServiceError) -> Trouble {
    match error {
        ServiceError::McpError(error) => Trouble::refused(format!("It answered with error {}: {}", error.code.0, cut(&error.message))),
        ServiceError::TransportSend(error) => of_transport(error),
        ServiceError::TransportClosed => Trouble::outage("The connection broke off before the answer."),
        ServiceError::UnexpectedResponse => Trouble::outage("Its answer does not belong to what was asked."),
        ServiceError::Cancelled { reason } => Trouble::refused(format!(
            "It cancelled the call{}.",
            reason.as_deref().map(|why| format!(": {}", cut(why))).unwrap_or_default()
        )),
        other => Trouble::outage(format!("{}.", cut(&other.to_string()))),
    }
}

/// A connection that did not come about.
pub(super) fn of_start(error: &ClientInitializeError) -> Trouble {
    use ClientInitializeError as E;
    match error {
        E::TransportError { error, .. } => of_transport(error),
        E::ConnectionClosed(_) => Trouble::outage("The connection was closed while connecting."),
        E::JsonRpcError(error) => Trouble::outage(format!("It refused to begin: error {}: {}", error.code.0, cut(&error.message))),
        E::NoCompatibleProtocolVersion { server_supported, .. } => {
            let known: Vec<String> = server_supported.iter().map(ToString::to_string).collect();
            Trouble::outage(format!("It speaks only protocol revisions that are not known here: {}.", known.join(", ")))
        }
        E::LegacyFallbackFailed { fallback, .. } => of_start(fallback),
        E::ExpectedInitResponse(_) | E::ExpectedInitResult(_) | E::ConflictInitResponseId(..) | E::UncorrelatedErrorResponse { .. } => {
            Trouble::outage("It does not speak MCP: what it answered to the first request is no answer to it.")
        }
        other => Trouble::outage(format!("{}.", cut(&other.to_string()))),
    }
}
