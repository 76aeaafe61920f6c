//! Tools: list, new, and the tabs of one tool.

mod cells;
mod definition;
mod executions;
mod form;
mod frame;
mod list;
mod new;
mod overview;
mod try_it;
mod versions;

pub use definition::ToolDefinitionPage;
pub use executions::ToolExecutionsPage;
pub use list::ToolsPage;
pub use new::NewToolPage;
pub use overview::ToolOverviewPage;
pub use try_it::ToolTryPage;
pub use versions::ToolVersionsPage;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// A part of the path.
fn param(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A part of the query; empty where there is none.
fn query(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()))
}
