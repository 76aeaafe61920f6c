//! One folder per noun.
pub mod dev;
pub mod not_found;
pub mod runs;
pub mod workflows;
