//! Two drawings of the same draft made into one: what was drawn here and not yet saved, and what somebody else saved meanwhile.

use super::{geometry, snap::to_grid};
use crate::workflows::graph::{Definition, Edge, Node, order::order, patch::Patch};
use std::collections::BTreeSet;

/// The two together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Merged {
    pub definition: Definition,
    /// Parts that both changed, each in another way, or that one changed and the other removed. `definition` has theirs.
    pub disputed: BTreeSet<String>,
    /// Parts that only they changed.
    pub theirs: BTreeSet<String>,
}

impl Merged {
    /// What they did, for people: `changed Load`, `added 2 steps`. `base` and `theirs` as they were merged.
    #[must_use]
    pub fn words(&self, base: &Definition, theirs: &Definition, name: impl Fn(&Node) -> String) -> String {
        let all = || self.theirs.iter().chain(&self.disputed);
        let (mut added, mut changed, mut deleted) = (Vec::new(), Vec::new(), Vec::new());
        for id in all() {
            match (base.node(id), theirs.node(id)) {
                (None, Some(node)) => added.push(node),
                (Some(_), Some(node)) => changed.push(node),
                (Some(node), None) => deleted.push(node),
                (None, None) => {}
            }
        }
        let part = |verb: &str, nodes: &[&Node]| match nodes {
            [] => None,
            [one] => Some(format!("{verb} {}", name(one))),
            several => Some(format!("{verb} {} steps", several.len())),
        };
        let parts: Vec<String> =
            [part("added", &added), part("changed", &changed), part("deleted", &deleted)].into_iter().flatten().collect();
        if parts.is_empty() { "changed connections".to_owned() } else { parts.join(" and ") }
    }

    /// Whether they changed this step, or what leads to it.
    #[must_use]
    pub fn touches(&self, node: &str, base: &Definition, theirs: &Definition) -> bool {
        let leads_there = |id: &String| base.edges.iter().chain(&theirs.edges).any(|edge| edge.id == *id && edge.target == node);
        self.theirs.iter().chain(&self.disputed).any(|id| id == node || leads_there(id))
    }
}

/// `base`: what both began from.
#[must_use]
pub fn merge(base: &Definition, mine: &Definition, theirs: &Definition) -> Merged {
    let mut merged = Merged::default();
    merged.definition.nodes = parts(&base.nodes, &mine.nodes, &theirs.nodes, |node: &Node| &node.id, node, &mut merged);
    merged.definition.edges = parts(&base.edges, &mine.edges, &theirs.edges, |edge: &Edge| &edge.id, |_, _, _| None, &mut merged);
    make_room(base, mine, theirs, &mut merged.definition);
    let nodes: BTreeSet<String> = merged.definition.nodes.iter().map(|node| node.id.clone()).collect();
    let (kept, loose): (Vec<Edge>, Vec<Edge>) =
        merged.definition.edges.drain(..).partition(|edge| nodes.contains(&edge.source) && nodes.contains(&edge.target));
    merged.definition.edges = kept;
    // An edge of mine to a node that they removed; one of theirs to a node that I removed went with it.
    merged.disputed.extend(loose.into_iter().filter(|edge| mine.edges.contains(edge) && !base.edges.contains(edge)).map(|edge| edge.id));
    let circle = order(&merged.definition).cycle;
    if !circle.is_empty() {
        let on_it: BTreeSet<&str> = circle.iter().map(|&node| merged.definition.nodes[node].id.as_str()).collect();
        let new = |edge: &Edge| !theirs.edges.iter().any(|other| other.id == edge.id);
        let ours: BTreeSet<String> = merged
            .definition
            .edges
            .iter()
            .filter(|edge| new(edge) && on_it.contains(edge.source.as_str()) && on_it.contains(edge.target.as_str()))
            .map(|edge| edge.id.clone())
            .collect();
        merged.definition.edges.retain(|edge| !ours.contains(&edge.id));
        merged.disputed.extend(ours);
    }
    merged
}

