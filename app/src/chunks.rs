//! Which pages arrive together: each chunk is a WebAssembly file of its own, read when a page of it is first opened. What several chunks use is shared.
//!
//! The server names a page's chunk in the head of its document, so that the browser loads it beside the rest and not after it.

use crate::pages;
use leptos::prelude::*;
use leptos_router::{Lazy, LazyRoute};

/// Has the browser load a chunk's files, with what it shares with others. (`#[lazy]` does so only now and then: it looks for the list of files
/// where the page's contexts are not in reach.)
#[cfg(feature = "ssr")]
fn announce(chunk: &str) {
    use leptos_meta::Link;
    let Some(manifest) = use_context::<leptos::WasmSplitManifest>() else { return };
    let Some(manifest) = manifest.0.try_read_value() else { return };
    let (folder, files, script) = &*manifest;
    // Written into the head, and nowhere else.
    let _ = view! { <Link rel="modulepreload" href=format!("{folder}/{script}") crossorigin="anonymous" /> }.to_html();
    for file in files.get(chunk).into_iter().flatten() {
        let _ = view! {
            <Link rel="preload" href=format!("{folder}/{file}.wasm") as_="fetch" type_="application/wasm" crossorigin="anonymous" />
        }
        .to_html();
    }
}

/// `chunk! { name: noun::{Page, …}, … }` makes of each page what the router takes: `<Route path=… view=chunks::ToolsPage() />`.
/// A chunk that cannot be loaded (no connection, or the server was updated meanwhile) is said on the page and takes nothing else with it,
/// which is why this is not `#[lazy_route]`: that one panics.
macro_rules! chunk {
    ($chunk:ident: $($noun:ident::{$($page:ident),* $(,)?}),* $(,)?) => {$($(
        pub struct $page {}

        #[allow(non_snake_case)]
        pub fn $page() -> Lazy<$page> {
            Lazy::new()
        }

        const _: () = {
            #[cfg(feature = "hydrate")]
            #[leptos::wasm_split::wasm_split($chunk, wasm_split_path = ::leptos::wasm_split, preload(load), fallible)]
            #[allow(non_snake_case)]
            fn $page() -> Result<AnyView, leptos::wasm_split::SplitLoaderError> {
                Ok(view! { <pages::$noun::$page /> }.into_any())
            }

            impl LazyRoute for $page {
                fn data() -> Self {
                    Self {}
                }

                #[cfg(feature = "hydrate")]
                async fn preload() {
                    // Said by `view`, which tries once more.
                    let _ = load().await;
                }

                #[cfg(feature = "hydrate")]
                async fn view(_: Self) -> AnyView {
                    $page().await.unwrap_or_else(|_| crate::components::unloaded::Unloaded().into_any())
                }

                #[cfg(not(feature = "hydrate"))]
                async fn view(_: Self) -> AnyView {
                    #[cfg(feature = "ssr")]
                    announce(stringify!($chunk));
                    view! { <pages::$noun::$page /> }.into_any()
                }
            }
        };
    )*)*};
}

// Most of what a browser must know for one page only.
chunk! { canvas: workflows::{CanvasPage} }

chunk! { tools:
    tools::{
        CategoriesPage, ImportToolsPage, NewToolPage, ToolAccessPage, ToolDefinitionPage, ToolExecutionsPage, ToolOverviewPage, ToolSelectionPage,
        ToolTestsPage, ToolTryPage, ToolVersionsPage, ToolsPage,
    },
    mcp_servers::{McpServerPage, McpServerSettingsPage, McpServersPage, NewMcpServerPage},
    openapi::{OpenapiDocumentPage, OpenapiDocumentsPage},
}

chunk! { pages:
    access::{AccessPage},
    account::{AccountPage},
    agents::{AgentConnectPage, AgentEditPage, AgentExecutionsPage, AgentOverviewPage, AgentToolsPage, AgentsPage, NewAgentPage},
    audit::{AuditPage},
    dev::{Style},
    executions::{ExecutionDetailPage, ExecutionsPage},
    keys::{KeyOverviewPage, KeyResolutionPage, KeySettingsPage, KeysPage, NewKeyPage},
    members::{MembersPage},
    overview::{OverviewPage},
    runs::{RunPage},
    search::{SearchPage},
    settings::{PhoneNumbersPage, SettingsPage, VariablesPage},
    tokens::{TokensPage},
    workflows::{CanvasMoved, NewTriggerPage, NewWorkflowPage, OutlinePage, TriggerPage, TriggersPage, WorkflowVersionsPage, WorkflowsPage},
}
