mod api_request;
mod auth;
mod left_behind;
mod limits;
mod panics;
mod pipedream_action;
mod pipeline;
mod replay;
mod sandbox;
mod script_keys;
mod search;
mod shell;
mod sms;
mod sorted;
mod together;
mod transfer_call;
mod variables;
pub mod voice;

use serde_json::Value;
use std::path::PathBuf;
use support::TestSystem;
use toolcrib::{
    actor::Actor,
    executions::{ExecuteRequest, Execution, execute},
    organizations::Organization,
    tools::{NewTool, create},
};

/// Makes the tool and calls it once.
async fn call(test: &TestSystem, actor: &Actor, tool: NewTool, inputs: Value) -> Execution {
    let tool = create(test.system(), actor, tool).await.unwrap();
    execute(test.system(), actor, ExecuteRequest::new(tool.id, inputs)).await.unwrap()
}

/// Puts `note.txt` among an organization's files; its path.
fn note(test: &TestSystem, organization: &Organization, text: &str) -> PathBuf {
    let folder = test.data_dir().join("files").join(organization.id.to_string());
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("note.txt");
    std::fs::write(&path, text).unwrap();
    path
}
