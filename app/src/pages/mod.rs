//! One folder per noun.
pub mod not_found;
pub mod runs;
pub mod workflows;
