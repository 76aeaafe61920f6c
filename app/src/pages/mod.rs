//! One folder per noun.
pub mod account;
pub mod address;
pub mod agents;
pub mod audit;
pub mod dev;
pub mod executions;
pub mod invitations;
pub mod members;
pub mod not_found;
pub mod organizations;
pub mod overview;
pub mod runs;
pub mod settings;
pub mod setup;
pub mod sign_in;
pub mod tokens;
pub mod workflows;
