//! Agents: what may they do, what did they do?

mod attached;
mod attachment_forms;
mod connect;
mod edit;
mod executions;
mod frame;
mod list;
mod new;
mod overview;
mod tools;

pub use connect::AgentConnectPage;
pub use edit::AgentEditPage;
pub use executions::AgentExecutionsPage;
pub use list::AgentsPage;
pub use new::NewAgentPage;
pub use overview::AgentOverviewPage;
pub use tools::AgentToolsPage;
