//! The form of a tool: flat text fields, and how they become a tool and come from one. Pure, so that the page previews what the server will say.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolcrib::{
    problem::{Difference, FieldError},
    schema::form::{Row, json_error, rows_from_schema, schema_from_rows},
    tools::{
        ApiSpec, Kind, NewTool, RetryPolicy, Status, Tool, UpdateTool, Visibility,
        check::{function_schema, seen_by_model},
        fields::derive,
        kinds::slots,
        template::names,
    },
};

pub mod composite;
pub mod field;
pub mod pipedream;
mod request;
mod script;
pub mod sms;
pub mod transfer;

pub use auth::AuthForm;
pub use script::ScriptForm;

mod auth;

/// What the form sends. Every field may be missing: a browser leaves out what is not ticked.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ToolForm {
    pub kind: String,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub category: String,
    pub tags: String,
    /// The name of a Lucide icon; empty for the kind's own.
    pub icon: String,
    pub visibility: String,
    pub activate: bool,
    pub changelog: String,
    pub method: String,
    pub url: String,
    pub query: String,
    pub headers: String,
    pub body: String,
    pub auth: AuthForm,
    pub script: String,
    pub code: ScriptForm,
    pub pipedream: pipedream::PipedreamForm,
    pub sms: sms::SmsForm,
    pub transfer: transfer::TransferForm,
    pub composite: composite::CompositeForm,
    /// `rows` or `json`: how the inputs are written.
    pub schema_by: String,
    pub rows: Vec<Row>,
    pub schema_json: String,
    pub output_schema: String,
    pub static_config: String,
    pub timeout_s: String,
    pub max_attempts: String,
    pub rate_limit_per_minute: String,
    pub rate_limit_per_hour: String,
    pub cost_per_call: String,
}

impl ToolForm {
    /// An empty form of this kind.
    #[must_use]
    pub fn empty(kind: Kind) -> Self {
        let mut form = Self {
            kind: kind.as_str().to_owned(),
            visibility: "public".to_owned(),
            activate: true,
            method: "GET".to_owned(),
            schema_by: "rows".to_owned(),
            timeout_s: "30".to_owned(),
            max_attempts: "3".to_owned(),
            ..Self::default()
        };
        match kind {
            Kind::PipedreamAction => form.pipedream = pipedream::PipedreamForm::empty(),
            Kind::Sms => form.sms = sms::SmsForm::empty(),
            Kind::TransferCall => form.transfer = transfer::TransferForm::empty(),
            _ => {}
        }
        if matches!(kind, Kind::Python | Kind::Shell) {
            script::begin(&mut form, kind);
        }
        form
    }

    /// A new form filled with this request; what its path takes is asked for.
    #[must_use]
    pub fn of_request(spec: &ApiSpec) -> Self {
        let row = |name: String| Row { name, kind: "string".to_owned(), required: true, ..Row::default() };
        let mut form = Self { rows: names(&spec.path, true).into_iter().map(row).collect(), ..Self::empty(Kind::ApiRequest) };
        form.put_request(spec);
        form
    }

    /// The form that would make this tool.
    #[must_use]
    pub fn of(tool: &Tool, category: &str) -> Self {
        let rows = rows_from_schema(&tool.input_schema);
        let mut form = Self {
            kind: tool.kind.as_str().to_owned(),
            name: tool.name.clone(),
            display_name: tool.display_name.clone(),
            description: tool.description.clone(),
            category: category.to_owned(),
            tags: tool.tags.join(", "),
            icon: tool.icon.clone().unwrap_or_default(),
            visibility: tool.visibility.as_str().to_owned(),
            script: tool.script_content.clone().unwrap_or_default(),
            code: ScriptForm::of(tool),
            pipedream: if tool.kind == Kind::PipedreamAction {
                pipedream::PipedreamForm::of(&tool.config_metadata)
            } else {
                Default::default()
            },
            sms: if tool.kind == Kind::Sms { sms::SmsForm::of(&tool.config_metadata) } else { Default::default() },
            transfer: if tool.kind == Kind::TransferCall { transfer::TransferForm::of(&tool.config_metadata) } else { Default::default() },
            composite: if tool.kind == Kind::Composite { composite::CompositeForm::of(&tool.executor_config) } else { Default::default() },
            schema_by: if rows.is_some() { "rows" } else { "json" }.to_owned(),
            rows: rows.unwrap_or_default(),
            schema_json: pretty(&tool.input_schema),
            output_schema: if tool.output_schema.as_object().is_some_and(|schema| schema.is_empty()) {
                String::new()
            } else {
                pretty(&tool.output_schema)
            },
            static_config: if tool.static_config.is_empty() { String::new() } else { pretty(&Value::Object(tool.static_config.clone())) },
            timeout_s: (f64::from(tool.timeout_ms) / 1000.0).to_string(),
            max_attempts: tool.retry_policy.max_attempts.to_string(),
            rate_limit_per_minute: tool.rate_limit_per_minute.map(|limit| limit.to_string()).unwrap_or_default(),
            rate_limit_per_hour: tool.rate_limit_per_hour.map(|limit| limit.to_string()).unwrap_or_default(),
            cost_per_call: tool.cost_per_call.map(|cost| cost.to_string()).unwrap_or_default(),
            ..Self::default()
        };
        form.put_request(tool.api_spec.as_ref().unwrap_or(&ApiSpec::default()));
        form
    }

