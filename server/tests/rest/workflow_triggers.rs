//! Triggers over HTTP: what is made, what is sent to them, and what is answered.

use crate::process::{Data, Server};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use std::time::Duration;
use support::{TestServer, TestSystem, answer, read};
use toolcrib::{
    access::{Role, Scope},
    actor::Actor,
    keys::Secret,
    workflows::triggers::{MOST_BODY, signature::sign},
};

const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Execute];

/// Gives back what it is given.
fn echo() -> Value {
    json!({
        "nodes": [
            {"id": "in", "type": "input", "config": {"fields": [
                {"name": "order", "type": "string", "required": true}, {"name": "count", "type": "integer"}]}},
            {"id": "say", "type": "transform"}
        ],
        "edges": [{"id": "e", "source": "in", "target": "say", "mapping": {"order": "order", "count": "count"}}]
    })
}

struct Scene {
    test: TestSystem,
    server: TestServer,
    owner: Actor,
    program: Client,
    /// Of the workflow.
    path: String,
}

/// A published workflow.
async fn scene() -> Scene {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = test.server().await;
    let program = test.program(&owner, &ALL).await;
    let new = json!({"name": "echo", "visibility": "public", "definition": echo()});
    let (status, made) = answer(program.post(server.url("/v1/workflows")).json(&new)).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/v1/workflows/{}", made["id"].as_str().unwrap());
    let (status, version) = answer(program.post(server.url(&format!("{path}/publish"))).json(&json!({"revision": 1}))).await;
    assert_eq!(status, 201, "{version}");
    Scene { test, server, owner, program, path }
}

impl Scene {
    fn url(&self, rest: &str) -> String {
        self.server.url(&format!("{}/triggers{rest}", self.path))
    }

    /// A webhook: where to send to, and its secret.
    async fn hook(&self, settings: Value) -> (String, Secret) {
        let new = json!({"name": "Shop", "kind": "webhook", "webhook": settings});
        let (status, made) = answer(self.program.post(self.url("")).json(&new)).await;
        assert_eq!(status, 201, "{made}");
        (made["address"].as_str().unwrap().to_owned(), Secret::from(made["secret"].as_str().unwrap()))
    }

    /// To the address, by somebody who has no token.
    fn send(&self, address: &str, secret: &Secret) -> RequestBuilder {
        self.server.post(address).header("X-Toolcrib-Secret", secret.expose())
    }
}

fn signed(request: RequestBuilder, secret: &Secret, at: i64, body: &str) -> RequestBuilder {
    request
        .header("X-Toolcrib-Timestamp", at.to_string())
        .header("X-Toolcrib-Signature", sign(secret, at, body.as_bytes()))
        .header("Content-Type", "application/json")
        .body(body.to_owned())
}

