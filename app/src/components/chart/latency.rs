//! How long calls take: a band from the median to the 95th percentile. Where nothing was called there is a gap.

use super::{AsTable, ClockName, FOOT, HEAD, Key, grid, ticks, time_axis, use_clock, value_axis};
use crate::components::format;
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Percentiles of one stretch of time, in milliseconds; `None` where nothing was called.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LatencyPoint {
    pub at: DateTime<Utc>,
    pub p50: Option<f64>,
    pub p95: Option<f64>,
}

/// The drawing is stretched over this width; strokes are not.
const WIDTH: f64 = 1000.0;

#[component]
pub fn LatencyBand(#[prop(into)] label: String, points: Vec<LatencyPoint>, #[prop(default = 180.0)] height: f64) -> impl IntoView {
    let most = points.iter().filter_map(|point| point.p95.or(point.p50)).fold(0.0, f64::max);
    let ticks = ticks(most, false);
    let top = ticks.last().copied().unwrap_or(1.0);
    let base = height - FOOT;
    let y = move |value: f64| base - (base - HEAD) * value / top;
    let clock = use_clock();
    let times: Vec<_> = points.iter().map(|point| point.at).collect();
    let (band, median, upper) = paths(&points, y);
    let rows = points
        .iter()
        .map(|point| {
            let said = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), format::duration);
            vec![said(point.p50), said(point.p95)]
        })
        .collect();
    let worst = points.iter().filter_map(|point| point.p95).fold(0.0, f64::max);
    let last = |pick: fn(&LatencyPoint) -> Option<f64>| points.iter().rev().find_map(pick).map_or_else(|| "–".to_owned(), format::duration);
    let (p50, p95) = (last(|point| point.p50), last(|point| point.p95));
    let described = format!("{label}: latest p50 {p50}, latest p95 {p95}, highest p95 {}", format::duration(worst));
    view! {
        <figure>
            <figcaption class="mb-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-xs">
                <span class="sr-only">{label.clone()}</span>
                <Key swatch="fill-chart-line" label="p50, latest" value=p50 />
                <Key swatch="fill-chart-band" label="p95, latest" value=p95 />
                <ClockName clock=clock />
            </figcaption>
            <div class="flex" role="img" aria-label=described>
                {value_axis(&ticks, y, height, |tick| if tick == 0.0 { "0".to_owned() } else { short(tick) })}
                <svg height=height class="min-w-0 flex-1 overflow-visible">
                    {grid(&ticks, y)}
                    <svg x="0" y="0" width="100%" height=height viewBox=format!("0 0 {WIDTH} {height}") preserveAspectRatio="none">
                        <path d=band class="fill-chart-band" opacity="0.75" />
                        <path
                            d=upper
                            class="stroke-chart-line"
                            fill="none"
                            stroke-width="1"
                            opacity="0.7"
                            vector-effect="non-scaling-stroke"
                        />
                        <path
                            d=median
                            class="stroke-chart-line"
                            fill="none"
                            stroke-width="2"
                            stroke-linejoin="round"
                            stroke-linecap="round"
                            vector-effect="non-scaling-stroke"
                        />
                    </svg>
                    {time_axis(times.clone(), clock, height)}
                </svg>
            </div>
            <AsTable label=label clock=clock times=times head=vec!["p50", "p95"] rows=rows />
        </figure>
    }
    .into_any()
}

/// A tick has no room for decimals that say nothing.
fn short(ms: f64) -> String {
    if ms >= 60_000.0 {
        format!("{} min", ms / 60_000.0)
    } else if ms >= 1000.0 {
        format!("{} s", ms / 1000.0)
    } else {
        format!("{ms} ms")
    }
}

/// The outlines of the band, of the median and of the upper edge. A point without neighbours is drawn as a short dash.
fn paths(points: &[LatencyPoint], y: impl Fn(f64) -> f64) -> (String, String, String) {
    #[allow(clippy::cast_precision_loss)]
    let slot = WIDTH / points.len().max(1) as f64;
    let mut runs: Vec<Vec<(f64, f64, f64)>> = vec![Vec::new()];
    for (i, point) in points.iter().enumerate() {
        match (point.p50, point.p95.or(point.p50)) {
            (Some(p50), Some(p95)) => {
                #[allow(clippy::cast_precision_loss)]
                let x = (i as f64 + 0.5) * slot;
                if let Some(run) = runs.last_mut() {
                    run.push((x, y(p50), y(p95)));
                }
            }
            _ => runs.push(Vec::new()),
        }
    }
    let (mut band, mut median, mut upper) = (String::new(), String::new(), String::new());
    for mut run in runs.into_iter().filter(|run| !run.is_empty()) {
        if let [(x, p50, p95)] = run[..] {
            run = vec![(x - slot * 0.35, p50, p95), (x + slot * 0.35, p50, p95)];
        }
        let line = |pick: fn(&(f64, f64, f64)) -> f64| {
            let points: Vec<String> = run.iter().map(|point| format!("{:.1} {:.1}", point.0, pick(point))).collect();
            format!("M{}", points.join("L"))
        };
        let back: Vec<String> = run.iter().rev().map(|point| format!("{:.1} {:.1}", point.0, point.1)).collect();
        median.push_str(&line(|point| point.1));
        upper.push_str(&line(|point| point.2));
        band.push_str(&format!("{}L{}Z", line(|point| point.2), back.join("L")));
    }
    (band, median, upper)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_in_the_data_is_a_gap_in_the_line() {
        let at = DateTime::UNIX_EPOCH;
        let point = |p50: Option<f64>| LatencyPoint { at, p50, p95: p50.map(|p| p * 2.0) };
        let (band, median, _) = paths(&[point(Some(1.0)), point(Some(2.0)), point(None), point(Some(1.0))], |value| value);
        assert_eq!(median.matches('M').count(), 2);
        assert_eq!(band.matches('Z').count(), 2);
        assert_eq!(paths(&[point(None)], |value| value).1, "");
    }
}
