//! What could feed a field: proposals by name and type, best first.

use super::{Catalog, Definition, NodeKind, order::descendants, shape, types};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A place a value can come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The node's id; the input node for a workflow input.
    pub node: String,
    pub path: String,
    /// What to call it: `rows of Load CSV data`.
    pub label: String,
    /// Its type, where known.
    pub kind: String,
    /// Whether the type fits the field.
    pub fits: bool,
    /// 0: no likeness; 3: same name and type.
    pub score: u8,
}

/// Everything that could feed `field` (of schema `wanted`) of the node `id`: workflow inputs and the fields of all steps that do not wait for it.
#[must_use]
pub fn candidates(definition: &Definition, tools: &Catalog, id: &str, field: &str, wanted: &Value) -> Vec<Candidate> {
    let later = descendants(definition, id);
    let mut found = Vec::new();
    for node in definition.nodes.iter().filter(|node| !later.contains(node.id.as_str()) && node.kind != NodeKind::Output) {
        let schema = shape::output(definition, node, tools, || shape::fed_names(definition, node));
        for (name, inner) in types::fields(&schema) {
            let fits = types::fits(inner, wanted).is_ok();
            let kind = types::kinds(inner).map(|kinds| kinds.join(" or ")).unwrap_or_default();
            let label =
                if node.kind == NodeKind::Input { format!("Workflow input {name}") } else { format!("{name} of {}", node.title(tools)) };
            let path = if name.contains(['.', '[', '$']) || name.is_empty() { format!("[\"{name}\"]") } else { name.to_owned() };
            found.push(Candidate { node: node.id.clone(), path, label, score: if fits { likeness(name, field) } else { 0 }, kind, fits });
        }
    }
    // Later steps first among equals: what was made last is most often what is meant.
    found.reverse();
    found.sort_by_key(|candidate| (std::cmp::Reverse(candidate.score), !candidate.fits));
    found
}

/// The one to take without asking: the same name, or the only one of a required list or object's type.
#[must_use]
pub fn proposal<'a>(candidates: &'a [Candidate], wanted: &Value, required: bool) -> Option<&'a Candidate> {
    let best = candidates.first().filter(|candidate| candidate.fits)?;
    if best.score >= 2 {
        return Some(best);
    }
    let rare = types::kinds(wanted).is_some_and(|kinds| kinds.iter().all(|kind| kind == "array" || kind == "object"));
    let same_kind: Vec<_> = candidates.iter().filter(|c| c.fits && (c.kind == "array" || c.kind == "object")).collect();
    if required && rare {
        return if best.score > 0 { Some(best) } else { same_kind.first().copied() };
    }
    None
}

/// What an edge drawn from one node to another would best carry: each field of the target that nothing feeds yet, at most once.
#[must_use]
pub fn mapping(definition: &Definition, tools: &Catalog, source: &str, target: &str) -> BTreeMap<String, String> {
    let Some(node) = definition.node(target) else { return BTreeMap::new() };
    let Some(schema) = shape::input(node, tools) else { return BTreeMap::new() };
    let taken = shape::fed_names(definition, node);
    let mut found = BTreeMap::new();
    for (field, wanted) in types::fields(&schema).into_iter().filter(|(field, _)| !taken.contains_key(*field)) {
        let mut choices = candidates(definition, tools, target, field, wanted);
        choices.retain(|choice| choice.node == source && !found.contains_key(&choice.path));
        if let Some(best) = proposal(&choices, wanted, types::demands(&schema, field)) {
            found.insert(best.path.clone(), field.to_owned());
        }
    }
    found
}

/// How alike two names are: 3 the same words, 2 but for spaces and plurals, 1 a word in common, 0 not at all.
#[must_use]
pub fn likeness(a: &str, b: &str) -> u8 {
    let (a, b) = (words(a), words(b));
    if a == b {
        3
    } else if a.concat() == b.concat() || stem(&a) == stem(&b) {
        2
    } else if a.iter().any(|word| word.len() > 2 && b.contains(word)) {
        1
    } else {
        0
    }
}

/// `orderItems`, `order_items` and `Order items` are the same words.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            fresh = true;
            continue;
        }
        if fresh || (lower && c.is_uppercase()) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        fresh = false;
        lower = c.is_lowercase();
    }
    words
}

fn stem(words: &[String]) -> String {
    words.iter().map(|word| word.trim_end_matches('s')).collect()
}

#[cfg(test)]
mod tests {
    use super::likeness;

    #[test]
    fn names_are_alike_whatever_their_case_and_number() {
        for (a, b, score) in [
            ("orderItems", "order_items", 3),
            ("product", "products", 2),
            ("fileName", "filename", 2),
            ("sales_rows", "rows", 1),
            ("rows", "price", 0),
        ] {
            assert_eq!(likeness(a, b), score, "{a} and {b}");
        }
    }
}
