//! The platform tools: written in Rust, in every organization from the start, read-only, versioned with the release (S5 "common-tools").
//! One file a tool; each does one job. [`install`] writes them to the database, [`find`] gives the executor the work.

use crate::executions::ErrorClass;
use crate::executors::{self, Call, Failure};
use serde_json::{Map, Value};
use std::{future::Future, pin::Pin, sync::LazyLock};

mod calculate;
mod current_time;
mod extract_text;
mod find_next_tools;
mod generate_id;
mod hash_text;
mod http_request;
pub mod install;
mod match_pattern;
mod parse_csv;
mod query_json;
mod render_template;
mod search_tools;
mod send_webhook;
mod validate_json;

/// Counts the changes of what the platform tools are (names, words, schemas, examples). An older release that starts later than a newer
/// one must not put its own definitions back; a test says when this number has to rise.
pub const DEFINITIONS: i32 = 1;

/// What was given, as far as a schema goes that was checked before.
pub type Inputs = Map<String, Value>;

/// A platform tool.
pub struct Builtin {
    /// What models call it; never changes once released.
    pub name: &'static str,
    pub display_name: &'static str,
    pub description: &'static str,
    /// A Lucide icon's name.
    pub icon: &'static str,
    /// JSON Schema draft-07 of the inputs.
    pub inputs: Value,
    pub outputs: Value,
    /// Shown on the tool's page: `[{"title", "inputs", "outputs"}]`. Where `outputs` stands, it is what really comes out.
    pub examples: Value,
    pub work: Kind,
}

/// What comes of the work, later.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, Failure>> + Send + 'a>>;

/// How a platform tool works.
pub enum Kind {
    /// Computes; may take a while, so it never runs on an async thread. `Err`: what is wrong with the inputs.
    Compute(fn(&Inputs) -> Result<Value, String>),
    /// Asks the database or the network.
    Ask(for<'a> fn(&'a Call<'a>) -> Answer<'a>),
}

static ALL: LazyLock<Vec<Builtin>> = LazyLock::new(|| {
    vec![
        calculate::tool(),
        current_time::tool(),
        extract_text::tool(),
        find_next_tools::tool(),
        generate_id::tool(),
        hash_text::tool(),
        http_request::tool(),
        match_pattern::tool(),
        parse_csv::tool(),
        query_json::tool(),
        render_template::tool(),
        search_tools::tool(),
        send_webhook::tool(),
        validate_json::tool(),
    ]
});

/// All of them.
#[must_use]
pub fn all() -> &'static [Builtin] {
    &ALL
}

/// The platform tool of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Builtin> {
    all().iter().find(|tool| tool.name == name)
}

/// The most text a computing tool takes: its time stays bounded with it.
pub const TEXT_BYTES: usize = 4 * 1024 * 1024;

impl Builtin {
    /// Does the work.
    pub async fn run(&self, call: &Call<'_>) -> Result<Value, Failure> {
        match self.work {
            Kind::Ask(ask) => ask(call).await,
            Kind::Compute(compute) => {
                let inputs = call.inputs.clone();
                tokio::task::spawn_blocking(move || compute(&inputs))
                    .await
                    .map_err(|_| executors::broken())?
                    .map_err(|message| Failure::new(ErrorClass::InvalidInput, message))
            }
        }
    }
}

/// A text input, or nothing.
fn text<'a>(inputs: &'a Inputs, name: &str) -> &'a str {
    inputs.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The same, not too large.
fn bounded<'a>(inputs: &'a Inputs, name: &str) -> Result<&'a str, String> {
    let text = text(inputs, name);
    if text.len() > TEXT_BYTES {
        return Err(format!("{name}: at most {} MiB of text.", TEXT_BYTES / 1024 / 1024));
    }
    Ok(text)
}

fn flag(inputs: &Inputs, name: &str, default: bool) -> bool {
    inputs.get(name).and_then(Value::as_bool).unwrap_or(default)
}

fn count(inputs: &Inputs, name: &str, default: u64) -> usize {
    usize::try_from(inputs.get(name).and_then(Value::as_u64).unwrap_or(default)).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{schema, tools::NewTool};

    #[test]
    fn every_platform_tool_obeys_the_rules_of_tools_but_for_its_kind() {
        for tool in all() {
            let mut new: NewTool = install::definition(tool);
            let errors: Vec<_> = crate::tools::check::check_tool(&mut new)
                .into_iter()
                .filter(|error| !["/kind", "/visibility"].contains(&error.pointer.as_str()))
                .collect();
            assert_eq!(errors, [], "{}", tool.name);
        }
    }

    #[test]
    fn examples_do_what_they_say() {
        for tool in all() {
            let Kind::Compute(compute) = tool.work else { continue };
            let examples = tool.examples.as_array().unwrap();
            assert!(!examples.is_empty(), "{} has no example", tool.name);
            for example in examples {
                let inputs = schema::with_defaults(&tool.inputs, example["inputs"].clone());
                assert_eq!(schema::check_value(&tool.inputs, &inputs), [], "{}: {inputs}", tool.name);
                let outputs = compute(inputs.as_object().unwrap()).unwrap_or_else(|error| panic!("{}: {error}", tool.name));
                assert_eq!(schema::check_value(&tool.outputs, &outputs), [], "{}: {outputs}", tool.name);
                if let Some(expected) = example.get("outputs") {
                    assert_eq!(&outputs, expected, "{}: {}", tool.name, example["title"]);
                }
            }
        }
    }
}
