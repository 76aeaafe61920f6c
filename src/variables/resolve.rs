//! The values that variables have in one call.

use super::{named, store};
use crate::{
    actor::Actor,
    db::TenantTx,
    error::{Error, Result},
    executions::RunContext,
    ids::{AgentId, SessionId},
    tools::Tool,
};
use serde_json::{Map, Value};

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
    let used = named::by_call(tool, inputs);
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
