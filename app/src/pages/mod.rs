//! One folder per noun.
pub mod address;
pub mod agents;
pub mod executions;
pub mod dev;
pub mod not_found;
pub mod overview;