#[tokio::test]
async fn a_trigger_is_made_read_saved_and_deleted_with_entity_tags_and_its_secret_is_told_once() {
    let scene = scene().await;
    let new = json!({"name": "Nightly", "kind": "schedule", "input": {"order": "all"},
        "schedule": {"cron": "30 2 * * *", "time_zone": "Europe/Berlin", "overlap": "cancel", "missed": "once"}});
    let made = scene.program.post(scene.url("")).json(&new).send().await.unwrap();
    let (location, tag) = (made.headers()["location"].to_str().unwrap().to_owned(), made.headers()["etag"].to_str().unwrap().to_owned());
    let (status, made) = read(made).await;
    assert_eq!((status, tag.as_str(), &made["secret"], &made["address"]), (201, "\"1\"", &Value::Null, &Value::Null));
    assert_eq!((made["upcoming"].as_array().unwrap().len(), &made["schedule"]["missed_most"]), (5, &json!(10)));
    assert_eq!(made["acts_as"].as_str().unwrap(), scene.owner.user_id.to_string());
    let url = scene.server.url(&location);
    let (_, read_again) = answer(scene.program.get(&url)).await;
    assert_eq!(read_again["next_due_at"], made["next_due_at"]);

    let mut change = new.clone();
    change["is_enabled"] = json!(false);
    assert_eq!(answer(scene.program.put(&url).json(&change)).await.0, 422, "which revision is not said");
    let (status, saved) = answer(scene.program.put(&url).header("If-Match", "\"1\"").json(&change)).await;
    assert_eq!((status, &saved["revision"], &saved["next_due_at"]), (200, &json!(2), &Value::Null), "{saved}");
    let (status, stale) = answer(scene.program.put(&url).header("If-Match", "\"1\"").json(&change)).await;
    assert_eq!((status, &stale["current"]), (412, &json!("\"2\"")));
    change["schedule"]["cron"] = json!("every day");
    let (status, problem) = answer(scene.program.put(&url).header("If-Match", "*").json(&change)).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/schedule/cron")));
    let (status, problem) = answer(scene.program.post(format!("{url}/rotate"))).await;
    assert_eq!(status, 409, "{problem}");
    assert_eq!(answer(scene.program.delete(&url).header("If-Match", "\"1\"")).await.0, 412);
    assert_eq!(answer(scene.program.delete(&url)).await.0, 204);
    assert_eq!(answer(scene.program.get(&url)).await.0, 404);

    let (address, secret) = scene.hook(json!({})).await;
    let (_, list) = answer(scene.program.get(scene.url(""))).await;
    assert!(!list.to_string().contains(secret.expose()));
    let id = list["items"][0]["id"].as_str().unwrap();
    let (status, rotated) = answer(scene.program.post(scene.url(&format!("/{id}/rotate"))).json(&json!({"grace_seconds": 0}))).await;
    assert_eq!((status, rotated["address"].as_str().unwrap()), (200, address.as_str()));
    let body = json!({"order": "1"});
    assert_eq!(answer(scene.send(&address, &secret).json(&body)).await.0, 401);
    let secret = Secret::from(rotated["secret"].as_str().unwrap());
    assert_eq!(answer(scene.send(&address, &secret).json(&body)).await.0, 202);
    let (_, firings) = answer(scene.program.get(scene.url(&format!("/{id}/firings?limit=1")))).await;
    assert_eq!((&firings["items"][0]["outcome"], firings["next_cursor"].is_string()), (&json!("started"), true), "{firings}");
}

#[tokio::test]
async fn who_may_not_change_the_workflow_or_is_of_another_organization_gets_nowhere() {
    let scene = scene().await;
    let (_, stranger) = scene.test.organization("globex").await;
    let foreign = scene.test.program(&stranger, &ALL).await;
    let organization =
        toolcrib::organizations::Organization { id: scene.owner.organization_id, slug: "acme".into(), name: "acme Ltd".into() };
    let member = scene.test.program(&scene.test.member(&organization, Role::Member).await, &ALL).await;
    let reader = scene.test.program(&scene.owner, &[Scope::Read]).await;
    let new = json!({"name": "Shop", "kind": "webhook"});
    for (client, status) in [(&foreign, 404), (&member, 403), (&reader, 403)] {
        assert_eq!(answer(client.post(scene.url("")).json(&new)).await.0, status);
    }
    assert_eq!(answer(foreign.get(scene.url(""))).await.0, 404);
    assert_eq!(answer(member.get(scene.url(""))).await.0, 200);
    assert_eq!(answer(scene.server.post(&format!("{}/triggers", scene.path)).json(&new)).await.0, 401);
    let draft = json!({"name": "draft", "definition": echo()});
    let (_, draft) = answer(scene.program.post(scene.server.url("/v1/workflows")).json(&draft)).await;
    let url = scene.server.url(&format!("/v1/workflows/{}/triggers", draft["id"].as_str().unwrap()));
    let (status, problem) = answer(scene.program.post(url).json(&new)).await;
    assert!(status == 409 && problem["detail"].as_str().unwrap().contains("publish it first"), "{problem}");
}

#[tokio::test]
async fn json_a_form_and_a_query_become_the_input_and_a_sender_may_wait_for_the_output() {
    let scene = scene().await;
    let (address, secret) = scene.hook(json!({})).await;
    let waited = format!("{address}?wait=20");
    let (status, run) = answer(scene.send(&waited, &secret).json(&json!({"order": "A7", "count": 2, "colour": "red"}))).await;
    assert_eq!((status, &run["status"], &run["output"]), (200, &json!("completed"), &json!({"order": "A7", "count": 2})), "{run}");
    let (status, run) = answer(scene.send(&waited, &secret).form(&[("order", "B1"), ("count", "3")])).await;
    assert_eq!((status, &run["output"]), (200, &json!({"order": "B1", "count": 3})), "{run}");
    let (status, run) = answer(scene.send(&format!("{waited}&order=C2&count=4"), &secret)).await;
    assert_eq!((status, &run["output"]), (200, &json!({"order": "C2", "count": 4})), "{run}");

    let started = scene.send(&address, &secret).json(&json!({"order": "D3"})).send().await.unwrap();
    let location = started.headers()["location"].to_str().unwrap().to_owned();
    let (status, run) = read(started).await;
    assert_eq!((status, &run["is_repeated"]), (202, &json!(false)));
    let (_, stored) = answer(scene.program.get(scene.server.url(&location))).await;
    assert_eq!((&stored["id"], &stored["trigger_name"], &stored["source"]), (&run["run_id"], &json!("Shop"), &json!("webhook")));
}

