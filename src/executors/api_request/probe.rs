//! The smallest real request that tells whether an API takes a key.

use super::{
    auth::Auth,
    request::prepare,
    send::{Broken, send},
};
use crate::{
    executors::{Call, Failure},
    keys::ResolvedKey,
    tools::{ApiSpec, AuthType, template},
};
use serde_json::Map;

/// Well-known APIs and the request of each that changes nothing, costs nothing and needs a key.
const KNOWN: [(&str, &str); 8] = [
    ("api.openai.com", "/v1/models"),
    ("api.anthropic.com", "/v1/models"),
    ("api.mistral.ai", "/v1/models"),
    ("api.groq.com", "/openai/v1/models"),
    ("api.stripe.com", "/v1/balance"),
    ("api.twilio.com", "/2010-04-01/Accounts.json"),
    ("api.github.com", "/user"),
    ("api.sendgrid.com", "/v3/scopes"),
];

/// What came of it.
pub(crate) enum Probed {
    /// An access token was given: the key is good.
    Token {
        url: String,
    },
    Answered {
        request: String,
        status: u16,
        body: String,
    },
    Failed(Failure),
}

/// With this key, whatever the mappings say. Nothing is tried twice.
pub(crate) async fn probe(call: &Call<'_>, key: ResolvedKey) -> Probed {
    let Some(spec) = call.tool.api_spec.as_ref() else {
        return Probed::Failed(super::upstream("This tool has no request to make."));
    };
    match attempt(call, spec, key).await {
        Ok(probed) => probed,
        Err(failure) => Probed::Failed(failure),
    }
}

async fn attempt(call: &Call<'_>, spec: &ApiSpec, key: ResolvedKey) -> Result<Probed, Failure> {
    if let (AuthType::Oauth2, Some(oauth2)) = (spec.auth_type, &spec.oauth2) {
        call.system.tokens.forget(call, &key, oauth2);
        call.system.tokens.token(call, &key, oauth2).await?;
        return Ok(Probed::Token { url: oauth2.token_url.clone() });
    }
    let bare = prepare(&smallest(spec), &Map::new())?;
    let words = format!("{} {}", bare.method, bare.url);
    let request = Auth::with(spec, key)?.apply(call, bare).await?;
    match send(call, request).await {
        Ok(answer) => {
            let body = call.keys.redactor.text(&String::from_utf8_lossy(&answer.body)).chars().take(2_000).collect();
            Ok(Probed::Answered { request: words, status: answer.status.as_u16(), body })
        }
        Err(Broken::Connection(why)) => Err(super::upstream(why)),
        Err(Broken::Final(failure)) => Err(failure),
    }
}

/// A GET without inputs: the API's own request for this, else the tool's own where it is one, else the base address.
fn smallest(spec: &ApiSpec) -> ApiSpec {
    let mut small = spec.clone();
    let host = url::Url::parse(&spec.base_url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    let fixed = |value: &String| template::names(value, false).is_empty();
    small.headers.retain(|_, value| fixed(value));
    small.query_params.retain(|_, value| fixed(value));
    small.body_template = None;
    if let Some((_, path)) = KNOWN.iter().find(|(known, _)| *known == host) {
        if let Ok(mut base) = url::Url::parse(&spec.base_url) {
            base.set_path("");
            small.base_url = base.as_str().trim_end_matches('/').to_owned();
        }
        small.path = (*path).to_owned();
        small.query_params.clear();
    } else if spec.method != "GET" || !template::names(&spec.path, true).is_empty() {
        small.path = String::new();
        small.query_params.clear();
    }
    small.method = "GET".to_owned();
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nothing_is_changed_by_a_test() {
        let small = |spec: serde_json::Value| {
            let small = smallest(&serde_json::from_value(spec).unwrap());
            (small.method, format!("{}{}", small.base_url, small.path), small.body_template, small.query_params.len())
        };
        let get = |url: &str, query| ("GET".to_owned(), url.to_owned(), None, query);
        let chat =
            json!({"baseUrl": "https://api.openai.com/v1", "path": "/chat/completions", "method": "POST", "bodyTemplate": {"a": "{{b}}"}});
        assert_eq!(small(chat), get("https://api.openai.com/v1/models", 0));
        let own = json!({"baseUrl": "https://a.example", "path": "/me", "method": "GET", "queryParams": {"a": "1", "b": "{{c}}"}});
        assert_eq!(small(own), get("https://a.example/me", 1));
        assert_eq!(
            small(json!({"baseUrl": "https://a.example/v2", "path": "/users/{id}", "method": "GET"})),
            get("https://a.example/v2", 0)
        );
        assert_eq!(small(json!({"baseUrl": "https://a.example", "path": "/all", "method": "DELETE"})), get("https://a.example", 0));
    }
}
