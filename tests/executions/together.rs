//! Calls that come at the same time are written down together, and yet each as if it had come alone.

use crate::tools::request;
use axum::{Json, Router, extract::ConnectInfo, routing::get};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::{
    collections::HashSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use support::TestSystem;
use toolcrib::{
    actor::Actor,
    executions::{ExecuteRequest, Execution, Status, execute},
    ids::ToolId,
    system::System,
    tools::{NewTool, create, limits::limits},
};

type Callers = Arc<Mutex<Vec<SocketAddr>>>;

/// Answers `{"ok": true}`, or 418 at `/teapot`; keeps by which connection it was asked.
async fn api() -> (String, Callers) {
    let callers = Callers::default();
    let noted = callers.clone();
    let answer = move |ConnectInfo(from): ConnectInfo<SocketAddr>| {
        noted.lock().unwrap().push(from);
        async { Json(json!({"ok": true})) }
    };
    let router = Router::new().route("/", get(answer)).route("/teapot", get(async || axum::http::StatusCode::IM_A_TEAPOT));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>()).await.unwrap() });
    (format!("http://{address}"), callers)
}

fn tool(base: &str) -> NewTool {
    let spec = json!({"method": "GET", "base_url": base, "path": "/{place}", "auth_type": "none"});
    let schema = json!({"type": "object", "properties": {"place": {"type": "string"}, "note": {"type": "string"}}});
    let mut tool = request("fetch", spec, schema);
    tool.retry_policy.max_attempts = 1;
    tool
}

/// The root of an API is no segment of a path.
fn rooted(base: &str) -> NewTool {
    let mut new = tool(base);
    if let Some(spec) = &mut new.api_spec {
        spec.path = "/".to_owned();
    }
    new
}

async fn at_once(system: &System, actor: &Actor, tool: ToolId, inputs: &[Value]) -> Vec<toolcrib::Result<Execution>> {
    join_all(inputs.iter().map(|inputs| execute(system, actor, ExecuteRequest::new(tool, inputs.clone())))).await
}

async fn stored(test: &TestSystem, tool: ToolId) -> (Vec<(String, i64)>, i64) {
    let rows = sqlx::query_as("select status, count(*) from tool_executions where tool_id = $1 group by 1 order by 1");
    let counted =
        sqlx::query_scalar("select sum((select sum(n) from unnest(latency) n))::bigint from execution_rollups where tool_id = $1");
    (rows.bind(tool.0).fetch_all(test.owner()).await.unwrap(), counted.bind(tool.0).fetch_one(test.owner()).await.unwrap())
}

#[tokio::test]
async fn each_of_many_calls_at_once_is_recorded_and_counted_once() {
    let (base, _) = api().await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, tool(&base)).await.unwrap();
    // Each third is refused by its API, one has inputs that do not fit.
    let mut inputs: Vec<Value> =
        (0..60).map(|i| json!({"place": if i % 3 == 0 { "teapot" } else { "nowhere" }, "note": i.to_string()})).collect();
    inputs.push(json!({"place": 7}));
    let done = at_once(test.system(), &owner, tool.id, &inputs).await;
    for (asked, execution) in inputs.iter().zip(done) {
        let execution = execution.unwrap();
        assert_eq!(execution.inputs["note"], asked["note"], "everybody hears of their own call");
        let kept = toolcrib::executions::get(test.system(), &owner, execution.id).await.unwrap();
        assert_eq!((kept.status, &kept.outputs, &kept.inputs), (execution.status, &execution.outputs, &execution.inputs));
        assert!(kept.status.is_final());
    }
    assert_eq!(stored(&test, tool.id).await, (vec![("failed".to_owned(), 60), ("invalid_input".to_owned(), 1)], 60));
    let kept = toolcrib::tools::get(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!(kept.execution_count, 60);
    let pulse: (i64, i64, i64) =
        sqlx::query_as("select sum(success)::bigint, sum(failed)::bigint, sum(refused)::bigint from execution_rollups where tool_id = $1")
            .bind(tool.id.0)
            .fetch_one(test.owner())
            .await
            .unwrap();
    assert_eq!(pulse, (0, 60, 1));
}

