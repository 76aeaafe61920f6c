//! Pages that belong to nobody.

use support::TestSystem;

#[tokio::test]
async fn an_address_that_leads_nowhere_answers_404_with_a_page() {
    let test = TestSystem::new().await;
    let server = test.server().await;
    let answer = server.get("/a/b/c/d").header("accept", "text/html").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("<!DOCTYPE html>"));
}
