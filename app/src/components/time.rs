//! Times: relative to now, the exact moment on hover and for machines.

use super::{browser, format};
use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// `5 min ago`; the title has the exact moment, in the reader's zone once the page listens.
#[component]
pub fn RelativeTime(at: DateTime<Utc>) -> impl IntoView {
    // The server and the browser may differ by a second; the effect corrects the text soon after.
    let words = move |now: Option<DateTime<Utc>>| now.map_or_else(|| format::exact(at), |now| format::relative(at, now));
    let text = RwSignal::new(words(browser::now()));
    let title = RwSignal::new(format::exact(at));
    Effect::new(move |_| {
        text.set(words(browser::now()));
        if let Some(local) = browser::local_time(at) {
            title.set(local);
        }
        #[cfg(feature = "hydrate")]
        if let Ok(handle) = set_interval_with_handle(move || text.set(words(browser::now())), std::time::Duration::from_secs(30)) {
            on_cleanup(move || handle.clear());
        }
    });
    view! {
        <time datetime=at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true) title=move || title.get() class="whitespace-nowrap">
            {move || text.get()}
        </time>
    }
    .into_any()
}

/// A duration in milliseconds, or a dash.
#[component]
pub fn Duration(ms: Option<f64>) -> impl IntoView {
    view! { <span class="num whitespace-nowrap">{ms.map_or_else(|| "–".to_owned(), format::duration)}</span> }.into_any()
}
