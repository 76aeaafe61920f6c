//! One message of a client, held against the rules of its revision.

use super::{LEGACY, NEWEST};
use axum::http::HeaderMap;
use serde_json::{Value, json};

pub(super) const HEADER_MISMATCH: i64 = -32020;
pub(super) const UNSUPPORTED_VERSION: i64 = -32022;
pub(super) const INVALID_REQUEST: i64 = -32600;
pub(super) const METHOD_NOT_FOUND: i64 = -32601;
pub(super) const INVALID_PARAMS: i64 = -32602;

const VERSION: &str = "io.modelcontextprotocol/protocolVersion";
const CLIENT: &str = "io.modelcontextprotocol/clientInfo";
const CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// A request or notification that may be answered.
#[derive(Debug)]
pub(super) struct Message {
    /// Null for notifications.
    pub id: Value,
    pub method: String,
    pub params: Value,
    /// Of the newest revision: no `initialize`, every result says of what type it is.
    pub is_newest: bool,
}

/// A JSON-RPC error with its HTTP status.
#[derive(Debug)]
pub(super) struct Refusal {
    pub status: u16,
    pub id: Value,
    pub code: i64,
    pub message: String,
    pub data: Option<Value>,
}

impl Refusal {
    pub fn new(status: u16, id: &Value, code: i64, message: impl Into<String>) -> Self {
        Self { status, id: id.clone(), code, message: message.into(), data: None }
    }
}

impl Message {
    pub fn is_notification(&self) -> bool {
        self.id.is_null()
    }

    pub fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, Refusal> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let body: Value = serde_json::from_slice(body)
            .map_err(|error| Refusal::new(400, &Value::Null, -32700, format!("The body is not JSON: {error}.")))?;
        let id = body.get("id").cloned().unwrap_or_default();
        let refuse = |message: &str| Refusal::new(400, &id, INVALID_REQUEST, message);
        if body.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
            return Err(refuse("One JSON-RPC 2.0 message is wanted; lists of them are not."));
        }
        if !(id.is_string() || id.is_i64() || id.is_u64() || body.get("id").is_none()) {
            return Err(refuse("An id is text or a whole number."));
        }
        let method = body.get("method").and_then(Value::as_str).unwrap_or_default().to_owned();
        let params = body.get("params").cloned().unwrap_or_else(|| json!({}));
        if method.is_empty() && (body.get("result").is_some() || body.get("error").is_some()) {
            // An answer to a question that was never asked.
            return Ok(Self { id: Value::Null, method, params, is_newest: false });
        }
        if method.is_empty() || !params.is_object() {
            return Err(refuse("A method and an object of params are wanted."));
        }
        let named = params.get("_meta").and_then(|meta| meta.get(VERSION)).and_then(Value::as_str);
        let header = text("mcp-protocol-version");
        let message = Self { id, method, params: params.clone(), is_newest: named.is_some() || header == Some(NEWEST) };
        if message.is_newest {
            if !message.is_notification() {
                message.check_newest(text, named, header)?;
            }
        } else if message.method != "initialize" && header.is_some_and(|version| !LEGACY.contains(&version)) {
            return Err(message.unsupported(header.unwrap_or_default()));
        }
        Ok(message)
    }

    fn unsupported(&self, asked: &str) -> Refusal {
        let known: Vec<&str> = std::iter::once(NEWEST).chain(LEGACY).collect();
        let data = Some(json!({"supported": known, "requested": asked}));
        Refusal { data, ..Refusal::new(400, &self.id, UNSUPPORTED_VERSION, "This revision of the protocol is not supported.") }
    }

    /// What a proxy on the way reads in the headers is what is done.
    fn check_newest<'a>(&self, text: impl Fn(&str) -> Option<&'a str>, named: Option<&str>, header: Option<&str>) -> Result<(), Refusal> {
        match named {
            Some(version) if version != NEWEST => return Err(self.unsupported(version)),
            Some(_) => {}
            None => return Err(Refusal::new(400, &self.id, INVALID_PARAMS, format!("params._meta lacks “{VERSION}”."))),
        }
        let mismatch =
            |what: &str| Refusal::new(400, &self.id, HEADER_MISMATCH, format!("The header {what} does not say what the body says."));
        if header != Some(NEWEST) {
            return Err(mismatch("MCP-Protocol-Version"));
        }
        if text("mcp-method") != Some(&self.method) {
            return Err(mismatch("Mcp-Method"));
        }
        let name = self.params.get("name").and_then(Value::as_str);
        if self.method == "tools/call" && (name.is_none() || text("mcp-name").map(decode).as_deref() != name) {
            return Err(mismatch("Mcp-Name"));
        }
        let meta = self.params.get("_meta").cloned().unwrap_or_default();
        for (field, is_fit) in [(CLIENT, meta[CLIENT].is_object()), (CAPABILITIES, meta[CAPABILITIES].is_object())] {
            if !is_fit {
                return Err(Refusal::new(400, &self.id, INVALID_PARAMS, format!("params._meta lacks “{field}”.")));
            }
        }
        Ok(())
    }
}

/// A header's value that is no plain ASCII comes as `=?base64?…?=`.
fn decode(value: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    value
        .strip_prefix("=?base64?")
        .and_then(|rest| rest.strip_suffix("?="))
        .and_then(|coded| STANDARD.decode(coded).ok())
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .unwrap_or_else(|| value.to_owned())
}
