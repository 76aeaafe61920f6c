//! An action of Pipedream, as flat text: a row for each configured property.

use super::field::{FieldForm, Shape};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use toolcrib::{problem::FieldError, tools::fields::ConfigField};

/// One configured property.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PropRow {
    pub name: String,
    pub mode: String,
    pub value: String,
    pub prompt: String,
    pub schema: String,
}

impl PropRow {
    #[must_use]
    pub fn field(&self) -> FieldForm {
        FieldForm { mode: self.mode.clone(), value: self.value.clone(), prompt: self.prompt.clone(), schema: self.schema.clone() }
    }

    fn is_empty(&self) -> bool {
        [&self.name, &self.value, &self.prompt].iter().all(|text| text.trim().is_empty())
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PipedreamForm {
    pub id: String,
    pub version: String,
    pub project_id: String,
    pub environment: String,
    pub external_user_id: FieldForm,
    pub props: Vec<PropRow>,
    pub dynamic_props_id: String,
    pub stash_id: String,
}

impl PipedreamForm {
    /// What a new tool begins with.
    #[must_use]
    pub fn empty() -> Self {
        Self { environment: "development".to_owned(), external_user_id: FieldForm::fixed("{{organization_slug}}"), ..Self::default() }
    }

    #[must_use]
    pub fn of(config: &Value) -> Self {
        let text = |name: &str| config.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let field =
            |value: Option<&Value>| value.and_then(|field| serde_json::from_value::<ConfigField>(field.clone()).ok()).unwrap_or_default();
        let props = config.get("configured_props").and_then(Value::as_object);
        Self {
            id: text("id"),
            version: text("version"),
            project_id: text("project_id"),
            environment: text("environment"),
            external_user_id: FieldForm::of(&field(config.get("external_user_id")), Shape::Text),
            props: props
                .into_iter()
                .flatten()
                .map(|(name, prop)| {
                    let FieldForm { mode, value, prompt, schema } = FieldForm::of(&field(Some(prop)), Shape::Json);
                    PropRow { name: name.clone(), mode, value, prompt, schema }
                })
                .collect(),
            dynamic_props_id: text("dynamic_props_id"),
            stash_id: text("stash_id"),
        }
    }

    /// The configuration, as `config_metadata` keeps it.
    pub fn read(&self, errors: &mut Vec<FieldError>) -> Value {
        let mut config = Map::new();
        let given = [
            ("id", &self.id, true),
            ("version", &self.version, false),
            ("project_id", &self.project_id, true),
            ("environment", &self.environment, true),
            ("dynamic_props_id", &self.dynamic_props_id, false),
            ("stash_id", &self.stash_id, false),
        ];
        for (name, text, needed) in given {
            if needed || !text.trim().is_empty() {
                config.insert(name.to_owned(), text.trim().into());
            }
        }
        config.insert("external_user_id".to_owned(), json!(self.external_user_id.read("pipedream/external_user_id", Shape::Text, errors)));
        let mut props = Map::new();
        for (index, row) in self.props.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
            let place = format!("pipedream/props/{index}");
            let name = row.name.trim();
            let field = json!(row.field().read(&place, Shape::Json, errors));
            if name.is_empty() {
                errors.push(FieldError::new(format!("{place}/name"), "Name this property, or empty its row."));
            } else if props.insert(name.to_owned(), field).is_some() {
                errors.push(FieldError::new(format!("{place}/name"), "This name appears twice."));
            }
        }
        config.insert("configured_props".to_owned(), Value::Object(props));
        Value::Object(config)
    }

    /// Where in the form a place in the configuration is.
    pub(super) fn field_of(&self, place: &str) -> String {
        let Some(rest) = place.strip_prefix("configured_props/") else {
            return format!("/pipedream/{place}");
        };
        let (name, part) = rest.split_once('/').unwrap_or((rest, "name"));
        let name = name.replace("~1", "/").replace("~0", "~");
        let index = self.props.iter().position(|row| row.name.trim() == name).unwrap_or_default();
        format!("/pipedream/props/{index}/{part}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_survives_the_form() {
        let config = json!({"id": "gitlab-list-projects", "version": "1.2.3", "project_id": "proj_1", "environment": "development",
            "external_user_id": {"mode": "fixed", "value": "{{session_id}}"},
            "configured_props": {"gitlab": {"mode": "fixed", "value": {"authProvisionId": "apn_1"}}, "max": {"mode": "ai", "prompt": "How many?", "schema": {"type": "integer"}}}});
        let mut errors = Vec::new();
        assert_eq!(PipedreamForm::of(&config).read(&mut errors), config);
        assert_eq!(errors, []);
    }

    #[test]
    fn a_row_that_is_wrong_says_so() {
        let row = |name: &str, value: &str| PropRow { name: name.into(), value: value.into(), ..PropRow::default() };
        let form = PipedreamForm { props: vec![row("a", "1"), row("a", "2"), row("", "3"), row("b", "{")], ..PipedreamForm::default() };
        let mut errors = Vec::new();
        form.read(&mut errors);
        let places: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["/pipedream/props/1/name", "/pipedream/props/2/name", "/pipedream/props/3/value"]);
        assert_eq!(form.field_of("configured_props/b/prompt"), "/pipedream/props/3/prompt");
    }
}
