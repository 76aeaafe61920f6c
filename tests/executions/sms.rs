use super::voice::{call, key, tool};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::{TestSystem, twilio, twilio::Twilio};
use toolcrib::{
    Error,
    actor::Actor,
    executions::{ErrorClass, Execution, Status, replay},
    ids::PhoneNumberId,
    phone_numbers::{self, NewPhoneNumber},
    tools::{self, Kind, NewTool},
};

const CALLED: &str = "+49301234567";

async fn system(twilio: &Twilio) -> (TestSystem, Actor) {
    let url = twilio.url.clone();
    let test = TestSystem::with(move |config| config.twilio_url = url).await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "TWILIO_ACCOUNT_SID", twilio::ACCOUNT_SID).await;
    key(&test, &owner, "TWILIO_AUTH_TOKEN", twilio::AUTH_TOKEN).await;
    (test, owner)
}

fn sms(text: Value, recipients: Value) -> NewTool {
    tool("send_text", Kind::Sms, json!({"from": {"type": "called_number"}, "text": text, "recipients": recipients}))
}

fn fixed(value: impl Into<Value>) -> Value {
    json!({"mode": "fixed", "value": value.into()})
}

/// The model names the recipients, the text is fixed.
async fn to(recipients: Value) -> (Execution, Twilio) {
    let twilio = Twilio::start().await;
    let (test, owner) = system(&twilio).await;
    let tool = sms(fixed("Hello"), json!({"mode": "ai", "prompt": "Who gets it"}));
    let done = call(&test, &owner, tool, json!({"recipients": recipients}), json!({"called_phone_number": CALLED})).await;
    (done, twilio)
}

#[tokio::test]
async fn a_message_goes_to_the_caller_from_the_number_that_was_called() {
    let twilio = Twilio::start().await;
    let (test, owner) = system(&twilio).await;
    let tool = sms(fixed("Thank you for calling {{organization_name}}, {{customer.number}}."), fixed(vec!["{{caller_phone_number}}"]));
    let variables = json!({"customer.number": "+1 (415) 555-0111", "called_phone_number": CALLED});
    let done = call(&test, &owner, tool, json!({}), variables).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let text = "Thank you for calling acme Ltd, +1 (415) 555-0111.";
    assert_eq!(twilio.sent(), [(CALLED.to_owned(), "+14155550111".to_owned(), text.to_owned())]);
    let outputs = done.outputs.clone().unwrap();
    assert_eq!((&outputs["status"], &outputs["sent"], &outputs["failed"]), (&json!("sent"), &json!(1), &json!(0)));
    assert_eq!((&outputs["results"][0]["to"], &outputs["results"][0]["status"]), (&json!("+14155550111"), &json!("queued")));
    assert_eq!(done.warnings, Vec::<String>::new());
    assert!(done.key_id.is_some());
    let stored = serde_json::to_string(&done).unwrap();
    assert!(!stored.contains(twilio::AUTH_TOKEN) && !stored.contains(twilio::ACCOUNT_SID), "{stored}");
    let again = replay::replay(test.system(), &owner, &done).await.unwrap();
    assert_eq!((again.status, again.warnings.len(), twilio.sent().len()), (Status::Success, 0, 2), "a replay knows the variables");
}

#[tokio::test]
async fn a_number_of_the_organization_can_be_the_sender_and_is_not_deleted_meanwhile() {
    let twilio = Twilio::start().await;
    let (test, owner) = system(&twilio).await;
    let new = NewPhoneNumber { number: "+1 415 555 0100".into(), label: "Front desk".into() };
    let number = phone_numbers::create(test.system(), &owner, new).await.unwrap();
    let from = |id: PhoneNumberId| json!({"from": {"type": "specific_number", "phone_number_id": id}, "text": fixed("Hi"), "recipients": fixed(vec!["+14155550111"])});
    let refused = tools::create(test.system(), &owner, tool("other", Kind::Sms, from(PhoneNumberId::new()))).await.unwrap_err();
    let Error::Invalid(errors) = refused else { panic!("{refused}") };
    assert_eq!(errors[0].pointer, "/config_metadata/from/phone_number_id");
    let done = call(&test, &owner, tool("send_text", Kind::Sms, from(number.id)), json!({}), json!({})).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    assert_eq!(twilio.sent()[0].0, "+14155550100");
    let refused = phone_numbers::delete(test.system(), &owner, number.id).await.unwrap_err();
    assert!(refused.to_string().contains("send_text"), "{refused}");
    // Another organization's number is not there.
    let (_, stranger) = test.organization("globex").await;
    assert!(tools::create(test.system(), &stranger, tool("theirs", Kind::Sms, from(number.id))).await.is_err());
    assert!(matches!(phone_numbers::delete(test.system(), &stranger, number.id).await, Err(Error::NotFound(_))));
}

