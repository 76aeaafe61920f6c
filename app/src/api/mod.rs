//! Server functions, one file per noun.
pub mod agents;
pub mod executions_pages;
pub mod overview;
