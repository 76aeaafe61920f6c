//! Numbers, durations and times as people read them.

use chrono::{DateTime, Utc};

/// `12345678` → `12,345,678`.
#[must_use]
pub fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if n < 0 {
        out.push('−');
    }
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 tool`, `2 tools`.
#[must_use]
pub fn count(n: i64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// Milliseconds with the unit that suits them: `0.4 ms`, `87 ms`, `1.25 s`, `2 min 05 s`.
#[must_use]
pub fn duration(ms: f64) -> String {
    if !ms.is_finite() || ms < 0.0 {
        return "–".to_owned();
    }
    if ms < 9.95 {
        format!("{ms:.1} ms")
    } else if ms < 999.5 {
        format!("{ms:.0} ms")
    } else if ms < 9_995.0 {
        format!("{:.2} s", ms / 1000.0)
    } else if ms < 59_950.0 {
        format!("{:.1} s", ms / 1000.0)
    } else {
        #[allow(clippy::cast_possible_truncation)]
        let seconds = (ms / 1000.0).round() as i64;
        if seconds < 3600 {
            format!("{} min {:02} s", seconds / 60, seconds % 60)
        } else {
            format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60)
        }
    }
}

/// `0.987` → `98.7 %`; nothing to divide by is a dash, not a zero.
#[must_use]
pub fn share(part: i64, whole: i64) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    #[allow(clippy::cast_precision_loss)]
    let percent = part as f64 * 100.0 / whole as f64;
    // Never rounded up to a perfection that is not there.
    if part < whole && percent > 99.9 {
        "99.9 %".to_owned()
    } else if part == whole || part == 0 {
        format!("{percent:.0} %")
    } else {
        format!("{percent:.1} %")
    }
}

/// Bytes in powers of 1000: `980 B`, `12.4 kB`, `3.1 MB`.
#[must_use]
pub fn bytes(n: i64) -> String {
    #[allow(clippy::cast_precision_loss)]
    let value = n as f64;
    match n {
        ..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.1} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.1} GB", value / 1e9),
    }
}

/// `just now`, `5 min ago`, `in 3 days`; beyond a month the date itself.
#[must_use]
pub fn relative(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds();
    let distance = seconds.abs();
    let words = match distance {
        0..10 => return "just now".to_owned(),
        10..60 => format!("{distance} s"),
        60..3_600 => format!("{} min", distance / 60),
        3_600..86_400 => format!("{} h", distance / 3_600),
        86_400..172_800 => return if seconds > 0 { "yesterday" } else { "tomorrow" }.to_owned(),
        172_800..2_592_000 => format!("{} days", distance / 86_400),
        _ => return at.format("%-d %b %Y").to_string(),
    };
    if seconds > 0 { format!("{words} ago") } else { format!("in {words}") }
}

/// The exact moment, in universal time.
#[must_use]
pub fn exact(at: DateTime<Utc>) -> String {
    at.format("%-d %b %Y, %H:%M:%S UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Duration, TimeZone};

    #[test]
    fn long_numbers_are_grouped() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_000), "1,000");
        assert_eq!(number(-12_345_678), "−12,345,678");
        assert_eq!(number(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn durations_change_their_unit_without_a_gap() {
        assert_eq!(duration(0.42), "0.4 ms");
        assert_eq!(duration(87.3), "87 ms");
        assert_eq!(duration(999.6), "1.00 s");
        assert_eq!(duration(59_960.0), "1 min 00 s");
        assert_eq!(duration(3_599_700.0), "1 h 00 min");
        assert_eq!(duration(f64::NAN), "–");
    }

    #[test]
    fn a_share_is_never_rounded_to_perfection() {
        assert_eq!(share(99_999, 100_000), "99.9 %");
        assert_eq!(share(5, 5), "100 %");
        assert_eq!(share(0, 0), "–");
    }

    #[test]
    fn times_are_told_from_now() {
        let now = Utc.with_ymd_and_hms(2026, 3, 10, 12, 0, 0).single().unwrap();
        assert_eq!(relative(now - Duration::seconds(3), now), "just now");
        assert_eq!(relative(now - Duration::seconds(59), now), "59 s ago");
        assert_eq!(relative(now - Duration::minutes(5), now), "5 min ago");
        assert_eq!(relative(now + Duration::hours(3), now), "in 3 h");
        assert_eq!(relative(now - Duration::hours(30), now), "yesterday");
        assert_eq!(relative(now + Duration::days(6), now), "in 6 days");
        assert_eq!(relative(now - Duration::days(60), now), "9 Jan 2026");
    }
}
