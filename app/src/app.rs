//! Routes.

use crate::pages;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    components::{Route, Router, Routes},
    path,
};

#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    crate::components::form::provide_flash();
    view! {
        <Router>
            <Routes fallback=|| pages::not_found::NotFound()>
                <Route path=path!("/not-found") view=pages::not_found::NotFound />
            </Routes>
        </Router>
    }
}
