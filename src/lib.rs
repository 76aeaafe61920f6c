//! What Toolcrib knows and does. A guided tour, one line a module:
//!
//! - [`error`] the one error type, and [`problem`] how it looks to whoever called;
//! - [`ids`], [`access`] who may do what (roles and scopes), [`names`] what a name may look like, [`diff`] how two texts differ, [`page`] lists in
//!   pages;
//! - [`schema`] JSON Schema: checking schemas, checking values, forms made from schemas;
//! - [`organizations`], [`users`], [`tokens`], [`agents`], [`tools`], [`variables`], [`phone_numbers`], [`grants`], [`keys`], [`executions`],
//!   [`workflows`], [`audit`]: the nouns. In each, `mod.rs` has the types and rules (they compile to WebAssembly), `store.rs` all SQL, every other
//!   file is one use case;
//! - [`mcp`] servers of tools elsewhere, what is imported from them, and the guard that notices when they change; [`openapi`] documents whose
//!   operations become tools;
//! - [`search`] finding anything by its name, [`overview`] an organization's first steps;
//! - [`executors`] one file per tool kind, behind one trait; [`builtins`] the platform tools, one file each;
//! - [`system`] what every use case needs (database, clock, configuration), [`actor`] who is asking, [`db`] the tenant wall;
//! - [`config`] what the environment says, [`clock`] time and [`random`] chance as parameters, [`idempotency`] writes that are repeated, [`seen`] those that come late, `gather` work
//!   that comes together and is done together.
//!
//! Everything that reads or writes is behind the feature `ssr`.

pub mod access;
pub mod agents;
pub mod audit;
pub mod diff;
pub mod error;
pub mod executions;
pub mod grants;
#[cfg(feature = "ssr")]
pub mod idempotency;
pub mod ids;
pub mod keys;
pub mod mcp;
pub mod names;
pub mod openapi;
pub mod organizations;
pub mod overview;
pub mod page;
pub mod phone_numbers;
pub mod problem;
pub mod schema;
pub mod search;
pub mod seen;
pub mod tokens;
pub mod tools;
pub mod users;
pub mod variables;
pub mod workflows;

#[cfg(feature = "ssr")]
pub mod actor;
#[cfg(feature = "ssr")]
pub mod builtins;
#[cfg(feature = "ssr")]
pub mod clock;
#[cfg(feature = "ssr")]
pub mod config;
#[cfg(feature = "ssr")]
pub mod db;
#[cfg(feature = "ssr")]
pub mod executors;
#[cfg(feature = "ssr")]
mod gather;
#[cfg(feature = "ssr")]
pub mod lines;
#[cfg(feature = "ssr")]
pub mod random;
#[cfg(feature = "ssr")]
pub mod system;

pub use error::{Error, Result};
