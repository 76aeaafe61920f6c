//! What a frame that is drawn around things catches.

use super::{Rect, geometry};
use crate::workflows::graph::{Definition, Node, NodeKind};
use std::collections::BTreeSet;

/// Every node that the frame touches, and every group that it holds whole. `before`: what was chosen when it began; with `adding` that stays, and what is in both is let go.
#[must_use]
pub fn caught(definition: &Definition, frame: Rect, before: &BTreeSet<String>, adding: bool) -> BTreeSet<String> {
    let caught = |node: &&Node| {
        let rect = geometry::rect(node, node.position);
        // Who draws a frame inside a group means what stands there.
        if node.kind == NodeKind::Group { frame.contains(rect) } else { rect.touches(frame) }
    };
    let touched = definition.nodes.iter().filter(caught).map(|node| node.id.clone());
    let touched: BTreeSet<String> = touched.collect();
    if adding { before.symmetric_difference(&touched).cloned().collect() } else { touched }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_frame_catches_what_it_touches_and_with_shift_turns_it_over() {
        let definition: Definition = serde_json::from_value(json!({ "nodes": [
            { "id": "a", "position": { "x": 10.0, "y": 10.0 } }, { "id": "b", "position": { "x": 400.0, "y": 10.0 } },
            { "id": "c", "position": { "x": 10.0, "y": 400.0 } }] }))
        .expect("definition");
        let frame = Rect { x: 200.0, y: 0.0, width: 250.0, height: 50.0 };
        let names = |set: BTreeSet<String>| set.into_iter().collect::<Vec<_>>();
        let before = BTreeSet::from(["a".to_owned(), "c".to_owned()]);
        assert_eq!(names(caught(&definition, frame, &before, false)), ["a", "b"]);
        assert_eq!(names(caught(&definition, frame, &before, true)), ["b", "c"]);
    }
}