/// Two who add a step at the same moment often put it at the same place: mine moves below theirs.
fn make_room(base: &Definition, mine: &Definition, theirs: &Definition, merged: &mut Definition) {
    let only =
        |id: &str, here: &Definition, there: &Definition| here.node(id).is_some() && there.node(id).is_none() && base.node(id).is_none();
    for index in 0..merged.nodes.len() {
        if !only(&merged.nodes[index].id, mine, theirs) {
            continue;
        }
        for _ in 0..merged.nodes.len() {
            let own = geometry::rect(&merged.nodes[index], merged.nodes[index].position);
            let below =
                merged.nodes.iter().filter(|other| only(&other.id, theirs, mine)).map(|other| geometry::rect(other, other.position));
            let Some(other) = below.into_iter().find(|rect| rect.grown(8.0).touches(own)) else { break };
            merged.nodes[index].position.y = to_grid(other.end().y + 24.0);
        }
    }
}

/// The same where what is disputed is to be as it is in `mine`: everything else of theirs stays.
#[must_use]
pub fn mine_first(base: &Definition, mine: &Definition, theirs: &Definition, disputed: &BTreeSet<String>) -> Merged {
    let mut without = theirs.clone();
    let patch = Patch::between(theirs, base);
    // Theirs without what they did to the disputed parts.
    let taken_back = Patch {
        put_nodes: patch.put_nodes.into_iter().filter(|(_, node)| disputed.contains(&node.id)).collect(),
        put_edges: patch.put_edges.into_iter().filter(|(_, edge)| disputed.contains(&edge.id)).collect(),
        drop_nodes: patch.drop_nodes.into_iter().filter(|id| disputed.contains(id)).collect(),
        drop_edges: patch.drop_edges.into_iter().filter(|id| disputed.contains(id)).collect(),
    };
    taken_back.apply(&mut without);
    // An edge that I drew to a node that they removed needs that node.
    for edge in mine.edges.iter().filter(|edge| disputed.contains(&edge.id)) {
        for end in [&edge.source, &edge.target] {
            if without.node(end).is_none() {
                without.nodes.extend(base.node(end).cloned());
            }
        }
    }
    merge(base, mine, &without)
}

fn parts<T: Clone + PartialEq>(
    base: &[T],
    mine: &[T],
    theirs: &[T],
    id: impl Fn(&T) -> &String,
    both: impl Fn(&T, &T, &T) -> Option<T>,
    merged: &mut Merged,
) -> Vec<T> {
    let find = |list: &[T], name: &str| list.iter().find(|one| id(one).as_str() == name).cloned();
    let mut found: Vec<T> = Vec::new();
    for their in theirs {
        let name = id(their);
        match (find(base, name), find(mine, name)) {
            (Some(old), Some(my)) if my == *their || my == old => {
                if old != *their {
                    merged.theirs.insert(name.clone());
                }
                found.push(their.clone());
            }
            (Some(old), Some(my)) if old == *their => found.push(my),
            (Some(old), Some(my)) => match both(&old, &my, their) {
                Some(one) => {
                    merged.theirs.insert(name.clone());
                    found.push(one);
                }
                None => {
                    merged.disputed.insert(name.clone());
                    found.push(their.clone());
                }
            },
            // I removed it: unless they changed it since.
            (Some(old), None) => {
                if old != *their {
                    merged.disputed.insert(name.clone());
                    found.push(their.clone());
                }
            }
            (None, Some(my)) => {
                if my != *their {
                    merged.disputed.insert(name.clone());
                }
                found.push(their.clone());
            }
            (None, None) => {
                merged.theirs.insert(name.clone());
                found.push(their.clone());
            }
        }
    }
    // What is mine alone stands where it stood among its neighbours.
    for (index, my) in mine.iter().enumerate() {
        let name = id(my);
        if find(theirs, name).is_some() {
            continue;
        }
        match find(base, name) {
            None => found.insert(index.min(found.len()), my.clone()),
            Some(old) => {
                merged.theirs.insert(name.clone());
                if old != *my {
                    merged.disputed.insert(name.clone());
                }
            }
        }
    }
    found
}

