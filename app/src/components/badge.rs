//! Small words with a colour and, so that they read without it, a shape.

use super::icon::Icon;
use leptos::prelude::*;

/// What a badge or notice means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Neutral,
    Accent,
    Success,
    Warning,
    Danger,
    Info,
    Running,
}

impl Tone {
    pub const ALL: [Self; 7] = [Self::Neutral, Self::Accent, Self::Success, Self::Warning, Self::Danger, Self::Info, Self::Running];

    /// The ground this tone stands on.
    #[must_use]
    pub fn soft(self) -> &'static str {
        match self {
            Self::Neutral => "bg-sunken",
            Self::Accent => "bg-accent-soft",
            Self::Success => "bg-success-soft",
            Self::Warning => "bg-warning-soft",
            Self::Danger => "bg-danger-soft",
            Self::Info => "bg-info-soft",
            Self::Running => "bg-running-soft",
        }
    }

    /// The colour of its words.
    #[must_use]
    pub fn ink(self) -> &'static str {
        match self {
            Self::Neutral => "text-muted",
            Self::Accent => "text-accent",
            Self::Success => "text-success",
            Self::Warning => "text-warning",
            Self::Danger => "text-danger",
            Self::Info => "text-info",
            Self::Running => "text-running",
        }
    }

    #[must_use]
    pub fn icon(self) -> icondata_core::Icon {
        match self {
            Self::Neutral => icondata_lu::LuCircleDashed,
            Self::Accent => icondata_lu::LuCircleDot,
            Self::Success => icondata_lu::LuCircleCheck,
            Self::Warning => icondata_lu::LuTriangleAlert,
            Self::Danger => icondata_lu::LuCircleX,
            Self::Info => icondata_lu::LuInfo,
            Self::Running => icondata_lu::LuLoaderCircle,
        }
    }
}

/// A word on a soft ground. `plain` leaves out the icon where the word is a kind or a tag, not a state.
#[component]
pub fn Badge(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<icondata_core::Icon>,
    #[prop(optional)] plain: bool,
    children: Children,
) -> impl IntoView {
    let icon = icon.or_else(|| (!plain && tone != Tone::Neutral).then(|| tone.icon()));
    view! {
        <span class=format!(
            "inline-flex items-center gap-1 rounded-sm px-1.5 py-0.5 text-xs font-medium whitespace-nowrap {} {}",
            tone.soft(),
            tone.ink(),
        )>{icon.map(|icon| view! { <Icon icon=icon size=12 /> })} {children()}</span>
    }
    .into_any()
}

/// How a state is shown: its tone, its icon and its words.
fn look(status: &str) -> (Tone, icondata_core::Icon) {
    use icondata_lu as lu;
    match status {
        "success" | "completed" | "active" | "published" | "accepted" => (Tone::Success, lu::LuCircleCheck),
        "failed" | "error" => (Tone::Danger, lu::LuCircleX),
        "timeout" | "timed_out" => (Tone::Danger, lu::LuTimer),
        "unauthorized" | "revoked" => (Tone::Warning, lu::LuLock),
        "rate_limited" => (Tone::Warning, lu::LuGauge),
        "invalid_input" => (Tone::Warning, lu::LuTriangleAlert),
        "expired" | "deprecated" => (Tone::Warning, lu::LuClock),
        "running" => (Tone::Running, lu::LuLoaderCircle),
        "waiting" => (Tone::Info, lu::LuCirclePause),
        "pending" => (Tone::Info, lu::LuClock),
        "cancelled" | "skipped" | "disabled" => (Tone::Neutral, lu::LuCircleSlash),
        _ => (Tone::Neutral, lu::LuCircleDashed),
    }
}

/// `rate_limited` → `Rate limited`.
#[must_use]
pub fn status_words(status: &str) -> String {
    let words = status.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Where a call came from, as people call it: `rest` → `REST`.
#[must_use]
pub fn source_words(source: &str) -> String {
    match source {
        "rest" | "mcp" => source.to_uppercase(),
        source => status_words(source),
    }
}

/// The state of an execution, a run, a tool or an invitation: colour and icon together.
#[component]
pub fn StatusBadge(#[prop(into)] status: Signal<String>) -> impl IntoView {
    move || {
        let status = status.get();
        let (tone, icon) = look(&status);
        view! {
            <Badge tone=tone icon=icon>
                {status_words(&status)}
            </Badge>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_reads_as_words() {
        assert_eq!(status_words("rate_limited"), "Rate limited");
        assert_eq!(status_words(""), "");
    }

    #[test]
    fn states_that_mean_different_things_differ_without_colour() {
        let shapes = ["success", "failed", "timeout", "unauthorized", "rate_limited", "running", "waiting", "cancelled", "draft"];
        for (i, a) in shapes.iter().enumerate() {
            for b in &shapes[i + 1..] {
                assert_ne!(look(a).1.data, look(b).1.data, "{a} and {b} have the same shape");
            }
        }
    }
}
