//! The latency histogram of the rollups: bucket i counts durations in [2^(i/4), 2^((i+1)/4)) ms.

/// 1 ms to about 17 minutes.
pub const BUCKETS: usize = 80;

/// The bucket of a duration.
#[must_use]
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped before
pub fn bucket(ms: f64) -> usize {
    if ms.is_nan() || ms <= 1.0 { 0 } else { ((4.0 * ms.log2()).floor().clamp(0.0, 79.0)) as usize }
}

/// The duration that a share `q` of the counted ones stays below; between the bounds of a bucket it is interpolated.
#[must_use]
#[allow(clippy::cast_precision_loss)]
pub fn percentile(counts: &[i64], q: f64) -> Option<f64> {
    let total: i64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let target = q * total as f64;
    let mut below = 0.0;
    for (bucket, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let count = *count as f64;
        if below + count >= target {
            let share = ((target - below) / count).clamp(0.0, 1.0);
            return Some(2f64.powf((bucket as f64 + share) / 4.0));
        }
        below += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_right_within_a_bucket() {
        let mut counts = [0_i64; BUCKETS];
        (1..=1000).for_each(|ms| counts[bucket(f64::from(ms))] += 1);
        for (q, expected) in [(0.5, 500.0), (0.95, 950.0)] {
            let found = percentile(&counts, q).unwrap();
            assert!((found / expected - 1.0_f64).abs() < 0.1, "p{q}: {found}");
        }
        assert_eq!(percentile(&[0; BUCKETS], 0.5), None);
    }

    #[test]
    fn every_duration_has_a_bucket() {
        assert_eq!((bucket(0.0), bucket(f64::NAN), bucket(1e12)), (0, 0, 79));
    }
}
