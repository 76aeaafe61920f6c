//! What a source gives on the data of the last run or on pinned data, made by the evaluator that the engine uses.

use crate::{
    ids::RunId,
    workflows::graph::{
        Catalog, Definition, NodeKind,
        change::{Source, fed, source_of},
        expression::{Expression, Scope},
        path::Path,
        types,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// What steps gave last, cut to a size that can be shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    /// The newest run that it is from.
    pub run: Option<RunId>,
    /// What that run was given.
    pub input: Option<Map<String, Value>>,
    /// Step → its last output, or the one that is pinned.
    pub outputs: BTreeMap<String, Value>,
    pub pinned: BTreeSet<String>,
    /// Steps whose output was too large and is told in part.
    pub cut: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Preview {
    /// Its value; made from shortened data or not; why it does not fit the field.
    Value { value: Value, shortened: bool, misfit: Option<String> },
    /// There is no data yet to make it from.
    Unknown(String),
    /// What is wrong with it.
    Wrong(String),
}

/// A step's output as it is known; of the workflow's input also the defaults.
#[must_use]
pub fn output<'a>(definition: &Definition, samples: &'a Samples, id: &str) -> Option<Cow<'a, Value>> {
    if let Some(output) = samples.outputs.get(id) {
        return Some(Cow::Borrowed(output));
    }
    let node = definition.node(id).filter(|node| node.kind == NodeKind::Input)?;
    let defaults = node.config.fields.iter().filter_map(|field| Some((field.name.clone(), field.default.clone()?)));
    let mut known: Map<String, Value> = defaults.collect();
    known.extend(samples.input.clone().unwrap_or_default());
    (!known.is_empty()).then(|| Cow::Owned(known.into()))
}

/// The value of a place; `None`: nobody knows.
#[must_use]
pub fn at(definition: &Definition, samples: &Samples, node: &str, path: &str) -> Option<Value> {
    Path::parse(path).ok()?.find(&*output(definition, samples, node)?)
}

/// What a source would give to the field of a step that wants `schema`.
#[must_use]
pub fn preview(definition: &Definition, tools: &Catalog, samples: &Samples, id: &str, source: &Source, schema: &Value) -> Option<Preview> {
    let (found, shortened) = match source {
        Source::Nothing => return None,
        Source::Constant(value) => (Ok(value.clone()), false),
        Source::Field { node, path } => (of_field(definition, tools, samples, node, path), samples.cut.contains(node)),
        Source::Expression(text) => match Expression::parse(text) {
            Err(message) => return Some(Preview::Wrong(message)),
            Ok(expression) => {
                let shortened = expression.names().iter().any(|name| samples.cut.contains(name));
                (of_expression(definition, tools, samples, id, &expression), shortened)
            }
        },
    };
    Some(match found {
        Ok(value) => {
            let misfit = types::value_fits(&value, schema).err().map(|(given, wanted)| format!("This is {given}, and {wanted} is wanted."));
            Preview::Value { value, shortened, misfit: misfit.filter(|_| !shortened) }
        }
        Err(other) => other,
    })
}

fn of_field(definition: &Definition, tools: &Catalog, samples: &Samples, node: &str, path: &str) -> Result<Value, Preview> {
    let path = Path::parse(path).map_err(Preview::Wrong)?;
    let Some(output) = output(definition, samples, node) else { return Err(unknown(definition, tools, node)) };
    path.find(&output).ok_or_else(|| Preview::Wrong("What it gave last has no such field.".to_owned()))
}

