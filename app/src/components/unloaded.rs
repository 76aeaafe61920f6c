//! What stands where a page's chunk could not be loaded.

use super::page::EmptyState;
use leptos::prelude::*;

/// Says so, and offers the page anew with everything it needs.
#[component]
pub fn Unloaded() -> impl IntoView {
    view! {
        <EmptyState
            icon=icondata_lu::LuUnplug
            title="This page could not be loaded"
            text="The connection was lost, or Toolcrib has been updated since you opened it."
        >
            // Without the router: the whole document.
            <a href="" rel="external" class="link">
                "Load it again"
            </a>
        </EmptyState>
    }
    .into_any()
}
