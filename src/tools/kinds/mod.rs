//! What each kind needs beside what all tools have: one file a kind with its configuration's shape and rules. Pure.

use super::{
    Kind, NewTool,
    fields::{self, Slot},
};
use crate::{problem::FieldError, variables::Known};
use serde_json::Value;

pub mod api_request;
pub mod auth;
pub mod composite;
pub mod mcp;
pub mod pipedream_action;
pub mod script;
pub mod sms;
#[cfg(feature = "ssr")]
mod stored;
pub mod transfer_call;

#[cfg(feature = "ssr")]
pub(super) use stored::check_stored;

/// The fields of a kind whose contract follows from its configuration; `None` for the others.
#[must_use]
pub fn slots(kind: Kind, config: &Value) -> Option<Vec<Slot>> {
    match kind {
        Kind::PipedreamAction => Some(pipedream_action::slots(config)),
        Kind::Sms => Some(sms::slots(config)),
        Kind::TransferCall => Some(transfer_call::slots(config)),
        _ => None,
    }
}

/// Variables that a call needs although no text names them.
#[must_use]
pub fn needs_variables(kind: Kind, config: &Value) -> Vec<&'static str> {
    match kind {
        Kind::Sms if sms::from(config) == Some(sms::From::CalledNumber) => vec!["called_phone_number"],
        _ => Vec::new(),
    }
}

/// The rules of a configuration made of fields, and the contract that follows from it.
pub(super) fn check_configuration(tool: &mut NewTool, errors: &mut Vec<FieldError>) {
    match tool.kind {
        Kind::PipedreamAction => pipedream_action::check(tool, errors),
        Kind::Sms => sms::check(tool, errors),
        Kind::TransferCall => transfer_call::check(tool, errors),
        _ => return,
    }
    fields::derive_contract(tool, errors);
}

/// The rules of the tool's kind. The contract was checked before.
pub(super) fn check_kind(tool: &mut NewTool, known: &[Known], errors: &mut Vec<FieldError>) {
    let inputs = tool.input_schema.get("properties").and_then(Value::as_object);
    match tool.kind {
        Kind::ApiRequest => match &mut tool.api_spec {
            None => errors.push(FieldError::new("api_spec", "An API request needs its base URL, path and method.")),
            Some(spec) => api_request::check_api_spec(spec, inputs, known, errors),
        },
        Kind::Mcp => mcp::check_config(&tool.executor_config, errors),
        Kind::Composite => composite::check_config(&tool.executor_config, errors),
        Kind::Python | Kind::Shell => {
            let (script, tests) = (tool.script_content.as_deref(), tool.test_content.as_deref());
            script::check_script(tool.kind, script, tests, &tool.executor_config, inputs, errors);
        }
        _ => {}
    }
    if tool.kind != Kind::ApiRequest && tool.api_spec.is_some() {
        errors.push(FieldError::new("api_spec", "Only tools of kind api_request have this."));
    }
    if !matches!(tool.kind, Kind::Python | Kind::Shell) {
        for (field, content) in [("script_content", &tool.script_content), ("test_content", &tool.test_content)] {
            if content.as_ref().is_some_and(|script| !script.is_empty()) {
                errors.push(FieldError::new(field, "Only script tools have this."));
            }
        }
    }
}