fn of_expression(definition: &Definition, tools: &Catalog, samples: &Samples, id: &str, expression: &Expression) -> Result<Value, Preview> {
    let mut scope = Scope::default();
    for name in expression.names() {
        if let Some(node) = definition.node(name) {
            match output(definition, samples, name) {
                Some(output) => scope.set(name, &output),
                None => return Err(unknown(definition, tools, &node.id)),
            }
            continue;
        }
        match name.as_str() {
            "input" => match &samples.input {
                Some(input) => scope.set("input", &Value::Object(input.clone())),
                None => return Err(Preview::Unknown("Run the workflow once to see the value.".to_owned())),
            },
            "nodes" => scope.set("nodes", &Value::Object(samples.outputs.clone().into_iter().collect())),
            "inputs" => scope.set("inputs", &Value::Object(inputs(definition, tools, samples, id))),
            "index" => scope.set("index", &Value::from(0)),
            "item" => match first_item(definition, tools, samples, id) {
                Some(item) => scope.set("item", &item),
                None => return Err(Preview::Unknown("The first item of its list is not known yet. Run the workflow once.".to_owned())),
            },
            _ => return Err(Preview::Wrong(format!("There is no step “{name}”."))),
        }
    }
    expression.eval(&scope).map_err(Preview::Wrong)
}

fn unknown(definition: &Definition, tools: &Catalog, node: &str) -> Preview {
    let title = definition.node(node).map_or(node, |node| node.title(tools));
    Preview::Unknown(format!("Run the workflow once to see the value: “{title}” has given nothing yet."))
}

/// What a step is given, as far as it is known.
fn inputs(definition: &Definition, tools: &Catalog, samples: &Samples, id: &str) -> Map<String, Value> {
    let Some(node) = definition.node(id) else { return Map::new() };
    let one = |field: String| {
        let source = source_of(definition, node, &field);
        // A field that names the step's own inputs would go round in a circle.
        if matches!(&source, Source::Expression(text) if text.contains("inputs")) {
            return None;
        }
        match preview(definition, tools, samples, id, &source, &Value::Null)? {
            Preview::Value { value, .. } => Some((field, value)),
            _ => None,
        }
    };
    fed(definition, node).into_iter().filter_map(one).collect()
}

fn first_item(definition: &Definition, tools: &Catalog, samples: &Samples, id: &str) -> Option<Value> {
    let source = source_of(definition, definition.node(id)?, "items");
    match preview(definition, tools, samples, id, &source, &Value::Null)? {
        Preview::Value { value: Value::Array(items), .. } => items.into_iter().next(),
        _ => None,
    }
}

/// How much of one output is told.
const MOST_BYTES: usize = 48 * 1024;
const MOST_ITEMS: usize = 25;
const MOST_LETTERS: usize = 2_000;

/// A value that is small enough to send to a form, and whether anything is missing from it.
#[must_use]
pub fn cut(value: Value) -> (Value, bool) {
    let mut left = MOST_BYTES;
    let mut missing = false;
    (shorten(value, &mut left, &mut missing, 0), missing)
}

fn shorten(value: Value, left: &mut usize, missing: &mut bool, depth: u8) -> Value {
    if *left == 0 || depth > 24 {
        *missing = true;
        return Value::Null;
    }
    match value {
        Value::String(text) => {
            let most = MOST_LETTERS.min(*left);
            let short = if text.len() > most {
                *missing = true;
                text.chars().take(most / 4).collect()
            } else {
                text
            };
            *left = left.saturating_sub(short.len() + 2);
            Value::String(short)
        }
        Value::Array(items) => {
            *missing |= items.len() > MOST_ITEMS;
            let mut short = Vec::new();
            for item in items.into_iter().take(MOST_ITEMS) {
                if *left == 0 {
                    *missing = true;
                    break;
                }
                short.push(shorten(item, left, missing, depth + 1));
            }
            Value::Array(short)
        }
        Value::Object(fields) => {
            let mut short = Map::new();
            for (name, value) in fields {
                if *left == 0 {
                    *missing = true;
                    break;
                }
                *left = left.saturating_sub(name.len() + 4);
                short.insert(name, shorten(value, left, missing, depth + 1));
            }
            Value::Object(short)
        }
        plain => {
            *left = left.saturating_sub(8);
            plain
        }
    }
}
