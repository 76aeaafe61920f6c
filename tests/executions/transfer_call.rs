use super::voice::{call, tool};
use serde_json::{Value, json};
use support::TestSystem;
use toolcrib::{
    Error,
    agents::{self, NewAgent},
    executions::Status,
    ids::AgentId,
    tools::{self, Kind, NewTool},
};

fn transfer(change: impl FnOnce(&mut Value)) -> NewTool {
    let mut config = json!({
        "destinations": [
            {"name": "billing", "description": "Invoices", "type": "number", "number": "+49 30 1234567", "extension": "12"},
            {"name": "desk", "type": "sip", "sip_uri": "sip:desk@example.com"}
        ],
        "destination": {"mode": "ai", "prompt": "Who can help?"},
        "message": {"mode": "fixed", "value": "Connecting {{caller_phone_number}}."}
    });
    change(&mut config);
    tool("transfer", Kind::TransferCall, config)
}

#[tokio::test]
async fn the_model_chooses_among_the_listed_destinations_and_no_others() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let variables = json!({"caller_phone_number": "+14155550111"});
    let made = transfer(|_| {});
    let done = call(&test, &owner, made, json!({"destination": "billing"}), variables.clone()).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    assert_eq!(
        done.outputs,
        Some(json!({"transferred": true, "destination": {
            "type": "number", "number": "+49301234567", "extension": "12", "message": "Connecting +14155550111.", "description": "Invoices"}}))
    );
    let seen = tools::get(test.system(), &owner, done.tool_id).await.unwrap().function_schema;
    assert_eq!(seen["parameters"]["properties"]["destination"]["enum"], json!(["billing", "desk"]));
    assert!(!seen.to_string().contains("1234567"), "the model does not see numbers");
    let mut second = transfer(|config| config["message"] = json!({"mode": "fixed"}));
    second.name = "second".into();
    let done = call(&test, &owner, second, json!({"destination": "desk"}), json!({})).await;
    assert_eq!(done.outputs, Some(json!({"transferred": true, "destination": {"type": "sip", "sipUri": "sip:desk@example.com"}})));
    let mut third = transfer(|_| {});
    third.name = "third".into();
    let done = call(&test, &owner, third, json!({"destination": "+14155550199"}), variables).await;
    assert_eq!((done.status, done.field_errors()[0].pointer.as_str()), (Status::InvalidInput, "/destination"));
}

#[tokio::test]
async fn a_message_that_cannot_be_filled_in_stops_the_transfer() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let done = call(&test, &owner, transfer(|_| {}), json!({"destination": "desk"}), json!({"caller_phone_number": ""})).await;
    assert_eq!((done.status, done.field_errors()[0].pointer.as_str()), (Status::InvalidInput, "/message"));
    assert!(done.error_message.unwrap().contains("caller_phone_number"));
}

#[tokio::test]
async fn outside_business_hours_it_refuses_or_goes_elsewhere_by_the_local_clock() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    // Where it is 12:30 now, wherever that is: open there, closed twelve hours further.
    let hour = i64::from(chrono::Timelike::hour(&test.now()));
    let zone = |offset: i64| {
        // Etc/GMT+5 is five hours *behind* UTC.
        let offset = (offset + 12).rem_euclid(24) - 12;
        if offset == 0 { "UTC".to_owned() } else { format!("Etc/GMT{}{}", if offset > 0 { "-" } else { "+" }, offset.abs()) }
    };
    let all = |spans: &[&str]| json!({"monday": spans, "tuesday": spans, "wednesday": spans, "thursday": spans, "friday": spans, "saturday": spans, "sunday": spans});
    for (name, time_zone, outside, expected) in [
        ("open_now", zone(12 - hour), json!({"do": "refuse", "message": "Closed."}), json!({"type": "number"})),
        ("closed_now", zone(-hour), json!({"do": "refuse", "message": "Closed."}), json!("Closed.")),
        ("elsewhere", zone(-hour), json!({"do": "transfer", "destination": "desk"}), json!({"type": "sip"})),
    ] {
        let mut made = transfer(|config| {
            config["message"] = json!({"mode": "fixed"});
            config["business_hours"] = json!({"time_zone": time_zone, "days": all(&["11:00-14:00"]), "outside": outside});
        });
        made.name = name.into();
        let done = call(&test, &owner, made, json!({"destination": "billing"}), json!({})).await;
        let outputs = done.outputs.unwrap_or_else(|| panic!("{name}: {:?}", done.error_message));
        if let Some(kind) = expected.get("type") {
            assert_eq!(&outputs["destination"]["type"], kind, "{name}: {outputs} {}", done.account);
        } else {
            assert_eq!((&outputs["transferred"], &outputs["message"]), (&json!(false), &expected), "{name}: {}", done.account);
        }
    }
}

#[tokio::test]
async fn another_agent_is_named_as_people_call_it_and_must_be_ours() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let (_, stranger) = test.organization("globex").await;
    let new = NewAgent { name: "sales".into(), display_name: "Sales desk".into(), ..NewAgent::default() };
    let agent = agents::create::create(test.system(), &owner, new).await.unwrap();
    let made = |id: AgentId| {
        transfer(|config| {
            config["destinations"] = json!([{"name": "sales", "type": "agent", "agent_id": id}]);
            config["destination"] = json!({"mode": "fixed", "value": "sales"});
            config["message"] = json!({"mode": "fixed"});
        })
    };
    for (actor, id) in [(&owner, AgentId::new()), (&stranger, agent.id)] {
        let Err(Error::Invalid(errors)) = tools::create(test.system(), actor, made(id)).await else { panic!("it was taken") };
        assert_eq!(errors[0].pointer, "/config_metadata/destinations/0/agent_id");
    }
    let done = call(&test, &owner, made(agent.id), json!({}), json!({})).await;
    assert_eq!(done.outputs, Some(json!({"transferred": true, "destination": {"type": "assistant", "assistantName": "Sales desk"}})));
    agents::delete::delete(test.system(), &owner, agent.id).await.unwrap();
    let request = toolcrib::executions::ExecuteRequest::new(done.tool_id, json!({}));
    let done = toolcrib::executions::execute(test.system(), &owner, request).await.unwrap();
    assert!(done.error_message.unwrap().contains("deleted"));
}
