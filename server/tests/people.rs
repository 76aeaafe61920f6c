//! Set-up, sign-in and the pages of people, as a browser without JavaScript sees them.

use reqwest::{Client, Response, StatusCode, header};
use support::{TestServer, TestSystem};
use toolcrib::access::{Role, Scope};

const PASSWORD: &str = "correct horse battery";

fn plain_browser() -> Client {
    Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().unwrap()
}

/// Sends a form as a browser does by itself, from the page `from`.
async fn submit(browser: &Client, server: &TestServer, from: &str, function: &str, fields: &[(&str, &str)]) -> Response {
    browser
        .post(server.url(&format!("/api/fn/{function}")))
        .header(header::ORIGIN, server.origin())
        .header(header::REFERER, server.url(from))
        .header(header::ACCEPT, "text/html,application/xhtml+xml")
        .form(fields)
        .send()
        .await
        .unwrap()
}

async fn open(browser: &Client, server: &TestServer, path: &str) -> Response {
    browser.get(server.url(path)).header(header::ACCEPT, "text/html").send().await.unwrap()
}

fn location(response: &Response) -> String {
    assert!(response.status().is_redirection(), "{}", response.status());
    response.headers()[header::LOCATION].to_str().unwrap().to_owned()
}

/// The value of the session cookie that an answer sets, and the whole line.
fn cookie(response: &Response) -> (String, String) {
    let line =
        response.headers().get_all(header::SET_COOKIE).iter().map(|v| v.to_str().unwrap()).find(|v| v.starts_with("tc_session=")).unwrap();
    let value = line.trim_start_matches("tc_session=").split(';').next().unwrap();
    (value.to_owned(), line.to_owned())
}

async fn set_up(browser: &Client, server: &TestServer) -> Response {
    let fields = [
        ("organization_name", "Acme Robotics"),
        ("organization_slug", ""),
        ("name", "Ada"),
        ("email", "ada@acme.example"),
        ("password", PASSWORD),
    ];
    submit(browser, server, "/setup", "users/set_up", &fields).await
}

#[tokio::test]
async fn the_first_visitor_sets_up_and_every_later_one_signs_in() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let browser = plain_browser();
    assert_eq!(location(&open(&browser, &server, "/").await), "/setup");
    assert_eq!(location(&open(&browser, &server, "/sign-in").await), "/setup");
    let page = open(&browser, &server, "/setup").await;
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    assert!(page.contains("name=\"organization_name\"") && page.contains("action=\"/api/fn/users/set_up\""), "{page}");

    let done = set_up(&browser, &server).await;
    assert_eq!(location(&done), "/acme-robotics");
    let (value, line) = cookie(&done);
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(line.contains(attribute), "{line}");
    }
    let members =
        browser.get(server.url("/acme-robotics/members")).header(header::COOKIE, format!("tc_session={value}")).send().await.unwrap();
    assert_eq!(members.status(), 200);
    assert!(members.text().await.unwrap().contains("ada@acme.example"));

    assert_eq!(location(&open(&browser, &server, "/setup").await), "/");
    assert_eq!(location(&open(&browser, &server, "/").await), "/sign-in");
}

#[tokio::test]
async fn a_refused_set_up_comes_back_with_its_values_and_messages_but_without_the_password() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let browser = plain_browser();
    let fields = [
        ("organization_name", "Acme & Sons"),
        ("organization_slug", "9bad"),
        ("name", "Ada"),
        ("email", "not-an-address"),
        ("password", "short"),
    ];
    let back = location(&submit(&browser, &server, "/setup", "users/set_up", &fields).await);
    assert!(back.starts_with("/setup?flash="), "{back}");
    let page = open(&browser, &server, &back).await.text().await.unwrap();
    for kept in
        ["Acme &amp; Sons", "value=\"9bad\"", "value=\"not-an-address\"", "This is not an e-mail address", "At least 10 characters."]
    {
        assert!(page.contains(kept), "{kept} is missing in {page}");
    }
    assert!(!page.contains("value=\"short\""));
}

#[tokio::test]
async fn signing_in_leads_to_where_one_wanted_to_go_and_nowhere_else() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let browser = plain_browser();
    set_up(&browser, &server).await;
    let asked = location(&open(&browser, &server, "/acme-robotics/members").await);
    assert_eq!(asked, "/sign-in?next=%2Facme-robotics%2Fmembers");
    let sign_in = async |password: &str, next: &str| {
        submit(&browser, &server, "/sign-in", "users/sign_in", &[("email", "Ada@acme.example"), ("password", password), ("next", next)])
            .await
    };
    assert_eq!(location(&sign_in(PASSWORD, "/acme-robotics/members").await), "/acme-robotics/members");
    for evil in ["https://evil.example", "//evil.example", "/\\evil.example", ""] {
        assert_eq!(location(&sign_in(PASSWORD, evil).await), "/acme-robotics");
    }
    let back = location(&sign_in("a wrong password", "/acme-robotics/members").await);
    let page = open(&browser, &server, &back).await.text().await.unwrap();
    assert!(page.contains("The e-mail address or the password is wrong.") && page.contains("value=\"Ada@acme.example\""), "{page}");
    assert!(!page.contains("a wrong password"));
}

