//! The request that a template and inputs make.

use super::{unfit, upstream};
use crate::{
    executors::Failure,
    keys::Reach,
    tools::{ApiSpec, template},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};
use serde_json::{Map, Value};
use url::Url;

/// Unreserved characters of RFC 3986 stay; all else is encoded, so that a value cannot become another segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request, ready to be sent as often as it takes.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Option<Vec<u8>>,
    /// How far it may be redirected, once a key is in it.
    pub reach: Option<Reach>,
}

crate::keys::secret::is_never!(Prepared: std::fmt::Debug, std::fmt::Display, serde::Serialize);

/// The request that template and inputs make together.
pub(super) fn prepare(spec: &ApiSpec, inputs: &Map<String, Value>) -> Result<Prepared, Failure> {
    let missing = |place: &str| {
        let place = place.to_owned();
        move |name: String| unfit(format!("The input “{name}” is needed in the {place}, and was not given."))
    };
    let path =
        template::fill_text(&spec.path, true, inputs, |value| utf8_percent_encode(value, SEGMENT).to_string()).map_err(missing("path"))?;
    let path = path.unwrap_or_default();
    if template::pieces(&spec.path, true)
        .iter()
        .any(|piece| matches!(piece, template::Piece::Input(name) if inputs.get(*name) == Some(&Value::String(String::new()))))
    {
        return Err(unfit("An input that stands in the path may not be empty."));
    }
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(unfit("An input that stands in the path may not be “.” or “..”."));
    }
    let mut url = Url::parse(&format!("{}{path}", spec.base_url)).map_err(|_| unfit("The inputs make no valid address."))?;
    if !spec.query_params.is_empty() {
        let mut pairs = url.query_pairs_mut();
        for (name, value) in &spec.query_params {
            // A list becomes a repeated parameter.
            let alone = match template::pieces(value, false).as_slice() {
                [template::Piece::Input(input)] => inputs.get(*input).and_then(Value::as_array),
                _ => None,
            };
            if let Some(items) = alone {
                for item in items {
                    pairs.append_pair(name, &template::as_text(item));
                }
            } else if let Some(value) = template::fill_text(value, false, inputs, str::to_owned).map_err(missing("query"))? {
                pairs.append_pair(name, &value);
            }
        }
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    let mut headers = HeaderMap::new();
    for (name, value) in &spec.headers {
        let Some(text) = template::fill_text(value, false, inputs, str::to_owned).map_err(missing("headers"))? else {
            continue;
        };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unfit(format!("“{name}” is no name of a header.")))?;
        let value = HeaderValue::from_str(&text)
            .map_err(|_| unfit(format!("The value for the header “{name}” has a line break or a control character.")))?;
        headers.insert(header, value);
    }
    let body = spec.body_template.as_ref().map(|body| template::fill_json(body, inputs)).transpose().map_err(missing("body"))?.flatten();
    // A string as the whole body goes out as text, unless a JSON type is asked for.
    let as_json = headers.get(CONTENT_TYPE).is_none_or(|kind| kind.to_str().is_ok_and(|kind| kind.contains("json")));
    let body = match body {
        Some(Value::String(text)) if !as_json => Some(text.into_bytes()),
        Some(Value::Object(fields)) if is_form(&headers) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in &fields {
                form.append_pair(name, &template::as_text(value));
            }
            Some(form.finish().into_bytes())
        }
        Some(value) => Some(value.to_string().into_bytes()),
        None => None,
    };
    if body.is_some() && !headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if !headers.contains_key(ACCEPT) {
        headers.insert(ACCEPT, HeaderValue::from_static("application/json, */*;q=0.5"));
    }
    let method = Method::from_bytes(spec.method.as_bytes()).map_err(|_| upstream("The method of this tool is not valid."))?;
    Ok(Prepared { method, url, headers, body, reach: None })
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("application/x-www-form-urlencoded")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executions::ErrorClass;
    use serde_json::json;

    fn spec(json: Value) -> ApiSpec {
        serde_json::from_value(json).unwrap()
    }

    fn inputs(json: Value) -> Map<String, Value> {
        json.as_object().cloned().unwrap()
    }

    #[test]
    fn values_stay_values_wherever_they_go() {
        let spec = spec(
            json!({"baseUrl": "https://a.example/v1", "path": "/u/{id}", "method": "POST", "queryParams": {"q": "{{q}}", "none": "{{none}}", "l": "{{l}}"},
            "headers": {"X-Note": "n={{q}}"}, "bodyTemplate": {"name": "{{id}}", "n": "{{n}}", "none": "{{none}}"}}),
        );
        let request = prepare(&spec, &inputs(json!({"id": "a/../b?c#\"", "q": "1&2=3", "n": 5, "l": [1, "x"]}))).unwrap();
        assert_eq!(request.url.as_str(), "https://a.example/v1/u/a%2F..%2Fb%3Fc%23%22?l=1&l=x&q=1%262%3D3");
        assert_eq!(request.headers["x-note"], "n=1&2=3");
        assert_eq!(serde_json::from_slice::<Value>(&request.body.unwrap()).unwrap(), json!({"name": "a/../b?c#\"", "n": 5}));
    }

    #[test]
    fn inputs_that_would_change_the_request_are_refused() {
        let spec = spec(json!({"baseUrl": "https://a.example", "path": "/u/{id}/x", "method": "GET", "headers": {"X": "{{h}}"}}));
        for bad in [json!({"id": ".."}), json!({"id": ""}), json!({}), json!({"id": "1", "h": "a\r\nHost: b"})] {
            assert_eq!(prepare(&spec, &inputs(bad)).err().unwrap().class, ErrorClass::InvalidInput);
        }
    }
}
