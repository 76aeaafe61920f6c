use super::{plain, request};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    access::Role,
    tools::{
        UpdateTool, create, get, update,
        versions::{compare, restore, version, versions},
    },
};

fn script(text: &str) -> UpdateTool {
    UpdateTool { script_content: Some(text.to_owned()), ..UpdateTool::default() }
}

#[tokio::test]
async fn two_versions_differ_in_the_fields_and_lines_that_were_changed() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let tool = create(system, &owner, plain("echo")).await.unwrap();
    let mut change = script("def main(**inputs):\n    print(1)\n    return inputs\n");
    (change.timeout_ms, change.changelog) = (Some(1_000), "Says one".to_owned());
    update(system, &owner, tool.id, change).await.unwrap();
    let comparison = compare(system, &owner, tool.id, 1, 2).await.unwrap();
    let names: Vec<&str> = comparison.changed.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["script_content", "timeout_ms"]);
    let lines = &comparison.changed[0].lines;
    let shown: Vec<(Option<u32>, Option<u32>, bool)> = lines
        .iter()
        .map(|pair| (pair.left.as_ref().map(|line| line.number), pair.right.as_ref().map(|line| line.number), pair.is_equal()))
        .collect();
    assert_eq!(shown, [(Some(1), Some(1), true), (None, Some(2), false), (Some(2), Some(3), true)]);
    assert_eq!((comparison.to.changelog.as_str(), comparison.to.created_by_name.as_deref()), ("Says one", Some("owner")));
    assert!(comparison.same.iter().any(|name| name == "input_schema"));
    assert!(matches!(compare(system, &owner, tool.id, 1, 9).await, Err(Error::NotFound("version"))));
}

#[tokio::test]
async fn an_old_version_comes_back_as_a_new_one() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let spec = json!({"baseUrl": "https://a.example", "path": "/one", "method": "GET", "headers": {"X-Colour": "red"}});
    let first = create(system, &owner, request("call", spec, json!({}))).await.unwrap();
    let spec = json!({"baseUrl": "https://a.example", "path": "/two", "method": "POST", "bodyTemplate": {"a": 1}});
    let change = UpdateTool {
        api_spec: Some(serde_json::from_value(spec).unwrap()),
        output_schema: Some(json!({"type": "object"})),
        tags: Some(vec!["kept".to_owned()]),
        ..UpdateTool::default()
    };
    update(system, &owner, first.id, change).await.unwrap();
    let restored = restore(system, &owner, first.id, 1, Some(2)).await.unwrap();
    assert_eq!((restored.version, &restored.api_spec, &restored.output_schema), (3, &first.api_spec, &json!({})));
    assert_eq!(restored.tags, ["kept"]);
    let all = versions(system, &owner, first.id).await.unwrap();
    assert_eq!(all[0].changelog, "Restored version 1");
    assert_eq!(all[0].snapshot, all[2].snapshot);
    assert_eq!(version(system, &owner, first.id, 2).await.unwrap().snapshot["api_spec"]["path"], "/two");
}

#[tokio::test]
async fn a_restore_that_changes_nothing_or_comes_late_is_refused() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let builder = test.member(&organization, Role::Builder).await;
    let system = test.system();
    let tool = create(system, &owner, plain("echo")).await.unwrap();
    assert_eq!(restore(system, &owner, tool.id, 1, None).await.unwrap_err().status(), 409);
    update(system, &owner, tool.id, script("def main():\n    return 2\n")).await.unwrap();
    assert!(matches!(restore(system, &owner, tool.id, 1, Some(1)).await, Err(Error::Stale(_))));
    assert!(matches!(restore(system, &builder, tool.id, 1, None).await, Err(Error::Forbidden(_))));
    assert!(matches!(restore(system, &stranger, tool.id, 1, None).await, Err(Error::NotFound("tool"))));
    assert!(matches!(restore(system, &owner, tool.id, 7, None).await, Err(Error::NotFound("version"))));
    assert_eq!(get(system, &owner, tool.id).await.unwrap().version, 2);
}

#[tokio::test]
async fn a_name_that_is_taken_meanwhile_keeps_a_version_from_coming_back() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let system = test.system();
    let tool = create(system, &owner, plain("echo")).await.unwrap();
    update(system, &owner, tool.id, UpdateTool { name: Some("parrot".to_owned()), ..UpdateTool::default() }).await.unwrap();
    create(system, &owner, plain("echo")).await.unwrap();
    assert_eq!(restore(system, &owner, tool.id, 1, None).await.unwrap_err().status(), 409);
    assert_eq!(get(system, &owner, tool.id).await.unwrap().name, "parrot");
}
