//! Who else has a draft open, and that somebody saved it, as the canvas listens.

use super::{downloads::signed_in, rest::problem::ApiError};
use crate::app_router::ServerState;
use axum::{
    extract::{Path, Query, State},
    http::request::Parts,
    response::sse::{Event, Sse},
};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use std::{convert::Infallible, time::Duration};
use toolcrib::{
    Error,
    workflows::together::{Told, join::join},
};

#[derive(Deserialize)]
pub struct Asked {
    /// Names the tab of the browser that asks.
    #[serde(default)]
    tab: String,
}

/// `GET /{org}/workflows/{id}/live?tab=…` for who is signed in and may see the workflow: first the newest revision and who has it open, then what
/// changes. Every few seconds a `ping`, which the browser answers with a sign of life.
pub async fn draft_live(
    State(state): State<ServerState>,
    Path((org, id)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let (actor, _) = signed_in(&state.system, &org, &parts, "workflow").await?;
    let id = id.parse().map_err(|_| Error::NotFound("workflow"))?;
    let seat = join(&state.system, &actor, id, asked.tab).await?;
    let told = stream::unfold(seat, |mut seat| async move {
        let told = seat.next().await?;
        Some((Ok(event(&told)), seat))
    });
    Ok(Sse::new(told))
}

fn event(told: &Told) -> Event {
    let name = match told {
        Told::State { .. } => "state",
        Told::Present { .. } => "present",
        Told::Saved { .. } => "saved",
        Told::Ping => "ping",
    };
    let event = Event::default().event(name).data(serde_json::to_string(told).unwrap_or_default());
    // How soon the browser asks again when the line is lost.
    if matches!(told, Told::State { .. }) { event.retry(Duration::from_secs(1)) } else { event }
}
