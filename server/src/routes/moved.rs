//! Addresses that moved: old links and bookmarks lead on, for good.

use axum::{
    extract::{Path, RawQuery},
    response::Redirect,
};

/// Where the canvas of a workflow was before it was the workflow's page.
pub const CANVAS: &str = "/{org}/workflows/{id}/canvas";

/// `GET /{org}/workflows/{id}/canvas?run=…` → `/{org}/workflows/{id}?run=…`
pub async fn canvas(Path((org, id)): Path<(String, String)>, RawQuery(query): RawQuery) -> Redirect {
    let part = app::components::query::encode;
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    // Encoded anew: an address that begins with a backslash would lead away.
    Redirect::permanent(&format!("/{}/workflows/{}{query}", part(&org), part(&id)))
}