#[tokio::test]
async fn each_recipient_has_a_result_and_part_of_it_is_a_part() {
    let (done, twilio) =
        to(json!(["+14155550111", twilio::INVALID, twilio::BLOCKED, twilio::UNDELIVERABLE, twilio::UNREACHABLE, "+1-415-555-0111"])).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let outputs = done.outputs.unwrap();
    assert_eq!((&outputs["status"], &outputs["sent"], &outputs["failed"]), (&json!("partial"), &json!(1), &json!(4)));
    let codes: Vec<&Value> = outputs["results"].as_array().unwrap().iter().map(|result| &result["error"]["code"]).collect();
    assert_eq!(codes, [&Value::Null, &json!(21_211), &json!(21_610), &json!(30_006), &json!(21_614)]);
    assert_eq!(done.warnings, ["4 of 5 messages were not sent; “results” says why."]);
    assert_eq!(twilio.asked.lock().unwrap().iter().filter(|to| *to == "+14155550111").count(), 1, "nobody gets it twice");
}

#[tokio::test]
async fn no_message_sent_is_a_failure_that_says_why() {
    for (number, class, words) in [
        (twilio::INVALID, ErrorClass::Upstream, "Invalid 'To'"),
        (twilio::DOWN, ErrorClass::Upstream, "Service unavailable"),
        (twilio::NOT_TWILIO, ErrorClass::Upstream, "not its own"),
        (twilio::BREAKS_OFF, ErrorClass::Upstream, "may have been sent"),
        (twilio::REDIRECTS, ErrorClass::Upstream, "302"),
        (twilio::ENDLESS, ErrorClass::Upstream, "larger than 5 MiB"),
        (twilio::BUSY, ErrorClass::RateLimited, "Try again in 900 s"),
    ] {
        let (done, twilio) = to(json!([number])).await;
        let message = done.error_message.unwrap_or_default();
        assert_eq!((done.error_class, message.contains(words)), (Some(class), true), "{number}: {message}");
        assert_eq!(twilio.asked.lock().unwrap().len(), 1, "{number}: what may have been done is not done again");
        assert_eq!(done.outputs.unwrap()["results"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_busy_service_is_asked_again_after_the_pause_it_wants() {
    let (done, twilio) = to(json!([twilio::BUSY_ONCE])).await;
    assert_eq!((done.status, twilio.sent().len()), (Status::Success, 1), "{:?}", done.error_message);
    assert_eq!(twilio.asked.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_service_that_hangs_is_a_timeout_that_says_who_got_a_message() {
    let twilio = Twilio::start().await;
    let (test, owner) = system(&twilio).await;
    let mut tool = sms(fixed("Hello"), fixed(vec!["+14155550111", twilio::HANGS]));
    tool.timeout_ms = 1_000;
    let began = Instant::now();
    let done = call(&test, &owner, tool, json!({}), json!({"called_phone_number": CALLED})).await;
    assert_eq!(done.status, Status::Timeout);
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!((&done.account["results"][0]["status"], &done.account["results"][1]["status"]), (&json!("queued"), &json!("sending")));
}

#[tokio::test]
async fn wrong_keys_are_unauthorized_and_missing_ones_named() {
    let twilio = Twilio::start().await;
    let url = twilio.url.clone();
    let test = TestSystem::with(move |config| config.twilio_url = url).await;
    let (_, owner) = test.organization("acme").await;
    let made = tools::create(test.system(), &owner, sms(fixed("Hello"), fixed(vec!["+14155550111", "+14155550112"]))).await.unwrap();
    let execute = async || {
        let variables = json!({"called_phone_number": CALLED}).as_object().cloned().unwrap();
        let request = toolcrib::executions::ExecuteRequest { variables, ..toolcrib::executions::ExecuteRequest::new(made.id, json!({})) };
        toolcrib::executions::execute(test.system(), &owner, request).await.unwrap()
    };
    let done = execute().await;
    assert_eq!(done.status, Status::Unauthorized);
    assert!(done.error_message.unwrap().contains("TWILIO_ACCOUNT_SID"));
    key(&test, &owner, "TWILIO_ACCOUNT_SID", "my account").await;
    key(&test, &owner, "TWILIO_AUTH_TOKEN", "not the token").await;
    assert!(execute().await.error_message.unwrap().contains("no account SID"));
    assert_eq!(twilio.asked.lock().unwrap().len(), 0);
    let (_, other) = test.organization("globex").await;
    key(&test, &other, "TWILIO_ACCOUNT_SID", twilio::ACCOUNT_SID).await;
    key(&test, &other, "TWILIO_AUTH_TOKEN", "not the token").await;
    let made = sms(fixed("Hello"), fixed((0..20).map(|n| format!("+141555501{n:02}")).collect::<Vec<_>>()));
    let done = call(&test, &other, made, json!({}), json!({"called_phone_number": CALLED})).await;
    assert_eq!(done.status, Status::Unauthorized, "{:?}", done.error_message);
    assert!(done.error_message.unwrap().contains("refused the keys"));
    // The first refusal ends it: nobody is asked twenty times with a key that is wrong.
    let results = done.outputs.unwrap()["results"].clone();
    assert!(results.as_array().unwrap().iter().filter(|result| result["status"] == "not_sent").count() >= 10, "{results}");
    assert!(twilio.sent().is_empty());
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_anything_is_sent() {
    for (recipients, words) in [
        (json!(["030 123"]), "country code"),
        (json!([]), ""),
        (json!(["+14155550111", "nobody"]), "Nothing was sent"),
        (json!((0..51).map(|n| format!("+1415555{n:04}")).collect::<Vec<_>>()), ""),
        (json!("+14155550111"), "list"),
        (json!(["{{caller_phone_number}}"]), "caller_phone_number"),
        (json!(["{{someone}}"]), "someone"),
    ] {
        let (done, twilio) = to(recipients.clone()).await;
        let message = done.error_message.unwrap_or_default();
        assert_eq!((done.status, message.contains(words)), (Status::InvalidInput, true), "{recipients}: {message}");
        assert_eq!(twilio.asked.lock().unwrap().len(), 0, "{recipients}");
    }
}

#[tokio::test]
async fn without_the_number_that_was_called_nothing_is_sent() {
    let twilio = Twilio::start().await;
    let (test, owner) = system(&twilio).await;
    let done = call(&test, &owner, sms(fixed("Hello"), fixed(vec!["+14155550111"])), json!({}), json!({})).await;
    assert_eq!(done.status, Status::InvalidInput);
    assert!(done.error_message.unwrap().contains("called_phone_number"));
    assert_eq!(twilio.asked.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_private_address_of_the_service_is_called_only_when_it_was_opened() {
    let twilio = Twilio::start().await;
    let url = twilio.url.clone();
    let test = TestSystem::with(move |config| (config.twilio_url, config.allow_private_hosts) = (url, Vec::new())).await;
    let (_, owner) = test.organization("acme").await;
    key(&test, &owner, "TWILIO_ACCOUNT_SID", twilio::ACCOUNT_SID).await;
    key(&test, &owner, "TWILIO_AUTH_TOKEN", twilio::AUTH_TOKEN).await;
    let done =
        call(&test, &owner, sms(fixed("Hello"), fixed(vec!["+14155550111"])), json!({}), json!({"called_phone_number": CALLED})).await;
    assert_eq!(done.error_class, Some(ErrorClass::Upstream));
    assert!(done.error_message.unwrap().contains("TOOLCRIB_ALLOW_PRIVATE_HOSTS"));
}

#[tokio::test]
async fn the_model_adds_to_the_fixed_recipients_and_changes_none() {
    let twilio = Twilio::start().await;
    let (test, owner) = system(&twilio).await;
    let recipients = json!({"mode": "array_extendable", "value": ["+1 415 555 0111"], "prompt": "Who else gets it"});
    let tool = tools::create(test.system(), &owner, sms(fixed("Hello"), recipients)).await.unwrap();
    assert!(tool.function_schema["parameters"]["properties"].get("recipients").is_some());
    assert!(tool.function_schema["parameters"]["properties"].get("text").is_none());
    for (inputs, expected) in [(json!({}), 1), (json!({"recipients": ["+14155550112", "+14155550111"], "text": "Bye"}), 2)] {
        let variables = json!({"called_phone_number": CALLED}).as_object().cloned().unwrap();
        let request =
            toolcrib::executions::ExecuteRequest { variables, ..toolcrib::executions::ExecuteRequest::new(tool.id, inputs.clone()) };
        let done = toolcrib::executions::execute(test.system(), &owner, request).await.unwrap();
        assert_eq!((done.status, done.outputs.unwrap()["sent"].clone()), (Status::Success, json!(expected)));
        assert_eq!(done.warnings.len(), usize::from(inputs.get("text").is_some()), "{:?}", done.warnings);
    }
    assert!(twilio.sent().iter().all(|(_, _, text)| text == "Hello"));
}
