//! A refusal for whom it is: programs get `application/problem+json`, people who asked for a page get one to read, with the same status.

use crate::routes::site::is_for_programs;
use app::pages::refused::{Way, refused};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use toolcrib::problem::Problem;
use url::Url;

/// The page needs its style and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// In a response: the page to go back to, with what was typed.
#[derive(Clone, Debug)]
pub struct GoBack(pub String);

pub async fn readable(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    // Forms are sent to /api/fn; everything else under /api is for programs, whatever they say they accept.
    let may_be_read = path.starts_with("/api/fn/") || !is_for_programs(path);
    let back = (may_be_read && prefers_html(request.headers())).then(|| back(request.headers()));
    let was_sent = !request.method().is_safe();
    let mut response = next.run(request).await;
    let (Some(back), Some(problem)) = (back, response.extensions().get::<Problem>()) else { return response };
    let kept = response.extensions().get::<GoBack>();
    let way = match (kept, &back) {
        (Some(GoBack(path)), _) => Way::Kept(path),
        (None, Some(path)) => Way::Back(path),
        (None, None) => Way::Home,
    };
    let page = refused(problem, way, was_sent);
    *response.body_mut() = Body::from(page);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    // Of the body that it had, which may have been compressed.
    for stale in [header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        headers.remove(stale);
    }
    response
}

/// Is a page named in `Accept`, and no kind of JSON liked as much?
fn prefers_html(headers: &HeaderMap) -> bool {
    let mut weights = [0.0_f32; 2];
    for part in headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')) {
        let (kind, parameters) = part.split_once(';').unwrap_or((part, ""));
        let weight = parameters.split(';').find_map(|one| one.trim().strip_prefix("q=")?.parse().ok()).unwrap_or(1.0);
        let slot = match kind.trim().to_ascii_lowercase().as_str() {
            "text/html" | "application/xhtml+xml" => 0,
            "application/json" | "application/problem+json" => 1,
            _ => continue,
        };
        weights[slot] = weights[slot].max(weight);
    }
    weights[0] > weights[1]
}

/// The page of this site that the request came from, as an address of any host.
#[must_use]
pub fn came_from(headers: &HeaderMap) -> Option<Url> {
    Url::parse("http://localhost/").ok()?.join(&back(headers)?).ok()
}

/// The path of the page of this site that the request came from.
fn back(headers: &HeaderMap) -> Option<String> {
    let text = |name| headers.get(name)?.to_str().ok();
    let referer = Url::parse(text(header::REFERER)?).ok()?;
    let authority = referer.port().map_or_else(
        || referer.host_str().unwrap_or_default().to_owned(),
        |port| format!("{}:{port}", referer.host_str().unwrap_or_default()),
    );
    let same = text(header::HOST).is_some_and(|host| host.eq_ignore_ascii_case(&authority));
    let query = referer.query().map(|query| format!("?{query}")).unwrap_or_default();
    // One slash: two would name another host.
    same.then(|| format!("/{}{query}", referer.path().trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn browsers_prefer_pages_and_programs_do_not() {
        for pages in ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html, application/json;q=0.5"] {
            assert!(prefers_html(&with(&[("accept", pages)])), "{pages}");
        }
        for data in ["*/*", "application/json", "application/json, text/html;q=0.9", "application/problem+json,text/html", "text/html;q=0"]
        {
            assert!(!prefers_html(&with(&[("accept", data)])), "{data}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }

    #[test]
    fn the_way_back_leads_to_this_site_only() {
        let back = |referer: &str| back(&with(&[("host", "crib.example:3000"), ("referer", referer)]));
        assert_eq!(back("http://crib.example:3000/acme/tools/new?kind=python#x").as_deref(), Some("/acme/tools/new?kind=python"));
        assert_eq!(back("http://crib.example:3000//evil.example/x").as_deref(), Some("/evil.example/x"));
        for elsewhere in ["https://evil.example/acme", "http://crib.example/acme", "nonsense"] {
            assert_eq!(back(elsewhere), None, "{elsewhere}");
        }
    }
}
