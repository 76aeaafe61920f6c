//! Which node can run when: layers for a graph without cycles, the nodes of a cycle otherwise.

use super::{Definition, Node};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// The order of a definition's nodes, by their positions in `nodes`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Nodes of one layer do not depend on each other; each depends on the layer before.
    pub layers: Vec<Vec<usize>>,
    /// Nodes on a cycle, in its order. Empty: there is none.
    pub cycle: Vec<usize>,
    /// Nodes that only a cycle leads to.
    pub behind_cycle: Vec<usize>,
    /// For each node, the nodes it waits for.
    pub before: Vec<Vec<usize>>,
}

/// Sorts the steps into layers. Edges that lead nowhere are passed over. Notes and groups wait for nothing and are waited for by nothing: they are
/// in no layer.
#[must_use]
pub fn order(definition: &Definition) -> Order {
    order_of(definition, |node| !node.kind.is_annotation())
}

/// The same of these nodes only.
pub(crate) fn order_of(definition: &Definition, these: impl Fn(&Node) -> bool) -> Order {
    let left_out = |i: usize| !these(&definition.nodes[i]);
    let count = definition.nodes.len();
    let position: HashMap<&str, usize> = (0..count).filter(|&i| !left_out(i)).map(|i| (definition.nodes[i].id.as_str(), i)).collect();
    let (mut before, mut after) = (vec![BTreeSet::new(); count], vec![BTreeSet::new(); count]);
    for edge in &definition.edges {
        if let (Some(&source), Some(&target)) = (position.get(edge.source.as_str()), position.get(edge.target.as_str())) {
            before[target].insert(source);
            after[source].insert(target);
        }
    }
    let mut waits: Vec<usize> = before.iter().map(BTreeSet::len).collect();
    let mut layer: Vec<usize> = (0..count).filter(|&i| waits[i] == 0 && !left_out(i)).collect();
    let mut layers = Vec::new();
    let mut placed: Vec<bool> = (0..count).map(left_out).collect();
    while !layer.is_empty() {
        let mut next = Vec::new();
        for &node in &layer {
            placed[node] = true;
            for &target in &after[node] {
                waits[target] -= 1;
                if waits[target] == 0 {
                    next.push(target);
                }
            }
        }
        next.sort_unstable();
        layers.push(std::mem::replace(&mut layer, next));
    }
    let cycle = find_cycle(&before, &placed);
    let behind_cycle = if cycle.is_empty() {
        Vec::new()
    } else {
        let on_cycles = on_any_cycle(&after, &placed);
        (0..count).filter(|&i| !placed[i] && !on_cycles[i]).collect()
    };
    Order { layers, cycle, behind_cycle, before: before.into_iter().map(|set| set.into_iter().collect()).collect() }
}

/// From any node that was not placed, going back over nodes that were not placed comes round sooner or later.
fn find_cycle(before: &[BTreeSet<usize>], placed: &[bool]) -> Vec<usize> {
    let Some(mut node) = placed.iter().position(|placed| !placed) else {
        return Vec::new();
    };
    let mut walked = Vec::new();
    loop {
        if let Some(start) = walked.iter().position(|&seen| seen == node) {
            let mut cycle = walked.split_off(start);
            cycle.reverse();
            // Told from the node that stands first in the definition.
            let first = (0..cycle.len()).min_by_key(|&i| cycle[i]).unwrap_or(0);
            cycle.rotate_left(first);
            return cycle;
        }
        walked.push(node);
        match before[node].iter().find(|&&source| !placed[source]) {
            Some(&source) => node = source,
            None => return Vec::new(),
        }
    }
}

fn on_any_cycle(after: &[BTreeSet<usize>], placed: &[bool]) -> Vec<bool> {
    // Peel off, from the far end, what leads to nothing that was not placed: what is left lies on a cycle or between two.
    let mut leads: Vec<usize> = after.iter().map(|targets| targets.iter().filter(|&&t| !placed[t]).count()).collect();
    let mut on_cycle: Vec<bool> = placed.iter().map(|placed| !placed).collect();
    let mut queue: VecDeque<usize> = (0..after.len()).filter(|&i| on_cycle[i] && leads[i] == 0).collect();
    while let Some(node) = queue.pop_front() {
        on_cycle[node] = false;
        for source in (0..after.len()).filter(|&s| on_cycle[s] && after[s].contains(&node)) {
            leads[source] -= 1;
            if leads[source] == 0 {
                queue.push_back(source);
            }
        }
    }
    on_cycle
}

/// All nodes that `id` leads to, itself included.
#[must_use]
pub fn descendants<'a>(definition: &'a Definition, id: &'a str) -> BTreeSet<&'a str> {
    let mut after: HashMap<&str, Vec<&str>> = HashMap::new();
    for edge in &definition.edges {
        after.entry(&edge.source).or_default().push(&edge.target);
    }
    let mut found = BTreeSet::from([id]);
    let mut queue = vec![id];
    while let Some(node) = queue.pop() {
        for &target in after.get(node).into_iter().flatten() {
            if found.insert(target) {
                queue.push(target);
            }
        }
    }
    found
}

/// For every node, by position, which nodes lead to it. One bit each: a thousand nodes take a hundred kilobytes.
#[derive(Clone, Debug, Default)]
pub struct Ancestors(Vec<Vec<u64>>);

impl Ancestors {
    #[must_use]
    pub fn of(order: &Order) -> Self {
        let words = order.before.len().div_ceil(64);
        let mut found = vec![vec![0_u64; words]; order.before.len()];
        for &node in order.layers.iter().flatten() {
            let mut own = std::mem::take(&mut found[node]);
            for &source in &order.before[node] {
                for (word, inherited) in own.iter_mut().zip(&found[source]) {
                    *word |= inherited;
                }
                own[source / 64] |= 1 << (source % 64);
            }
            found[node] = own;
        }
        Self(found)
    }

    /// Whether `first` leads to `node`.
    #[must_use]
    pub fn leads(&self, first: usize, node: usize) -> bool {
        self.0.get(node).and_then(|words| words.get(first / 64)).is_some_and(|word| word & (1 << (first % 64)) != 0)
    }
}
