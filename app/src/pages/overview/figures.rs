//! Calls, success, latency, cost: now against the period before.

use crate::components::{
    chart::{Bucket, LatencyBand, LatencyPoint, TimeSeries},
    format,
    page::{Section, Stat},
    table::Table,
};
use leptos::prelude::*;
use toolcrib::executions::{Dashboard, FailingTool, Figures};

/// The four figures, the two charts, and what fails.
#[component]
pub fn DashboardFigures(dashboard: Dashboard, org: String) -> impl IntoView {
    let Dashboard { now, before, series, series_before, failing, .. } = dashboard;
    let buckets = series.iter().map(|bucket| Bucket { at: bucket.at, success: bucket.success, failed: bucket.failed }).collect();
    let calls_before =
        if before.count == 0 { Vec::new() } else { series_before.iter().map(|bucket| bucket.success + bucket.failed).collect() };
    let points = series.iter().map(|bucket| LatencyPoint { at: bucket.at, p50: bucket.p50_ms, p95: bucket.p95_ms }).collect();
    let refused = match now.refused {
        0 => String::new(),
        refused => format!(" · {} refused", format::number(refused)),
    };
    view! {
        <div class="mb-6 grid grid-cols-2 gap-3 lg:grid-cols-5 [&>:last-child]:col-span-2 lg:[&>:last-child]:col-span-1">
            <Stat label="Calls" value=format::number(now.count) note=format!("{}{refused}", against(&now, &before, |f| f.count as f64)) />
            <Stat label="Success rate" value=format::share(now.success, now.count) note=rate_against(&now, &before) />
            <Stat label="Latency p50" value=latency(now.p50_ms) note=was(before.p50_ms) />
            <Stat label="Latency p95" value=latency(now.p95_ms) note=was(before.p95_ms) />
            <Stat label="Cost" value=money(now.cost) note=format!("before: {}", money(before.cost)) />
        </div>
        <div class="grid gap-x-8 lg:grid-cols-2">
            <Section title="Calls over time" class="min-w-0">
                <TimeSeries label="Calls over time" buckets=buckets before=calls_before />
            </Section>
            <Section title="Latency over time" class="min-w-0">
                <LatencyBand label="Latency over time" points=points />
            </Section>
        </div>
        <Failing failing=failing org=org />
    }
}

#[component]
fn Failing(failing: Vec<FailingTool>, org: String) -> impl IntoView {
    if failing.is_empty() {
        return ().into_any();
    }
    let rows = failing
        .into_iter()
        .map(|tool| {
            let href = format!("/{org}/executions?tool={}&status=failed", tool.tool_id);
            view! {
                <tr>
                    <th scope="row">
                        <a class="row-link font-mono" href=href>
                            {tool.tool_name}
                        </a>
                    </th>
                    <td class="num">{format::number(tool.failed)}</td>
                    <td class="num">{format::share(tool.failed, tool.count)}</td>
                    <td class="max-w-xl">
                        <span class="line-clamp-2">{tool.last_error.unwrap_or_default()}</span>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Section title="What fails">
            <Table label="Failing tools">
                <thead>
                    <tr>
                        <th scope="col">"Tool"</th>
                        <th scope="col" class="num">
                            "Failed"
                        </th>
                        <th scope="col" class="num">
                            "Of its calls"
                        </th>
                        <th scope="col">"Last error"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        </Section>
    }
    .into_any()
}

/// `+25 % against before`; where nothing was before there is nothing to compare.
fn against(now: &Figures, before: &Figures, of: impl Fn(&Figures) -> f64) -> String {
    let (now, before) = (of(now), of(before));
    if before <= 0.0 {
        return "none before".to_owned();
    }
    let change = (now - before) * 100.0 / before;
    match change {
        change if change.abs() < 0.5 => "as before".to_owned(),
        change if change > 0.0 => format!("+{change:.0} % against before"),
        change => format!("−{:.0} % against before", change.abs()),
    }
}

fn rate_against(now: &Figures, before: &Figures) -> String {
    if before.count == 0 {
        return "none before".to_owned();
    }
    match now.failed {
        0 => format!("before: {}", format::share(before.success, before.count)),
        failed => format!("{} failed · before: {}", format::number(failed), format::share(before.success, before.count)),
    }
}

fn latency(ms: Option<f64>) -> String {
    ms.map_or_else(|| "–".to_owned(), format::duration)
}

fn was(ms: Option<f64>) -> String {
    ms.map_or_else(|| "none before".to_owned(), |ms| format!("before: {}", format::duration(ms)))
}

/// Cents where they matter, more digits where they are all there is.
fn money(amount: f64) -> String {
    if amount == 0.0 {
        "$0".to_owned()
    } else if amount < 0.01 {
        format!("${amount:.4}")
    } else {
        format!("${amount:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(count: i64) -> Figures {
        Figures { count, success: count, ..Figures::default() }
    }

    #[test]
    fn figures_are_told_against_the_period_before() {
        let of = |f: &Figures| f.count as f64;
        assert_eq!(against(&calls(150), &calls(100), of), "+50 % against before");
        assert_eq!(against(&calls(75), &calls(100), of), "−25 % against before");
        assert_eq!(against(&calls(5), &calls(0), of), "none before");
        assert_eq!(against(&calls(100), &calls(100), of), "as before");
    }

    #[test]
    fn small_amounts_keep_their_digits() {
        assert_eq!(money(0.0025), "$0.0025");
        assert_eq!(money(12.5), "$12.50");
    }
}
