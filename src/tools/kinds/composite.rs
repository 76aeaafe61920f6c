//! `composite`: a published version of a workflow, called like any tool. Its contract is the workflow's.

use crate::{ids::WorkflowId, problem::FieldError};
use serde_json::{Value, json};

/// Which version of which workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    pub workflow_id: WorkflowId,
    /// `None`: the newest one when the tool is saved.
    pub version: Option<i32>,
}

/// What `executor_config` names: `{"workflow_id": "…", "version": 3}`.
#[must_use]
pub fn target(config: &Value) -> Option<Target> {
    let workflow_id = config.get("workflow_id")?.as_str()?.parse().ok()?;
    match config.get("version") {
        None | Some(Value::Null) => Some(Target { workflow_id, version: None }),
        Some(version) => {
            let version = version.as_i64().and_then(|version| i32::try_from(version).ok()).filter(|version| *version >= 1)?;
            Some(Target { workflow_id, version: Some(version) })
        }
    }
}

/// The configuration of a tool that runs this version.
#[must_use]
pub fn config(workflow: WorkflowId, version: Option<i32>) -> Value {
    json!({ "workflow_id": workflow, "version": version })
}

pub(crate) fn check_config(config: &Value, errors: &mut Vec<FieldError>) {
    if target(config).is_some() {
        return;
    }
    let named = config.get("workflow_id").and_then(Value::as_str).is_some_and(|id| id.parse::<WorkflowId>().is_ok());
    if named {
        errors.push(FieldError::new("executor_config/version", "A whole number from 1, or nothing for the newest version."));
    } else {
        errors.push(FieldError::new("executor_config/workflow_id", "Choose a workflow that is published."));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_workflow_and_a_version_or_the_newest() {
        let id = WorkflowId::new();
        for version in [None, Some(3)] {
            assert_eq!(target(&config(id, version)), Some(Target { workflow_id: id, version }));
        }
        for (wrong, place) in [
            (json!({}), "/executor_config/workflow_id"),
            (json!({ "workflow_id": "x", "version": 1 }), "/executor_config/workflow_id"),
            (json!({ "workflow_id": id, "version": 0 }), "/executor_config/version"),
            (json!({ "workflow_id": id, "version": "1" }), "/executor_config/version"),
        ] {
            let mut errors = Vec::new();
            check_config(&wrong, &mut errors);
            assert_eq!(errors[0].pointer, place, "{wrong}");
            assert_eq!(target(&wrong), None);
        }
    }
}
