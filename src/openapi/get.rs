//! A document with its operations, each beside its tool.

use super::{FieldChange, OpenapiDocument, OpenapiDocumentDetail, Operation, State, build, names, read, store};
use crate::{
    access::Permission,
    actor::Actor,
    error::Result,
    ids::OpenapiDocumentId,
    random,
    system::System,
    tools::{NewTool, Tool, check::check_tool},
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The document, its operations in its order, then what is gone from it.
pub async fn get(system: &System, actor: &Actor, id: OpenapiDocumentId) -> Result<OpenapiDocumentDetail> {
    actor.require(Permission::See)?;
    let mut tx = system.tenant(actor).await?;
    let (document, value) = store::find(&mut tx, id).await?;
    let tools = store::tools_of(&mut tx, actor, id, system.clock.now()).await?;
    let names = store::names(&mut tx).await?;
    let items = plan(&document, &value, &tools, names).into_iter().map(|step| step.operation).collect();
    Ok(OpenapiDocumentDetail { document, items })
}

/// An operation and the tool an import would make of it.
pub(super) struct Step {
    pub operation: Operation,
    /// What an import would write.
    pub tool: Option<NewTool>,
    pub existing: Option<Tool>,
}

/// What an import would do, operation by operation.
pub(super) fn plan(document: &OpenapiDocument, value: &Value, tools: &[Tool], names: Vec<String>) -> Vec<Step> {
    let mut taken: BTreeSet<String> = names.into_iter().collect();
    let mut of: BTreeMap<&str, &Tool> = BTreeMap::new();
    for tool in tools {
        if let Some(key) = tool.config_metadata.pointer("/openapi/operation").and_then(Value::as_str) {
            of.insert(key, tool);
        }
    }
    let mut steps = Vec::new();
    for place in read::places(value) {
        let key = format!("{} {}", place.method.to_uppercase(), place.path);
        let existing = of.remove(key.as_str());
        let name = existing.map_or_else(|| names::tool_name(&place, &taken), |tool| tool.name.clone());
        taken.insert(name.clone());
        let built = build::build(value, &place, &name, &document.base_url);
        let (mut state, mut notes, mut changes, mut made) = (State::New, built.notes, Vec::new(), None);
        match built.tool {
            Err(why) => {
                state = State::Impossible;
                notes.push(why);
            }
            Ok(mut tool) => {
                // In the shape it would be stored in, so that only real differences show.
                let errors = check_tool(&mut tool);
                if let Some(error) = errors.first() {
                    state = State::Impossible;
                    notes.push(format!("{}: {}", error.pointer.trim_start_matches('/'), error.message));
                } else {
                    if let Some(existing) = existing {
                        (state, changes) = compare(existing, &tool);
                    }
                    tool.config_metadata =
                        json!({"openapi": {"document_id": document.id, "operation": key, "imported": fingerprint(&tool)}});
                    made = Some(tool);
                }
            }
        }
        let words = |field: &str| place.operation.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let group = place.operation.pointer("/tags/0").and_then(Value::as_str).unwrap_or_default().to_owned();
        let operation = Operation {
            method: place.method.to_uppercase(),
            path: place.path.to_owned(),
            key,
            name,
            summary: words("summary"),
            group,
            state,
            notes,
            tool_id: existing.map(|tool| tool.id),
            changes,
        };
        steps.push(Step { operation, tool: made, existing: existing.cloned() });
    }
    for (key, tool) in of {
        let (method, path) = key.split_once(' ').unwrap_or((key, ""));
        let operation = Operation {
            key: key.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            name: tool.name.clone(),
            summary: tool.display_name.clone(),
            group: String::new(),
            state: State::Gone,
            notes: vec![
                "The document does not have this operation any more. Disable or delete the tool if the API does not either.".to_owned(),
            ],
            tool_id: Some(tool.id),
            changes: Vec::new(),
        };
        steps.push(Step { operation, tool: None, existing: Some(tool.clone()) });
    }
    steps
}

/// What an import writes, as text by field.
fn parts(
    description: &str,
    display_name: &str,
    input_schema: &Value,
    output_schema: &Value,
    api_spec: &Value,
) -> [(&'static str, String); 5] {
    // The database keeps no order of fields: both sides are put into the same one.
    let pretty = |value: &Value| serde_json::to_string_pretty(&sorted(value)).unwrap_or_default();
    [
        ("display_name", display_name.to_owned()),
        ("description", description.to_owned()),
        ("api_spec", pretty(api_spec)),
        ("input_schema", pretty(input_schema)),
        ("output_schema", pretty(output_schema)),
    ]
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields: BTreeMap<&String, Value> = fields.iter().map(|(name, value)| (name, sorted(value))).collect();
            Value::Object(fields.into_iter().map(|(name, value)| (name.clone(), value)).collect())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

fn parts_of(tool: &NewTool) -> [(&'static str, String); 5] {
    parts(&tool.description, &tool.display_name, &tool.input_schema, &tool.output_schema, &json!(tool.api_spec))
}

/// What was imported, so that a change made here later can be told from one in the document.
fn fingerprint(tool: &NewTool) -> String {
    hash(&parts_of(tool))
}

fn hash(parts: &[(&'static str, String)]) -> String {
    hex::encode(random::hash(&parts.iter().map(|(name, text)| format!("{name}\n{text}\n")).collect::<String>()))
}

fn compare(existing: &Tool, next: &NewTool) -> (State, Vec<FieldChange>) {
    let now =
        parts(&existing.description, &existing.display_name, &existing.input_schema, &existing.output_schema, &json!(existing.api_spec));
    let then = parts_of(next);
    let imported = existing.config_metadata.pointer("/openapi/imported").and_then(Value::as_str).unwrap_or_default();
    let (is_edited, is_changed) = (hash(&now) != imported, hash(&then) != imported);
    let changes: Vec<FieldChange> = now
        .into_iter()
        .zip(then)
        .filter(|((_, before), (_, after))| before != after)
        .map(|((name, before), (_, after))| FieldChange { name: name.to_owned(), before, after })
        .collect();
    let state = match (is_edited, is_changed) {
        _ if changes.is_empty() => State::Same,
        (false, _) => State::Changed,
        (true, false) => State::Edited,
        (true, true) => State::Conflict,
    };
    (state, changes)
}
