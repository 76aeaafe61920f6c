//! Where the canvas was before it was the page of its workflow: links of that time lead on. The server does the same without a page
//! (`server/src/routes/moved.rs`); here it is done for links that the browser follows by itself.

use super::param;
use leptos::prelude::*;
use leptos_router::{components::Redirect, hooks::use_location};

#[component]
pub fn CanvasMoved() -> impl IntoView {
    let (org, id, location) = (param("org"), param("id"), use_location());
    let search = location.search.get_untracked();
    let query = if search.is_empty() { String::new() } else { format!("?{search}") };
    let here = format!("/{}/workflows/{}{query}{}", org.get_untracked(), id.get_untracked(), location.hash.get_untracked());
    // It replaces nothing: the browser has not noted the old address yet.
    view! { <Redirect path=here /> }
}
