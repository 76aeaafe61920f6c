//! What was drawn and not saved, as a browser keeps it.

use crate::workflows::graph::{Definition, patch::Patch};
use serde::{Deserialize, Serialize};

/// What was drawn and not saved, as little as it is: the parts that differ, in both states. A browser writes it down with every pause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Unsent {
    forward: Patch,
    back: Patch,
}

impl Unsent {
    #[must_use]
    pub fn between(base: &Definition, mine: &Definition) -> Self {
        Self { forward: Patch::between(base, mine), back: Patch::between(mine, base) }
    }

    /// What it was drawn on, and what was drawn, beside what the draft is by now. Parts that were not touched are as they are now, which merges to the
    /// same: nobody disputes them. (What they added meanwhile is not told from what was there: a new step of mine may come to lie on one of theirs.)
    #[must_use]
    pub fn upon(&self, newest: &Definition) -> (Definition, Definition) {
        let mut base = newest.clone();
        self.back.clone().apply(&mut base);
        let mut mine = base.clone();
        self.forward.clone().apply(&mut mine);
        (base, mine)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::merge::merge, *};
    use crate::workflows::graph::Node;
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

    #[test]
    fn what_was_not_saved_is_kept_as_the_parts_that_differ_and_merges_as_the_whole_would() {
        let mut mine = base();
        mine.nodes[0].config.ms = Some(2);
        mine.nodes.remove(1);
        mine.edges.clear();
        mine.nodes.push(Node::new("new", crate::workflows::graph::NodeKind::Transform));
        mine.nodes[1].position.x = 900.0;
        let unsent = Unsent::between(&base(), &mine);
        let text = serde_json::to_string(&unsent).expect("text");
        let unsent: Unsent = serde_json::from_str(&text).expect("read");
        let mut others = vec![base()];
        let mut renamed = base();
        renamed.nodes[1].label = Some("Join".to_owned());
        others.push(renamed);
        let mut elsewhere = base();
        elsewhere.nodes.push(Node::new("theirs", crate::workflows::graph::NodeKind::Delay));
        others.push(elsewhere);
        let mut same = base();
        same.nodes[0].config.ms = Some(3);
        others.push(same);
        let mut gone = base();
        gone.nodes.remove(0);
        gone.edges.clear();
        others.push(gone);
        others.push(mine.clone());
        for newest in others {
            let (was, drawn) = unsent.upon(&newest);
            let (whole, parts) = (merge(&base(), &mine, &newest), merge(&was, &drawn, &newest));
            assert_eq!((parts.definition, parts.disputed), (whole.definition, whole.disputed), "{newest:?}");
        }
    }
}
