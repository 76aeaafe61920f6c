//! Tests of use cases against a real database, one folder a noun, one file a verb. One binary: linking is what costs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod agents;
mod architecture;
mod audit;
mod builtins;
mod database;
mod executions;
mod grants;
pub mod keys;
mod mcp;
mod openapi;
mod organizations;
mod search;
mod tokens;
mod tools;
mod users;
mod workflows;
