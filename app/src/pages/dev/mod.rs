//! For those who build the product: only in debug builds.

mod samples;
mod style;

pub use style::Style;
