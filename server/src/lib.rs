//! How Toolcrib is exposed: pages, REST, health. The binary `toolcrib` is a thin shell around this.
#![recursion_limit = "512"]

pub mod app_router;
pub mod cli;
pub mod embedded_postgres;
pub mod logs;
pub mod middleware;
pub mod restate;
pub mod routes;
pub mod startup;