#[tokio::test]
async fn what_is_wrong_with_a_delivery_is_said_to_who_has_the_secret_and_to_nobody_else() {
    let scene = scene().await;
    let (address, secret) = scene.hook(json!({})).await;
    let unknown = format!("/v1/hooks/hook_{}", "x".repeat(43));
    for path in [unknown.as_str(), "/v1/hooks/x"] {
        let (status, problem) = answer(scene.send(path, &secret).json(&json!({"order": "1"}))).await;
        assert_eq!(status, 404, "{problem}");
    }
    assert_eq!(scene.server.get(&address).send().await.unwrap().status(), 405);
    let refused = scene.server.post(&address).body("{").header("Content-Type", "application/json").send().await.unwrap();
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    assert_eq!(refused.status(), 401);
    let wrong = Secret::from("whsec_wrong");
    assert_eq!(answer(scene.send(&address, &wrong).body("{")).await.0, 401);
    for (body, kind, expected) in [
        ("{", "application/json", 400),
        ("[1]", "application/json", 400),
        ("<a/>", "application/xml", 400),
        ("{}", "application/json", 422),
    ] {
        let (status, problem) = answer(scene.send(&address, &secret).header("Content-Type", kind).body(body)).await;
        assert_eq!(status, expected, "{body} {problem}");
    }
    assert_eq!(answer(scene.send(&format!("{address}?wait=long"), &secret).json(&json!({"order": "1"}))).await.0, 400);
    let large = json!({"order": "x".repeat(MOST_BODY)});
    assert_eq!(answer(scene.send(&address, &secret).json(&large)).await.0, 413);
    // A page elsewhere cannot have a browser send.
    assert_eq!(
        answer(scene.send(&address, &secret).header("Origin", "https://elsewhere.example").json(&json!({"order": "1"}))).await.0,
        403
    );
}

#[tokio::test]
async fn above_its_limit_a_webhook_answers_429_and_says_when_to_come_back() {
    let scene = scene().await;
    let (address, secret) = scene.hook(json!({"rate_limit_per_minute": 3})).await;
    for _ in 0..3 {
        assert_eq!(answer(scene.send(&address, &secret).json(&json!({"order": "1"}))).await.0, 202);
    }
    let refused = scene.send(&address, &secret).json(&json!({"order": "1"})).send().await.unwrap();
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((55..=61).contains(&wait), "{wait}");
    scene.test.pass(chrono::Duration::seconds(i64::try_from(wait).unwrap()));
    assert_eq!(answer(scene.send(&address, &secret).json(&json!({"order": "1"}))).await.0, 202);
}

#[tokio::test]
async fn a_delivery_with_a_name_is_done_once_and_hears_its_run_again() {
    let scene = scene().await;
    let (address, secret) = scene.hook(json!({})).await;
    let send = |name: &'static str, value: &'static str| scene.send(&address, &secret).header(name, value).json(&json!({"order": "1"}));
    let (status, first) = answer(send("Idempotency-Key", "k1")).await;
    assert_eq!(status, 202);
    let (status, second) = answer(send("Idempotency-Key", "k1")).await;
    assert_eq!((status, &second["run_id"], &second["is_repeated"]), (200, &first["run_id"], &json!(true)));
    let (status, third) = answer(send("X-Toolcrib-Delivery", "k2")).await;
    assert!(status == 202 && third["run_id"] != first["run_id"]);
}

