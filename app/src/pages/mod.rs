//! One folder per noun.
pub mod not_found;
