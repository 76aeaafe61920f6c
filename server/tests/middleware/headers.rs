use support::TestSystem;

#[tokio::test]
async fn a_pages_scripts_carry_the_nonce_of_its_policy_and_each_page_has_its_own() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let mut nonces = Vec::new();
    for path in ["/not-found", "/a/b/c/d"] {
        let answer = server.get(path).header("accept", "text/html").send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(!policy.contains("unsafe-inline"), "{policy}");
        let page = answer.text().await.unwrap();
        let scripts: Vec<&str> = page.split("<script").skip(1).map(|script| script.split('>').next().unwrap()).collect();
        assert!(!scripts.is_empty());
        for script in scripts {
            assert!(
                script.contains(&format!("nonce=\"{nonce}\"")) || script.contains("application/json"),
                "a script without the nonce: {script}"
            );
        }
        assert!(!page.contains(" style=\""), "inline styles would be blocked");
        nonces.push(nonce);
    }
    assert_ne!(nonces[0], nonces[1]);
}

#[tokio::test]
async fn every_answer_carries_strict_headers() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    for path in ["/not-found", "/healthz", "/v1/me", "/v1/nowhere"] {
        let answer = server.get(path).send().await.unwrap();
        let headers = answer.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["cross-origin-opener-policy"], "same-origin", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert!(
            headers.contains_key("content-security-policy")
                && headers.contains_key("x-request-id")
                && headers.contains_key("cache-control"),
            "{path}"
        );
        assert!(!headers.contains_key("strict-transport-security"), "plain HTTP promises no TLS");
    }
    let secure = TestSystem::with(|config| config.public_url = Some("https://crib.example".to_owned())).await;
    let answer = secure.server().await.get("/healthz").send().await.unwrap();
    assert!(answer.headers().contains_key("strict-transport-security"));
}
