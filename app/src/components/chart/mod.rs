//! Charts as SVG, drawn where the page is rendered: they need no script. Widths are percentages, so text never shrinks on a phone,
//! and each chart can be read as a table.

mod clock;
mod latency;
mod scale;
mod series;
mod sparkline;

pub use clock::Clock;
pub use latency::{LatencyBand, LatencyPoint};
pub use scale::{ticks, time_label, time_labels};
pub use series::{Bucket, TimeSeries};
pub use sparkline::Sparkline;

use chrono::{DateTime, Utc};
use clock::{row_time, use_clock};
use leptos::prelude::*;

/// Room for the labels of the values, and for those of the time.
const GUTTER: u32 = 48;
const FOOT: f64 = 22.0;
const HEAD: f64 = 8.0;

/// `12.345 %` as an attribute.
fn percent(share: f64) -> String {
    format!("{:.3}%", share * 100.0)
}

/// The labels at the left, one for each tick.
fn value_axis(ticks: &[f64], y: impl Fn(f64) -> f64, height: f64, label: impl Fn(f64) -> String) -> AnyView {
    let labels = ticks
        .iter()
        .map(|tick| {
            view! {
                <text x=GUTTER - 8 y=format!("{:.1}", y(*tick) + 4.0) text-anchor="end" font-size="11" fill="currentColor">
                    {label(*tick)}
                </text>
            }
        })
        .collect_view();
    view! {
        <svg width=GUTTER height=height class="num shrink-0 text-muted" aria-hidden="true">
            {labels}
        </svg>
    }
    .into_any()
}

/// Hairlines at the ticks; the one at zero is stronger.
fn grid(ticks: &[f64], y: impl Fn(f64) -> f64) -> AnyView {
    ticks
        .iter()
        .map(|tick| {
            let at = format!("{:.1}", y(*tick).round() + 0.5);
            view! {
                <line
                    x1="0"
                    x2="100%"
                    y1=at.clone()
                    y2=at
                    class=if *tick == 0.0 { "stroke-line-strong" } else { "stroke-line" }
                    stroke-width="1"
                />
            }
        })
        .collect_view()
        .into_any()
}

/// The labels of the time under the plot, by the reader's clock as soon as it is known.
fn time_axis(times: Vec<DateTime<Utc>>, clock: RwSignal<Clock>, height: f64) -> AnyView {
    let labels = move || {
        time_labels(&times, 4, clock.get())
            .into_iter()
            .map(|(share, label)| {
                let anchor = if share < 0.03 {
                    "start"
                } else if share > 0.97 {
                    "end"
                } else {
                    "middle"
                };
                view! {
                    <text x=percent(share) y=height - 6.0 text-anchor=anchor font-size="11" class="num fill-muted">
                        {label}
                    </text>
                }
            })
            .collect_view()
    };
    view! { <g>{labels}</g> }.into_any()
}

/// Whose clock the axis shows; stands beside what the colours mean.
#[component]
fn ClockName(clock: RwSignal<Clock>) -> impl IntoView {
    view! {
        <span class="ml-auto text-muted" title="The times of this chart are in this time zone">
            {move || clock.get().name()}
        </span>
    }
}

/// The same numbers as a table, folded away: the time first, then a column for each of `head`.
#[component]
fn AsTable(
    #[prop(into)] label: String,
    clock: RwSignal<Clock>,
    times: Vec<DateTime<Utc>>,
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
) -> impl IntoView {
    let head = head
        .into_iter()
        .map(|text| {
            view! {
                <th scope="col" class="num">
                    {text}
                </th>
            }
        })
        .collect_view();
    let rows = times
        .into_iter()
        .zip(rows)
        .map(|(at, row)| {
            view! {
                <tr>
                    <td class="whitespace-nowrap">{move || row_time(at, clock.get())}</td>
                    {row.into_iter().map(|text| view! { <td class="num">{text}</td> }).collect_view()}
                </tr>
            }
        })
        .collect_view();
    view! {
        <details class="mt-1">
            <summary class="inline-flex items-center gap-1 text-xs text-muted hover:text-text">
                <super::icon::Icon icon=icondata_lu::LuChevronRight size=12 class="details-mark" />
                "Show as a table"
            </summary>
            <div role="region" aria-label=label tabindex="0" class="mt-2 max-h-72 overflow-auto rounded-md border border-line">
                <table class="table">
                    <caption class="sr-only">{label.clone()}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{move || format!("Time ({})", clock.get().name())}</th>
                            {head}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
    .into_any()
}

/// A swatch and what it stands for, with the number it adds up to.
#[component]
fn Key(swatch: &'static str, #[prop(into)] label: String, #[prop(into)] value: String) -> impl IntoView {
    view! {
        <span class="inline-flex items-center gap-1.5">
            <svg width="12" height="12" aria-hidden="true" class=swatch>
                {if swatch.contains("stroke-chart-before") {
                    view! { <line x1="0" x2="12" y1="6" y2="6" stroke-width="1.5" stroke-dasharray="3 2" /> }.into_any()
                } else {
                    view! { <rect width="12" height="12" rx="2" /> }.into_any()
                }}
            </svg>
            <span class="text-muted">{label}</span>
            <span class="num font-medium">{value}</span>
        </span>
    }
    .into_any()
}
