//! Tests over HTTP against the real router and a real database. One binary: linking is what costs.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod conflicts;
mod decision;
mod embedded_postgres;
mod mcp;
mod middleware;
mod pages;
mod people;
mod process;
mod rest;