#[tokio::test]
async fn signing_out_ends_the_session_itself_not_only_the_cookie() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let browser = plain_browser();
    let (value, _) = cookie(&set_up(&browser, &server).await);
    let session = format!("tc_session={value}");
    let out = browser
        .post(server.url("/api/fn/users/sign_out"))
        .header(header::ORIGIN, server.origin())
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, &session)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .send()
        .await
        .unwrap();
    assert_eq!(location(&out), "/sign-in");
    assert!(cookie(&out).1.contains("Max-Age=0"));
    let again = browser.get(server.url("/acme-robotics/members")).header(header::ACCEPT, "text/html").header(header::COOKIE, &session);
    let again = again.send().await.unwrap();
    assert!(location(&again).starts_with("/sign-in"));
}

#[tokio::test]
async fn a_new_token_is_shown_once() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let (_, owner) = test.organization("acme").await;
    let browser = test.browser(&server, &owner).await;
    let fields = [("org", "acme"), ("name", "nightly"), ("scopes[0]", "read"), ("expires_in_days", "30"), ("agent_id", "")];
    let shown = location(&submit(&browser, &server, "/acme/tokens", "tokens/create", &fields).await);
    assert!(shown.starts_with("/acme/tokens?shown="), "{shown}");
    let page = open(&browser, &server, &shown).await.text().await.unwrap();
    // The list has its beginning and end only.
    let value = page.split('>').filter_map(|part| part.split('<').next()).find(|text| text.starts_with("tc_") && text.len() == 46);
    let value = value.expect("the token in a block of code").to_owned();
    toolcrib::tokens::authenticate(test.system(), &value, None).await.unwrap();
    let again = open(&browser, &server, &shown).await.text().await.unwrap();
    assert!(!again.contains(&value) && again.contains("shown once"));
}

#[tokio::test]
async fn scopes_as_browsers_send_them_are_all_read() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let (_, owner) = test.organization("acme").await;
    let browser = test.browser(&server, &owner).await;
    let fields =
        [("org", "acme"), ("name", "ci"), ("scopes[]", "read"), ("scopes[]", "execute"), ("expires_in_days", "never"), ("agent_id", "")];
    location(&submit(&browser, &server, "/acme/tokens", "tokens/create", &fields).await);
    let tokens = toolcrib::tokens::list::list(test.system(), &owner).await.unwrap();
    assert_eq!(tokens[0].scopes, [Scope::Read, Scope::Execute]);
    assert_eq!(tokens[0].expires_at, None);
}

#[tokio::test]
async fn somebody_invited_by_a_link_makes_an_account_and_joins() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let (_, owner) = test.organization("acme").await;
    let browser = test.browser(&server, &owner).await;
    let fields = [("org", "acme"), ("role", "builder"), ("email", "")];
    let shown = location(&submit(&browser, &server, "/acme/members", "members/invite", &fields).await);
    let page = open(&browser, &server, &shown).await.text().await.unwrap();
    let link = format!("{}/invitations/", server.origin());
    let at = page.find(&link).expect("the link") + link.len();
    let token: String = page[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).collect();

    let stranger = plain_browser();
    let path = format!("/invitations/{token}");
    let invitation = open(&stranger, &server, &path).await;
    assert_eq!(invitation.status(), 200);
    assert!(invitation.text().await.unwrap().contains("Join acme Ltd"));
    let fields = [("token", token.as_str()), ("name", "Grace"), ("email", "grace@acme.example"), ("password", PASSWORD)];
    let joined = submit(&stranger, &server, &path, "invitations/accept_with_account", &fields).await;
    assert_eq!(location(&joined), "/acme");
    cookie(&joined);
    let used = open(&stranger, &server, &path).await;
    assert_eq!(used.status(), StatusCode::CONFLICT);
    assert!(used.text().await.unwrap().contains("used already"));
    assert_eq!(open(&stranger, &server, "/invitations/nonsense").await.status(), 404);
}

