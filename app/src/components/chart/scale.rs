//! Where ticks stand and what they say.

use super::Clock;
use chrono::{DateTime, Duration, FixedOffset, Utc};

/// Few round values from zero to at least `most`: 0, 25, 50, 75, 100. Never fewer than two, so that an empty chart still has a scale.
#[must_use]
pub fn ticks(most: f64, whole: bool) -> Vec<f64> {
    let most = if most.is_finite() && most > 0.0 { most } else { 1.0 };
    let rough = most / 3.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough * 0.999).unwrap_or(power * 10.0);
    let step = if whole { step.ceil().max(1.0) } else { step };
    let mut ticks = vec![0.0];
    while ticks.last().is_some_and(|last| *last < most * 0.999) && ticks.len() < 12 {
        #[allow(clippy::cast_precision_loss)]
        ticks.push(step * ticks.len() as f64);
    }
    ticks
}

/// How a moment is called on an axis that spans this long.
#[must_use]
pub fn time_label(at: DateTime<FixedOffset>, span: Duration) -> String {
    let format = if span <= Duration::hours(36) {
        "%H:%M"
    } else if span <= Duration::days(4) {
        "%a %H:%M"
    } else if span <= Duration::days(300) {
        "%-d %b"
    } else {
        "%b %Y"
    };
    at.format(format).to_string()
}

/// At most `most` labels, evenly over the points, by this clock: (share of the width, label).
#[must_use]
pub fn time_labels(times: &[DateTime<Utc>], most: usize, clock: Clock) -> Vec<(f64, String)> {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Vec::new() };
    let span = *last - *first;
    let count = most.min(times.len()).max(1);
    let mut labels: Vec<(f64, String)> = Vec::new();
    for i in 0..count {
        let index = if count == 1 { 0 } else { i * (times.len() - 1) / (count - 1) };
        #[allow(clippy::cast_precision_loss)]
        let share = (index as f64 + 0.5) / times.len() as f64;
        let label = time_label(clock.show(times[index]), span);
        if labels.last().is_none_or(|(_, before)| *before != label) {
            labels.push((share, label));
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn ticks_are_few_round_and_reach_the_top() {
        assert_eq!(ticks(97.0, true), [0.0, 50.0, 100.0]);
        assert_eq!(ticks(3.0, true), [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(ticks(0.0, true), [0.0, 1.0]);
        assert_eq!(ticks(f64::NAN, true), [0.0, 1.0]);
        for most in [1.0, 2.0, 7.0, 12.0, 49.0, 101.0, 999.0, 12_345.0, 0.3] {
            let ticks = ticks(most, false);
            assert!((2..=5).contains(&ticks.len()), "{most}: {ticks:?}");
            assert!(ticks[ticks.len() - 1] >= most * 0.999, "{most}: {ticks:?}");
        }
    }

    #[test]
    fn a_day_is_labelled_in_hours_and_a_month_in_days() {
        let at = Utc.with_ymd_and_hms(2026, 3, 9, 14, 0, 0).single().unwrap().fixed_offset();
        assert_eq!(time_label(at, Duration::hours(24)), "14:00");
        assert_eq!(time_label(at, Duration::days(30)), "9 Mar");
    }

    #[test]
    fn labels_do_not_repeat() {
        let at = Utc.with_ymd_and_hms(2026, 3, 9, 0, 0, 0).single().unwrap();
        let times: Vec<_> = (0..30).map(|day| at + Duration::days(day)).collect();
        let labels = time_labels(&times, 5, Clock::Utc);
        assert_eq!(labels.len(), 5);
        assert_eq!(labels[0].1, "9 Mar");
        assert_eq!(time_labels(&times[..1], 5, Clock::Utc).len(), 1);
        assert!(time_labels(&[], 5, Clock::Utc).is_empty());
    }
}
