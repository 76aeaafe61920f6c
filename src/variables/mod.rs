//! Variables: `{{name}}` in the texts of tools, filled in when a tool is called. Some are built in and come from the call itself; an
//! organization declares others, with a value of its own or one that each call brings.

use crate::problem::FieldError;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};

#[cfg(feature = "ssr")]
pub mod create;
#[cfg(feature = "ssr")]
pub mod delete;
pub mod fill;
#[cfg(feature = "ssr")]
pub mod list;
pub mod named;
#[cfg(feature = "ssr")]
pub mod resolve;
#[cfg(feature = "ssr")]
pub(crate) mod store;
#[cfg(feature = "ssr")]
pub mod update;

#[cfg(feature = "ssr")]
pub use {
    create::create,
    delete::{delete, delete_seen},
    list::{get, list, page},
    update::{update, update_seen},
};

/// A variable that every organization has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    pub name: &'static str,
    /// What Vapi calls it; accepted in its place.
    pub alias: Option<&'static str>,
    pub description: &'static str,
    pub example: &'static str,
}

const fn built_in(name: &'static str, description: &'static str, example: &'static str) -> BuiltIn {
    BuiltIn { name, alias: None, description, example }
}

/// The variables that come with a call: of the phone call, the session, the organization, the workflow.
pub const BUILT_IN: [BuiltIn; 8] = [
    BuiltIn {
        name: "caller_phone_number",
        alias: Some("customer.number"),
        description: "The phone number of the person calling the agent",
        example: "+1234567890",
    },
    BuiltIn {
        name: "called_phone_number",
        alias: Some("phoneNumber.number"),
        description: "The phone number that was called (the agent's number)",
        example: "+1987654321",
    },
    built_in("session_id", "The session this call belongs to", "01980c5e-…"),
    built_in("agent_name", "The display name of the agent that calls", "Front desk"),
    built_in("organization_name", "The organization's name", "Northwind Supplies"),
    built_in("organization_slug", "The organization's address", "northwind"),
    built_in("run_id", "The workflow run this call belongs to", "01980c5e-…"),
    built_in("node_id", "The node of the workflow that makes this call", "send_text"),
];

/// A variable that an organization declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Variable {
    pub id: crate::ids::VariableId,
    pub name: String,
    pub description: String,
    /// Null: each call brings it, or fails.
    pub value: Option<String>,
    pub created_at: DateTime<Utc>,
    /// When its description or value was changed last.
    pub updated_at: DateTime<Utc>,
}

/// What a variable is made from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewVariable {
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Left out: each call brings it, or fails. A call that brings it wins over this value.
    #[serde(default)]
    pub value: Option<String>,
}

/// A change of a variable. What is left out stays; a null or empty `value` takes the value away. The name stays: tools name it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct UpdateVariable {
    pub description: Option<String>,
    #[serde(deserialize_with = "given")]
    #[cfg_attr(feature = "ssr", schema(value_type = Option<String>))]
    pub value: Option<Option<String>>,
}

/// Tells a field that is null from one that is left out.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(deserializer).map(Some)
}

/// A variable as a text may name it, and what stands behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    pub name: String,
    pub description: String,
}

/// A variable as a step of a workflow may name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InRuns {
    pub name: String,
    pub description: String,
    /// Whether every run has a value for it.
    pub has_value: bool,
}

/// The built-in variables that every run has: whoever starts it, it has no phone call, and may have neither an agent nor a session.
const OF_RUNS: [&str; 4] = ["organization_name", "organization_slug", "run_id", "node_id"];

/// The built-in variables and these, as runs of workflows know them: a run brings none of its own.
#[must_use]
pub fn in_runs(declared: &[Variable]) -> Vec<InRuns> {
    let built_in = BUILT_IN.iter().map(|one| InRuns {
        name: one.name.to_owned(),
        description: one.description.to_owned(),
        has_value: OF_RUNS.contains(&one.name),
    });
    let declared = declared.iter().map(|one| InRuns {
        name: one.name.clone(),
        description: one.description.clone(),
        has_value: one.value.as_ref().is_some_and(|value| !value.is_empty()),
    });
    built_in.chain(declared).collect()
}

/// The built-in variables and these.
#[must_use]
pub fn known(declared: &[Variable]) -> Vec<Known> {
    let built_in = BUILT_IN.iter().map(|one| Known { name: one.name.to_owned(), description: one.description.to_owned() });
    let declared = declared.iter().map(|one| Known { name: one.name.clone(), description: one.description.clone() });
    built_in.chain(declared).collect()
}

/// The name that stands for `name`: Vapi's words become ours.
#[must_use]
pub fn canonical(name: &str) -> &str {
    BUILT_IN.iter().find(|one| one.alias == Some(name)).map_or(name, |one| one.name)
}

/// Other names of the same variable.
pub fn aliases(name: &str) -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter(move |one| one.name == name).filter_map(|one| one.alias)
}

/// Whether a text may name it.
#[must_use]
pub fn is_known(name: &str, known: &[Known]) -> bool {
    let name = canonical(name);
    known.iter().any(|one| one.name == name)
}

/// What to say at a text that names something unknown.
#[must_use]
pub fn unknown_sentence(name: &str, known: &[Known]) -> String {
    let names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    format!("There is no variable “{{{{{name}}}}}”. Known: {}. Others are declared under Settings → Variables.", names.join(", "))
}

/// The rules of a declared variable.
pub fn check(new: &mut NewVariable, errors: &mut Vec<FieldError>) {
    new.name = new.name.trim().to_owned();
    new.description = new.description.trim().to_owned();
    crate::names::check_name("name", &new.name, errors);
    if BUILT_IN.iter().any(|one| one.name == new.name) {
        errors.push(FieldError::new("name", "This variable is built in: each call brings it."));
    }
    if new.description.chars().count() > 500 {
        errors.push(FieldError::new("description", "At most 500 characters."));
    }
    if new.value.as_ref().is_some_and(|value| value.chars().count() > 2_000) {
        errors.push(FieldError::new("value", "At most 2000 characters."));
    }
    // An empty value would be an empty string sent onward; it means that there is none.
    new.value = new.value.take().filter(|value| !value.trim().is_empty());
}
