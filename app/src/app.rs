//! Routes. What stands inside an organization is a child of its frame, so that the frame stays while pages change. Its pages come in chunks;
//! what people see before they are inside one is there at once.

use crate::{chunks, components::frame::Frame, pages};
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
                <Route path=path!("/dev/style") view=chunks::Style() ssr=SsrMode::Async />
                // After all that is no organization's: `:org` takes any first part of a path.
                <ParentRoute path=path!("/:org") view=Frame ssr=SsrMode::Async>
                    <Route path=path!("/workflows") view=chunks::WorkflowsPage() />
                    <Route path=path!("/workflows/new") view=chunks::NewWorkflowPage() />
                    <Route path=path!("/workflows/:id") view=chunks::CanvasPage() />
                    <Route path=path!("/workflows/:id/outline") view=chunks::OutlinePage() />
                    // Where the canvas was. The server answers this address without a page.
                    <Route path=path!("/workflows/:id/canvas") view=chunks::CanvasMoved() />
                    <Route path=path!("/workflows/:id/triggers") view=chunks::TriggersPage() />
                    <Route path=path!("/workflows/:id/triggers/new") view=chunks::NewTriggerPage() />
                    <Route path=path!("/workflows/:id/triggers/:trigger") view=chunks::TriggerPage() />
                    <Route path=path!("/workflows/:id/versions") view=chunks::WorkflowVersionsPage() />
                    <Route path=path!("/runs/:id") view=chunks::RunPage() />
                    <Route path=path!("/members") view=chunks::MembersPage() />
                    <Route path=path!("/tokens") view=chunks::TokensPage() />
                    <Route path=path!("/keys") view=chunks::KeysPage() />
                    <Route path=path!("/keys/new") view=chunks::NewKeyPage() />
                    <Route path=path!("/keys/resolution") view=chunks::KeyResolutionPage() />
                    <Route path=path!("/keys/:id") view=chunks::KeyOverviewPage() />
                    <Route path=path!("/keys/:id/settings") view=chunks::KeySettingsPage() />
                    <Route path=path!("/audit") view=chunks::AuditPage() />
                    <Route path=path!("/settings") view=chunks::SettingsPage() />
                    <Route path=path!("/settings/phone-numbers") view=chunks::PhoneNumbersPage() />
                    <Route path=path!("/settings/variables") view=chunks::VariablesPage() />
                    <Route path=path!("/account") view=chunks::AccountPage() />
                    <Route path=path!("") view=chunks::OverviewPage() />
                    <Route path=path!("/search") view=chunks::SearchPage() />
                    <Route path=path!("/tools") view=chunks::ToolsPage() />
                    <Route path=path!("/tools/selection") view=chunks::ToolSelectionPage() />
                    <Route path=path!("/tools/import") view=chunks::ImportToolsPage() />
                    <Route path=path!("/tools/categories") view=chunks::CategoriesPage() />
                    <Route path=path!("/tools/new") view=chunks::NewToolPage() />
                    <Route path=path!("/tools/:id") view=chunks::ToolOverviewPage() />
                    <Route path=path!("/tools/:id/definition") view=chunks::ToolDefinitionPage() />
                    <Route path=path!("/tools/:id/try") view=chunks::ToolTryPage() />
                    <Route path=path!("/tools/:id/access") view=chunks::ToolAccessPage() />
                    <Route path=path!("/access") view=chunks::AccessPage() />
                    <Route path=path!("/tools/:id/tests") view=chunks::ToolTestsPage() />
                    <Route path=path!("/tools/:id/versions") view=chunks::ToolVersionsPage() />
                    <Route path=path!("/tools/:id/executions") view=chunks::ToolExecutionsPage() />
                    <Route path=path!("/openapi") view=chunks::OpenapiDocumentsPage() />
                    <Route path=path!("/openapi/:id") view=chunks::OpenapiDocumentPage() />
                    <Route path=path!("/mcp-servers") view=chunks::McpServersPage() />
                    <Route path=path!("/mcp-servers/new") view=chunks::NewMcpServerPage() />
                    <Route path=path!("/mcp-servers/:id") view=chunks::McpServerPage() />
                    <Route path=path!("/mcp-servers/:id/settings") view=chunks::McpServerSettingsPage() />
                    <Route path=path!("/agents") view=chunks::AgentsPage() />
                    <Route path=path!("/agents/new") view=chunks::NewAgentPage() />
                    <Route path=path!("/agents/:id") view=chunks::AgentOverviewPage() />
                    <Route path=path!("/agents/:id/tools") view=chunks::AgentToolsPage() />
                    <Route path=path!("/agents/:id/executions") view=chunks::AgentExecutionsPage() />
                    <Route path=path!("/agents/:id/connect") view=chunks::AgentConnectPage() />
                    <Route path=path!("/agents/:id/settings") view=chunks::AgentEditPage() />
                    <Route path=path!("/executions") view=chunks::ExecutionsPage() />
                    <Route path=path!("/executions/:id") view=chunks::ExecutionDetailPage() />
                    // No catch-all: files of the site (`/pkg/…`) would be taken for pages of an organization.
                </ParentRoute>
            </Routes>
        </Router>
    }
}
