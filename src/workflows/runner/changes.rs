//! What changed since the last write, so that a run of many nodes or items writes little at a time.

use crate::workflows::{
    engine::{NodeStatus, RunState},
    store::{Changed, without_items},
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

#[derive(PartialEq)]
struct Mark {
    status: NodeStatus,
    attempts: u32,
    due_at: Option<DateTime<Utc>>,
    /// Next item, open items, failed items.
    items: Option<(u32, u32, u32)>,
}

/// What is stored of each node and item.
#[derive(Default)]
pub(super) struct Marks {
    nodes: HashMap<String, Mark>,
    items: HashMap<String, HashMap<u32, (NodeStatus, u32)>>,
}

impl Marks {
    /// What `state` has that is not stored, and takes it as stored.
    pub fn take(&mut self, state: &RunState) -> Changed {
        let mut changed = Changed::default();
        for (id, result) in &state.nodes {
            let mark = Mark {
                status: result.status,
                attempts: result.attempts,
                due_at: result.due_at,
                items: result.items.as_ref().map(|items| (items.next, items.open, items.failed)),
            };
            if self.nodes.get(id) != Some(&mark) {
                changed.nodes.insert(id.clone(), without_items(result));
                self.nodes.insert(id.clone(), mark);
            }
            let Some(items) = &result.items else { continue };
            let stored = self.items.entry(id.clone()).or_default();
            for (&place, item) in &items.done {
                let mark = (item.status, item.attempts);
                if stored.insert(place, mark) != Some(mark) {
                    changed.items.push((id.clone(), place, item.clone()));
                }
            }
        }
        changed
    }
}
