//! Server functions, one file per noun.
pub mod access;
pub mod agents;
pub mod audit;
pub mod categories;
pub mod choices;
#[cfg(feature = "ssr")]
mod conflict;
pub mod executions_pages;
pub mod from_curl;
pub mod keys;
pub mod mcp_servers;
pub mod members;
pub mod openapi;
pub mod organizations;
pub mod overview;
pub mod phone_numbers;
pub mod tokens;
pub mod tool_batches;
pub mod tool_form;
pub mod tool_tests;
pub mod tools;
pub mod users;
pub mod variables;
pub mod workflows;

pub mod frame;
pub mod palette;
