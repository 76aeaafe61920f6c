//! Routes. What stands inside an organization is a child of its frame, so that the frame stays while pages change.

use crate::{components::frame::Frame, pages};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    SsrMode,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    crate::components::form::provide_flash();
    view! {
        // Whole pages, not streamed ones: what arrives later would need a script to be put in its place.
        <Router>
            <Routes fallback=|| pages::not_found::NotFound()>
                <Route path=path!("/not-found") view=pages::not_found::NotFound ssr=SsrMode::Async />
                <Route path=path!("/") view=pages::sign_in::HomePage ssr=SsrMode::Async />
                <Route path=path!("/setup") view=pages::setup::SetupPage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=pages::sign_in::SignInPage ssr=SsrMode::Async />
                <Route path=path!("/invitations/:token") view=pages::invitations::InvitationPage ssr=SsrMode::Async />
                <Route path=path!("/organizations/new") view=pages::organizations::NewOrganizationPage ssr=SsrMode::Async />
                <Route path=path!("/dev/style") view=pages::dev::Style ssr=SsrMode::Async />
                // After all that is no organization's: `:org` takes any first part of a path.
                <ParentRoute path=path!("/:org") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/workflows") view=pages::workflows::WorkflowsPage />
                    <Route path=path!("/workflows/new") view=pages::workflows::NewWorkflowPage />
                    <Route path=path!("/workflows/:id") view=pages::workflows::CanvasPage />
                    <Route path=path!("/workflows/:id/outline") view=pages::workflows::OutlinePage />
                    // Where the canvas was. The server answers this address without a page.
                    <Route path=path!("/workflows/:id/canvas") view=pages::workflows::CanvasMoved />
                    <Route path=path!("/workflows/:id/triggers") view=pages::workflows::TriggersPage />
                    <Route path=path!("/workflows/:id/triggers/new") view=pages::workflows::NewTriggerPage />
                    <Route path=path!("/workflows/:id/triggers/:trigger") view=pages::workflows::TriggerPage />
                    <Route path=path!("/workflows/:id/versions") view=pages::workflows::WorkflowVersionsPage />
                    <Route path=path!("/runs/:id") view=pages::runs::RunPage />
                    <Route path=path!("/members") view=pages::members::MembersPage />
                    <Route path=path!("/tokens") view=pages::tokens::TokensPage />
                    <Route path=path!("/keys") view=pages::keys::KeysPage />
                    <Route path=path!("/keys/new") view=pages::keys::NewKeyPage />
                    <Route path=path!("/keys/resolution") view=pages::keys::KeyResolutionPage />
                    <Route path=path!("/keys/:id") view=pages::keys::KeyOverviewPage />
                    <Route path=path!("/keys/:id/settings") view=pages::keys::KeySettingsPage />
                    <Route path=path!("/audit") view=pages::audit::AuditPage />
                    <Route path=path!("/settings") view=pages::settings::SettingsPage />
                    <Route path=path!("/settings/phone-numbers") view=pages::settings::PhoneNumbersPage />
                    <Route path=path!("/settings/variables") view=pages::settings::VariablesPage />
                    <Route path=path!("/account") view=pages::account::AccountPage />
                    <Route path=path!("") view=pages::overview::OverviewPage />
                    <Route path=path!("/search") view=pages::search::SearchPage />
                    <Route path=path!("/tools") view=pages::tools::ToolsPage />
                    <Route path=path!("/tools/selection") view=pages::tools::ToolSelectionPage />
                    <Route path=path!("/tools/import") view=pages::tools::ImportToolsPage />
                    <Route path=path!("/tools/categories") view=pages::tools::CategoriesPage />
                    <Route path=path!("/tools/new") view=pages::tools::NewToolPage />
                    <Route path=path!("/tools/:id") view=pages::tools::ToolOverviewPage />
                    <Route path=path!("/tools/:id/definition") view=pages::tools::ToolDefinitionPage />
                    <Route path=path!("/tools/:id/try") view=pages::tools::ToolTryPage />
                    <Route path=path!("/tools/:id/access") view=pages::tools::ToolAccessPage />
                    <Route path=path!("/access") view=pages::access::AccessPage />
                    <Route path=path!("/tools/:id/tests") view=pages::tools::ToolTestsPage />
                    <Route path=path!("/tools/:id/versions") view=pages::tools::ToolVersionsPage />
                    <Route path=path!("/tools/:id/executions") view=pages::tools::ToolExecutionsPage />
                    <Route path=path!("/openapi") view=pages::openapi::OpenapiDocumentsPage />
                    <Route path=path!("/openapi/:id") view=pages::openapi::OpenapiDocumentPage />
                    <Route path=path!("/mcp-servers") view=pages::mcp_servers::McpServersPage />
                    <Route path=path!("/mcp-servers/new") view=pages::mcp_servers::NewMcpServerPage />
                    <Route path=path!("/mcp-servers/:id") view=pages::mcp_servers::McpServerPage />
                    <Route path=path!("/mcp-servers/:id/settings") view=pages::mcp_servers::McpServerSettingsPage />
                    <Route path=path!("/agents") view=pages::agents::AgentsPage />
                    <Route path=path!("/agents/new") view=pages::agents::NewAgentPage />
                    <Route path=path!("/agents/:id") view=pages::agents::AgentOverviewPage />
                    <Route path=path!("/agents/:id/tools") view=pages::agents::AgentToolsPage />
                    <Route path=path!("/agents/:id/executions") view=pages::agents::AgentExecutionsPage />
                    <Route path=path!("/agents/:id/connect") view=pages::agents::AgentConnectPage />
                    <Route path=path!("/agents/:id/settings") view=pages::agents::AgentEditPage />
                    <Route path=path!("/executions") view=pages::executions::ExecutionsPage />
                    <Route path=path!("/executions/:id") view=pages::executions::ExecutionDetailPage />
                    // No catch-all: files of the site (`/pkg/…`) would be taken for pages of an organization.
                </ParentRoute>
            </Routes>
        </Router>
    }
}
