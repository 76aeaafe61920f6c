//! From an operation to the tool that calls it.

use super::{names::key_name, read::Place, schema::Writer};
use crate::tools::{ApiSpec, AuthIn, AuthType, Kind, NewTool, Oauth2, Oauth2ClientAuth, Oauth2Grant, Visibility};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What came of an operation: a tool, or why not, and what was left out.
pub struct Built {
    pub tool: Result<NewTool, String>,
    pub notes: Vec<String>,
}

struct Builder<'a> {
    writer: Writer<'a>,
    properties: Map<String, Value>,
    required: Vec<String>,
    path: String,
    query: BTreeMap<String, String>,
    headers: BTreeMap<String, String>,
    body: Option<Value>,
}

/// The tool of an operation. `name` is the tool's, `base_url` where the API answers.
pub fn build(document: &Value, place: &Place<'_>, name: &str, base_url: &str) -> Built {
    let mut builder = Builder {
        writer: Writer::new(document),
        properties: Map::new(),
        required: Vec::new(),
        path: place.path.to_owned(),
        query: BTreeMap::new(),
        headers: BTreeMap::new(),
        body: None,
    };
    let tool = builder.tool(place, name, base_url);
    Built { tool, notes: builder.writer.notes.into_iter().collect() }
}

impl<'a> Builder<'a> {
    fn tool(&mut self, place: &Place<'a>, name: &str, base_url: &str) -> Result<NewTool, String> {
        for parameter in parameters(&self.writer, place) {
            self.parameter(parameter)?;
        }
        if let Some(body) = place.operation.get("requestBody") {
            self.body(self.writer.resolve(body))?;
        }
        let mut tool = NewTool::new(name, Kind::ApiRequest);
        let words = |field: &str| place.operation.get(field).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let (summary, description) = (words("summary"), words("description"));
        tool.display_name = summary.chars().take(200).collect();
        tool.description = [summary.as_str(), description.as_str()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join("\n\n")
            .chars()
            .take(5_000)
            .collect();
        tool.tags = place
            .operation
            .get("tags")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .map(|tag| tag.chars().take(50).collect())
            .take(5)
            .collect();
        tool.visibility = Visibility::Public;
        tool.input_schema = json!({"type": "object", "properties": self.properties, "required": self.required});
        if self.required.is_empty() {
            tool.input_schema.as_object_mut().map(|schema| schema.remove("required"));
        }
        tool.output_schema = self.output(place.operation);
        let mut spec = ApiSpec {
            base_url: base_url.to_owned(),
            path: self.path.clone(),
            method: place.method.to_uppercase(),
            headers: self.headers.clone(),
            query_params: self.query.clone(),
            body_template: self.body.clone(),
            ..ApiSpec::default()
        };
        self.authentication(place.operation, &mut spec);
        tool.api_spec = Some(spec);
        Ok(tool)
    }

    /// A name our templates can say, that is not taken.
    fn input(&mut self, name: &str, schema: Value, description: Option<&Value>, required: bool) -> String {
        let mut plain: String =
            name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$') { c } else { '_' }).collect();
        plain = plain.trim_matches('_').chars().take(100).collect();
        if plain.is_empty() {
            "value".clone_into(&mut plain);
        }
        let mut free = plain.clone();
        let mut number = 2;
        while self.properties.contains_key(&free) {
            free = format!("{plain}_{number}");
            number += 1;
        }
        let mut schema = schema;
        if let (Some(description), Value::Object(fields)) = (description, &mut schema) {
            fields.insert("description".to_owned(), description.clone());
        }
        self.properties.insert(free.clone(), schema);
        if required {
            self.required.push(free.clone());
        }
        free
    }

    fn parameter(&mut self, parameter: &'a Value) -> Result<(), String> {
        let (Some(name), Some(place)) = (parameter.get("name").and_then(Value::as_str), parameter.get("in").and_then(Value::as_str)) else {
            return Ok(());
        };
        let required = parameter.get("required") == Some(&Value::Bool(true));
        if place == "cookie" {
            return if required { Err(format!("It needs the cookie “{name}”.")) } else { Ok(()) };
        }
        // OpenAPI: these three are described elsewhere and ignored here.
        if place == "header" && ["accept", "content-type", "authorization"].contains(&name.to_ascii_lowercase().as_str()) {
            return Ok(());
        }
        let schema = parameter.get("schema").or_else(|| parameter.pointer("/content/application~1json/schema"));
        let schema = schema.map_or_else(|| json!({"type": "string"}), |schema| self.writer.schema(schema));
        let input = self.input(name, schema, parameter.get("description"), required || place == "path");
        match place {
            "path" => self.path = self.path.replace(&format!("{{{name}}}"), &format!("{{{input}}}")),
            "query" => drop(self.query.insert(name.to_owned(), format!("{{{{{input}}}}}"))),
            "header" => drop(self.headers.insert(name.to_owned(), format!("{{{{{input}}}}}"))),
            _ => {}
        }
        Ok(())
    }

    fn body(&mut self, body: &'a Value) -> Result<(), String> {
        let Some(content) = body.get("content").and_then(Value::as_object) else {
            return Ok(());
        };
        let kind = |wanted: fn(&str) -> bool| content.iter().find(|(name, _)| wanted(name.split(';').next().unwrap_or_default().trim()));
        let is_needed = body.get("required") == Some(&Value::Bool(true));
        let (name, media) = match kind(|name| name == "application/json" || name.ends_with("+json"))
            .or_else(|| kind(|name| name == "application/x-www-form-urlencoded"))
            .or_else(|| kind(|name| name == "*/*" || name.starts_with("text/")))
        {
            Some(found) => found,
            None if !is_needed => {
                self.writer
                    .notes
                    .insert(format!("Its body is left out: {} is not sent.", content.keys().cloned().collect::<Vec<_>>().join(", ")));
                return Ok(());
            }
            None => return Err(format!("Its body is {}, which is not sent yet.", content.keys().cloned().collect::<Vec<_>>().join(", "))),
        };
        if name != "application/json" && name != "*/*" {
            self.headers.insert("Content-Type".to_owned(), name.clone());
        }
        let schema = media.get("schema").map_or_else(|| json!({}), |schema| self.writer.schema(schema));
        let schema = without_read_only(merged(schema));
        let required: BTreeSet<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        match schema.get("properties").and_then(Value::as_object).filter(|fields| !fields.is_empty() && !name.starts_with("text/")) {
            Some(fields) => {
                let mut template = Map::new();
                for (field, schema) in fields {
                    let input = self.input(field, schema.clone(), None, is_needed && required.contains(field.as_str()));
                    template.insert(field.clone(), Value::String(format!("{{{{{input}}}}}")));
                }
                self.body = Some(Value::Object(template));
            }
            None => {
                let input = self.input("body", schema.clone(), body.get("description"), is_needed);
                self.body = Some(Value::String(format!("{{{{{input}}}}}")));
            }
        }
        Ok(())
    }

    fn output(&mut self, operation: &'a Value) -> Value {
        let responses = operation.get("responses").and_then(Value::as_object);
        let success = responses.into_iter().flatten().find(|(status, _)| status.starts_with('2'));
        let schema = success.map(|(_, response)| self.writer.resolve(response)).and_then(|response| {
            let content = response.get("content")?.as_object()?;
            content.iter().find(|(name, _)| name.contains("json")).and_then(|(_, media)| media.get("schema"))
        });
        schema.map_or_else(|| json!({}), |schema| self.writer.schema(schema))
    }

    /// The first alternative that we can satisfy. Its key is named after the scheme; its value is never in the document.
    fn authentication(&mut self, operation: &'a Value, spec: &mut ApiSpec) {
        let document = self.writer.document;
        let wanted = operation.get("security").or_else(|| document.get("security")).and_then(Value::as_array);
        let Some(wanted) =
            wanted.filter(|wanted| !wanted.is_empty() && !wanted.iter().any(|one| one.as_object().is_some_and(Map::is_empty)))
        else {
            return;
        };
        for requirement in wanted.iter().filter_map(Value::as_object) {
            let Some((name, scopes)) = requirement.iter().next().filter(|_| requirement.len() == 1) else { continue };
            let Some(scheme) = document
                .pointer(&format!("/components/securitySchemes/{}", crate::schema::pointer_segment(name)))
                .map(|scheme| self.writer.resolve(scheme))
            else {
                continue;
            };
            let text = |field: &str| scheme.get(field).and_then(Value::as_str).unwrap_or_default();
            match (text("type"), text("scheme").to_ascii_lowercase().as_str(), text("in")) {
                ("http", "bearer", _) => spec.auth_type = AuthType::Bearer,
                ("http", "basic", _) => spec.auth_type = AuthType::Basic,
                ("apiKey", _, place @ ("header" | "query")) => {
                    spec.auth_type = AuthType::ApiKey;
                    spec.auth_in = AuthIn::parse(place);
                    spec.auth_name = Some(text("name").to_owned());
                    // The key is sent as that header; an input of the same name would fight with it.
                }
                ("oauth2", _, _) => {
                    let Some(token_url) = scheme.pointer("/flows/clientCredentials/tokenUrl").and_then(Value::as_str) else { continue };
                    spec.auth_type = AuthType::Oauth2;
                    spec.oauth2 = Some(Oauth2 {
                        token_url: token_url.to_owned(),
                        grant: Oauth2Grant::ClientCredentials,
                        scopes: scopes.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect(),
                        audience: None,
                        client_id: None,
                        client_auth: Oauth2ClientAuth::Basic,
                    });
                }
                _ => continue,
            }
            spec.auth_key_name = Some(key_name(document, name));
            return;
        }
        self.writer.notes.insert("It wants an authentication that cannot be made from the document. Set it on the tool.".to_owned());
    }
}

/// Parameters of the path and of the operation; the operation's win.
fn parameters<'a>(writer: &Writer<'a>, place: &Place<'a>) -> Vec<&'a Value> {
    let of = |value: &'a Value| {
        value.get("parameters").and_then(Value::as_array).into_iter().flatten().map(|parameter| writer.resolve(parameter))
    };
    let own: Vec<&Value> = of(place.operation).collect();
    let same = |one: &Value, other: &Value| one.get("name") == other.get("name") && one.get("in") == other.get("in");
    of(place.item).filter(|shared| !own.iter().any(|parameter| same(parameter, shared))).chain(own.iter().copied()).collect()
}

