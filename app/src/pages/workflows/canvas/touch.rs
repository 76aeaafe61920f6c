//! What fingers have instead of Shift and a second button: who holds still on a step chooses it besides the others, who holds still on the
//! paper draws a frame from there.

use super::{
    hand::{Gesture, HandRef},
    state::Editor,
};
use leptos::prelude::*;
use std::{collections::BTreeSet, time::Duration};
use toolcrib::workflows::canvas::Point;

const STILL: Duration = Duration::from_millis(450);
/// A finger never stands quite still, px.
const TREMBLE: f64 = 8.0;

/// A finger came down at `at` on the board, on `node` or on the paper; `before` was chosen until then.
pub(super) fn pressed(editor: Editor, hand: HandRef, pointer: i32, at: Point, node: Option<String>, before: BTreeSet<String>) {
    let press = hand.with_value(|hand| hand.presses);
    set_timeout(
        move || {
            let still = hand.try_with_value(|hand| {
                let now = hand.alone(pointer, press);
                now.is_some_and(|now| (now.x - at.x).hypot(now.y - at.y) < TREMBLE)
            });
            if still == Some(true) {
                held(editor, hand, at, node, before);
            }
        },
        STILL,
    );
}

fn held(editor: Editor, hand: HandRef, at: Point, node: Option<String>, before: BTreeSet<String>) {
    match node {
        Some(node) => {
            let chosen: BTreeSet<String> = before.symmetric_difference(&BTreeSet::from([node])).cloned().collect();
            let words = format!("{} chosen", crate::components::format::count(i64::try_from(chosen.len()).unwrap_or(0), "step", "steps"));
            editor.chosen.set(chosen);
            editor.tell(words);
            hand.update_value(|hand| hand.gesture = Gesture::None);
        }
        None => {
            let start = editor.view.get_untracked().to_graph(at);
            editor.chosen.set(before.clone());
            editor.panning.set(false);
            editor.tell("Draw a frame around what you choose.");
            hand.update_value(|hand| hand.gesture = Gesture::Frame { start, before, adding: true });
        }
    }
}
