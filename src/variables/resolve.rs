//! The values that variables have in one call.

use super::{fill::named, store};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    executions::RunContext,
    ids::{AgentId, SessionId},
    tools::{Kind, Tool, template},
};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The most that a call brings.
const MOST: usize = 100;
const BYTES: usize = 64 * 1024;

/// Where a call comes from.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    pub agent: Option<AgentId>,
    pub session: Option<SessionId>,
    pub run: Option<&'a RunContext>,
}

/// Refuses what no call needs to bring.
pub fn check_given(given: &Map<String, Value>) -> Result<()> {
    if given.len() > MOST {
        return Err(Error::invalid("variables", format!("At most {MOST} variables.")));
    }
    if serde_json::to_vec(given).map_or(0, |json| json.len()) > BYTES {
        return Err(Error::invalid("variables", format!("At most {} KiB of JSON.", BYTES / 1024)));
    }
    Ok(())
}

/// The variables that this call needs, by name, with the values they have. What has none is left out or null, and fails where it is named.
pub async fn resolve(
    tx: &mut TenantTx,
    actor: &Actor,
    tool: &Tool,
    inputs: &Value,
    given: &Map<String, Value>,
    context: Context<'_>,
) -> Result<Map<String, Value>> {
    let used = used(tool, inputs);
    let mut values = Map::new();
    if used.is_empty() {
        return Ok(values);
    }
    for (name, value) in given {
        let name = super::canonical(name);
        if used.contains(name) && !value.is_null() {
            values.insert(name.to_owned(), value.clone());
        }
    }
    // What the system knows, no caller may claim.
    let mut know = |name: &str, value: Option<String>| {
        values.remove(name);
        if let Some(value) = value.filter(|_| used.contains(name)) {
            values.insert(name.to_owned(), value.into());
        }
    };
    know("session_id", context.session.map(|id| id.to_string()));
    know("run_id", context.run.map(|run| run.run_id.to_string()));
    know("node_id", context.run.map(|run| run.node_id.clone()));
    if used.contains("organization_name") || used.contains("organization_slug") {
        let (name, slug) = store::organization(tx, actor.organization_id).await?;
        know("organization_name", Some(name));
        know("organization_slug", Some(slug));
    }
    if used.contains("agent_name") {
        let name = match context.agent {
            Some(agent) => crate::agents::store::display_name(tx, agent).await?,
            None => None,
        };
        know("agent_name", name);
    }
    let open = used.iter().any(|name| !values.contains_key(name) && !super::BUILT_IN.iter().any(|one| one.name == name));
    if open {
        for variable in store::all(tx).await? {
            // Declared without a value and not brought: null says that it is a variable, and that it is missing.
            if used.contains(&variable.name) && !values.contains_key(&variable.name) {
                values.insert(variable.name, variable.value.map_or(Value::Null, Value::from));
            }
        }
    }
    Ok(values)
}

/// What the texts of the tool and of the call name.
fn used(tool: &Tool, inputs: &Value) -> BTreeSet<String> {
    let mut used: BTreeSet<String> = tool.static_config.values().flat_map(named).collect();
    // The texts of platform tools' inputs are data of theirs (a template to render, say).
    if tool.kind != Kind::Builtin {
        used.extend(named(inputs));
    }
    used.extend(in_request(tool));
    used.extend(crate::tools::kinds::needs_variables(tool.kind, &tool.config_metadata).into_iter().map(str::to_owned));
    used
}

/// The variables that the template of a request names: what is an input is none.
pub(crate) fn in_request(tool: &Tool) -> BTreeSet<String> {
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
