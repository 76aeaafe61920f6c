//! The fields that a step could take from: those of the workflow's input and of the steps before it, nearest first.

use super::control;
use crate::workflows::graph::{
    Catalog, Definition, NodeKind,
    order::{descendants, order},
    propose::likeness,
    shape, types,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap, VecDeque};

/// How deep into objects and lists the fields are told.
const DEPTH: u8 = 3;
/// Of one step. More are reached by typing a path.
const MOST: usize = 80;

/// A field of an earlier step.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub path: String,
    /// The last part of the path, or what to call the whole.
    pub name: String,
    /// How deep it lies: 0 is a field of the output itself.
    pub depth: u8,
    pub schema: Value,
    /// Its type in words; empty where nobody knows.
    pub kind: String,
}

/// A step that may come before, with its fields.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    pub node: String,
    pub title: String,
    pub kind: NodeKind,
    /// It leads to the step already.
    pub before: bool,
    pub places: Vec<Place>,
}

/// Every step that does not wait for `id`, with what it gives: by its schema, or by what it gave (`outputs`) where that says nothing.
#[must_use]
pub fn origins(definition: &Definition, tools: &Catalog, id: &str, outputs: &BTreeMap<String, Value>) -> Vec<Origin> {
    let later = descendants(definition, id);
    let schemas = shape::outputs(definition, tools, &order(definition));
    let far = distances(definition, id);
    let mut found: Vec<(usize, Origin)> = Vec::new();
    for (node, schema) in definition.nodes.iter().zip(schemas) {
        if later.contains(node.id.as_str()) || node.kind == NodeKind::Output || node.kind.is_annotation() {
            continue;
        }
        let sample = outputs.get(&node.id);
        let guessed = sample.filter(|_| types::fields(&schema).is_empty()).map(|sample| guess(sample, 0));
        let title = if node.kind == NodeKind::Input { "Workflow input".to_owned() } else { node.title(tools).to_owned() };
        let distance = far.get(node.id.as_str()).copied();
        let origin = Origin {
            node: node.id.clone(),
            title,
            kind: node.kind,
            before: distance.is_some(),
            places: places(guessed.as_ref().unwrap_or(&schema)),
        };
        found.push((distance.unwrap_or(usize::MAX), origin));
    }
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().map(|(_, origin)| origin).collect()
}

/// How many edges lie between a step and each step that leads to it.
fn distances<'a>(definition: &'a Definition, id: &'a str) -> HashMap<&'a str, usize> {
    let mut before: HashMap<&str, Vec<&str>> = HashMap::new();
    for edge in &definition.edges {
        before.entry(edge.target.as_str()).or_default().push(&edge.source);
    }
    let mut found = HashMap::new();
    let mut queue = VecDeque::from([(id, 0)]);
    while let Some((node, distance)) = queue.pop_front() {
        for source in before.get(node).into_iter().flatten() {
            if *source != id && !found.contains_key(source) {
                found.insert(*source, distance + 1);
                queue.push_back((source, distance + 1));
            }
        }
    }
    found
}

/// A schema that fits a value, as far as its fields can be told.
fn guess(value: &Value, depth: u8) -> Value {
    match value {
        Value::Object(fields) if depth <= DEPTH => {
            let properties: Map<String, Value> = fields.iter().map(|(name, value)| (name.clone(), guess(value, depth + 1))).collect();
            json!({ "type": "object", "properties": properties })
        }
        Value::Array(items) if depth <= DEPTH => match items.first() {
            Some(first) => json!({ "type": "array", "items": guess(first, depth + 1) }),
            None => json!({ "type": "array" }),
        },
        Value::Null => json!({}),
        other => json!({ "type": types::kind_of(other) }),
    }
}

/// The fields of an output as a list, each after the one that holds it. The whole comes last.
#[must_use]
pub fn places(schema: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    inside(schema, "", 0, &mut found);
    found.truncate(MOST);
    found.push(Place {
        path: "$".to_owned(),
        name: "The whole output".to_owned(),
        depth: 0,
        kind: control::kind(schema),
        schema: schema.clone(),
    });
    found
}

fn inside(schema: &Value, base: &str, depth: u8, found: &mut Vec<Place>) {
    for (name, inner) in types::fields(schema) {
        let path = join(base, name);
        found.push(Place { path: path.clone(), name: name.to_owned(), depth, kind: control::kind(inner), schema: inner.clone() });
        if depth + 1 < DEPTH {
            inside(inner, &path, depth + 1, found);
            // The same field of every item makes a list.
            if let Some(items) = inner.get("items") {
                let mut of_items = Vec::new();
                inside(items, &format!("{path}[*]"), depth + 1, &mut of_items);
                found.extend(of_items.into_iter().map(|place| {
                    let schema = json!({ "type": "array", "items": place.schema });
                    Place { kind: control::kind(&schema), name: format!("[*].{}", place.name), schema, ..place }
                }));
            }
        }
    }
}

