use super::{again, refused, runs, scene, send, started, trigger};
use serde_json::{Value, json};
use toolcrib::{Error, workflows::triggers::receive::Received};

fn message(kind: &str, status: &str, call: &str) -> String {
    json!({ "message": {
        "type": kind, "status": status, "timestamp": 1, "assistant": { "id": "as1" },
        "call": { "id": call, "type": "inboundPhoneCall", "customer": { "number": "+491701234567" } }, "phoneNumber": { "number": "+4930123456" },
    } })
    .to_string()
}

fn call_start() -> Value {
    json!({ "name": "Calls", "kind": "call_start", "input": { "order": "none" } })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_begins_starts_a_run_with_its_numbers_and_other_messages_do_not() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let (calls, secret) = trigger(&system, &owner, workflow.id, call_start()).await;
    let secret = secret.unwrap();
    let headers = [("x-vapi-secret", secret.expose())];
    for (kind, status) in
        [("status-update", "ringing"), ("status-update", "ended"), ("transcript", "in-progress"), ("end-of-call-report", "")]
    {
        let received = send(&system, &calls, &headers, &message(kind, status, "c1")).await.unwrap();
        assert!(matches!(received, Received::Ignored), "{kind} {status}");
    }
    let run = started(send(&system, &calls, &headers, &message("status-update", "in-progress", "c1")).await);
    assert_eq!(run.source, "call_start");
    assert_eq!(Value::Object(run.input_data), json!({ "order": "none", "caller_phone_number": "+491701234567" }));
    // Said twice, it began once; another call is another run.
    assert_eq!(again(send(&system, &calls, &headers, &message("status-update", "in-progress", "c1")).await), run.id);
    started(send(&system, &calls, &headers, &message("status-update", "in-progress", "c2")).await);
    assert_eq!(runs(&system, &owner, workflow.id).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_needs_the_secret_and_its_mapping_reaches_into_the_call() {
    let (_test, system, owner, workflow) = scene("acme").await;
    let mut new = call_start();
    new["input"] = json!({});
    new["webhook"] =
        json!({ "mapping": [{ "field": "order", "from": "call.id" }, { "field": "caller_phone_number", "from": "called_phone_number" }] });
    let (calls, secret) = trigger(&system, &owner, workflow.id, new).await;
    let body = message("status-update", "in-progress", "c7");
    for headers in [vec![], vec![("x-vapi-secret", "wrong")]] {
        assert!(matches!(refused(send(&system, &calls, &headers, &body).await), Error::Unauthenticated(_)));
    }
    let secret = secret.unwrap();
    let run = started(send(&system, &calls, &[("x-vapi-secret", secret.expose())], &body).await);
    assert_eq!(Value::Object(run.input_data), json!({ "order": "c7", "caller_phone_number": "+4930123456" }));
}