#[tokio::test]
async fn a_limit_is_exact_for_two_servers_that_each_take_many_at_once() {
    let (base, callers) = api().await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = rooted(&base);
    (new.rate_limit_per_minute, new.rate_limit_per_hour) = (Some(23), Some(1000));
    let tool = create(test.system(), &owner, new).await.unwrap();
    let other = System::new(
        test.system().pool.clone(),
        test.system().clock.clone(),
        (*test.system().config).clone(),
        toolcrib::keys::MasterKeys::of(toolcrib::keys::master::MasterKey::parse(support::MASTER_KEY).unwrap(), None),
    );
    let inputs = vec![json!({}); 40];
    let (here, there) = tokio::join!(at_once(test.system(), &owner, tool.id, &inputs), at_once(&other, &owner, tool.id, &inputs));
    let all: Vec<Execution> = here.into_iter().chain(there).map(Result::unwrap).collect();
    let went = all.iter().filter(|execution| execution.status == Status::Success).count();
    let refused: Vec<&Execution> = all.iter().filter(|execution| execution.status == Status::RateLimited).collect();
    assert_eq!((went, refused.len(), callers.lock().unwrap().len()), (23, 57, 23));
    assert!(refused.iter().all(|execution| execution.account["retry_after"].as_i64().is_some_and(|wait| (1..=61).contains(&wait))));
    let used = limits(test.system(), &owner, tool.id).await.unwrap();
    assert_eq!((used.tool.in_minute, used.tool.in_hour, used.refused_in_hour), (23, 23, 57));
    assert_eq!(stored(&test, tool.id).await, (vec![("rate_limited".to_owned(), 57), ("success".to_owned(), 23)], 23));
}

#[tokio::test]
async fn what_the_database_cannot_keep_fails_alone() {
    let (base, _) = api().await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let tool = create(test.system(), &owner, rooted(&base)).await.unwrap();
    let inputs: Vec<Value> = (0..20).map(|i| json!({"note": if i == 7 { "\0" } else { "fine" }})).collect();
    let done = at_once(test.system(), &owner, tool.id, &inputs).await;
    for (i, execution) in done.iter().enumerate() {
        assert_eq!(execution.as_ref().is_ok_and(Execution::is_success), i != 7, "{i}: {execution:?}");
    }
    assert_eq!(stored(&test, tool.id).await, (vec![("success".to_owned(), 19)], 19));
}

#[tokio::test]
async fn what_others_gave_up_meanwhile_stands_and_the_rest_is_recorded() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (held, release) = (Arc::new(tokio::sync::Semaphore::new(0)), 10);
    let gate = held.clone();
    let router = Router::new().route(
        "/",
        get(async move || {
            gate.acquire()
                .await
                .map(|pass| {
                    pass.forget();
                    "done"
                })
                .unwrap_or("closed")
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let tool = create(test.system(), &owner, rooted(&base)).await.unwrap();
    let calls = tokio::spawn({
        let (system, owner) = (test.system().clone(), owner.clone());
        async move { at_once(&system, &owner, tool.id, &vec![json!({}); 10]).await }
    });
    let running = "select id from tool_executions where tool_id = $1 and status = 'running'";
    let ids: Vec<uuid::Uuid> = loop {
        let ids = sqlx::query_scalar(running).bind(tool.id.0).fetch_all(test.owner()).await.unwrap();
        if ids.len() == 10 {
            break ids;
        }
        tokio::task::yield_now().await;
    };
    // As another server would that takes this one for dead.
    sqlx::query("update tool_executions set status = 'failed', error_message = 'given up' where id = any ($1)")
        .bind(&ids[..4])
        .execute(test.owner())
        .await
        .unwrap();
    held.add_permits(release);
    let done: Vec<Execution> = calls.await.unwrap().into_iter().map(Result::unwrap).collect();
    let given_up = done.iter().filter(|execution| execution.error_message.as_deref() == Some("given up")).count();
    assert_eq!((given_up, done.iter().filter(|execution| execution.is_success()).count()), (4, 6));
    assert_eq!(stored(&test, tool.id).await.1, 6, "counted are those that this server ended");
}

#[tokio::test]
async fn connections_are_used_again_by_the_same_organization_only() {
    let (base, callers) = api().await;
    let test = TestSystem::new().await;
    let mut ports = Vec::new();
    for slug in ["acme", "globex"] {
        let (_, owner) = test.organization(slug).await;
        let tool = create(test.system(), &owner, rooted(&base)).await.unwrap();
        for _ in 0..5 {
            let done = execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({}))).await.unwrap();
            assert_eq!(done.status, Status::Success);
        }
        ports.push(callers.lock().unwrap().drain(..).collect::<HashSet<_>>());
    }
    assert_eq!((ports[0].len(), ports[1].len()), (1, 1), "{ports:?}");
    assert_ne!(ports[0], ports[1]);
}

