//! What becomes of a run, as the canvas follows it.

use super::{downloads::signed_in, rest::problem::ApiError};
use crate::app_router::ServerState;
use axum::{
    extract::{Path, State},
    http::request::Parts,
    response::sse::{Event, KeepAlive, Sse},
};
use futures_util::stream::{self, Stream, StreamExt};
use std::{collections::BTreeMap, convert::Infallible, time::Duration};
use toolcrib::{
    Error,
    ids::RunId,
    workflows::{
        follow::{Follower, Progress, RunStands, follow},
        run_live::{LiveEvent, NodeLive, RunLive, line},
    },
};

/// `GET /{org}/runs/{id}/events` for who is signed in and may see the run: first how everything stands, then what changes, until the run has
/// ended. Whoever asks again is told all of it again.
pub async fn run_events(
    State(state): State<ServerState>,
    Path((org, id)): Path<(String, String)>,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let (actor, _) = signed_in(&state.system, &org, &parts, "run").await?;
    let id: RunId = id.parse().map_err(|_| Error::NotFound("run"))?;
    let follower = follow(&state.system, &actor, id).await?;
    let told = stream::unfold(Some((follower, false)), move |following| async move {
        let (mut follower, told): (Follower, bool) = following?;
        match follower.next().await {
            Ok(Some(news)) => {
                let events = if told { changes(&news) } else { state_of(&news) };
                Some((events.iter().map(event).collect::<Vec<_>>(), Some((follower, true))))
            }
            Ok(None) => None,
            Err(error) => {
                tracing::warn!(%error, run = %id, "a run can no longer be followed");
                // A comment, so that the browser asks again.
                Some((vec![Event::default().comment("ask again").retry(Duration::from_secs(2))], None))
            }
        }
    });
    let events = told.flat_map(|events| stream::iter(events.into_iter().map(Ok)));
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

fn run_of(stands: &RunStands) -> RunLive {
    RunLive {
        id: stands.id,
        status: stands.status,
        error: stands.error_message.as_deref().map(line),
        started_at: stands.started_at,
        completed_at: stands.completed_at,
    }
}

/// The first that a follower tells is the whole.
fn state_of(news: &[Progress]) -> Vec<LiveEvent> {
    let mut nodes = BTreeMap::new();
    let mut run = None;
    for one in news {
        match one {
            Progress::Run(stands) => run = Some(run_of(stands)),
            Progress::Node { node, result } => {
                nodes.insert(node.clone(), NodeLive::from(result.as_ref()));
            }
        }
    }
    run.map(|run| LiveEvent::State { run, nodes }).into_iter().collect()
}

fn changes(news: &[Progress]) -> Vec<LiveEvent> {
    let change = |one: &Progress| match one {
        Progress::Run(stands) => LiveEvent::Run { run: run_of(stands) },
        Progress::Node { node, result } => LiveEvent::Node { id: node.clone(), node: NodeLive::from(result.as_ref()) },
    };
    news.iter().map(change).collect()
}

fn event(event: &LiveEvent) -> Event {
    let name = match event {
        LiveEvent::State { .. } => "state",
        LiveEvent::Run { .. } => "run",
        LiveEvent::Node { .. } => "node",
    };
    Event::default().event(name).data(serde_json::to_string(event).unwrap_or_default())
}
