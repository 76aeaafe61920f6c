//! Grants, the matrix and the reason, over REST and as a browser without a script sends forms.

use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::{Role, Scope};

fn private_tool(name: &str) -> Value {
    json!({"name": name, "kind": "python", "status": "active", "visibility": "private", "script_content": "def main():\n    return 1\n"})
}

#[tokio::test]
async fn a_grant_is_given_explained_changed_and_revoked_over_rest() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let server = test.server().await;
    let admin = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Admin]).await;
    let caller = test.program(&member, &[Scope::Read, Scope::Execute]).await;
    let json = async |answer: reqwest::Response| (answer.status().as_u16(), answer.json::<Value>().await.unwrap_or_default());
    let tool = json(admin.post(server.url("/v1/tools")).json(&private_tool("secret_tool")).send().await.unwrap()).await.1;
    let base = server.url(&format!("/v1/tools/{}", tool["id"].as_str().unwrap()));
    assert_eq!(caller.get(&base).send().await.unwrap().status(), 404);
    let new = json!({"subject_type": "user", "subject_id": member.user_id, "permission": "execute", "expires_at": "2999-01-01T00:00:00Z"});
    let (status, grant) = json(admin.post(format!("{base}/permissions")).json(&new).send().await.unwrap()).await;
    assert_eq!((status, &grant["permission"], &grant["granted_by"]), (201, &json!("execute"), &json!(owner.user_id)));
    assert_eq!(json(admin.post(format!("{base}/permissions")).json(&new).send().await.unwrap()).await.0, 409);
    let one = format!("{base}/permissions/{}", grant["id"].as_str().unwrap());
    assert_eq!(json(admin.get(&one).send().await.unwrap()).await.1, grant);
    let (_, own) = json(caller.get(format!("{base}/access")).send().await.unwrap()).await;
    assert_eq!((&own["may_call"], &own["level"]), (&json!(true), &json!("execute")));
    assert_eq!(caller.post(format!("{base}/execute")).json(&json!({})).send().await.unwrap().status(), 200);
    assert_eq!(caller.post(format!("{base}/permissions")).json(&new).send().await.unwrap().status(), 403);
    let (_, changed) = json(admin.put(&one).json(&json!({"permission": "read"})).send().await.unwrap()).await;
    assert_eq!((&changed["permission"], &changed["expires_at"]), (&json!("read"), &grant["expires_at"]));
    let about = format!("{base}/access?user_id={}", member.user_id);
    let (_, explained) = json(admin.get(&about).send().await.unwrap()).await;
    assert_eq!((&explained["may_see"], &explained["may_call"]), (&json!(true), &json!(false)));
    assert_eq!(explained["steps"].as_array().unwrap().last().unwrap()["rule"], "grant");
    assert_eq!(caller.post(format!("{base}/execute")).json(&json!({})).send().await.unwrap().status(), 403);
    let (_, listed) = json(admin.get(server.url(&format!("/v1/permissions?user_id={}", member.user_id))).send().await.unwrap()).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(admin.delete(&one).send().await.unwrap().status(), 204);
    assert_eq!(admin.delete(&one).send().await.unwrap().status(), 404);
    assert_eq!(json(admin.get(format!("{base}/permissions")).send().await.unwrap()).await.1, json!({"items": [], "next_cursor": null}));
    assert_eq!(caller.get(&base).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn access_is_given_and_taken_without_a_script_in_the_browser() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let member = test.member(&organization, Role::Member).await;
    let server = test.server().await;
    let browser = test.browser(&server, &owner).await;
    let program = test.program(&owner, &[Scope::Write, Scope::Read]).await;
    let tool: Value = program.post(server.url("/v1/tools")).json(&private_tool("secret_tool")).send().await.unwrap().json().await.unwrap();
    let id = tool["id"].as_str().unwrap();
    let page = async |path: &str| {
        let answer = browser.get(server.url(path)).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    };
    let send = async |path: &str, from: &str, fields: &[(&str, &str)]| {
        let answer = browser.post(server.url(path)).header("referer", server.url(from)).form(fields).send().await.unwrap();
        assert!(answer.status().is_redirection(), "{}: {}", answer.status(), answer.text().await.unwrap());
        let target = answer.headers()["location"].to_str().unwrap().to_owned();
        target.strip_prefix(&server.origin()).map_or(target.clone(), str::to_owned)
    };
    let subject = format!("user:{}", member.user_id);
    let tab = format!("/acme/tools/{id}/access");
    assert!(page(&tab).await.contains("No grants"));
    let past = [("org", "acme"), ("id", id), ("subject", &subject), ("permission", "read"), ("expires_at", "2001-01-01T10:00")];
    let refused = page(&send("/api/fn/access/give", &tab, &past).await).await;
    assert!(refused.contains("This moment has passed.") && refused.contains("value=\"2001-01-01T10:00\""));
    let good = [("org", "acme"), ("id", id), ("subject", &subject), ("permission", "execute"), ("expires_at", "")];
    let given = page(&send("/api/fn/access/give", &tab, &good).await).await;
    assert!(given.contains(&member.user_name) && !given.contains("No grants"));
    let why = page(&format!("{tab}?subject={subject}")).await;
    assert!(why.contains(&format!("Yes: {} can call", member.user_name)));
    let matrix = page("/acme/access").await;
    assert!(matrix.contains("granted execute") && matrix.contains("secret_tool"));
    let cell = format!("cell={id}~{subject}");
    let open = page(&format!("/acme/access?{cell}")).await;
    assert!(open.contains("The chosen cell") && open.contains("Yes: "));
    let at = open.find("name=\"expected\" value=\"").unwrap();
    let expected = open[at..].split('"').nth(3).unwrap();
    let none = [("org", "acme"), ("id", id), ("subject", &subject), ("permission", "none"), ("back", &cell), ("expected", expected)];
    let closed = send("/api/fn/access/set", &format!("/acme/access?{cell}"), &none).await;
    let after = page(&closed).await;
    assert!(after.contains("No. The tool is private") && !after.contains("granted execute"), "{closed}");
    let nobody = test.browser(&server, &member).await;
    let refused = nobody.get(server.url(&tab)).send().await.unwrap();
    assert_eq!(refused.status(), 404);
    let empty = nobody.get(server.url("/acme/access")).send().await.unwrap().text().await.unwrap();
    assert!(!empty.contains("secret_tool"), "the matrix shows what one may not see");
}
