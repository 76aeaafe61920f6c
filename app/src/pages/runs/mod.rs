//! One run: what happened, why, how long.

mod run;
mod timeline;

pub use run::RunPage;