    /// Where this, as it is stored, and `sent` are not the same.
    #[must_use]
    pub fn differences(&self, sent: &Self) -> Vec<Difference> {
        fn flat(value: Value, name: &str, into: &mut Vec<(String, String)>) {
            match value {
                Value::Object(fields) => fields.into_iter().for_each(|(name, field)| flat(field, &name, into)),
                Value::String(text) => into.push((name.to_owned(), text.replace("\r\n", "\n").trim_end().to_owned())),
                other => into.push((name.to_owned(), pretty(&other))),
            }
        }
        // What is written in two ways is compared as what it means; what belongs to the saving, not to the tool, is left out.
        const LEFT_OUT: [&str; 6] = ["rows", "schema_json", "schema_by", "changelog", "activate", "kind"];
        let fields = |form: &Self| {
            let mut all = Vec::new();
            flat(serde_json::to_value(form).unwrap_or_default(), "", &mut all);
            all.retain(|(name, _)| !LEFT_OUT.contains(&name.as_str()));
            all.push(("inputs".to_owned(), form.input_schema().map(|schema| pretty(&schema)).unwrap_or_default()));
            all
        };
        let words = |name: &str| {
            let words = name.replace('_', " ");
            let mut letters = words.chars();
            letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
        };
        let both = fields(self).into_iter().zip(fields(sent));
        both.filter(|((name, stored), (other, sent))| name == other && stored != sent)
            .map(|((name, stored), (_, sent))| Difference { field: words(&name), stored, sent })
            .collect()
    }

    /// The inputs as they are written now.
    pub fn input_schema(&self) -> Result<Value, Vec<FieldError>> {
        if self.schema_by == "json" {
            json("schema_json", &self.schema_json)
                .map_err(|error| vec![error])
                .map(|schema| schema.unwrap_or_else(|| serde_json::json!({"type": "object", "properties": {}})))
        } else {
            schema_from_rows("rows", &self.rows)
        }
    }

    /// The configuration of a kind that is made of fields; its contract follows from it.
    fn configuration(&self, errors: &mut Vec<FieldError>) -> Option<Value> {
        match Kind::parse(&self.kind)? {
            Kind::PipedreamAction => Some(self.pipedream.read(errors)),
            Kind::Sms => Some(self.sms.read(errors)),
            Kind::TransferCall => Some(self.transfer.read(errors)),
            _ => None,
        }
    }

    /// What a model would see.
    pub fn preview(&self) -> Result<Value, Vec<FieldError>> {
        // What is half typed is shown as far as it goes.
        if let Some(config) = self.configuration(&mut Vec::new()) {
            let kind = Kind::parse(&self.kind).unwrap_or(Kind::ApiRequest);
            let mut tool = NewTool::new(&self.name, kind);
            tool.description = self.description.trim().to_owned();
            (tool.input_schema, tool.static_config) = derive(&slots(kind, &config).unwrap_or_default());
            tool.config_metadata = config;
            return Ok(seen_by_model(&tool));
        }
        let fixed =
            json("static_config", &self.static_config).ok().flatten().and_then(|value| value.as_object().cloned()).unwrap_or_default();
        Ok(function_schema(&self.name, self.description.trim(), &self.input_schema()?, &fixed))
    }

