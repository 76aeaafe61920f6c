//! One folder per noun.
pub mod address;
pub mod agents;
pub mod dev;
pub mod executions;
pub mod not_found;
pub mod overview;