#[tokio::test]
async fn pages_of_another_organization_are_not_found() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let (_, ada) = test.organization("acme").await;
    test.organization("globex").await;
    let browser = test.browser(&server, &ada).await;
    for page in ["members", "tokens", "audit", "settings", "audit.csv"] {
        assert_eq!(open(&browser, &server, &format!("/acme/{page}")).await.status(), 200, "{page}");
        for slug in ["globex", "nowhere"] {
            assert_eq!(open(&browser, &server, &format!("/{slug}/{page}")).await.status(), 404, "{slug}/{page}");
        }
    }
}

#[tokio::test]
async fn the_audit_log_is_exported_to_who_may_read_it() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    toolcrib::organizations::rename::rename(test.system(), &owner, "Acme, Inc").await.unwrap();
    let browser = test.browser(&server, &owner).await;
    let file = open(&browser, &server, "/acme/audit.csv?action=organization").await;
    assert_eq!(file.headers()[header::CONTENT_TYPE], "text/csv; charset=utf-8");
    assert!(file.text().await.unwrap().contains("\"Acme, Inc\""));
    assert_eq!(open(&browser, &server, "/acme/audit.csv?from=yesterday").await.status(), 422);
    let page = open(&browser, &server, "/acme/audit?action=organization.rename").await.text().await.unwrap();
    assert!(page.contains("Acme, Inc") && page.contains("/acme/audit.csv?action=organization.rename"));
    let builder = test.browser(&server, &builder).await;
    for path in ["/acme/audit.csv", "/acme/audit"] {
        assert_eq!(open(&builder, &server, path).await.status(), 403, "{path}");
    }
    assert_eq!(open(&plain_browser(), &server, "/acme/audit.csv").await.status(), 401);
}

#[tokio::test]
async fn the_account_and_settings_pages_change_what_they_show() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let (_, owner) = test.organization("acme").await;
    let browser = test.browser(&server, &owner).await;
    let to = location(&submit(&browser, &server, "/acme/account", "users/rename", &[("org", "acme"), ("name", "Ada Lovelace")]).await);
    let page = open(&browser, &server, &to).await.text().await.unwrap();
    assert!(page.contains("value=\"Ada Lovelace\"") && page.contains("this browser"), "{page}");
    let to = location(&submit(&browser, &server, "/acme/account", "users/rename", &[("org", "/evil.example"), ("name", "Ada")]).await);
    assert_eq!(to, "/", "an organization that is no part of an address is not followed");
    let to = location(&submit(&browser, &server, "/acme/settings", "organizations/delete", &[("org", "acme"), ("confirm", "acm")]).await);
    assert!(open(&browser, &server, &to).await.text().await.unwrap().contains("Type “acme” to delete this organization."));
    let to = location(&submit(&browser, &server, "/acme/settings", "organizations/delete", &[("org", "acme"), ("confirm", "acme")]).await);
    assert_eq!(to, "/");
    assert_eq!(location(&open(&browser, &server, "/").await), "/organizations/new");
}

#[tokio::test]
async fn the_first_page_leads_to_where_one_was_last_also_after_signing_in_again() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let browser = plain_browser();
    let (value, _) = cookie(&set_up(&browser, &server).await);
    let ada: uuid::Uuid = sqlx::query_scalar("select id from users").fetch_one(test.owner()).await.unwrap();
    // In the order of names Zenith comes last.
    let (zenith, _) = test.organization("zenith").await;
    test.joins(&zenith, ada.into(), "Ada", Role::Member).await;
    let open_as = async |session: &str, path: &str| {
        let request =
            browser.get(server.url(path)).header(header::ACCEPT, "text/html").header(header::COOKIE, format!("tc_session={session}"));
        request.send().await.unwrap()
    };
    assert_eq!(location(&open_as(&value, "/").await), "/acme-robotics");
    assert_eq!(open_as(&value, "/zenith/tools").await.status(), 200);
    assert_eq!(location(&open_as(&value, "/").await), "/zenith");
    assert_eq!(open_as(&value, "/nowhere/tools").await.status(), 404);
    assert_eq!(location(&open_as(&value, "/").await), "/zenith", "a place that is none is not remembered");
    let signed_in =
        submit(&browser, &server, "/sign-in", "users/sign_in", &[("email", "ada@acme.example"), ("password", PASSWORD), ("next", "")])
            .await;
    assert_eq!(location(&signed_in), "/zenith");
    let (value, _) = cookie(&signed_in);
    sqlx::query("delete from memberships where organization_id = $1 and user_id = $2")
        .bind(zenith.id)
        .bind(ada)
        .execute(test.owner())
        .await
        .unwrap();
    assert_eq!(location(&open_as(&value, "/").await), "/acme-robotics", "nobody is led to where they belong no more");
    let page = open_as(&value, "/acme-robotics/audit?object_type=user").await.text().await.unwrap();
    assert!(page.contains("user.sign_in") && page.contains("127.0.0.1"), "{page}");
}
