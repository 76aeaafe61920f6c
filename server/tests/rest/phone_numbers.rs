use reqwest::StatusCode;
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::access::{Role, Scope};

#[tokio::test]
async fn numbers_are_kept_in_one_spelling_and_by_admins_only() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let builder = test.member(&organization, Role::Builder).await;
    let (_, stranger) = test.organization("globex").await;
    let server = test.server().await;
    let all = [Scope::Read, Scope::Write, Scope::Execute];
    let program = test.program(&owner, &all).await;
    let url = server.url("/v1/phone-numbers");
    let made = program.post(&url).json(&json!({"number": "+49 (0)30 123-4567", "label": " Front desk "})).send().await.unwrap();
    assert_eq!(made.status(), StatusCode::CREATED);
    let made: Value = made.json().await.unwrap();
    assert_eq!((&made["number"], &made["label"]), (&json!("+49301234567"), &json!("Front desk")));
    let again = program.post(&url).json(&json!({"number": "0049 30 1234567"})).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::CONFLICT);
    let wrong = program.post(&url).json(&json!({"number": "030 1234567"})).send().await.unwrap();
    assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json::<Value>().await.unwrap()["errors"][0]["pointer"], "/number");
    let one = format!("{url}/{}", made["id"].as_str().unwrap());
    let renamed: Value = program.put(&one).json(&json!({"label": "Reception"})).send().await.unwrap().json().await.unwrap();
    assert_eq!(renamed["label"], "Reception");
    let theirs = test.program(&stranger, &all).await;
    assert_eq!(theirs.get(&url).send().await.unwrap().json::<Value>().await.unwrap()["items"], json!([]));
    assert_eq!(theirs.delete(&one).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let builders = test.program(&builder, &all).await;
    assert_eq!(builders.delete(&one).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(builders.get(&url).send().await.unwrap().json::<Value>().await.unwrap()["items"][0]["label"], "Reception");
    assert_eq!(program.delete(&one).send().await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(program.delete(&one).send().await.unwrap().status(), StatusCode::NOT_FOUND);
}
