//! A run over the drawing: how each step stands, which connections it went along, and how far its graph is from what is drawn.

use super::difference::{Mark, compare};
use crate::{
    problem::FieldError,
    workflows::{
        engine::{NodeStatus, Origin, goes_on},
        graph::{Definition, Edge, Node},
        run_live::{LiveEvent, NodeLive, RunLive},
    },
};
use std::collections::BTreeMap;

/// What was told of a run so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    pub run: Option<RunLive>,
    pub nodes: BTreeMap<String, NodeLive>,
}

/// What an event changed: a card that stands as it did is not drawn anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    /// All of it may be new.
    All,
    Run,
    Node(String),
    Nothing,
}

impl Overlay {
    pub fn apply(&mut self, event: LiveEvent) -> Touched {
        match event {
            LiveEvent::State { run, nodes } => {
                *self = Self { run: Some(run), nodes };
                Touched::All
            }
            LiveEvent::Run { run } if self.run.as_ref() == Some(&run) => Touched::Nothing,
            LiveEvent::Run { run } => {
                self.run = Some(run);
                Touched::Run
            }
            LiveEvent::Node { ref id, ref node } if self.nodes.get(id) == Some(node) => Touched::Nothing,
            LiveEvent::Node { id, node } => {
                self.nodes.insert(id.clone(), node);
                Touched::Node(id)
            }
        }
    }

    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.status.is_final())
    }

    /// What to look at first: the step that waits longest; of those that failed the last, for the run went on after the others.
    #[must_use]
    pub fn first(&self, status: NodeStatus) -> Option<&str> {
        let of = |live: &NodeLive| live.status == status && live.origin.is_none();
        let found = self.nodes.iter().filter(|(_, live)| of(live));
        let at = |live: &NodeLive| live.completed_at.or(live.started_at);
        let found =
            if status == NodeStatus::Error { found.max_by_key(|(_, live)| at(live)) } else { found.min_by_key(|(_, live)| at(live)) };
        found.map(|(id, _)| id.as_str())
    }
}

/// What became of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The run has not come that far.
    Ahead,
    Taken,
    /// The run went on without it.
    Passed,
}

/// `ends`: how its source and its target stand. `ended`: whether the run has ended.
#[must_use]
pub fn way(edge: &Edge, source: &Node, ends: (Option<&NodeLive>, Option<&NodeLive>), ended: bool) -> Way {
    let (from, to) = ends;
    let Some(from) = from.filter(|live| live.status.is_final()) else {
        return if ended { Way::Passed } else { Way::Ahead };
    };
    let on = match from.origin {
        // Past what is off, and by none of its branches.
        Some(Origin::Disabled) => edge.branch().is_none(),
        _ => goes_on(source, from.status, from.branch.as_deref(), edge.branch()),
    };
    if !on {
        return Way::Passed;
    }
    match to {
        // What stood in for it took nothing from here.
        Some(to) if matches!(to.origin, Some(Origin::Pinned | Origin::LeftOut)) => Way::Passed,
        Some(to) if to.status == NodeStatus::Skipped => Way::Passed,
        Some(to) if to.status == NodeStatus::Cancelled && to.started_at.is_none() => Way::Passed,
        Some(to) if to.status != NodeStatus::Pending => Way::Taken,
        _ if ended => Way::Passed,
        _ => Way::Taken,
    }
}

/// How a step stands, in a word.
#[must_use]
pub fn word(live: &NodeLive) -> &'static str {
    match (live.origin, live.status) {
        (Some(Origin::Pinned), _) => "Pinned",
        (Some(Origin::LeftOut), _) => "Not asked for",
        (Some(Origin::Disabled), _) => "Disabled",
        (Some(Origin::Kept), NodeStatus::Skipped) => "Skipped",
        (Some(Origin::Kept), _) => "Kept",
        (None, NodeStatus::Pending) => "Not begun",
        (None, NodeStatus::Running) => "Running",
        (None, NodeStatus::Retrying) => "Trying again",
        (None, NodeStatus::Waiting) => "Waiting",
        (None, NodeStatus::Success) => "Done",
        (None, NodeStatus::Error) => "Failed",
        (None, NodeStatus::Skipped) => "Skipped",
        (None, NodeStatus::Cancelled) => "Cancelled",
    }
}

