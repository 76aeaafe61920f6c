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

/// Distances between labels, in minutes: what people count hours and days in.
const STEPS: [i64; 13] = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2 * 1440, 5 * 1440, 10 * 1440];

/// Labels at round times of this clock, at most `most` of them: (share of the width, label). `times` are the starts of even stretches.
#[must_use]
pub fn time_labels(times: &[DateTime<Utc>], most: usize, clock: Clock) -> Vec<(f64, String)> {
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return Vec::new() };
    let stretch = times.get(1).map_or_else(|| Duration::minutes(1), |second| *second - *first);
    let whole = (*last - *first) + stretch;
    let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
    let step = STEPS.into_iter().find(|step| whole.num_minutes() / step <= most).unwrap_or(30 * 1440);
    // Round by the clock on the wall, not by universal time.
    let local = clock.show(*first).naive_local().and_utc();
    let past = local.timestamp().rem_euclid(step * 60);
    let mut at = *first + Duration::seconds(if past == 0 { 0 } else { step * 60 - past });
    let mut labels: Vec<(f64, String)> = Vec::new();
    while at < *first + whole {
        #[allow(clippy::cast_precision_loss)]
        let share = (at - *first).num_seconds() as f64 / whole.num_seconds().max(1) as f64;
        let label = time_label(clock.show(at), if step >= 1440 { whole } else { whole.min(Duration::hours(96)) });
        if labels.last().is_none_or(|(_, before)| *before != label) {
            labels.push((share, label));
        }
        at += Duration::minutes(step);
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
    fn labels_stand_at_round_times_and_do_not_repeat() {
        let at = Utc.with_ymd_and_hms(2026, 3, 9, 8, 29, 0).single().unwrap();
        let said = |times: &[DateTime<Utc>]| time_labels(times, 4, Clock::Utc).into_iter().map(|(_, label)| label).collect::<Vec<_>>();
        let day: Vec<_> = (0..48).map(|half| at + Duration::minutes(30 * half)).collect();
        assert_eq!(said(&day), ["12:00", "18:00", "00:00", "06:00"]);
        let hour: Vec<_> = (0..60).map(|minute| at + Duration::minutes(minute)).collect();
        assert_eq!(said(&hour), ["08:30", "08:45", "09:00", "09:15"]);
        let month: Vec<_> = (0..30).map(|day| at + Duration::days(day)).collect();
        assert_eq!(said(&month).len(), 3);
        let (share, _) = time_labels(&day, 4, Clock::Utc)[0];
        assert!((share - 211.0 / 1440.0).abs() < 1e-9, "{share}");
        assert!(time_labels(&day[..1], 4, Clock::Utc).len() <= 1);
        assert!(time_labels(&[], 4, Clock::Utc).is_empty());
    }
}
