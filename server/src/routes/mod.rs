//! What answers which address.

pub mod downloads;
pub mod draft_live;
pub mod health;
pub mod mcp;
pub mod moved;
pub mod rest;
pub mod run_events;
pub mod site;
