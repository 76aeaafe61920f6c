//! JSON Schema draft-07: checking schemas, checking values, forms made from schemas. Forms are pure and compile to WebAssembly.

pub mod form;

#[cfg(feature = "ssr")]
pub mod meta;
#[cfg(feature = "ssr")]
pub mod values;

#[cfg(feature = "ssr")]
pub use meta::{check_object_schema, check_schema};
#[cfg(feature = "ssr")]
pub use values::{check_value, with_defaults};

/// The `$schema` every stored schema carries.
pub const DRAFT_07: &str = "http://json-schema.org/draft-07/schema#";

/// One segment of a JSON pointer (RFC 6901).
#[must_use]
pub fn pointer_segment(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
