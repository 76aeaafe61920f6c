//! Calls over time: succeeded and failed stacked from zero, the period before as a thin dashed line.

use super::{AsTable, ClockName, FOOT, HEAD, Key, grid, percent, ticks, time_axis, use_clock, value_axis};
use crate::components::format;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// What happened in one stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bucket {
    pub at: DateTime<Utc>,
    pub success: i64,
    pub failed: i64,
}

/// `before` has the totals of the period before, one for each bucket; empty where there is none.
#[component]
pub fn TimeSeries(
    #[prop(into)] label: String,
    buckets: Vec<Bucket>,
    #[prop(optional)] before: Vec<i64>,
    #[prop(default = 180.0)] height: f64,
) -> impl IntoView {
    #[allow(clippy::cast_precision_loss)]
    let float = |n: i64| n as f64;
    let total = |bucket: &Bucket| bucket.success + bucket.failed;
    let most = buckets.iter().map(total).chain(before.iter().copied()).max().unwrap_or(0);
    let ticks = ticks(float(most), true);
    let top = ticks.last().copied().unwrap_or(1.0);
    let base = height - FOOT;
    let y = move |value: f64| base - (base - HEAD) * value / top;
    #[allow(clippy::cast_precision_loss)]
    let slot = 1.0 / buckets.len().max(1) as f64;
    let clock = use_clock();
    let times: Vec<_> = buckets.iter().map(|bucket| bucket.at).collect();
    let span = times.last().zip(times.first()).map_or_else(chrono::Duration::zero, |(last, first)| *last - *first);
    let bars = buckets
        .iter()
        .enumerate()
        .map(|(i, bucket)| {
            #[allow(clippy::cast_precision_loss)]
            let left = i as f64 * slot;
            let rect = |from: i64, to: i64, class: &'static str| {
                (to > from).then(|| {
                    // A call that happened is never too small to see.
                    let high = (y(float(from)) - y(float(to))).max(1.5);
                    view! {
                        <rect
                            x=percent(left + slot * 0.14)
                            width=percent(slot * 0.72)
                            y=format!("{:.2}", y(float(from)) - high)
                            height=format!("{high:.2}")
                            class=class
                        />
                    }
                })
            };
            let (at, counts) =
                (bucket.at, format!("{} succeeded, {} failed", format::number(bucket.success), format::number(bucket.failed)));
            let said = move || format!("{}: {counts}", super::time_label(clock.get().show(at), span));
            view! {
                <g>
                    <title>{said}</title>
                    // The whole height answers to the pointer, not just the bar.
                    <rect x=percent(left) width=percent(slot) y=HEAD height=base - HEAD class="fill-transparent hover:fill-hover" />
                    {rect(0, bucket.success, "pointer-events-none fill-chart-success")}
                    {rect(bucket.success, total(bucket), "pointer-events-none fill-chart-failed")}
                </g>
            }
        })
        .collect_view();
    let line = before
        .windows(2)
        .enumerate()
        .map(|(i, pair)| {
            #[allow(clippy::cast_precision_loss)]
            let x = |i: usize| percent((i as f64 + 0.5) * slot);
            view! {
                <line
                    x1=x(i)
                    x2=x(i + 1)
                    y1=format!("{:.2}", y(float(pair[0])))
                    y2=format!("{:.2}", y(float(pair[1])))
                    class="pointer-events-none stroke-chart-before"
                    stroke-width="1.25"
                    stroke-dasharray="3 3"
                />
            }
        })
        .collect_view();
    let succeeded: i64 = buckets.iter().map(|bucket| bucket.success).sum();
    let failed: i64 = buckets.iter().map(|bucket| bucket.failed).sum();
    let compared = (!before.is_empty()).then(|| before.iter().sum::<i64>());
    let described = format!("{label}: {} succeeded, {} failed", format::number(succeeded), format::number(failed));
    let mut head = vec!["Succeeded", "Failed"];
    if compared.is_some() {
        head.push("Period before");
    }
    let rows = buckets
        .iter()
        .enumerate()
        .map(|(i, bucket)| {
            let mut row = vec![format::number(bucket.success), format::number(bucket.failed)];
            if compared.is_some() {
                row.push(before.get(i).map_or_else(|| "–".to_owned(), |n| format::number(*n)));
            }
            row
        })
        .collect();
    view! {
        <figure>
            <figcaption class="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
                <span class="sr-only">{label.clone()}</span>
                <Key swatch="fill-chart-success" label="Succeeded" value=format::number(succeeded) />
                <Key swatch="fill-chart-failed" label="Failed" value=format::number(failed) />
                {compared
                    .map(|n| view! { <Key swatch="stroke-chart-before" label="Period before" value=format::number(n) /> })}
                <ClockName clock=clock />
            </figcaption>
            <div class="flex" role="img" aria-label=described>
                {value_axis(&ticks, y, height, |tick| {
                    #[allow(clippy::cast_possible_truncation)]
                    format::number(tick as i64)
                })}
                <svg height=height class="min-w-0 flex-1 overflow-visible">
                    {grid(&ticks, y)} {bars} {line} {time_axis(times.clone(), clock, height)}
                </svg>
            </div>
            <AsTable label=label clock=clock times=times head=head rows=rows />
        </figure>
    }
    .into_any()
}
