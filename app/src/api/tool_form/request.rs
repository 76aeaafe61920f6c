//! The request as flat text: address in one line, query and headers a pair a line.

use super::{AuthForm, ToolForm, json, pretty};
use std::collections::BTreeMap;
use toolcrib::{problem::FieldError, tools::ApiSpec};

impl ToolForm {
    /// Shows this request.
    pub(super) fn put_request(&mut self, spec: &ApiSpec) {
        self.method.clone_from(&spec.method);
        self.url = format!("{}{}", spec.base_url, spec.path);
        self.query = lines(&spec.query_params);
        self.headers = lines(&spec.headers);
        self.body = spec.body_template.as_ref().map(pretty).unwrap_or_default();
        self.auth = AuthForm::of(spec);
    }

    pub(super) fn spec(&self) -> Result<ApiSpec, Vec<FieldError>> {
        let mut errors = Vec::new();
        let (base_url, path, in_url) = split_url(&self.url);
        let mut query_params = pairs("query", &self.query, '=', &mut errors);
        for (name, value) in in_url {
            query_params.entry(name).or_insert(value);
        }
        let headers = pairs("headers", &self.headers, ':', &mut errors);
        let body_template = match json("body", &self.body) {
            Ok(body) => body,
            Err(error) => {
                errors.push(error);
                None
            }
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut spec = ApiSpec { base_url, path, method: self.method.clone(), headers, query_params, body_template, ..ApiSpec::default() };
        self.auth.fill(&mut spec);
        Ok(spec)
    }
}

fn lines(pairs: &BTreeMap<String, String>) -> String {
    pairs.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

/// One pair a line: `name: value`, or `name=value` in a query.
fn pairs(field: &str, text: &str, other: char, errors: &mut Vec<FieldError>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match line.split_once(':').filter(|(name, _)| !name.contains(other) || other == ':').or_else(|| line.split_once(other)) {
            Some((name, value)) if !name.trim().is_empty() => {
                found.insert(name.trim().to_owned(), value.trim().to_owned());
            }
            _ => errors.push(FieldError::new(field, format!("Line {}: write “name: value”.", number + 1))),
        }
    }
    found
}

/// Scheme and host, path, query.
fn split_url(url: &str) -> (String, String, Vec<(String, String)>) {
    let url = url.trim();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let end = address[after_scheme..].find('/').map_or(address.len(), |at| at + after_scheme);
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (crate::components::query::decode(name), crate::components::query::decode(value))
    });
    (address[..end].to_owned(), address[end..].to_owned(), query.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart() {
        let (base, path, query) = split_url(" https://api.example.com:8443/v1/{id}?q={{q}}&x=a%20b ");
        assert_eq!((base.as_str(), path.as_str()), ("https://api.example.com:8443", "/v1/{id}"));
        assert_eq!(query, [("q".to_owned(), "{{q}}".to_owned()), ("x".to_owned(), "a b".to_owned())]);
    }

    #[test]
    fn pairs_may_be_written_both_ways() {
        let mut errors = Vec::new();
        let found = pairs("query", "q={{q}}\nat: 10:30\nt=a:b", '=', &mut errors);
        assert_eq!(
            found.into_iter().collect::<Vec<_>>(),
            [("at".into(), "10:30".into()), ("q".into(), "{{q}}".into()), ("t".into(), "a:b".into())] as [(String, String); 3]
        );
        assert!(errors.is_empty());
    }
}
