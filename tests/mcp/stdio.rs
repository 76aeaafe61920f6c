use super::{call, imported};
use serde_json::json;
use support::{STDIO_SERVER, TestSystem};
use toolcrib::{
    actor::Actor,
    executions::{ErrorClass, Status},
    mcp::{Health, McpServer, NewMcpServer, Transport, register::register},
};

async fn started(mode: &str, network: bool) -> (TestSystem, Actor, McpServer) {
    let test = TestSystem::new().await;
    let (organization, owner) = test.organization("acme").await;
    let folder = test.data_dir().join("files").join(organization.id.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("server.py"), STDIO_SERVER).unwrap();
    let mut new = NewMcpServer::at("files", "");
    new.transport = Transport::Stdio;
    new.command = Some("/usr/bin/python3".to_owned());
    new.args = ["-I", "/data/server.py", mode].map(str::to_owned).to_vec();
    new.allow_network = network;
    let server = register(test.system(), &owner, new).await.unwrap();
    (test, owner, server)
}

#[tokio::test]
async fn a_program_runs_in_the_sandbox_as_nobody_without_network() {
    let (test, owner, server) = started("", false).await;
    assert_eq!((server.status, server.last_error.as_deref()), (Health::Up, None));
    assert_eq!(server.protocol_version.as_deref(), Some("2025-11-25"));
    let tool = imported(&test, &owner, &server, "look_around").await;
    let done = call(&test, &owner, tool.id, json!({"path": "/data"})).await;
    assert_eq!(done.status, Status::Success, "{:?}", done.error_message);
    let seen = done.outputs.unwrap();
    assert_eq!(seen["found"], json!(["server.py"]));
    assert_ne!(seen["user"], 0);
    assert!(!seen["network"].as_str().unwrap().contains("connected"));
    // What it may fill is bounded, memory that looks like files included.
    assert_eq!(seen["rooms"], json!({"/tmp": 256, "/dev/shm": 64}));
    assert_eq!(seen["limits"], json!({"data": 1024, "processes": 128}));
    let home = call(&test, &owner, tool.id, json!({"path": test.data_dir()})).await.outputs.unwrap();
    assert!(home["found"].as_str().unwrap().contains("No such file"), "{home}");
}

#[tokio::test]
async fn a_program_that_dies_says_why_and_one_that_babbles_is_no_server() {
    let (_test, _owner, server) = started("dies", false).await;
    assert_eq!(server.status, Health::Down);
    let said = server.last_error.unwrap();
    assert!(said.contains("exit code 3") && said.contains("there is no configuration"), "{said}");
    // It says something that is no message, and then nothing: a server like this is not waited for without end.
    let began = std::time::Instant::now();
    let (_test, _owner, server) = started("babbles", false).await;
    assert_eq!((server.status, server.offered), (Health::Down, 0));
    assert!(server.last_error.as_ref().is_some_and(|why| !why.is_empty()), "{server:?}");
    assert!(began.elapsed() < std::time::Duration::from_secs(60));
    assert!(!server.last_error.unwrap().contains("Welcome"), "what it babbles is not repeated");
}

#[tokio::test]
async fn a_program_that_crashes_in_a_call_fails_that_call_and_is_started_anew() {
    let (test, owner, server) = started("crashes", false).await;
    let tool = imported(&test, &owner, &server, "look_around").await;
    for _ in 0..2 {
        let done = call(&test, &owner, tool.id, json!({"path": "/"})).await;
        assert_eq!((done.status, done.error_class), (Status::Failed, Some(ErrorClass::Upstream)));
        assert!(done.error_message.unwrap().contains("broke off"));
    }
}

#[tokio::test]
async fn network_for_programs_needs_the_word_of_who_runs_the_server() {
    let (_test, _owner, server) = started("", true).await;
    assert!(server.last_error.unwrap().contains("TOOLCRIB_STDIO_NETWORK"));
}
