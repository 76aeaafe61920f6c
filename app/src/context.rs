//! Who is asking: from the request to an [`Actor`] inside one organization. Every server function begins here.

use crate::error::AppError;
use leptos::prelude::*;
use std::net::IpAddr;
use toolcrib::{
    Error,
    actor::{Actor, Source},
    system::System,
    users::{SignedIn, Visit},
};

/// What the server knows of the request; put into the context by the server for pages and server functions alike.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    /// The value of the session cookie.
    pub session_token: Option<String>,
    pub address: Option<IpAddr>,
    pub user_agent: Option<String>,
}

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "tc_session";

pub fn system() -> Result<System, AppError> {
    use_context::<System>().ok_or_else(|| Error::internal("no System in the context").into())
}

#[must_use]
pub fn visitor() -> Visitor {
    use_context::<Visitor>().unwrap_or_default()
}

/// The signed-in person, or 401. A page leads to the sign-in page and back.
pub async fn signed_in() -> Result<SignedIn, AppError> {
    signed_in_here().await.inspect_err(|refusal| {
        if refusal.0.status == 401 {
            // After the refusal has set its status: the redirect's is to stand.
            leptos_axum::redirect(&sign_in_href());
        }
    })
}

/// The same for a page that stays where it is, because something is kept in it: it says by itself that nobody is signed in any more.
async fn signed_in_here() -> Result<SignedIn, AppError> {
    let (found, why) = match visitor().session_token {
        Some(token) => (toolcrib::users::authenticate::authenticate(&system()?, &token).await?, "Your session has ended. Sign in again."),
        None => (None, "Sign in first."),
    };
    found.ok_or_else(|| Error::Unauthenticated(why.to_owned()).into())
}

/// The sign-in page that leads back to the page being asked for, or that a server function is being called from.
fn sign_in_href() -> String {
    let page = use_context::<http::request::Parts>().and_then(|parts| {
        if parts.uri.path().starts_with("/api/") {
            let referer = parts.headers.get(http::header::REFERER)?.to_str().ok()?.parse::<http::Uri>().ok()?;
            referer.path_and_query().map(ToString::to_string)
        } else {
            parts.uri.path_and_query().map(ToString::to_string)
        }
    });
    page.filter(|page| page != "/")
        .map_or_else(|| "/sign-in".to_owned(), |page| format!("/sign-in?next={}", crate::components::query::encode(&page)))
}

/// The signed-in person inside the organization with this slug; 404 for an organization they are no member of.
pub async fn actor(slug: &str) -> Result<Actor, AppError> {
    member(signed_in().await?, slug).await
}

/// The same without leading a page away whose person is not signed in any more.
pub async fn actor_here(slug: &str) -> Result<Actor, AppError> {
    member(signed_in_here().await?, slug).await
}

async fn member(person: SignedIn, slug: &str) -> Result<Actor, AppError> {
    let system = system()?;
    let membership = toolcrib::organizations::membership::membership_of(&system, person.user.id, slug).await?;
    let (organization, role) = membership.ok_or(Error::NotFound("organization"))?;
    Ok(Actor {
        organization_id: organization.id,
        user_id: person.user.id,
        user_name: person.user.name,
        role,
        agent_id: None,
        scopes: None,
        source: Source::Page,
        address: visitor().address,
    })
}

/// The signed-in person, if there is one.
pub async fn maybe_signed_in() -> Result<Option<SignedIn>, AppError> {
    match visitor().session_token {
        Some(token) => Ok(toolcrib::users::authenticate::authenticate(&system()?, &token).await?),
        None => Ok(None),
    }
}

/// What a new sign-in session is to know of the request.
#[must_use]
pub fn visit() -> Visit {
    let visitor = visitor();
    Visit { address: visitor.address, user_agent: visitor.user_agent, old_token: visitor.session_token }
}

/// Sets the session cookie, or takes it away. How long a session lives is the server's to say: the cookie outlives it.
pub fn set_session_cookie(token: Option<&str>) -> Result<(), AppError> {
    let secure = if system()?.config.insecure_cookies { "" } else { "; Secure" };
    let (value, age) = token.map_or(("", 0), |token| (token, 400 * 24 * 60 * 60));
    let cookie = format!("{SESSION_COOKIE}={value}; HttpOnly{secure}; SameSite=Lax; Path=/; Max-Age={age}");
    let cookie = http::HeaderValue::from_str(&cookie).map_err(|_| Error::internal("a session token that is no header value"))?;
    expect_context::<leptos_axum::ResponseOptions>().append_header(http::header::SET_COOKIE, cookie);
    Ok(())
}

/// The address people use, without a slash at the end: as configured, else as the browser asked for it.
#[must_use]
pub fn public_url() -> String {
    if let Some(url) = system().ok().and_then(|system| system.config.public_url.clone()) {
        return url;
    }
    let host = use_context::<http::request::Parts>()
        .and_then(|parts| parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned))
        .unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    format!("http://{host}")
}
