use crate::{keys::everybody, tools::script};
use serde_json::json;
use support::TestSystem;
use toolcrib::{
    executions::{ErrorClass, ExecuteRequest, Status, execute},
    keys::{self, NewKey, Secret},
    tools::{Kind, NewTool, create},
};

#[tokio::test]
async fn keys_arrive_as_variables_and_their_values_leave_nowhere() {
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let python = NewTool {
        executor_config: json!({"keys": ["weather.key"]}),
        ..script(
            "look",
            "import os\ndef main():\n    key = os.environ['WEATHER_KEY']\n    print('log', key)\n    return [key, key[::-1], len(key)]\n",
            json!({}),
        )
    };
    let shell = NewTool {
        kind: Kind::Shell,
        executor_config: json!({"keys": ["weather.key"]}),
        ..script("look_too", "echo \"$WEATHER_KEY\" >&2; echo \"key is $WEATHER_KEY\"; exit 3", json!({}))
    };
    let python = create(test.system(), &owner, python).await.unwrap();
    let shell = create(test.system(), &owner, shell).await.unwrap();
    let missing = execute(test.system(), &owner, ExecuteRequest::new(python.id, json!({}))).await.unwrap();
    assert_eq!((missing.status, missing.error_class), (Status::Unauthorized, Some(ErrorClass::Unauthorized)));
    assert!(missing.error_message.unwrap().contains("weather.key"));
    let mut key = NewKey::new("weather.key", Secret::from("open-sesame-1234"));
    key.mappings.push(everybody());
    keys::create(test.system(), &owner, key).await.unwrap();
    let done = execute(test.system(), &owner, ExecuteRequest::new(python.id, json!({}))).await.unwrap();
    let outputs = done.outputs.clone().unwrap_or_else(|| panic!("{:?}", done.error_message));
    assert_eq!((&outputs[1], &outputs[2]), (&json!("4321-emases-nepo"), &json!(16)), "the script had the key");
    assert!(!format!("{done:?}").contains("open-sesame-1234"), "{done:?}");
    let failed = execute(test.system(), &owner, ExecuteRequest::new(shell.id, json!({}))).await.unwrap();
    assert_eq!(failed.status, Status::Failed);
    assert!(!format!("{failed:?}").contains("open-sesame-1234"), "{failed:?}");
}
