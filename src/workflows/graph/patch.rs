//! What turns one definition into another, as a value: how an edit is taken back, and how what was drawn apart is put together.

use super::{Definition, Edge, Node};
use serde::{Deserialize, Serialize};

/// Nodes and edges to put (new ones at their place in the list, known ones instead of what is there) and to drop.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Patch {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_nodes: Vec<(u32, Node)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_edges: Vec<(u32, Edge)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop_nodes: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop_edges: Vec<String>,
}

impl Patch {
    /// What makes `to` of `from`.
    #[must_use]
    pub fn between(from: &Definition, to: &Definition) -> Self {
        let (put_nodes, drop_nodes) = part(&from.nodes, &to.nodes, |node| &node.id);
        let (put_edges, drop_edges) = part(&from.edges, &to.edges, |edge| &edge.id);
        Self { put_nodes, put_edges, drop_nodes, drop_edges }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.put_nodes.is_empty() && self.put_edges.is_empty() && self.drop_nodes.is_empty() && self.drop_edges.is_empty()
    }

    /// A dropped node takes its edges with it.
    pub fn apply(self, definition: &mut Definition) {
        definition.nodes.retain(|node| !self.drop_nodes.contains(&node.id));
        definition.edges.retain(|edge| {
            !self.drop_edges.contains(&edge.id) && !self.drop_nodes.contains(&edge.source) && !self.drop_nodes.contains(&edge.target)
        });
        put(&mut definition.nodes, self.put_nodes, |node| &node.id);
        put(&mut definition.edges, self.put_edges, |edge| &edge.id);
    }
}

fn part<T: Clone + PartialEq>(from: &[T], to: &[T], id: impl Fn(&T) -> &String) -> (Vec<(u32, T)>, Vec<String>) {
    let old: std::collections::HashMap<&String, &T> = from.iter().map(|one| (id(one), one)).collect();
    let new: std::collections::HashSet<&String> = to.iter().map(&id).collect();
    let puts = (0_u32..).zip(to).filter(|(_, one)| old.get(id(one)) != Some(one)).map(|(index, one)| (index, one.clone())).collect();
    (puts, from.iter().map(&id).filter(|id| !new.contains(id)).cloned().collect())
}

fn put<T>(list: &mut Vec<T>, puts: Vec<(u32, T)>, id: impl Fn(&T) -> &String) {
    for (index, one) in puts {
        match list.iter_mut().find(|other| id(other) == id(&one)) {
            Some(place) => *place = one,
            None => list.insert((index as usize).min(list.len()), one),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn definition(value: serde_json::Value) -> Definition {
        serde_json::from_value(value).expect("definition")
    }

    #[test]
    fn a_patch_makes_one_definition_of_the_other_and_back_with_everything_in_its_place() {
        let old = definition(json!({
            "nodes": [{"id": "a", "type": "delay"}, {"id": "b", "type": "merge"}, {"id": "c", "type": "merge"}],
            "edges": [{"id": "e", "source": "a", "target": "b"}, {"id": "f", "source": "b", "target": "c"}]}));
        let new = definition(json!({
            "nodes": [{"id": "a", "type": "delay", "label": "Wait"}, {"id": "c", "type": "merge"}],
            "edges": [{"id": "g", "source": "a", "target": "c"}]}));
        let mut there = old.clone();
        Patch::between(&old, &new).apply(&mut there);
        assert_eq!(there, new);
        Patch::between(&new, &old).apply(&mut there);
        assert_eq!(there, old);
        assert!(Patch::between(&old, &old).is_empty());
    }
}
