//! A run over the draft, for what is painted instead of made: how every step stands and which connections were taken, at one moment.

use super::super::state::Editor;
use leptos::prelude::*;
use std::collections::HashMap;
use toolcrib::workflows::{
    canvas::overlay::{Way, way},
    engine::NodeStatus,
    graph::Edge,
};

pub(in super::super) struct Painted {
    steps: HashMap<String, NodeStatus>,
    ways: HashMap<String, bool>,
}

impl Painted {
    pub fn status(&self, id: &str) -> Option<NodeStatus> {
        self.steps.get(id).copied().filter(|status| *status != NodeStatus::Pending)
    }

    /// Whether the run took this connection; `None`: it has not come that far.
    pub fn took(&self, id: &str) -> Option<bool> {
        self.ways.get(id).copied()
    }
}

impl Editor {
    /// `None`: no run lies over the draft.
    pub fn painted_run(self) -> Option<Painted> {
        if !self.runs.over.get_untracked() {
            return None;
        }
        let ended = self.runs.has_ended_untracked();
        self.runs.overlay.with_value(|overlay| {
            let steps = overlay.nodes.iter().map(|(id, live)| (id.clone(), live.status)).collect();
            let ways = self.edges.with_value(|edges| {
                self.nodes.with_value(|nodes| {
                    let stands = |(id, edge): (&String, &ArcRwSignal<Edge>)| {
                        let way = edge.with_untracked(|edge| {
                            let ends = (overlay.nodes.get(&edge.source), overlay.nodes.get(&edge.target));
                            Some(nodes.get(&edge.source)?.node.with_untracked(|source| way(edge, source, ends, ended)))
                        })?;
                        (way != Way::Ahead).then(|| (id.clone(), way == Way::Taken))
                    };
                    edges.iter().filter_map(stands).collect()
                })
            });
            Some(Painted { steps, ways })
        })
    }
}
