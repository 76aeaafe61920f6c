//! MCP servers: list, new, one server with what it offers, and the guard on the pages of imported tools.

mod cells;
mod detail;
mod fields;
mod import;
mod list;
mod new;
mod pin;
mod settings;

pub use cells::PinBadge;
pub use detail::McpServerPage;
pub use list::McpServersPage;
pub use new::NewMcpServerPage;
pub use pin::{Guard, PinPanel};
pub use settings::McpServerSettingsPage;
