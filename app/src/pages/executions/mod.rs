//! Executions: what happened, why, how long?

mod detail;
mod list;
mod rows;

pub use detail::ExecutionDetailPage;
pub use list::ExecutionsPage;
pub use rows::{COLUMNS, ExecutionRows};
