//! What each type of node needs to be set to.

use super::Check;
use crate::{
    access::Role,
    workflows::graph::{ERROR_BRANCH, FindingCode as Code, MergeMode, Node, NodeKind, Severity},
};
use chrono::DateTime;
use std::collections::HashSet;

pub const MOST_AT_ONCE: u32 = 50;
/// A year.
pub const LONGEST_WAIT_MS: u64 = 366 * 86_400_000;

impl Check<'_> {
    pub(super) fn settings(&mut self, node: &Node) {
        match node.kind {
            NodeKind::Condition => {
                if node.config.when.as_deref().is_none_or(|when| when.trim().is_empty()) {
                    let message = format!("“{}” does not say what it decides by.", node.name());
                    self.at(Code::BadConfig, node, "when", message, "Write an expression such as load.count > 10.");
                }
            }
            NodeKind::Switch => self.cases(node),
            NodeKind::ForEach => {
                if node.config.concurrency.is_some_and(|many| !(1..=MOST_AT_ONCE).contains(&many)) {
                    let message = format!("“{}” cannot make so many calls at once.", node.name());
                    self.at(Code::BadConfig, node, "concurrency", message, format!("1 to {MOST_AT_ONCE}."));
                }
            }
            NodeKind::Merge => {
                let branches = self.incoming[self.position[node.id.as_str()]].len();
                if branches < 2 && node.config.mode != Some(MergeMode::Any) {
                    let message = format!("“{}” merges {} branch.", node.name(), if branches == 0 { "no" } else { "only one" });
                    let remedy = "Lead the branches into it that it shall join, or remove it.";
                    self.add(Severity::Warning, Code::BadConfig, Some(&node.id), Some("mode"), message, remedy);
                }
            }
            NodeKind::Transform => {
                let nothing = node.config.result.is_none()
                    && node.config.inputs.is_empty()
                    && node.config.expressions.is_empty()
                    && !self.incoming[self.position[node.id.as_str()]].iter().any(|edge| edge.pairs().next().is_some());
                if nothing {
                    let message = format!("“{}” makes nothing.", node.name());
                    self.at(Code::BadConfig, node, "result", message, "Give it fields, or an expression in result.");
                }
            }
            NodeKind::Delay => self.delay(node),
            NodeKind::Approval => self.approval(node),
            NodeKind::Tool | NodeKind::Input | NodeKind::Output | NodeKind::Workflow | NodeKind::Note | NodeKind::Group => {}
        }
    }

    fn cases(&mut self, node: &Node) {
        if node.config.cases.is_empty() {
            let message = format!("“{}” has no case.", node.name());
            self.at(Code::BadConfig, node, "cases", message, "Add a case: a handle and the expression that must hold.");
        }
        let mut seen = HashSet::from(["default", ERROR_BRANCH]);
        for case in &node.config.cases {
            if case.handle.trim().is_empty() || !seen.insert(&case.handle) {
                let message = format!("The case “{}” of “{}” needs a name of its own.", case.handle, node.name());
                self.at(Code::BadConfig, node, "cases", message, "Any name but default and error, each once.");
            }
        }
    }

    fn delay(&mut self, node: &Node) {
        let config = &node.config;
        let fed = |name: &str| {
            config.inputs.contains_key(name)
                || config.expressions.contains_key(name)
                || self.incoming[self.position[node.id.as_str()]].iter().any(|edge| edge.pairs().any(|(_, to)| to == name))
        };
        let ways = [config.ms.is_some(), config.until.is_some(), fed("ms"), fed("until")].into_iter().filter(|way| *way).count();
        if ways != 1 {
            let message =
                format!("“{}” {} how long it waits.", node.name(), if ways == 0 { "does not say" } else { "says in several ways" });
            self.at(Code::BadConfig, node, "ms", message, "Give ms or until, as a setting or as an input.");
        }
        if config.ms.is_some_and(|ms| ms > LONGEST_WAIT_MS) {
            self.at(Code::BadConfig, node, "ms", format!("“{}” waits longer than a year.", node.name()), "At most 31 622 400 000 ms.");
        }
        if config.until.as_deref().is_some_and(|until| DateTime::parse_from_rfc3339(until).is_err()) {
            let message = format!("“{}” waits until what is no time.", node.name());
            self.at(Code::BadConfig, node, "until", message, "Write it like 2026-12-24T18:00:00Z.");
        }
    }

    fn approval(&mut self, node: &Node) {
        let config = &node.config;
        if config.expires_after_ms.is_some_and(|ms| !(1..=LONGEST_WAIT_MS).contains(&ms)) {
            let message = format!("The time in which “{}” is to be answered is out of range.", node.name());
            self.at(Code::BadConfig, node, "expiresAfterMs", message, "1 ms to a year.");
        }
        if config.on_expiry.is_some() && config.expires_after_ms.is_none() {
            let message = format!("“{}” says what happens when nobody answers in time, but not what time.", node.name());
            self.at(Code::BadConfig, node, "onExpiry", message, "Give expiresAfterMs too.");
        }
        if let Some(approvers) = &config.approvers {
            if approvers.roles.is_empty() && approvers.users.is_empty() {
                self.at(Code::BadConfig, node, "approvers", format!("Nobody may answer “{}”.", node.name()), "Name roles or people.");
            }
            for role in approvers.roles.iter().filter(|role| Role::parse(role).is_none()) {
                let message = format!("There is no role “{role}”.");
                self.at(Code::BadConfig, node, "approvers", message, "Roles are owner, admin, builder, analyst and member.");
            }
        }
    }
}
