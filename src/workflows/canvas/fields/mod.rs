//! Where the fields of a step come from, as the panel and the mapping view show and set it.
//!
//! - [`control`] what a fixed value is typed into; [`origins`] the fields of earlier steps, grouped, with why one does not fit;
//! - [`feed`] setting a source, also one that the calling agent fills, [`outline`] the same by a form; [`automap`] what could be connected without asking;
//! - [`dynamic`] variables in texts, such as `{{organization_name}}`;
//! - [`complete`] what could follow at the caret of an expression; [`preview`] what a source gives on data of the last run.

pub mod automap;
pub mod complete;
pub mod control;
pub mod dynamic;
pub mod feed;
pub mod origins;
pub mod outline;
pub mod preview;

#[cfg(test)]
mod tests;