#[tokio::test]
async fn a_service_that_closed_its_connections_meanwhile_is_called_all_the_same() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            // Says nothing of closing, and closes.
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: application/json\r\n\r\n{}").await.unwrap();
        }
    });
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut new = rooted(&base);
    new.retry_policy.max_attempts = 3;
    let tool = create(test.system(), &owner, new).await.unwrap();
    for _ in 0..20 {
        let done = execute(test.system(), &owner, ExecuteRequest::new(tool.id, json!({}))).await.unwrap();
        assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    }
}

/// Of the newest partition the planner knows nothing yet: what it takes for small, it would read whole for every call.
#[tokio::test]
async fn the_end_of_a_call_reads_its_own_row_however_many_calls_there_are() {
    const CALLS: i64 = 500;
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let tool = create::create(test.system(), &owner, tool("http://127.0.0.1:9")).await.unwrap();
    let mut tx = test.system().pool.begin().await.unwrap();
    sqlx::query(
        "select begin_calls($1, $2, now(), null, null, (select jsonb_agg(jsonb_build_object('id', md5(n::text)::uuid, 'tool_name', 'fetch',
           'tool_kind', 'api_request', 'tool_version', 1, 'source', 'rest', 'warnings', '[]'::jsonb, 'created_at', now())) from generate_series(1, $3::bigint) n))",
    )
    .bind(organization.id)
    .bind(tool.id)
    .bind(CALLS)
    .execute(&mut *tx)
    .await
    .unwrap();
    let read =
        "select coalesce(sum(seq_tup_read + idx_tup_fetch), 0)::bigint from pg_stat_xact_all_tables where relname like 'tool_executions%'";
    let before: i64 = sqlx::query_scalar(read).fetch_one(&mut *tx).await.unwrap();
    // More often than a connection makes a plan anew before it keeps one.
    for number in 1..=8_i64 {
        sqlx::query(
            "select end_calls($1, $2, jsonb_build_array(jsonb_build_object('id', md5($3::bigint::text)::uuid, 'created_at', now(), 'status', 'success',
               'has_outputs', false, 'warnings', '[]'::jsonb, 'account', '{}'::jsonb, 'completed_at', now(), 'duration_ms', 1, 'bucket', 1, 'key_ids', '[]'::jsonb)))",
        )
        .bind(organization.id)
        .bind(tool.id)
        .bind(number)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    let after: i64 = sqlx::query_scalar(read).fetch_one(&mut *tx).await.unwrap();
    let ended: i64 = sqlx::query_scalar("select count(*) from tool_executions where status = 'success'").fetch_one(&mut *tx).await.unwrap();
    assert_eq!(ended, 8);
    assert!(after - before <= 8 * 4, "{} rows were read to end 8 of {CALLS} calls", after - before);
}