#[tokio::test]
async fn a_call_that_begins_is_told_at_its_trigger_s_address() {
    let scene = scene().await;
    let new = json!({"name": "Calls", "kind": "call_start", "webhook": {"mapping": [{"field": "order", "from": "caller_phone_number"}]}});
    let (_, made) = answer(scene.program.post(scene.url("")).json(&new)).await;
    let (address, secret) = (made["address"].as_str().unwrap(), made["secret"].as_str().unwrap());
    let message = |status: &str| json!({"message": {"type": "status-update", "status": status, "call": {"id": "c1", "customer": {"number": "+4912"}}}});
    let send = |status: &str| scene.server.post(&format!("{address}?wait=20")).header("X-Vapi-Secret", secret).json(&message(status));
    assert_eq!(answer(send("ringing")).await, (204, Value::Null));
    let (status, run) = answer(send("in-progress")).await;
    assert_eq!((status, &run["output"]["order"]), (200, &json!("+4912")), "{run}");
    assert_eq!(answer(send("in-progress")).await.1["is_repeated"], json!(true));
    assert_eq!(answer(scene.server.post(address).json(&message("in-progress"))).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_counts_once_whichever_of_two_servers_it_comes_to() {
    let scene = scene().await;
    let (address, secret) = scene.hook(json!({"auth": "hmac", "tolerance_seconds": 60})).await;
    let (one, two) = (Data::new(), Data::new());
    let servers = [Server::start_on(&scene.test, &one, |_| {}).await, Server::start_on(&scene.test, &two, |_| {}).await];
    let client = Client::builder().no_proxy().build().unwrap();
    let url = |server: usize| format!("http://{}{address}", servers[server].address);
    let now = scene.test.now().timestamp();
    for round in 0..5 {
        let body = json!({"order": format!("round {round}")}).to_string();
        let sent = (0..8).map(|number| {
            let request = signed(client.post(url(number % 2)), &secret, now, &body);
            tokio::spawn(async move { answer(request).await.0 })
        });
        let mut statuses = Vec::new();
        for sent in sent.collect::<Vec<_>>() {
            statuses.push(sent.await.unwrap());
        }
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 409, 409, 409, 409, 409, 409, 409]);
    }
    let body = json!({"order": "late"}).to_string();
    for at in [now - 120, now + 120] {
        assert_eq!(answer(signed(client.post(url(0)), &secret, at, &body)).await.0, 401);
    }
    let forged = signed(client.post(url(1)), &Secret::from("another"), now, &body);
    assert_eq!(answer(forged).await.0, 401);
    let runs: i64 = sqlx::query_scalar("select count(*) from workflow_runs").fetch_one(scene.test.owner()).await.unwrap();
    assert_eq!(runs, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_fire_each_due_time_once_and_one_that_is_killed_leaves_none_out() {
    let scene = scene().await;
    let new = json!({"name": "Every minute", "kind": "schedule", "input": {"order": "1"},
        "schedule": {"cron": "* * * * *", "overlap": "allow", "missed": "all", "missed_most": 100}});
    let (status, made) = answer(scene.program.post(scene.url("")).json(&new)).await;
    assert_eq!(status, 201);
    // Half an hour in which no server was there.
    sqlx::query("update workflow_triggers set next_due_at = date_trunc('minute', now()) - interval '30 minutes'")
        .execute(scene.test.owner())
        .await
        .unwrap();
    let (one, two) = (Data::new(), Data::new());
    let killed = Server::start_on(&scene.test, &one, |_| {}).await;
    killed.kill();
    let _other = Server::start_on(&scene.test, &two, |_| {}).await;
    let count = "select count(*), count(distinct due_at), count(*) filter (where r.status = 'completed') from workflow_trigger_firings f
                 join workflow_runs r on r.id = f.run_id where f.outcome = 'started' and f.due_at <= date_trunc('minute', $1::timestamptz)";
    let until = scene.test.now();
    let mut found = (0, 0, 0);
    // What a killed server had just begun is taken up when its lease has ended.
    for _ in 0..120 {
        found = sqlx::query_as::<_, (i64, i64, i64)>(count).bind(until).fetch_one(scene.test.owner()).await.unwrap();
        if found.2 >= 31 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert_eq!(found, (31, 31, 31), "{made}");
    let runs: i64 = sqlx::query_scalar(
        "select count(*) from workflow_runs r where not exists (select from workflow_trigger_firings f where f.run_id = r.id)",
    )
    .fetch_one(scene.test.owner())
    .await
    .unwrap();
    assert_eq!(runs, 0, "each run has its firing");
}
