//! Workflows and their runs.
pub mod engine;
pub mod graph;
