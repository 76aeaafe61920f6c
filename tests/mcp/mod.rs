mod guard;
mod import;
mod servers;
mod stdio;

use serde_json::Value;
use support::{Answers, McpStandIn, Revision, TestSystem};
use toolcrib::{
    actor::Actor,
    executions::{ExecuteRequest, Execution, execute},
    ids::ToolId,
    mcp::{Import, ImportTool, McpServer, NewMcpServer, import::import, register::register},
    tools::{Tool, Visibility},
};

/// A stand-in, registered as `weather`, and who registered it.
async fn registered(revision: Revision, answers: Answers) -> (McpStandIn, TestSystem, Actor, McpServer) {
    let upstream = McpStandIn::start(revision, answers).await;
    let test = TestSystem::new().await;
    let (_, owner) = test.organization("acme").await;
    let server = register(test.system(), &owner, NewMcpServer::at("weather", upstream.url())).await.unwrap();
    (upstream, test, owner, server)
}

/// Imports one tool under its proposed name.
async fn imported(test: &TestSystem, actor: &Actor, server: &McpServer, upstream_name: &str) -> Tool {
    let tools = vec![ImportTool { upstream_name: upstream_name.to_owned(), name: None }];
    let order = Import { tools, visibility: Visibility::Public, activate: true };
    import(test.system(), actor, server.id, order).await.unwrap().remove(0)
}

async fn call(test: &TestSystem, actor: &Actor, tool: ToolId, inputs: Value) -> Execution {
    execute(test.system(), actor, ExecuteRequest::new(tool, inputs)).await.unwrap()
}

const BOTH: [(Revision, Answers); 4] = [
    (Revision::Legacy, Answers::Json),
    (Revision::Legacy, Answers::EventStream),
    (Revision::Newest, Answers::Json),
    (Revision::Newest, Answers::EventStream),
];
