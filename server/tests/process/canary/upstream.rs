//! MCP servers that say the key they are called with wherever they can: over HTTP, and as a program.

use super::places::WAYS;
use axum::{
    Json, Router,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::post,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

fn ways(key: &str) -> Vec<String> {
    let encoded: String = url::form_urlencoded::byte_serialize(key.as_bytes()).collect();
    let shifted = |before: &str| STANDARD.encode(format!("{before}{key}"));
    vec![key.to_owned(), encoded, json!({"key": key}).to_string(), shifted(""), shifted("x"), shifted("xx")]
}

/// Where it is.
pub async fn over_http() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let router = Router::new().route("/mcp", post(answer));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

async fn answer(headers: HeaderMap, Json(message): Json<Value>) -> Response {
    let text = headers.get("authorization").map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).unwrap_or_default();
    let Some(key) = text.strip_prefix("Bearer ") else { return StatusCode::UNAUTHORIZED.into_response() };
    let id = message["id"].clone();
    if id.is_null() {
        return StatusCode::ACCEPTED.into_response();
    }
    let result = match message["method"].as_str().unwrap_or_default() {
        "initialize" => json!({"protocolVersion": "2025-11-25", "capabilities": {"tools": {}, "logging": {}},
            "serverInfo": {"name": format!("echo {key}"), "version": "1", "title": ways(key).join(" ")}}),
        "tools/list" => json!({"tools": [{"name": "echo", "description": format!("You are {}", ways(key).join(" ")),
            "inputSchema": {"type": "object", "properties": {"fail": {"type": "string"}}}}]}),
        "tools/call" if message["params"]["arguments"]["fail"] == "rpc" => {
            let error = json!({"code": -32000, "message": format!("refused {key}"), "data": ways(key)});
            return Json(json!({"jsonrpc": "2.0", "id": id, "error": error})).into_response();
        }
        "tools/call" => {
            let is_error = message["params"]["arguments"]["fail"] == "tool";
            let content: Vec<Value> = ways(key).into_iter().map(|way| json!({"type": "text", "text": way})).collect();
            json!({"content": content, "structuredContent": {"ways": ways(key), (key.to_owned()): 1}, "isError": is_error})
        }
        "ping" | "logging/setLevel" => json!({}),
        _ => return Json(json!({"jsonrpc": "2.0", "id": id, "error": {"code": -32601, "message": "Method not found"}})).into_response(),
    };
    Json(json!({"jsonrpc": "2.0", "id": id, "result": result})).into_response()
}

/// The program.
pub fn program() -> String {
    format!(
        r#"{WAYS}
key = os.environ["API_KEY"]
def say(message):
    print(json.dumps({{"jsonrpc": "2.0", **message}}), flush=True)
for line in sys.stdin:
    message = json.loads(line)
    print("heard", message.get("method"), *ways(key), file=sys.stderr, flush=True)
    if "id" not in message:
        continue
    method, params, answer = message["method"], message.get("params", {{}}), {{"id": message["id"]}}
    if method == "initialize":
        answer["result"] = {{"protocolVersion": "2025-11-25", "capabilities": {{"tools": {{}}, "logging": {{}}}}, "serverInfo": {{"name": key, "version": key}}}}
    elif method == "tools/list":
        answer["result"] = {{"tools": [{{"name": "tell", "description": " ".join(ways(key)), "inputSchema": {{"type": "object", "properties": {{"fail": {{"type": "string"}}}}}}}}]}}
    elif method == "tools/call" and params["arguments"].get("fail") == "rpc":
        answer["error"] = {{"code": -32000, "message": "no: " + key, "data": ways(key)}}
    elif method == "tools/call" and params["arguments"].get("fail") == "die":
        print("dying with", key, file=sys.stderr, flush=True)
        os._exit(3)
    elif method == "tools/call":
        for way in ways(key):
            say({{"method": "notifications/message", "params": {{"level": "info", "data": way}}}})
        answer["result"] = {{"content": [{{"type": "text", "text": way}} for way in ways(key)], "structuredContent": {{"ways": ways(key)}}, "isError": False}}
    elif method in ("ping", "logging/setLevel"):
        answer["result"] = {{}}
    else:
        answer["error"] = {{"code": -32601, "message": "Method not found"}}
    say(answer)
"#
    )
}
