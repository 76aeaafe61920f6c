//! What several pages show alike.

use crate::components::badge::{Badge, Tone};
use leptos::prelude::*;
use toolcrib::mcp::{Circuit, Health, McpServer, PinState};

/// How a server is: its last contact, and whether calls go out.
#[component]
pub fn HealthBadge(status: Health, circuit: Circuit) -> impl IntoView {
    let (tone, icon, words) = match (status, circuit) {
        (_, Circuit::Open) => (Tone::Danger, icondata_lu::LuCircleX, "Down, calls held back"),
        (_, Circuit::HalfOpen) => (Tone::Warning, icondata_lu::LuTriangleAlert, "Down, tried again"),
        (Health::Up, _) => (Tone::Success, icondata_lu::LuCircleCheck, "Up"),
        (Health::Down, _) => (Tone::Danger, icondata_lu::LuCircleX, "Down"),
        (Health::Unknown, _) => (Tone::Neutral, icondata_lu::LuCircleDashed, "Not reached yet"),
    };
    view! {
        <Badge tone=tone icon=icon>
            {words}
        </Badge>
    }
}

/// How an imported tool stands to what its server offers; nothing is said where all is well, unless `always`.
#[component]
pub fn PinBadge(state: PinState, #[prop(optional)] always: bool) -> impl IntoView {
    let (tone, icon) = match state {
        PinState::Pinned => (Tone::Success, icondata_lu::LuCircleCheck),
        PinState::Changed => (Tone::Warning, icondata_lu::LuTriangleAlert),
        PinState::Gone => (Tone::Danger, icondata_lu::LuCircleX),
        PinState::Rejected => (Tone::Danger, icondata_lu::LuBan),
    };
    (always || state != PinState::Pinned).then(|| {
        view! {
            <Badge tone=tone icon=icon>
                {state.label()}
            </Badge>
        }
    })
}

/// Where a server is, in one line.
#[must_use]
pub fn place(server: &McpServer) -> String {
    let configuration = &server.configuration;
    match (&configuration.url, &configuration.command) {
        (Some(url), _) => url.clone(),
        (None, Some(command)) => std::iter::once(command).chain(&configuration.args).cloned().collect::<Vec<_>>().join(" "),
        (None, None) => String::new(),
    }
}

/// `1 tool`, `3 tools`.
#[must_use]
pub fn tools(count: i64) -> String {
    if count == 1 { "1 tool".to_owned() } else { format!("{count} tools") }
}