/// How many items: “3 of 10, 1 failed”, “4 items”; and how many attempts, if it took more than one.
#[must_use]
pub fn counts(live: &NodeLive) -> Vec<String> {
    let items = match (live.items, live.count) {
        (Some((done, total, failed)), _) => {
            let failed = if failed > 0 { format!(", {failed} failed") } else { String::new() };
            let whole = done == total && live.status.is_final();
            Some(if whole { format!("{}{failed}", items(u64::from(total))) } else { format!("{done} of {total}{failed}") })
        }
        (None, Some(count)) => Some(items(count)),
        (None, None) => None,
    };
    let tries = (live.attempts > 1).then(|| format!("{} attempts", live.attempts));
    items.into_iter().chain(tries).collect()
}

fn items(count: u64) -> String {
    if count == 1 { "1 item".to_owned() } else { format!("{count} items") }
}

/// Steps that the draft has otherwise than the run had, as a sentence's end; `None`: all are the same.
#[must_use]
pub fn differs(run: &Definition, draft: &Definition) -> Option<String> {
    let compared = compare(run, draft);
    let is_step = |id: &str| compared.both.node(id).is_some_and(|node| !node.kind.is_annotation());
    let marks: Vec<Mark> = compared.nodes.iter().filter(|(id, mark)| **mark != Mark::Moved && is_step(id)).map(|(_, mark)| *mark).collect();
    let many = |mark: Mark| marks.iter().filter(|other| **other == mark).count();
    let parts = [(Mark::Removed, "gone"), (Mark::Added, "new"), (Mark::Changed, "changed")];
    let parts: Vec<String> = parts
        .into_iter()
        .map(|(mark, word)| (many(mark), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    match marks.len() {
        0 => None,
        1 => Some(format!("1 step differs ({})", parts.join(", "))),
        count => Some(format!("{count} steps differ ({})", parts.join(", "))),
    }
}

/// Which step, and which input of the run, a refusal is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    pub node: Option<String>,
    /// Of the step.
    pub field: Option<String>,
    pub input: Option<String>,
    pub words: String,
}

/// Where in the draft a refusal points to.
#[must_use]
pub fn refused(draft: &Definition, error: &FieldError) -> Refused {
    let unescape = |text: &str| text.replace("~1", "/").replace("~0", "~");
    let place = error.pointer.strip_prefix("/definition/nodes/").unwrap_or_default();
    let (index, field) = place.split_once('/').map_or((place, None), |(index, field)| (index, Some(unescape(field))));
    let index = index.parse::<usize>().ok();
    Refused {
        node: index.and_then(|index| draft.nodes.get(index)).map(|node| node.id.clone()),
        field,
        input: error.pointer.strip_prefix("/input/").map(unescape),
        words: error.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::RunId,
        workflows::{engine::RunStatus, graph::NodeKind},
    };

    fn live(status: NodeStatus) -> NodeLive {
        NodeLive { status, ..NodeLive::default() }
    }

    fn run(status: RunStatus) -> RunLive {
        RunLive { id: RunId::new(), status, error: None, started_at: None, completed_at: None }
    }

    fn edge(branch: Option<&str>) -> Edge {
        Edge {
            id: "e".to_owned(),
            source: "a".to_owned(),
            target: "b".to_owned(),
            source_handle: branch.map(str::to_owned),
            target_handle: None,
            mapping: BTreeMap::new(),
        }
    }

    #[test]
    fn an_event_touches_one_step_and_the_same_again_touches_nothing() {
        let mut overlay = Overlay::default();
        let nodes = BTreeMap::from([("a".to_owned(), live(NodeStatus::Running))]);
        assert_eq!(overlay.apply(LiveEvent::State { run: run(RunStatus::Running), nodes }), Touched::All);
        let done = || LiveEvent::Node { id: "a".to_owned(), node: live(NodeStatus::Success) };
        assert_eq!(overlay.apply(done()), Touched::Node("a".to_owned()));
        assert_eq!(overlay.apply(done()), Touched::Nothing);
        assert!(!overlay.has_ended());
        assert_eq!(overlay.apply(LiveEvent::Run { run: run(RunStatus::Completed) }), Touched::Run);
        assert!(overlay.has_ended());
    }

    #[test]
    fn a_connection_again_after_a_reconnection_is_told_whole() {
        let mut overlay = Overlay::default();
        overlay.apply(LiveEvent::Node { id: "old".to_owned(), node: live(NodeStatus::Running) });
        overlay.apply(LiveEvent::State { run: run(RunStatus::Running), nodes: BTreeMap::new() });
        assert!(overlay.nodes.is_empty(), "the state is all there is");
    }

    #[test]
    fn the_branch_that_was_chosen_is_taken_and_the_other_passed() {
        let source = Node::new("a", NodeKind::Condition);
        let chosen = NodeLive { branch: Some("true".to_owned()), ..live(NodeStatus::Success) };
        let begun = live(NodeStatus::Running);
        assert_eq!(way(&edge(Some("true")), &source, (Some(&chosen), Some(&begun)), false), Way::Taken);
        assert_eq!(way(&edge(Some("false")), &source, (Some(&chosen), None), false), Way::Passed);
        assert_eq!(way(&edge(Some("true")), &source, (None, None), false), Way::Ahead);
        assert_eq!(way(&edge(Some("true")), &source, (None, None), true), Way::Passed);
    }

    #[test]
    fn what_was_pinned_or_left_out_took_nothing() {
        let source = Node::new("a", NodeKind::Transform);
        let done = live(NodeStatus::Success);
        let pinned = NodeLive { origin: Some(Origin::Pinned), ..live(NodeStatus::Success) };
        let left_out = NodeLive { origin: Some(Origin::LeftOut), ..live(NodeStatus::Skipped) };
        let kept = NodeLive { origin: Some(Origin::Kept), ..live(NodeStatus::Success) };
        assert_eq!(way(&edge(None), &source, (Some(&done), Some(&pinned)), true), Way::Passed);
        assert_eq!(way(&edge(None), &source, (Some(&done), Some(&left_out)), true), Way::Passed);
        assert_eq!(way(&edge(None), &source, (Some(&done), Some(&kept)), true), Way::Taken);
        assert_eq!(
            way(&edge(None), &source, (Some(&done), Some(&live(NodeStatus::Pending))), true),
            Way::Passed,
            "the run ended before it"
        );
    }

    #[test]
    fn counts_say_how_far_a_list_is() {
        let some = |status, items| counts(&NodeLive { items: Some(items), ..live(status) });
        assert_eq!(some(NodeStatus::Running, (3, 10, 0)), ["3 of 10"]);
        assert_eq!(some(NodeStatus::Success, (10, 10, 1)), ["10 items, 1 failed"]);
        assert_eq!(counts(&NodeLive { count: Some(1), attempts: 3, ..live(NodeStatus::Success) }), ["1 item", "3 attempts"]);
        assert!(counts(&live(NodeStatus::Success)).is_empty());
    }

    #[test]
    fn what_differs_is_counted_and_places_are_no_difference() {
        let one = Definition { nodes: vec![Node::new("a", NodeKind::Transform), Node::new("b", NodeKind::Merge)], edges: Vec::new() };
        let mut other = one.clone();
        other.nodes[0].position.x += 80.0;
        assert_eq!(differs(&one, &other), None);
        other.nodes[0].label = Some("Anew".to_owned());
        assert_eq!(differs(&one, &other).as_deref(), Some("1 step differs (1 changed)"));
        other.nodes[1].id = "c".to_owned();
        assert_eq!(differs(&one, &other).as_deref(), Some("3 steps differ (1 gone, 1 new, 1 changed)"));
    }

    #[test]
    fn a_refusal_leads_to_its_step_or_its_input() {
        let draft = Definition { nodes: vec![Node::new("a", NodeKind::Transform)], edges: Vec::new() };
        let of = |pointer: &str| refused(&draft, &FieldError::new(pointer, "No."));
        let found = of("/definition/nodes/0/config~1inputs");
        assert_eq!((found.node.as_deref(), found.field.as_deref()), (Some("a"), Some("config/inputs")));
        assert_eq!(of("/definition/nodes/7").node, None);
        assert_eq!(of("/input/a~1b").input.as_deref(), Some("a/b"));
        assert_eq!(of("from"), Refused { node: None, field: None, input: None, words: "No.".to_owned() });
    }

    #[test]
    fn the_first_step_to_look_at_is_the_one_that_failed_here() {
        let kept = NodeLive { origin: Some(Origin::Kept), ..live(NodeStatus::Error) };
        let nodes = BTreeMap::from([
            ("a".to_owned(), kept),
            ("b".to_owned(), live(NodeStatus::Error)),
            ("c".to_owned(), live(NodeStatus::Success)),
        ]);
        let overlay = Overlay { run: None, nodes };
        assert_eq!(overlay.first(NodeStatus::Error), Some("b"));
        assert_eq!(overlay.first(NodeStatus::Waiting), None);
    }
}
