//! What people see: the Leptos application, rendered on the server and hydrated in the browser.
//!
//! - [`app`] routes, [`chunks`] which pages arrive together, [`shell`] the HTML document and the frame around every page;
//! - [`pages`] one folder per noun, [`components`] the design system;
//! - [`api`] server functions: who is asking → use case → what the page shows;
//! - [`error`] how a refusal travels to the browser.

#![recursion_limit = "512"] // types of views nest deeply

pub mod api;
pub mod app;
pub mod chunks;
pub mod components;
#[cfg(feature = "ssr")]
pub mod context;
pub mod error;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod shell;

pub use app::App;
#[cfg(feature = "ssr")]
pub use shell::shell;

/// Takes over the page that the server rendered.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    let Some(body) = web_sys::window().and_then(|w| w.document()).and_then(|d| d.body()) else {
        return;
    };
    wasm_bindgen_futures::spawn_local(async move {
        // Waits for the chunk of the page that is open.
        leptos::mount::hydrate_from_async(body.clone(), App).await.forget();
        // Clicks before this do nothing: browser tests wait for the mark.
        let _ = body.set_attribute("data-hydrated", "");
    });
}
