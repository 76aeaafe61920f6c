//! What a killed server leaves behind in a database that it shares with others.

use super::{Data, Server};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::TestSystem;
use toolcrib::access::Scope;

#[tokio::test]
async fn what_a_killed_server_left_running_is_finished_by_another_one_and_what_runs_elsewhere_is_not() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (first_data, second_data) = (Data::new(), Data::new());
    let program = test.program(&owner, &[Scope::Read, Scope::Write, Scope::Execute]).await;
    // Takes calls and never answers.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let (first, second) = (Server::start_on(&test, &first_data, |_| {}).await, Server::start_on(&test, &second_data, |_| {}).await);
    let tool = json!({"name": "slow", "kind": "api_request", "status": "active", "visibility": "public", "timeout_ms": 120_000,
        "api_spec": {"method": "GET", "base_url": format!("http://{address}"), "path": "/"}, "input_schema": {"type": "object"}});
    let created = program.post(format!("http://{}/v1/tools", first.address)).json(&tool).send().await.unwrap();
    assert_eq!(created.status(), 201, "{}", created.text().await.unwrap());
    let tool: Value = created.json().await.unwrap();
    let call = |server: &Server| {
        let url = format!("http://{}/v1/tools/{}/execute", server.address, tool["id"].as_str().unwrap());
        tokio::spawn(program.post(url).json(&json!({})).send())
    };
    let calls = [call(&first), call(&second)];
    let running = async || -> i64 {
        sqlx::query_scalar("select count(*) from tool_executions where status = 'running'").fetch_one(test.owner()).await.unwrap()
    };
    let until = async |count: i64| {
        let began = Instant::now();
        while running().await != count {
            assert!(began.elapsed() < Duration::from_secs(20), "{} are running, not {count}", running().await);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    until(2).await;
    first.kill();
    // As if the time of silence had passed.
    let silence = "update servers set seen_at = now() - interval '1 minute' where started_at = (select min(started_at) from servers)";
    assert_eq!(sqlx::query(silence).execute(test.owner()).await.unwrap().rows_affected(), 1);
    until(1).await;
    let [given_up] = &toolcrib::executions::list(
        test.system(),
        &owner,
        toolcrib::executions::ExecutionFilter { status: Some(toolcrib::executions::Status::Failed), ..Default::default() },
    )
    .await
    .unwrap()
    .items[..] else {
        panic!("not one failed execution")
    };
    assert_eq!(given_up.error_message.as_deref(), Some("The server stopped while this ran."));
    assert_eq!(given_up.error_class, Some(toolcrib::executions::ErrorClass::Internal));
    let counted: i64 = sqlx::query_scalar("select sum(failed)::int8 from execution_rollups").fetch_one(test.owner()).await.unwrap();
    assert_eq!(counted, 1, "it counts as one failure");
    // A stop in order says at once what it cuts off.
    assert!(second.stop().success());
    assert_eq!(running().await, 1);
    let third = Server::start_on(&test, &first_data, |_| {}).await;
    until(0).await;
    drop(third);
    for call in calls {
        call.abort();
    }
}