/// `allOf` of objects as one object, so that its fields become inputs.
fn merged(schema: Value) -> Value {
    let Some(parts) = schema
        .get("allOf")
        .and_then(Value::as_array)
        .filter(|parts| parts.iter().all(|part| part.get("properties").is_some() || part.get("required").is_some()))
    else {
        return schema;
    };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts.iter().cloned().map(merged).chain([schema.clone()]) {
        properties.extend(part.get("properties").and_then(Value::as_object).cloned().unwrap_or_default());
        required.extend(part.get("required").and_then(Value::as_array).cloned().unwrap_or_default());
    }
    json!({"type": "object", "properties": properties, "required": required})
}

/// What only the API itself writes is not asked for.
fn without_read_only(mut schema: Value) -> Value {
    let mut gone = Vec::new();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, field| {
            let stays = field.get("readOnly") != Some(&Value::Bool(true));
            if !stays {
                gone.push(name.clone());
            }
            stays
        });
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| !gone.iter().any(|gone| name.as_str() == Some(gone)));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{names::tool_name, read::places};

    fn shop() -> Value {
        json!({"openapi": "3.0.3", "info": {"title": "Shop", "version": "1"}, "security": [{"bearer": []}],
            "paths": {"/items/{item-id}": {
                "parameters": [{"name": "item-id", "in": "path", "required": true, "schema": {"type": "integer"}}],
                "get": {"operationId": "getItemByID", "summary": "One item", "tags": ["items"], "parameters": [
                    {"name": "fields[]", "in": "query", "description": "Which", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}}],
                    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}}}},
                "put": {"security": [{"token": []}], "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Item"}}}}, "responses": {}},
                "post": {"operationId": "upload", "requestBody": {"required": true, "content": {"multipart/form-data": {}}}, "responses": {}}}},
            "components": {"schemas": {"Item": {"type": "object", "required": ["id", "name"], "properties": {"id": {"type": "integer", "readOnly": true}, "name": {"type": "string"}, "item-id": {"type": "string"}}}},
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}, "token": {"type": "apiKey", "in": "query", "name": "token"}}}})
    }

    fn built(document: &Value, method: &str) -> Built {
        let places = places(document);
        let place = places.iter().find(|place| place.method == method).unwrap();
        build(document, place, &tool_name(place, &BTreeSet::new()), "https://shop.example")
    }

    #[test]
    fn parameters_become_inputs_and_go_where_they_belong() {
        let tool = built(&shop(), "get").tool.unwrap();
        let spec = tool.api_spec.clone().unwrap();
        assert_eq!((tool.name.as_str(), tool.display_name.as_str(), tool.tags), ("get_item_by_id", "One item", vec!["items".to_owned()]));
        assert_eq!((spec.path.as_str(), spec.method.as_str()), ("/items/{item-id}", "GET"));
        assert_eq!(spec.query_params, BTreeMap::from([("fields[]".to_owned(), "{{fields}}".to_owned())]));
        assert_eq!(spec.headers, BTreeMap::from([("X-Trace".to_owned(), "{{X-Trace}}".to_owned())]));
        assert_eq!((spec.auth_type, spec.auth_key_name.as_deref()), (AuthType::Bearer, Some("SHOP_BEARER")));
        assert_eq!(tool.input_schema["required"], json!(["item-id"]));
        assert_eq!(tool.output_schema["properties"]["name"], json!({"type": "string"}));
    }

    #[test]
    fn fields_of_the_body_become_inputs_without_what_only_the_api_writes() {
        let tool = built(&shop(), "put").tool.unwrap();
        let spec = tool.api_spec.unwrap();
        assert_eq!(spec.body_template, Some(json!({"name": "{{name}}", "item-id": "{{item-id_2}}"})));
        assert_eq!(tool.input_schema["required"], json!(["item-id", "name"]));
        assert_eq!((spec.auth_type, spec.auth_in, spec.auth_name.as_deref()), (AuthType::ApiKey, Some(AuthIn::Query), Some("token")));
    }

    #[test]
    fn a_body_that_cannot_be_sent_is_said() {
        assert_eq!(built(&shop(), "post").tool.unwrap_err(), "Its body is multipart/form-data, which is not sent yet.");
    }

    #[test]
    fn every_tool_that_is_built_obeys_the_rules_of_tools() {
        for method in ["get", "put"] {
            let mut tool = built(&shop(), method).tool.unwrap();
            assert_eq!(crate::tools::check::check_tool(&mut tool), []);
        }
    }
}
