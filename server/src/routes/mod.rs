//! What answers which address.

pub mod audit_export;
pub mod health;
pub mod mcp;
pub mod rest;
pub mod site;
pub mod tools_export;
