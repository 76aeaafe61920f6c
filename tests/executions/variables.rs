use super::voice::{call, tool};
use crate::tools::{request, script};
use axum::{Router, routing::any};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    executions::Status,
    tools::{self, Kind},
    variables::{self, NewVariable},
};

async fn echo() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router =
        Router::new().fallback(any(async |uri: axum::http::Uri, body: String| axum::Json(json!({"uri": uri.to_string(), "body": body}))));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

#[tokio::test]
async fn a_request_s_template_takes_inputs_first_and_then_variables() {
    let base = echo().await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let spec = json!({"baseUrl": base, "path": "/calls/{run_id}", "method": "POST",
        "bodyTemplate": {"from": "{{customer.number}}", "org": "at {{organization_slug}}", "said": "{{said}}", "late": "{{late}}"}});
    let schema =
        json!({"type": "object", "properties": {"run_id": {"type": "string"}, "said": {"type": "string"}, "late": {"type": "boolean"}}});
    let made = request("notify", spec, schema);
    let done = call(
        &test,
        &owner,
        made.clone(),
        json!({"run_id": "r 1", "said": "call {{caller_phone_number}}, {{not_ours}}"}),
        json!({"caller_phone_number": "+14155550111"}),
    )
    .await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let outputs = done.outputs.unwrap();
    assert_eq!(outputs["uri"], "/calls/r%201");
    let body: Value = serde_json::from_str(outputs["body"].as_str().unwrap()).unwrap();
    assert_eq!(body, json!({"from": "+14155550111", "org": "at acme", "said": "call +14155550111, {{not_ours}}"}));
    let mut second = made;
    second.name = "second".into();
    let done = call(&test, &owner, second, json!({"run_id": "1"}), json!({})).await;
    assert_eq!(done.status, Status::InvalidInput, "alone it is not left out either: it is no input");
    assert!(done.error_message.unwrap().contains("caller_phone_number"));
}

#[tokio::test]
async fn fixed_inputs_of_any_kind_take_variables_and_nobody_claims_what_the_system_knows() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let mut made =
        script("echo", "def main(**inputs):\n    return inputs\n", json!({"type": "object", "properties": {"who": {}, "n": {}}}));
    made.static_config = json!({"who": "{{organization_slug}}/{{caller_phone_number}}", "n": ["{{count}}"]}).as_object().cloned().unwrap();
    let Err(Error::Invalid(errors)) = tools::create(test.system(), &owner, made.clone()).await else { panic!("it was taken") };
    assert_eq!(errors[0].pointer, "/static_config/n");
    variables::create(test.system(), &owner, NewVariable { name: "count".into(), ..NewVariable::default() }).await.unwrap();
    let variables = json!({"organization_slug": "globex", "customer.number": "+1", "count": 3});
    let done = call(&test, &owner, made, json!({"who": "me"}), variables).await;
    assert_eq!(done.outputs, Some(json!({"who": "acme/+1", "n": [3]})), "{:?}", done.error_message);
    assert_eq!(done.warnings.len(), 1);
    assert_eq!(done.account["variables"]["count"], 3);
}

#[tokio::test]
async fn a_declared_variable_is_known_has_a_value_or_is_missing_and_stays_while_it_is_named() {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let config = |text: &str| {
        json!({"destinations": [{"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"}], "destination": {"mode": "fixed", "value": "desk"},
            "message": {"mode": "fixed", "value": text}})
    };
    let made = |name: &str, text: &str| tool(name, Kind::TransferCall, config(text));
    let Err(Error::Invalid(errors)) = tools::create(test.system(), &owner, made("first", "At {{appointment_time}}")).await else {
        panic!("it was taken")
    };
    assert_eq!(errors[0].pointer, "/config_metadata/message/value");
    let time =
        variables::create(test.system(), &owner, NewVariable { name: "appointment_time".into(), ..NewVariable::default() }).await.unwrap();
    let place = NewVariable { name: "office".into(), value: Some("Hall 3".into()), ..NewVariable::default() };
    variables::create(test.system(), &owner, place).await.unwrap();
    let done = call(&test, &owner, made("second", "At {{appointment_time}} in {{office}}"), json!({}), json!({})).await;
    assert_eq!(done.status, Status::InvalidInput);
    let done =
        call(&test, &owner, made("third", "At {{appointment_time}} in {{office}}"), json!({}), json!({"appointment_time": "9:00"})).await;
    assert_eq!(done.outputs.unwrap()["destination"]["message"], "At 9:00 in Hall 3");
    let done = call(&test, &owner, made("fourth", "In {{office}}"), json!({}), json!({"office": "Hall 4"})).await;
    assert_eq!(done.outputs.unwrap()["destination"]["message"], "In Hall 4", "a call wins over the organization");
    let refused = variables::delete(test.system(), &owner, time.id).await.unwrap_err();
    assert!(refused.to_string().contains("second") && refused.to_string().contains("third"), "{refused}");
    assert!(variables::list(test.system(), &stranger).await.unwrap().is_empty());
    assert!(matches!(variables::delete(test.system(), &stranger, time.id).await, Err(Error::NotFound(_))));
    let builder = test.member(&organization, toolcrib::access::Role::Builder).await;
    assert!(matches!(
        variables::create(test.system(), &builder, NewVariable { name: "mine".into(), ..NewVariable::default() }).await,
        Err(Error::Forbidden(_))
    ));
    for (name, message) in [("caller_phone_number", "built in"), ("Bad", "lowercase"), ("office", "exists")] {
        let refused =
            variables::create(test.system(), &owner, NewVariable { name: name.into(), ..NewVariable::default() }).await.unwrap_err();
        assert!(format!("{refused:?}").contains(message), "{refused:?}");
    }
}
