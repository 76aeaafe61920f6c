//! From the text of a document to its operations.

use super::{DOCUMENT_BYTES, schema::Writer};
use crate::problem::FieldError;
use serde_json::Value;

/// A document that was understood.
#[derive(Clone, Debug)]
pub struct Document {
    pub title: String,
    pub version: String,
    /// The first server, with its variables' defaults put in; empty where the document names none that is absolute.
    pub base_url: String,
    pub value: Value,
}

/// The methods an operation may have, as OpenAPI writes them.
pub const METHODS: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];

/// Reads JSON or YAML. `Err`: why this is no document we can use.
pub fn read(text: &str) -> Result<Document, FieldError> {
    let wrong = |message: String| FieldError::new("text", message);
    if text.trim().is_empty() {
        return Err(wrong("Paste the document, JSON or YAML.".to_owned()));
    }
    if text.len() > DOCUMENT_BYTES {
        return Err(wrong(format!("At most {} MiB.", DOCUMENT_BYTES / 1024 / 1024)));
    }
    let value: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| wrong(format!("This is no valid JSON: {error}.")))?
    } else {
        serde_saphyr::from_str(text).map_err(|error| wrong(format!("This is no valid YAML: {}.", first_line(&error.to_string()))))?
    };
    if value.get("swagger").is_some() {
        return Err(wrong("This is Swagger 2.0. Convert it to OpenAPI 3 first; every Swagger editor can.".to_owned()));
    }
    match value.get("openapi").and_then(Value::as_str) {
        Some(version) if version.starts_with("3.0") || version.starts_with("3.1") => {}
        Some(version) => return Err(wrong(format!("This is OpenAPI {version}. Versions 3.0 and 3.1 are understood."))),
        None => return Err(wrong("This is no OpenAPI document: “openapi: 3.…” is missing at its top.".to_owned())),
    }
    if !value.get("paths").is_some_and(Value::is_object) {
        return Err(wrong("The document has no paths.".to_owned()));
    }
    let info = |field: &str| value.pointer(&format!("/info/{field}")).map(plain).unwrap_or_default();
    Ok(Document { title: non_empty(info("title"), "Untitled API"), version: info("version"), base_url: server(&value), value })
}

/// A place in a document where an operation stands.
pub struct Place<'a> {
    pub method: &'static str,
    pub path: &'a str,
    pub operation: &'a Value,
    /// What all operations of the path share.
    pub item: &'a Value,
}

/// All operations, in the document's order.
pub fn places(document: &Value) -> Vec<Place<'_>> {
    let writer = Writer::new(document);
    let mut found = Vec::new();
    for (path, item) in document.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let item = writer.resolve(item);
        for method in METHODS {
            if let Some(operation) = item.get(method).filter(|operation| operation.is_object()) {
                found.push(Place { method, path, operation, item });
            }
        }
    }
    found
}

/// The first server, if it is a whole address.
fn server(document: &Value) -> String {
    let url = first_server(document);
    if url.starts_with("http://") || url.starts_with("https://") { url.trim_end_matches('/').to_owned() } else { String::new() }
}

/// The first server of a document that was fetched from `location`: addresses may be relative to it, and none at all means `/`
/// (OpenAPI 3.1, “Server Object” and “OpenAPI Object”).
pub(super) fn server_from(document: &Value, location: &str) -> String {
    let relative = Some(first_server(document)).filter(|url| !url.is_empty()).unwrap_or_else(|| "/".to_owned());
    let url = url::Url::parse(location).and_then(|location| location.join(&relative));
    url.map(|url| url.as_str().trim_end_matches('/').to_owned()).unwrap_or_default()
}

fn first_server(document: &Value) -> String {
    let Some(server) = document.pointer("/servers/0") else {
        return String::new();
    };
    let mut url = server.get("url").and_then(Value::as_str).unwrap_or_default().to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), variable.get("default").map(plain).unwrap_or_default().as_str());
    }
    url
}

/// YAML reads `version: 1.0` as a number.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn non_empty(text: String, otherwise: &str) -> String {
    if text.trim().is_empty() || text == "null" { otherwise.to_owned() } else { text }
}

fn first_line(text: &str) -> &str {
    text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_yaml_are_read_alike() {
        let yaml = "openapi: 3.0.3\ninfo: {title: Shop, version: 1.0}\nservers:\n  - url: https://{region}.shop.example/v2/\n    variables: {region: {default: eu}}\npaths:\n  /items:\n    get: {}\n    post: {}\n";
        let document = read(yaml).unwrap();
        assert_eq!(
            (document.title.as_str(), document.version.as_str(), document.base_url.as_str()),
            ("Shop", "1.0", "https://eu.shop.example/v2")
        );
        assert_eq!(
            places(&document.value).iter().map(|place| (place.method, place.path)).collect::<Vec<_>>(),
            [("get", "/items"), ("post", "/items")]
        );
        assert_eq!(read(&document.value.to_string()).unwrap().value, document.value);
    }

    #[test]
    fn what_is_no_openapi_document_says_what_it_is() {
        for (text, part) in [
            ("", "Paste"),
            ("{", "no valid JSON"),
            ("a: [", "no valid YAML"),
            ("{\"swagger\": \"2.0\"}", "Swagger 2.0"),
            ("{\"openapi\": \"4.0.0\"}", "OpenAPI 4.0.0"),
            ("{\"nodes\": []}", "no OpenAPI document"),
            ("openapi: 3.1.0", "no paths"),
        ] {
            let message = read(text).unwrap_err().message;
            assert!(message.contains(part), "{text}: {message}");
        }
    }

    #[test]
    fn a_document_that_grows_by_its_own_aliases_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", [below.as_str(); 9].join(", "));
        }
        assert!(read(&bomb).unwrap_err().message.contains("no valid YAML"));
    }

    #[test]
    fn a_relative_server_is_where_the_document_lies() {
        let at = |servers: Value| server_from(&serde_json::json!({"servers": servers}), "https://api.example/v2/openapi.json");
        assert_eq!(at(serde_json::json!([{"url": "/"}])), "https://api.example");
        assert_eq!(at(serde_json::json!([{"url": "/v3/"}])), "https://api.example/v3");
        assert_eq!(at(serde_json::json!([{"url": "."}])), "https://api.example/v2");
        assert_eq!(at(serde_json::json!([])), "https://api.example");
        assert_eq!(at(serde_json::json!([{"url": "https://other.example/"}])), "https://other.example");
    }
}
