use super::registered;
use serde_json::json;
use support::{Answers, Revision};
use toolcrib::{
    Error,
    mcp::{Import, ImportTool, get::offered, import::import},
    schema::DRAFT_07,
    tools::{self, Kind, NewTool, Status, ToolFilter, Visibility},
};

fn order(tools: &[(&str, Option<&str>)]) -> Import {
    let tools =
        tools.iter().map(|(upstream, name)| ImportTool { upstream_name: (*upstream).to_owned(), name: name.map(str::to_owned) }).collect();
    Import { tools, visibility: Visibility::Public, activate: true }
}

#[tokio::test]
async fn many_tools_come_over_at_once_under_names_of_our_own() {
    let (_upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    let found = offered(test.system(), &owner, server.id).await.unwrap();
    let names: Vec<_> = found.iter().map(|tool| tool.proposed_name.as_str()).collect();
    assert_eq!(names, ["get_weather", "say_twice", "picture", "refuse", "sleep", "odd"]);
    assert!(found[5].refusal.as_deref().unwrap().contains("$dynamicRef"));
    let made = import(test.system(), &owner, server.id, order(&[("getWeather", Some("weather_now")), ("say-twice", None)])).await.unwrap();
    let weather = &made[0];
    assert_eq!(
        (weather.name.as_str(), weather.display_name.as_str(), weather.kind, weather.status),
        ("weather_now", "Weather", Kind::Mcp, Status::Active)
    );
    assert_eq!(weather.input_schema["$schema"], DRAFT_07);
    assert_eq!(weather.input_schema["properties"]["city"], json!({"$ref": "#/definitions/city"}));
    assert_eq!(weather.executor_config["upstream_name"], "getWeather");
    let found = offered(test.system(), &owner, server.id).await.unwrap();
    assert_eq!(found[0].imported[0].tool_name, "weather_now");
}

#[tokio::test]
async fn an_import_is_whole_or_not_at_all_and_says_all_that_is_wrong() {
    let (_upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    import(test.system(), &owner, server.id, order(&[("getWeather", None)])).await.unwrap();
    let wrong = order(&[
        ("getWeather", None),
        ("say-twice", Some("Twice!")),
        ("odd", None),
        ("none", None),
        ("picture", Some("a_b")),
        ("refuse", Some("a_b")),
    ]);
    let Err(Error::Invalid(errors)) = import(test.system(), &owner, server.id, wrong).await else { panic!("refused") };
    let mut places: Vec<_> = errors.into_iter().map(|error| error.pointer).collect();
    places.sort_unstable();
    assert_eq!(places, ["/tools/0/name", "/tools/1/name", "/tools/2/upstream_name", "/tools/3/upstream_name", "/tools/5/name"]);
    let all = tools::list(test.system(), &owner, ToolFilter { kind: Some(Kind::Mcp), ..ToolFilter::default() }).await.unwrap();
    assert_eq!(all.items.len(), 1);
}

#[tokio::test]
async fn an_mcp_tool_is_made_by_an_import_only() {
    let (_upstream, test, owner, server) = registered(Revision::Newest, Answers::Json).await;
    let mut new = NewTool::new("smuggled", Kind::Mcp);
    new.executor_config = json!({"server_id": server.id, "upstream_name": "getWeather", "hash": "0"});
    assert!(matches!(tools::create(test.system(), &owner, new).await, Err(Error::Invalid(_))));
}
