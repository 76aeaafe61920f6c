//! What comes next, and how a run ends.

use super::{NodeStatus, Origin, RunStatus, plan::Way, turn::Turn};
use crate::workflows::graph::NodeKind;
use serde_json::Value;

/// What is known of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Its source has not finished.
    Open,
    /// The run goes on along it.
    Taken,
    /// The run went on by another branch.
    Passed,
    /// A failure lies before it.
    Broken,
}

/// What a node that has not begun is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Wait,
    Begin,
    Skip { broken: bool },
}

impl Turn<'_> {
    /// Begins or skips every node whose turn has come, and ends the run when nothing is left.
    pub fn advance(&mut self) {
        let plan = self.plan;
        let mut broken = vec![false; plan.definition().nodes.len()];
        for &index in &plan.order {
            match self.status(index) {
                NodeStatus::Pending => match self.next(index, &broken) {
                    Next::Wait => {}
                    Next::Begin if self.plan.node(index).is_off() => self.edit(index, |result| {
                        (result.status, result.origin) = (NodeStatus::Skipped, Some(Origin::Disabled));
                    }),
                    Next::Begin => self.begin(index),
                    Next::Skip { broken: by_failure } => {
                        broken[index] = by_failure;
                        self.edit(index, |result| result.status = NodeStatus::Skipped);
                    }
                },
                NodeStatus::Skipped => {
                    let passed_by =
                        self.result(index).is_some_and(|result| matches!(result.origin, Some(Origin::LeftOut | Origin::Disabled)));
                    broken[index] = !passed_by && matches!(self.next(index, &broken), Next::Skip { broken: true });
                }
                NodeStatus::Running
                | NodeStatus::Retrying
                | NodeStatus::Waiting
                | NodeStatus::Success
                | NodeStatus::Error
                | NodeStatus::Cancelled => {}
            }
        }
        let has = |wanted: NodeStatus| self.state.nodes.values().any(|result| result.status == wanted);
        if self.state.nodes.values().all(|result| result.status.is_final()) {
            self.settle();
        } else if has(NodeStatus::Running) || has(NodeStatus::Retrying) {
            self.state.status = RunStatus::Running;
        } else if has(NodeStatus::Waiting) {
            self.state.status = RunStatus::Waiting;
        } else {
            // Only a definition with a cycle comes here, and validation refuses those: still a run must end.
            self.end(RunStatus::Failed, None, Some("The workflow has steps that wait for each other.".to_owned()));
        }
    }

    fn next(&self, index: usize, broken: &[bool]) -> Next {
        let ways = &self.plan.incoming[index];
        if ways.is_empty() {
            return Next::Begin;
        }
        let verdicts: Vec<Verdict> = ways.iter().map(|way| self.verdict(way, broken)).collect();
        let any = |wanted: Verdict| verdicts.contains(&wanted);
        let joins = self.plan.node(index).kind.joins();
        if self.plan.takes_first(index) && any(Verdict::Taken) {
            Next::Begin
        } else if any(Verdict::Open) {
            Next::Wait
        } else if any(Verdict::Broken) {
            Next::Skip { broken: true }
        } else if any(Verdict::Passed) && !(joins && any(Verdict::Taken)) {
            Next::Skip { broken: false }
        } else {
            Next::Begin
        }
    }

    fn verdict(&self, way: &Way, broken: &[bool]) -> Verdict {
        let Some(result) = self.result(way.source) else { return Verdict::Passed };
        match result.status {
            NodeStatus::Pending | NodeStatus::Running | NodeStatus::Retrying | NodeStatus::Waiting => Verdict::Open,
            NodeStatus::Success | NodeStatus::Error | NodeStatus::Skipped if self.view().is_taken(way) => Verdict::Taken,
            NodeStatus::Success => Verdict::Passed,
            NodeStatus::Error if self.plan.handles_errors(way.source) => Verdict::Passed,
            NodeStatus::Error | NodeStatus::Cancelled => Verdict::Broken,
            NodeStatus::Skipped if broken[way.source] => Verdict::Broken,
            NodeStatus::Skipped => Verdict::Passed,
        }
    }

    /// Everything is done: how did it end? The first failure in the order of the graph speaks for the run.
    fn settle(&mut self) {
        for &index in &self.plan.order {
            if self.status(index) == NodeStatus::Error && !self.plan.handles_errors(index) {
                let why = self.result(index).and_then(|result| result.error.clone()).unwrap_or_default();
                return self.end(RunStatus::Failed, None, Some(format!("“{}” failed: {why}", self.plan.node(index).name())));
            }
        }
        let output = self.run_output();
        self.end(RunStatus::Completed, Some(output), None);
    }

    /// What the output node has; without one, what the last steps gave: one step's output as it is, several by their ids.
    fn run_output(&self) -> Value {
        let output = |index: usize| self.result(index).and_then(|result| result.output.clone()).unwrap_or(Value::Null);
        let nodes = &self.plan.definition().nodes;
        if let Some(until) = self.state.until.as_deref().and_then(|id| self.plan.index(id)) {
            return output(until);
        }
        let outputs: Vec<usize> = (0..nodes.len()).filter(|&index| nodes[index].kind == NodeKind::Output).collect();
        if !outputs.is_empty() {
            let fields = outputs.iter().filter_map(|&index| output(index).as_object().cloned()).flatten();
            return Value::Object(fields.collect());
        }
        let ran = |index: &usize| nodes[*index].kind != NodeKind::Input && self.status(*index) != NodeStatus::Skipped;
        let last: Vec<usize> = self.plan.last.iter().copied().filter(ran).collect();
        match last.as_slice() {
            [only] => output(*only),
            _ => Value::Object(last.iter().map(|&index| (nodes[index].id.clone(), output(index))).collect()),
        }
    }
}
