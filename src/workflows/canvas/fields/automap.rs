//! What could be connected without asking: each field that nothing feeds, with the field of an earlier step that plainly means the same.

use crate::workflows::graph::{
    Catalog, Definition, ERROR_BRANCH,
    change::{Source, source_of},
    propose::{candidates, proposal},
    shape, types,
};

/// A connection that would be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub node: String,
    pub path: String,
    pub field: String,
}

/// What would be connected to a step; no place is used twice, and what is set stays.
#[must_use]
pub fn links(definition: &Definition, tools: &Catalog, id: &str) -> Vec<Link> {
    let Some(node) = definition.node(id) else { return Vec::new() };
    let Some(schema) = shape::input(node, tools) else { return Vec::new() };
    let fixed = shape::fixed(node, tools);
    let mut found: Vec<Link> = Vec::new();
    for (field, wanted) in types::fields(&schema) {
        if fixed.iter().any(|name| name == field) || source_of(definition, node, field) != Source::Nothing {
            continue;
        }
        let mut choices = candidates(definition, tools, id, field, wanted);
        choices.retain(|choice| !found.iter().any(|link| link.node == choice.node && link.path == choice.path));
        if let Some(best) = proposal(&choices, wanted, types::demands(&schema, field)) {
            found.push(Link { node: best.node.clone(), path: best.path.clone(), field: field.to_owned() });
        }
    }
    found
}

/// The field of `target` to ask about after an edge was drawn to it that feeds nothing by itself, though something of `source` could:
/// one that is needed, else the first.
#[must_use]
pub fn question(definition: &Definition, tools: &Catalog, source: &str, target: &str) -> Option<String> {
    let node = definition.node(target)?;
    let mut between = definition.edges.iter().filter(|edge| edge.source == source && edge.target == target);
    if between.any(|edge| edge.pairs().next().is_some() || edge.branch() == Some(ERROR_BRANCH)) {
        return None;
    }
    let schema = shape::input(node, tools)?;
    let fixed = shape::fixed(node, tools);
    let mut free: Vec<(&str, &serde_json::Value)> = types::fields(&schema);
    free.retain(|(field, _)| !fixed.iter().any(|name| name == field) && source_of(definition, node, field) == Source::Nothing);
    free.sort_by_key(|(field, _)| !types::demands(&schema, field));
    let could = |field: &str, wanted| candidates(definition, tools, target, field, wanted).iter().any(|one| one.node == source && one.fits);
    free.into_iter().find(|(field, wanted)| could(field, wanted)).map(|(field, _)| field.to_owned())
}

/// Links as sources, for one change.
#[must_use]
pub fn sources(links: &[Link]) -> Vec<(String, Source)> {
    links.iter().map(|link| (link.field.clone(), Source::Field { node: link.node.clone(), path: link.path.clone() })).collect()
}
