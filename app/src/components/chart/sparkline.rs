//! A line so small that it stands in a table row.

use leptos::prelude::*;

/// Values over time, zero-based. `label` says it in words, e.g. "24 h: 312 calls, 3 failed".
#[component]
pub fn Sparkline(
    #[prop(into)] label: String,
    values: Vec<f64>,
    #[prop(optional)] failed: Vec<f64>,
    #[prop(default = 96)] width: u32,
    #[prop(default = 24)] height: u32,
) -> impl IntoView {
    let most = values.iter().copied().filter(|value| value.is_finite()).fold(0.0, f64::max);
    #[allow(clippy::cast_precision_loss)]
    let slot = f64::from(width) / values.len().max(1) as f64;
    let base = f64::from(height) - 1.0;
    let bars = values
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0.0)
        .map(|(i, value)| {
            #[allow(clippy::cast_precision_loss)]
            let x = i as f64 * slot;
            let bad = failed.get(i).copied().unwrap_or(0.0).clamp(0.0, *value);
            let high = |value: f64| if value > 0.0 { ((base - 1.0) * value / most).max(1.5) } else { 0.0 };
            let (all, red) = (high(*value), high(bad));
            let wide = format!("{:.2}", (slot * 0.8).max(1.0));
            view! {
                <rect
                    x=format!("{x:.2}")
                    width=wide.clone()
                    y=format!("{:.2}", base - all)
                    height=format!("{all:.2}")
                    class="fill-chart-success"
                />
                {(red > 0.0)
                    .then(|| {
                        view! {
                            <rect
                                x=format!("{x:.2}")
                                width=wide
                                y=format!("{:.2}", base - all)
                                height=format!("{red:.2}")
                                class="fill-chart-failed"
                            />
                        }
                    })}
            }
        })
        .collect_view();
    view! {
        <svg width=width height=height viewBox=format!("0 0 {width} {height}") role="img" aria-label=label class="inline-block align-middle">
            <title>{label.clone()}</title>
            <line x1="0" x2=width y1=base + 0.5 y2=base + 0.5 class="stroke-line" stroke-width="1" />
            {bars}
        </svg>
    }
    .into_any()
}
