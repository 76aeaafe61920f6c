//! The first start.

mod page;

pub use page::SetupPage;
