//! What the editor's previews are made of.

use super::{Held, server, tool, workflow};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    Error,
    workflows::{
        StartRun, execute,
        pins::{self, SetPin},
        samples::samples,
    },
};

#[tokio::test(flavor = "multi_thread")]
async fn samples_are_the_newest_outputs_with_pins_before_them_and_nobody_elses() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let tools = Held::open();
    let system = server(&test, &tools);
    let _ = tool(&test, &owner, "unused", json!({ "type": "object" }), "public").await;
    let flow = workflow(&test, &system, &owner, &["a", "b"], &[("a", "b")]).await;
    let none = samples(&system, &owner, flow.id).await.unwrap();
    assert!(none.run.is_none() && none.outputs.is_empty());
    let start = StartRun { draft: true, wait: true, ..StartRun::default() };
    let run = execute::execute(&system, &owner, flow.id, start).await.unwrap();
    pins::set::set(&system, &owner, flow.id, "b", SetPin { output: Some(json!({ "pinned": true })), run_id: None }).await.unwrap();
    let found = samples(&system, &owner, flow.id).await.unwrap();
    assert_eq!(found.run, Some(run.id));
    assert_eq!(found.outputs.get("a"), run.node_results["a"].output.as_ref());
    assert_eq!(found.outputs.get("b"), Some(&json!({ "pinned": true })));
    assert!(found.pinned.contains("b") && found.cut.is_empty());
    assert!(matches!(samples(&system, &stranger, flow.id).await, Err(Error::NotFound(_))));
}