/// The path of a field inside another.
#[must_use]
pub fn join(base: &str, name: &str) -> String {
    if name.is_empty() || name.contains(['.', '[', ']', '$']) {
        format!("{base}[\"{name}\"]")
    } else if base.is_empty() {
        name.to_owned()
    } else {
        format!("{base}.{name}")
    }
}

/// Why a value of this place does not fit a field; `None`: it does, as far as is known.
#[must_use]
pub fn misfit(place: &Place, wanted: &Value) -> Option<String> {
    let (given, wanted) = types::fits(&place.schema, wanted).err()?;
    Some(format!("It is {given}, and {wanted} is wanted."))
}

/// How alike a place and a field are called, 0 to 3.
#[must_use]
pub fn alike(place: &Place, field: &str) -> u8 {
    if place.path == "$" { 0 } else { likeness(place.name.trim_start_matches("[*]."), field) }
}

/// A row of the list that is searched.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub node: String,
    pub path: String,
    pub name: String,
    pub depth: u8,
    pub kind: String,
    /// Why it cannot be taken.
    pub misfit: Option<String>,
}

/// Steps by title, each with its rows.
pub type Groups = Vec<(String, Vec<Row>)>;

/// What fits a field, by step, of what holds all words of `search`: within a step what fits first, and of that the likest name.
/// With a path typed that no row has, each of the nearest steps offers it.
#[must_use]
pub fn rows(origins: &[Origin], field: &str, wanted: &Value, search: &str, most: usize) -> Groups {
    let words: Vec<String> = search.to_lowercase().split_whitespace().map(str::to_owned).collect();
    let mut groups = Groups::new();
    let mut count = 0;
    for origin in origins {
        let title = origin.title.to_lowercase();
        let hit = |place: &&Place| {
            let (path, kind) = (place.path.to_lowercase(), place.kind.to_lowercase());
            words.iter().all(|word| path.contains(word) || title.contains(word) || kind.contains(word))
        };
        let row = |place: &Place| Row {
            node: origin.node.clone(),
            path: place.path.clone(),
            name: place.name.clone(),
            depth: place.depth,
            kind: place.kind.clone(),
            misfit: misfit(place, wanted),
        };
        let mut found: Vec<(u8, Row)> = origin.places.iter().filter(hit).map(|place| (alike(place, field), row(place))).collect();
        found.sort_by_key(|(alike, row)| (row.misfit.is_some(), std::cmp::Reverse(*alike)));
        found.truncate(most - count);
        count += found.len();
        if !found.is_empty() {
            groups.push((origin.title.clone(), found.into_iter().map(|(_, row)| row).collect()));
        }
        if count >= most {
            break;
        }
    }
    // What fits at all comes before what does not, whichever step it is of.
    groups.sort_by_key(|(_, rows)| rows.iter().all(|row| row.misfit.is_some()));
    let typed = search.trim();
    let known = origins.iter().any(|origin| origin.places.iter().any(|place| place.path == typed));
    let is_path = typed.contains(['.', '[']) && crate::workflows::graph::path::Path::parse(typed).is_ok();
    if is_path && !known {
        for origin in origins.iter().filter(|origin| origin.before).take(6) {
            let row = Row {
                node: origin.node.clone(),
                path: typed.to_owned(),
                name: typed.to_owned(),
                depth: 0,
                kind: "by path".to_owned(),
                misfit: None,
            };
            match groups.iter_mut().find(|(title, _)| *title == origin.title) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((origin.title.clone(), vec![row])),
            }
        }
    }
    groups
}

/// The likest field of the nearest steps, where the name says enough: what is offered for a field that nothing feeds.
#[must_use]
pub fn best(origins: &[Origin], field: &str, wanted: &Value) -> Option<(String, String)> {
    const NEAR: usize = 40;
    let mut best: Option<(u8, &str, &str)> = None;
    for origin in origins.iter().take(NEAR) {
        for place in origin.places.iter().filter(|place| place.depth == 0) {
            let score = alike(place, field);
            if score >= 2 && best.is_none_or(|(known, ..)| score > known) && misfit(place, wanted).is_none() {
                best = Some((score, &origin.node, &place.path));
            }
        }
    }
    best.map(|(_, node, path)| (node.to_owned(), path.to_owned()))
}
