//! Which due times are run and which are left out: pure.

use super::Missed;
use chrono::{DateTime, TimeDelta, Utc};

/// A due time that is noticed later than this was missed.
pub const LATE: TimeDelta = TimeDelta::seconds(60);
/// What was due longer ago is never made up.
pub const OLDEST: TimeDelta = TimeDelta::days(7);

/// What becomes of due times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// In order.
    pub run: Vec<DateTime<Utc>>,
    /// Left out, in order.
    pub missed: Vec<DateTime<Utc>>,
}

/// `due`: the times that have come and were not seen before, in order.
#[must_use]
pub fn plan(due: &[DateTime<Utc>], now: DateTime<Utc>, missed: Missed, most: u32) -> Plan {
    let (late, in_time): (Vec<_>, Vec<_>) = due.iter().copied().partition(|due| now - *due > LATE);
    let made_up = match missed {
        Missed::Skip => 0,
        Missed::Once => 1,
        Missed::All => usize::try_from(most).unwrap_or(usize::MAX),
    };
    let (left_out, made_up) = late.split_at(late.len().saturating_sub(made_up));
    Plan { run: made_up.iter().chain(&in_time).copied().collect(), missed: left_out.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn planned(missed: Missed, most: u32) -> (Vec<i64>, Vec<i64>) {
        let due: Vec<_> = [0, 10, 20, 30].map(at).to_vec();
        let plan = plan(&due, at(30) + TimeDelta::seconds(1), missed, most);
        let minutes = |times: Vec<DateTime<Utc>>| times.into_iter().map(|time| time.timestamp() / 60).collect();
        (minutes(plan.run), minutes(plan.missed))
    }

    #[test]
    fn what_is_in_time_runs_whatever_is_said_of_missed_times() {
        assert_eq!(planned(Missed::Skip, 10), (vec![30], vec![0, 10, 20]));
    }

    #[test]
    fn missed_times_are_made_up_once_or_up_to_a_number_the_newest() {
        assert_eq!(planned(Missed::Once, 10), (vec![20, 30], vec![0, 10]));
        assert_eq!(planned(Missed::All, 2), (vec![10, 20, 30], vec![0]));
        assert_eq!(planned(Missed::All, 100), (vec![0, 10, 20, 30], vec![]));
    }

    #[test]
    fn a_minute_late_is_still_in_time() {
        let due = [at(0)];
        assert_eq!(plan(&due, at(0) + LATE, Missed::Skip, 10).run, due);
        assert_eq!(plan(&due, at(0) + LATE + TimeDelta::seconds(1), Missed::Skip, 10).missed, due);
    }
}
