//! What each method answers.

use super::{
    LEGACY, NEWEST,
    message::{INVALID_PARAMS, METHOD_NOT_FOUND, Message, Refusal},
};
use serde_json::{Value, json};
use toolcrib::{
    Error,
    actor::Actor,
    agents,
    executions::{self, Cancel, ExecuteRequest, Execution},
    ids::AgentId,
    schema::DRAFT_07,
    system::System,
};

pub(super) async fn answer(system: &System, actor: &Actor, agent: AgentId, message: &Message) -> Result<Value, Refusal> {
    let result = match (message.method.as_str(), message.is_newest) {
        ("initialize", false) => initialize(&message.params),
        ("ping", false) => json!({}),
        ("server/discover", true) => json!({
            "supportedVersions": std::iter::once(NEWEST).chain(LEGACY).collect::<Vec<_>>(),
            "capabilities": {"tools": {}},
            "instructions": INSTRUCTIONS,
            "ttlMs": 3_600_000, "cacheScope": "private",
        }),
        ("tools/list", _) => list(system, actor, agent, message).await?,
        ("tools/call", _) => call(system, actor, agent, message).await?,
        (method, newest) => {
            let status = if newest { 404 } else { 200 };
            return Err(Refusal::new(status, &message.id, METHOD_NOT_FOUND, format!("There is no method “{method}” here.")));
        }
    };
    Ok(typed(result, message.is_newest))
}

const INSTRUCTIONS: &str = "The tools that are attached to this agent. Every call is recorded.";

fn server_info() -> Value {
    json!({"name": "toolcrib", "title": "Toolcrib", "version": env!("CARGO_PKG_VERSION")})
}

/// The newest revision wants to know of every result what it is, and who says it.
fn typed(mut result: Value, newest: bool) -> Value {
    if newest {
        result["resultType"] = "complete".into();
        result["_meta"] = json!({"io.modelcontextprotocol/serverInfo": server_info()});
    }
    result
}

fn initialize(params: &Value) -> Value {
    let asked = params.get("protocolVersion").and_then(Value::as_str).unwrap_or_default();
    let version = LEGACY.into_iter().find(|known| *known == asked).unwrap_or(LEGACY[0]);
    json!({"protocolVersion": version, "capabilities": {"tools": {}}, "serverInfo": server_info(), "instructions": INSTRUCTIONS})
}

fn refuse(message: &Message, error: &Error) -> Refusal {
    let problem = error.problem();
    let code = if problem.status >= 500 { -32603 } else { INVALID_PARAMS };
    Refusal::new(if problem.status == 403 { 403 } else { 200 }, &message.id, code, problem.sentence())
}

/// Every tool that can be called now, by name: the order is the same each time.
async fn list(system: &System, actor: &Actor, agent: AgentId, message: &Message) -> Result<Value, Refusal> {
    let offered = agents::openai_tools::openai_tools(system, actor, agent).await.map_err(|error| refuse(message, &error))?;
    let mut tools: Vec<Value> = offered
        .as_array()
        .into_iter()
        .flatten()
        .map(|tool| {
            let function = &tool["function"];
            let mut schema = json!({"$schema": DRAFT_07});
            if let (Some(fields), Some(parameters)) = (schema.as_object_mut(), function["parameters"].as_object()) {
                fields.extend(parameters.clone());
                fields.entry("type").or_insert_with(|| "object".into());
            }
            json!({"name": function["name"], "description": function["description"], "inputSchema": schema})
        })
        .collect();
    tools.sort_by(|a, b| a["name"].as_str().cmp(&b["name"].as_str()));
    Ok(if message.is_newest { json!({"tools": tools, "ttlMs": 0, "cacheScope": "private"}) } else { json!({"tools": tools}) })
}

/// Closing the stream is how a client of the newest revision cancels.
struct CancelOnDrop(Option<Cancel>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        if let Some(cancel) = self.0.take() {
            cancel.cancel();
        }
    }
}

async fn call(system: &System, actor: &Actor, agent: AgentId, message: &Message) -> Result<Value, Refusal> {
    let wrong = |what: String| Refusal::new(200, &message.id, INVALID_PARAMS, what);
    let name = message.params.get("name").and_then(Value::as_str).ok_or_else(|| wrong("params.name is the name of a tool.".to_owned()))?;
    let inputs = match message.params.get("arguments") {
        None | Some(Value::Null) => json!({}),
        Some(arguments) if arguments.is_object() => arguments.clone(),
        Some(_) => return Err(wrong("params.arguments is an object.".to_owned())),
    };
    let attached = agents::attachments::attachments(system, actor, agent).await.map_err(|error| refuse(message, &error))?;
    let tool = attached.into_iter().find(|tool| tool.tool_name == name).ok_or_else(|| wrong(format!("There is no tool “{name}”.")))?;
    if let Some(obstacle) = tool.obstacle() {
        return Ok(failed(&format!("The tool “{name}” cannot be called now. {obstacle}"), None));
    }
    let cancel = Cancel::new();
    let mut guard = CancelOnDrop(message.is_newest.then(|| cancel.clone()));
    let request = ExecuteRequest { cancel: Some(cancel), ..ExecuteRequest::new(tool.tool_id, inputs) };
    let done = executions::execute(system, actor, request).await;
    guard.0 = None;
    match done {
        Ok(execution) if execution.is_success() => Ok(succeeded(&execution, message.is_newest)),
        Ok(execution) => {
            let said = execution.error_message.clone().unwrap_or_else(|| execution.status.label().to_owned());
            Ok(failed(&said, Some(&execution)))
        }
        Err(error @ Error::Internal(_)) => Err(refuse(message, &error)),
        // A tool that may not be called now: the model is told, it can do something else.
        Err(error) => Ok(failed(error.problem().sentence(), None)),
    }
}

fn succeeded(execution: &Execution, newest: bool) -> Value {
    let output = execution.outputs.clone().unwrap_or_default();
    let text = match &output {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut result = json!({"content": [{"type": "text", "text": text}], "isError": false});
    // Before the newest revision only objects may be structured.
    if output.is_object() || newest {
        result["structuredContent"] = output;
    }
    result
}

/// An error of the tool is a result: the model reads it and tries again.
fn failed(said: &str, execution: Option<&Execution>) -> Value {
    let wait = execution
        .and_then(|execution| execution.account.get("retry_after"))
        .map(|wait| format!(" Try again in {wait} s."))
        .unwrap_or_default();
    json!({"content": [{"type": "text", "text": format!("{said}{wait}")}], "isError": true})
}
