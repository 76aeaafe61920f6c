//! Which variables a tool and a call name. Pure.

use super::fill::named;
use crate::tools::{Kind, Tool, kinds, template};
use serde_json::Value;
use std::collections::BTreeSet;

/// What the texts of the tool name, by the names we use.
#[must_use]
pub fn by_tool(tool: &Tool) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = tool.static_config.values().flat_map(named).collect();
    used.extend(in_request(tool));
    used.extend(kinds::needs_variables(tool.kind, &tool.config_metadata).into_iter().map(str::to_owned));
    used
}

/// What the texts of the tool and of the call name.
#[must_use]
pub fn by_call(tool: &Tool, inputs: &Value) -> BTreeSet<String> {
    let mut used = by_tool(tool);
    // The texts of platform tools' inputs are data of theirs (a template to render, say).
    if tool.kind != Kind::Builtin {
        used.extend(named(inputs));
    }
    used
}

/// The variables that the template of a request names: what is an input is none.
#[must_use]
pub fn in_request(tool: &Tool) -> BTreeSet<String> {
    let Some(spec) = &tool.api_spec else {
        return BTreeSet::new();
    };
    let declared = tool.input_schema.get("properties").and_then(Value::as_object);
    template::names(&spec.path, true)
        .into_iter()
        .chain(spec.headers.values().chain(spec.query_params.values()).flat_map(|text| template::names(text, false)))
        .chain(spec.body_template.iter().flat_map(template::names_in))
        .filter(|name| !declared.is_some_and(|inputs| inputs.contains_key(name)))
        .map(|name| super::canonical(&name).to_owned())
        .collect()
}
