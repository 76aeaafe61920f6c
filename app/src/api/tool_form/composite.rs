//! Which workflow a composite tool runs.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toolcrib::{problem::FieldError, tools::kinds::composite::target};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompositeForm {
    /// The workflow's id.
    pub workflow: String,
    /// Empty: the newest one when the tool is saved.
    pub version: String,
}

impl CompositeForm {
    #[must_use]
    pub fn of(config: &Value) -> Self {
        let Some(target) = target(config) else { return Self::default() };
        let version = target.version.map(|version| version.to_string()).unwrap_or_default();
        Self { workflow: target.workflow_id.to_string(), version }
    }

    pub(super) fn read(&self, errors: &mut Vec<FieldError>) -> Value {
        let (workflow, version) = (self.workflow.trim(), self.version.trim());
        let version = match version.parse::<i32>() {
            _ if version.is_empty() => None,
            Ok(version) => Some(version),
            Err(_) => {
                errors.push(FieldError::new("executor_config/version", "A whole number, or nothing for the newest version."));
                None
            }
        };
        json!({ "workflow_id": workflow, "version": version })
    }
}

/// Where in the form a place in the tool is.
pub(super) fn field_of(pointer: &str) -> Option<String> {
    Some(match pointer.trim_start_matches('/') {
        "executor_config/workflow_id" => "/composite/workflow".to_owned(),
        "executor_config/version" => "/composite/version".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_survives_the_form_and_a_wrong_version_is_said_at_its_field() {
        for config in [
            json!({"workflow_id": "01980c5e-0000-7000-8000-000000000001", "version": 4}),
            json!({"workflow_id": "01980c5e-0000-7000-8000-000000000001", "version": null}),
        ] {
            assert_eq!(CompositeForm::of(&config).read(&mut Vec::new()), config);
        }
        let mut errors = Vec::new();
        CompositeForm { version: "newest".to_owned(), ..CompositeForm::default() }.read(&mut errors);
        assert_eq!(field_of(&errors[0].pointer).as_deref(), Some("/composite/version"));
    }
}
