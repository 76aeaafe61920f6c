//! Tools: list, new, and the tabs of one tool.

mod access;
mod categories;
mod cells;
mod definition;
mod executions;
mod fields;
mod frame;
mod import;
mod list;
mod new;
mod overview;
mod paste_curl;
mod selection;
mod tests;
mod try_it;
mod versions;

pub use access::ToolAccessPage;
pub use categories::CategoriesPage;
pub use definition::ToolDefinitionPage;
pub use executions::ToolExecutionsPage;
pub use import::ImportToolsPage;
pub use list::ToolsPage;
pub use new::NewToolPage;
pub use overview::ToolOverviewPage;
pub use selection::ToolSelectionPage;
pub use tests::ToolTestsPage;
pub use try_it::ToolTryPage;
pub use versions::ToolVersionsPage;

use crate::pages::address::{param, query};