    /// The tool, or all that cannot even be read.
    pub fn read(&self) -> Result<NewTool, Vec<FieldError>> {
        let mut errors = Vec::new();
        let Some(kind) = Kind::parse(&self.kind) else {
            return Err(vec![FieldError::new("kind", "Choose a kind.")]);
        };
        let mut tool = NewTool::new(self.name.trim(), kind);
        tool.display_name = self.display_name.trim().to_owned();
        tool.description = self.description.trim().replace("\r\n", "\n");
        tool.tags = self.tags.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect();
        tool.icon = Some(self.icon.trim().to_owned()).filter(|icon| !icon.is_empty());
        tool.visibility = Visibility::parse(&self.visibility).unwrap_or(Visibility::Private);
        tool.status = if self.activate { Status::Active } else { Status::Draft };
        match self.configuration(&mut errors) {
            Some(config) => tool.config_metadata = config,
            None => match self.input_schema() {
                Ok(schema) => tool.input_schema = schema,
                Err(wrong) => errors.extend(wrong),
            },
        }
        match json("output_schema", &self.output_schema) {
            Ok(schema) => tool.output_schema = schema.unwrap_or(tool.output_schema),
            Err(error) => errors.push(error),
        }
        match json("static_config", &self.static_config) {
            Ok(Some(Value::Object(fixed))) => tool.static_config = fixed,
            Ok(Some(_)) => errors.push(FieldError::new("static_config", "Enter a JSON object: {\"name\": value}.")),
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
        match self.timeout_s.trim().parse::<f64>() {
            _ if self.timeout_s.trim().is_empty() => {}
            #[allow(clippy::cast_possible_truncation)] // in range
            Ok(seconds) if (0.001..=900.0).contains(&seconds) => tool.timeout_ms = (seconds * 1000.0).round() as i32,
            _ => errors.push(FieldError::new("timeout_s", "Between 0.001 and 900 seconds.")),
        }
        let mut number = |field: &str, text: &str| -> Option<f64> {
            let text = text.trim();
            if text.is_empty() {
                return None;
            }
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            if number.is_none() {
                errors.push(FieldError::new(field, "Enter a number."));
            }
            number
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates; the rules refuse what is out of range
        {
            tool.rate_limit_per_minute = number("rate_limit_per_minute", &self.rate_limit_per_minute).map(|limit| limit as i32);
            tool.rate_limit_per_hour = number("rate_limit_per_hour", &self.rate_limit_per_hour).map(|limit| limit as i32);
            tool.cost_per_call = number("cost_per_call", &self.cost_per_call);
            if let Some(attempts) = number("max_attempts", &self.max_attempts) {
                tool.retry_policy = RetryPolicy { max_attempts: attempts as u32, ..RetryPolicy::default() };
            }
        }
        match kind {
            Kind::ApiRequest => match self.spec() {
                Ok(spec) => tool.api_spec = Some(spec),
                Err(wrong) => errors.extend(wrong),
            },
            Kind::Python | Kind::Shell => script::read(self, &mut tool),
            Kind::Composite => tool.executor_config = self.composite.read(&mut errors),
            _ => {}
        }
        if errors.is_empty() { Ok(tool) } else { Err(errors) }
    }

    /// The same as a change of an existing tool.
    pub fn change(&self, expected_version: i32) -> Result<UpdateTool, Vec<FieldError>> {
        let tool = self.read()?;
        let is_script = matches!(tool.kind, Kind::Python | Kind::Shell);
        let is_configured = is_script || tool.kind == Kind::Composite;
        Ok(UpdateTool {
            expected_version: Some(expected_version),
            changelog: self.changelog.clone(),
            name: Some(tool.name),
            display_name: Some(tool.display_name),
            description: Some(tool.description),
            tags: Some(tool.tags),
            icon: Some(tool.icon),
            input_schema: Some(tool.input_schema),
            config_metadata: slots(tool.kind, &tool.config_metadata).is_some().then_some(tool.config_metadata),
            output_schema: Some(tool.output_schema),
            static_config: Some(tool.static_config),
            api_spec: tool.api_spec,
            script_content: tool.script_content,
            test_content: is_script.then_some(tool.test_content),
            executor_config: is_configured.then_some(tool.executor_config),
            timeout_ms: Some(tool.timeout_ms),
            rate_limit_per_minute: Some(tool.rate_limit_per_minute),
            rate_limit_per_hour: Some(tool.rate_limit_per_hour),
            retry_policy: Some(tool.retry_policy),
            cost_per_call: Some(tool.cost_per_call),
            visibility: Some(tool.visibility),
            ..UpdateTool::default()
        })
    }

    /// Where in the form a place in the tool is.
    #[must_use]
    pub fn field_of(&self, pointer: &str) -> String {
        let composite = || composite::field_of(pointer).filter(|_| self.kind == Kind::Composite.as_str());
        if let Some(field) = composite().or_else(|| script::field_of(pointer)).or_else(|| auth::field_of(pointer)) {
            return field;
        }
        let place = pointer.trim_start_matches('/');
        let (top, rest) = place.split_once('/').unwrap_or((place, ""));
        match top {
            "api_spec" => match rest.split('/').next().unwrap_or_default() {
                "baseUrl" | "path" => "/url".to_owned(),
                "queryParams" => "/query".to_owned(),
                "bodyTemplate" => "/body".to_owned(),
                other => format!("/{other}"),
            },
            "input_schema" if self.schema_by == "json" => "/schema_json".to_owned(),
            "input_schema" => "/rows".to_owned(),
            "timeout_ms" => "/timeout_s".to_owned(),
            "retry_policy" => "/max_attempts".to_owned(),
            "category_id" => "/category".to_owned(),
            "config_metadata" => match Kind::parse(&self.kind) {
                Some(Kind::PipedreamAction) => self.pipedream.field_of(rest),
                Some(Kind::Sms) => self.sms.field_of(rest),
                Some(Kind::TransferCall) => self.transfer.field_of(rest),
                _ => pointer.to_owned(),
            },
            "output_schema" | "static_config" => format!("/{top}"),
            _ => pointer.to_owned(),
        }
    }
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn json(field: &str, text: &str) -> Result<Option<Value>, FieldError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|error| FieldError::new(field, format!("This is not valid JSON: {}.", json_error(&error))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_that_cannot_be_read_says_so() {
        let form = ToolForm {
            body: "{".into(),
            headers: "no colon".into(),
            output_schema: "[".into(),
            timeout_s: "long".into(),
            cost_per_call: "x".into(),
            ..ToolForm::empty(Kind::ApiRequest)
        };
        let errors = form.read().unwrap_err();
        let places: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["/output_schema", "/timeout_s", "/cost_per_call", "/headers", "/body"]);
    }
}