/// Two edits of one node go together where they are about different things: its place, its name, what it is set to.
fn node(old: &Node, my: &Node, their: &Node) -> Option<Node> {
    fn pick<T: Clone + PartialEq>(old: &T, my: &T, their: &T) -> Option<T> {
        if my == their || my == old {
            Some(their.clone())
        } else if their == old {
            Some(my.clone())
        } else {
            None
        }
    }
    Some(Node {
        id: their.id.clone(),
        kind: pick(&old.kind, &my.kind, &their.kind)?,
        tool_id: pick(&old.tool_id, &my.tool_id, &their.tool_id)?,
        label: pick(&old.label, &my.label, &their.label)?,
        // Nobody minds where exactly it stands: the hand that is still on it decides.
        position: pick(&old.position, &my.position, &their.position).unwrap_or(my.position),
        disabled: pick(&old.disabled, &my.disabled, &their.disabled)?,
        config: pick(&old.config, &my.config, &their.config)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn definition(nodes: Value, edges: Value) -> Definition {
        serde_json::from_value(json!({ "nodes": nodes, "edges": edges })).expect("definition")
    }

    fn base() -> Definition {
        definition(
            json!([{ "id": "a", "type": "delay", "config": { "ms": 1 } }, { "id": "b", "type": "merge" }]),
            json!([{ "id": "e", "source": "a", "target": "b" }]),
        )
    }

    fn names(set: &BTreeSet<String>) -> Vec<&str> {
        set.iter().map(String::as_str).collect()
    }

    #[test]
    fn edits_of_different_parts_and_of_different_things_of_one_part_go_together() {
        let mut mine = base();
        mine.nodes[0].position.x = 50.0;
        mine.nodes.insert(1, Node::new("new", crate::workflows::graph::NodeKind::Transform));
        let mut theirs = base();
        theirs.nodes[0].label = Some("Wait".to_owned());
        theirs.edges.clear();
        let merged = merge(&base(), &mine, &theirs);
        assert_eq!(names(&merged.disputed), Vec::<&str>::new());
        assert_eq!(merged.definition.nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["a", "new", "b"]);
        let node = &merged.definition.nodes[0];
        assert_eq!((node.position.x, node.label.as_deref()), (50.0, Some("Wait")));
        assert_eq!(merged.definition.edges, []);
        assert_eq!(names(&merged.theirs), ["a", "e"]);
    }

    #[test]
    fn one_switches_a_step_off_while_the_other_renames_it() {
        let (mut mine, mut theirs) = (base(), base());
        mine.nodes[0].disabled = true;
        theirs.nodes[0].label = Some("Wait".to_owned());
        let merged = merge(&base(), &mine, &theirs);
        let node = &merged.definition.nodes[0];
        assert_eq!((merged.disputed.len(), node.disabled, node.label.as_deref()), (0, true, Some("Wait")));
    }

    #[test]
    fn two_edits_of_the_same_thing_are_a_dispute_and_nothing_is_decided_silently() {
        let (mut mine, mut theirs) = (base(), base());
        mine.nodes[0].config.ms = Some(2);
        theirs.nodes[0].config.ms = Some(3);
        let merged = merge(&base(), &mine, &theirs);
        assert_eq!(names(&merged.disputed), ["a"]);
        assert_eq!(merged.definition.nodes[0].config.ms, Some(3));
    }

    #[test]
    fn what_they_did_is_said_in_words_and_whom_it_touches_is_known() {
        let mut theirs = base();
        theirs.nodes[0].config.ms = Some(3);
        theirs.nodes.remove(1);
        theirs.edges.clear();
        theirs.nodes.push(Node::new("c", crate::workflows::graph::NodeKind::Transform));
        theirs.nodes.push(Node::new("d", crate::workflows::graph::NodeKind::Transform));
        let merged = merge(&base(), &base(), &theirs);
        assert_eq!(merged.words(&base(), &theirs, |node| node.id.to_uppercase()), "added 2 steps and changed A and deleted B");
        assert!(merged.touches("a", &base(), &theirs) && !merged.touches("x", &base(), &theirs));
        let mut theirs = base();
        theirs.edges.clear();
        let merged = merge(&base(), &base(), &theirs);
        assert_eq!(merged.words(&base(), &theirs, |node| node.id.clone()), "changed connections");
        assert!(merged.touches("b", &base(), &theirs), "what leads to it is gone");
        assert!(!merged.touches("a", &base(), &theirs));
    }

    #[test]
    fn two_new_steps_at_one_place_come_to_stand_below_each_other() {
        let with = |id: &str| {
            let mut one = base();
            one.nodes.push(Node::new(id, crate::workflows::graph::NodeKind::Transform));
            one.nodes[2].position = crate::workflows::graph::Position { x: 400.0, y: 300.0 };
            one
        };
        let merged = merge(&base(), &with("mine"), &with("theirs"));
        assert_eq!(merged.definition.node("theirs").map(|node| node.position.y), Some(300.0));
        assert!(merged.definition.node("mine").is_some_and(|node| node.position.y >= 380.0));
    }

    #[test]
    fn who_keeps_their_own_in_a_dispute_keeps_the_rest_of_theirs() {
        let (mut mine, mut theirs) = (base(), base());
        mine.nodes[0].config.ms = Some(2);
        theirs.nodes[0].config.ms = Some(3);
        theirs.nodes[1].label = Some("Join".to_owned());
        let disputed = merge(&base(), &mine, &theirs).disputed;
        let merged = mine_first(&base(), &mine, &theirs, &disputed);
        assert_eq!(merged.disputed.len(), 0);
        assert_eq!((merged.definition.nodes[0].config.ms, merged.definition.nodes[1].label.as_deref()), (Some(2), Some("Join")));
    }

    #[test]
    fn what_was_saved_already_and_is_sent_again_is_no_difference() {
        let mut mine = base();
        mine.nodes[0].config.ms = Some(2);
        mine.nodes.pop();
        mine.edges.clear();
        let merged = merge(&base(), &mine, &mine);
        assert_eq!((merged.definition, merged.disputed.len()), (mine, 0));
    }

    #[test]
    fn an_edge_to_what_they_removed_and_a_change_of_what_they_removed_are_disputes() {
        let mut mine = base();
        mine.nodes[1].label = Some("Join".to_owned());
        mine.nodes.push(Node::new("c", crate::workflows::graph::NodeKind::Transform));
        mine.edges.push(Edge { id: "f".to_owned(), source: "b".to_owned(), target: "c".to_owned(), ..mine.edges[0].clone() });
        let mut theirs = base();
        theirs.nodes.pop();
        theirs.edges.clear();
        let merged = merge(&base(), &mine, &theirs);
        assert_eq!(names(&merged.disputed), ["b", "f"]);
        assert_eq!(merged.definition.nodes.iter().map(|node| node.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    }

    #[test]
    fn two_edges_that_only_together_make_a_circle_are_a_dispute() {
        let nodes = json!([{ "id": "a", "type": "merge" }, { "id": "b", "type": "merge" }]);
        let base = definition(nodes.clone(), json!([]));
        let mine = definition(nodes.clone(), json!([{ "id": "mine", "source": "a", "target": "b" }]));
        let theirs = definition(nodes, json!([{ "id": "theirs", "source": "b", "target": "a" }]));
        let merged = merge(&base, &mine, &theirs);
        assert_eq!(names(&merged.disputed), ["mine"]);
        assert_eq!(merged.definition, theirs);
    }

    #[test]
    fn a_removal_goes_together_with_anything_but_a_change_of_the_same() {
        let mut mine = base();
        mine.nodes.pop();
        mine.edges.clear();
        let mut theirs = base();
        theirs.nodes[0].label = Some("Wait".to_owned());
        let merged = merge(&base(), &mine, &theirs);
        assert_eq!((merged.definition.nodes.len(), merged.disputed.len()), (1, 0));
        theirs.nodes[1].label = Some("Join".to_owned());
        assert_eq!(names(&merge(&base(), &mine, &theirs).disputed), ["b"]);
    }
}
