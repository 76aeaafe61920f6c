//! One run: what happened, why, how long.

mod approvals;
mod run;
mod timeline;

pub use run::RunPage;
