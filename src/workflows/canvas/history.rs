//! Undo and redo without end: every edit is a [`Change`], kept with what takes it back.

use crate::workflows::graph::{
    Catalog, Definition, Position,
    change::{Change, apply},
    patch::Patch,
};
use std::collections::{BTreeSet, HashMap};

/// An edit that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub change: Change,
    pub inverse: Change,
    /// What was done, for people: `Moved 3 steps`.
    pub words: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

/// What takes `change` back once it was made: moves and names as such, all else as the parts that differed.
#[must_use]
pub fn inverse(before: &Definition, after: &Definition, change: &Change) -> Change {
    match change {
        Change::Place { places } => {
            let stood: HashMap<&str, Position> = before.nodes.iter().map(|node| (node.id.as_str(), node.position)).collect();
            let old = places.iter().filter_map(|(id, _)| stood.get(id.as_str()).map(|at| (id.clone(), *at)));
            Change::Place { places: old.collect() }
        }
        Change::Rename { node, .. } => {
            let label = before.node(node).and_then(|node| node.label.clone()).unwrap_or_default();
            Change::Rename { node: node.clone(), label }
        }
        _ => Change::Patch(Box::new(Patch::between(after, before))),
    }
}

impl History {
    /// Makes an edit: the definition after it. `None`: it changes nothing, and nothing is kept of it.
    pub fn make(
        &mut self,
        definition: &Definition,
        change: Change,
        words: &str,
        tools: &Catalog,
    ) -> Result<Option<Definition>, (String, String)> {
        let after = apply(definition.clone(), change.clone(), tools)?;
        if after == *definition {
            return Ok(None);
        }
        let inverse = inverse(definition, &after, &change);
        self.done.push(Step { change, inverse, words: words.to_owned() });
        self.undone.clear();
        Ok(Some(after))
    }

    /// The change that takes the last edit back, and what that edit was.
    pub fn undo(&mut self) -> Option<(Change, String)> {
        let step = self.done.pop()?;
        let found = (step.inverse.clone(), step.words.clone());
        self.undone.push(step);
        Some(found)
    }

    /// The change that makes the last edit that was taken back again.
    pub fn redo(&mut self) -> Option<(Change, String)> {
        let step = self.undone.pop()?;
        let found = (step.change.clone(), step.words.clone());
        self.done.push(step);
        Some(found)
    }

    #[must_use]
    pub fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    #[must_use]
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Forgets edits of parts that somebody else changed meanwhile: taking them back would take that back too. What came before such an
    /// edit rests on it and goes with it.
    pub fn forget(&mut self, parts: &BTreeSet<String>) {
        if let Some(last) = self.done.iter().rposition(|step| touches(&step.inverse, parts)) {
            self.done.drain(..=last);
        }
        if self.undone.iter().any(|step| touches(&step.change, parts) || touches(&step.inverse, parts)) {
            self.undone.clear();
        }
    }
}

fn touches(change: &Change, parts: &BTreeSet<String>) -> bool {
    match change {
        Change::Place { places } => places.iter().any(|(id, _)| parts.contains(id)),
        Change::Patch(patch) => {
            patch.put_nodes.iter().any(|(_, node)| parts.contains(&node.id))
                || patch.put_edges.iter().any(|(_, edge)| parts.contains(&edge.id))
                || patch.drop_nodes.iter().chain(&patch.drop_edges).any(|id| parts.contains(id))
        }
        Change::Insert { nodes, edges } => {
            nodes.iter().any(|node| parts.contains(&node.id)) || edges.iter().any(|edge| parts.contains(&edge.id))
        }
        Change::Delete { nodes, edges } => nodes.iter().chain(edges).any(|id| parts.contains(id)),
        Change::Disable { nodes, .. } => nodes.iter().any(|id| parts.contains(id)),
        Change::Rename { node, .. }
        | Change::SetConfig { node, .. }
        | Change::Remove { node }
        | Change::Move { node, .. }
        | Change::SetStep { node, .. } => parts.contains(node),
        Change::SetInputs(_) | Change::SetOutputs(_) | Change::AddTool { .. } | Change::AddWorkflow { .. } | Change::AddNode { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::graph::{Node, NodeKind};
    use serde_json::json;

    fn start() -> Definition {
        serde_json::from_value(json!({
            "nodes": [{ "id": "a", "type": "delay", "position": { "x": 16.0, "y": 0.0 } }, { "id": "b", "type": "merge", "position": { "x": 400.0, "y": 0.0 } }],
            "edges": [{ "id": "e", "source": "a", "target": "b" }] }))
        .expect("definition")
    }

    fn place(id: &str, x: f64) -> Change {
        Change::Place { places: vec![(id.to_owned(), Position { x, y: 5.0 })] }
    }

    #[test]
    fn every_edit_is_taken_back_and_made_again_in_order() {
        let (tools, mut history) = (Catalog::default(), History::default());
        let mut new = Node::new("c", NodeKind::Transform);
        new.position = Position { x: 700.0, y: 0.0 };
        let edits = [
            place("a", 32.0),
            Change::Insert { nodes: vec![new], edges: Vec::new() },
            Change::Rename { node: "b".to_owned(), label: "Join".to_owned() },
            Change::Delete { nodes: vec!["b".to_owned()], edges: Vec::new() },
            place("c", 0.0),
        ];
        let mut states = vec![start()];
        for edit in edits {
            let next = history.make(&states[states.len() - 1], edit, "Edited", &tools).expect("made").expect("changed");
            states.push(next);
        }
        let mut now = states[states.len() - 1].clone();
        for earlier in states.iter().rev().skip(1) {
            now = apply(now, history.undo().expect("undo").0, &tools).expect("applied");
            assert_eq!(now, *earlier);
        }
        assert!(!history.can_undo() && history.undo().is_none());
        for later in states.iter().skip(1) {
            now = apply(now, history.redo().expect("redo").0, &tools).expect("applied");
            assert_eq!(now, *later);
        }
    }

    #[test]
    fn a_new_edit_ends_what_could_be_made_again_and_no_edit_is_no_step() {
        let (tools, mut history) = (Catalog::default(), History::default());
        let moved = history.make(&start(), place("a", 32.0), "Moved", &tools).expect("made").expect("changed");
        assert_eq!(history.make(&moved, place("a", 32.0), "Moved", &tools), Ok(None));
        assert_eq!(history.undo().expect("one").1, "Moved");
        assert!(!history.can_undo() && history.can_redo());
        history.make(&start(), place("b", 9.0), "Moved", &tools).expect("made");
        assert!(!history.can_redo());
    }

    #[test]
    fn what_somebody_else_changed_is_not_taken_back() {
        let (tools, mut history) = (Catalog::default(), History::default());
        let one = history.make(&start(), place("a", 32.0), "Moved a", &tools).expect("made").expect("changed");
        history.make(&one, place("b", 32.0), "Moved b", &tools).expect("made");
        history.forget(&BTreeSet::from(["a".to_owned()]));
        assert_eq!(history.undo().expect("b").1, "Moved b");
        assert!(history.undo().is_none());
    }
}
