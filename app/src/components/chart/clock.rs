//! Whose clock the times of a chart are told by. The server knows universal time only and says so; once the page listens, the times are
//! the reader's. The first rendering in the browser is the server's, so that both agree.

use crate::components::browser;
use chrono::{DateTime, FixedOffset, Offset, Utc};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Clock {
    #[default]
    Utc,
    /// The reader's zone, summer time and all.
    Reader,
}

impl Clock {
    /// The moment as this clock shows it.
    #[must_use]
    pub fn show(self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        let minutes = if self == Self::Reader { browser::offset_minutes(at) } else { None };
        let offset = minutes.and_then(|minutes| FixedOffset::east_opt(minutes * 60)).unwrap_or_else(|| Utc.fix());
        at.with_timezone(&offset)
    }

    /// What stands beside the axis: `UTC`, or the name of the reader's zone.
    #[must_use]
    pub fn name(self) -> String {
        let zone = if self == Self::Reader { browser::zone_name() } else { None };
        zone.unwrap_or_else(|| "UTC".to_owned())
    }
}

/// Universal time, and the reader's own once the page listens.
pub(super) fn use_clock() -> RwSignal<Clock> {
    let clock = RwSignal::new(Clock::Utc);
    Effect::new(move |_| clock.set(Clock::Reader));
    clock
}

/// A moment in a row of the chart's table.
pub(super) fn row_time(at: DateTime<Utc>, clock: Clock) -> String {
    clock.show(at).format("%-d %b %Y %H:%M").to_string()
}
