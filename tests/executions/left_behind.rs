use crate::tools::script;
use serde_json::json;
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::{
    executions::{ErrorClass, ExecuteRequest, Range, Status, dashboard, execute, left_behind},
    tools::create,
};

#[tokio::test]
async fn a_server_that_was_taken_for_dead_answers_with_what_was_recorded() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, script("wait", "import time\ndef main():\n    time.sleep(2)\n", json!({}))).await.unwrap();
    left_behind::sign(test.system()).await.unwrap();
    let meanwhile = async {
        let began = Instant::now();
        let running = "select count(*) from tool_executions where status = 'running'";
        while sqlx::query_scalar::<_, i64>(running).fetch_one(test.owner()).await.unwrap() == 0 {
            assert!(began.elapsed() < Duration::from_secs(5));
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert_eq!(left_behind::finish_left_behind(test.system()).await.unwrap(), 0, "it gave a sign of life");
        sqlx::query("update servers set seen_at = now() - interval '1 minute'").execute(test.owner()).await.unwrap();
        // Two servers look at the same time.
        let (one, two) = tokio::join!(left_behind::finish_left_behind(test.system()), left_behind::finish_left_behind(test.system()));
        assert_eq!(one.unwrap() + two.unwrap(), 1);
    };
    let (execution, ()) = tokio::join!(execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({}))), meanwhile);
    let execution = execution.unwrap();
    assert_eq!((execution.status, execution.error_class), (Status::Failed, Some(ErrorClass::Internal)));
    assert_eq!(execution.error_message.as_deref(), Some(left_behind::MESSAGE));
    let figures = dashboard(test.system(), &owner, Range::Hour).await.unwrap().now;
    assert_eq!((figures.count, figures.failed), (1, 1), "it is counted once");
}
