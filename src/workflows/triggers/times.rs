//! When a schedule is due, in its time zone.
//!
//! A time that daylight saving leaves out (02:30 on the day the clocks go forward) is due when the clocks have gone forward; one that comes twice
//! is due the first time only. Patterns that repeat within the hour follow real time: they skip the hour that is not there and run through
//! both that are.

use super::{Schedule, plan::OLDEST};
use crate::problem::FieldError;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

/// A schedule that was understood.
pub struct Times {
    cron: Cron,
    zone: Tz,
}

impl Times {
    /// All that is wrong with it, by field.
    pub fn parse(schedule: &Schedule) -> Result<Self, Vec<FieldError>> {
        let mut errors = Vec::new();
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let fields = schedule.cron.split_whitespace().count();
        let cron = if fields != 5 && !schedule.cron.starts_with('@') {
            let message = format!("This has {fields} fields and needs five: minute, hour, day of the month, month, day of the week.");
            errors.push(FieldError::new("schedule/cron", message));
            None
        } else {
            parser.parse(&schedule.cron).map_err(|error| errors.push(FieldError::new("schedule/cron", why(&error.to_string())))).ok()
        };
        let zone = schedule.time_zone.parse::<Tz>();
        if zone.is_err() {
            let message = format!("“{}” is no time zone of the IANA database. Example: Europe/Berlin", schedule.time_zone);
            errors.push(FieldError::new("schedule/time_zone", message));
        }
        match (cron, zone) {
            (Some(cron), Ok(zone)) if errors.is_empty() => Ok(Self { cron, zone }),
            _ => Err(errors),
        }
    }

    /// The first due time after `at`; `None`: it never comes.
    #[must_use]
    pub fn next(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let next = self.cron.find_next_occurrence(&at.with_timezone(&self.zone), false).ok()?;
        Some(next.with_timezone(&Utc))
    }

    /// The next `count` due times.
    #[must_use]
    pub fn upcoming(&self, at: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next(at), |last| self.next(*last)).take(count).collect()
    }

    /// A time as people of the schedule's zone read it.
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%a %-d %b %Y, %H:%M (UTC%:z)").to_string()
    }

    /// Those that have come since `first`, itself included, in order; of the last [`OLDEST`] only.
    #[must_use]
    pub fn until(&self, first: DateTime<Utc>, now: DateTime<Utc>) -> Vec<DateTime<Utc>> {
        let from = first.max(now - OLDEST);
        let begin = if from == first { Some(first) } else { self.next(from - TimeDelta::seconds(1)) };
        std::iter::successors(begin, |last| self.next(*last)).take_while(|due| *due <= now).collect()
    }
}

/// What the parser says, as a sentence.
fn why(error: &str) -> String {
    let text = error.split_once(": ").map_or(error, |(_, text)| text).trim().trim_end_matches('.');
    format!("{text}. Five fields are needed, such as 0 9 * * 1-5 for nine o'clock on weekdays.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(cron: &str, zone: &str) -> Times {
        let schedule = Schedule { cron: cron.to_owned(), time_zone: zone.to_owned(), ..Schedule::default() };
        Times::parse(&schedule).map_err(|errors| format!("{errors:?}")).unwrap()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn upcoming(cron: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let zone_of: Tz = zone.parse().unwrap();
        let local = |due: DateTime<Utc>| due.with_timezone(&zone_of).format("%m-%d %H:%M%z").to_string();
        times(cron, zone).upcoming(at(from), count).into_iter().map(local).collect()
    }

    #[test]
    fn nine_o_clock_is_nine_o_clock_in_summer_and_winter() {
        let due = upcoming("0 9 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3);
        assert_eq!(due, ["03-28 09:00+0100", "03-29 09:00+0200", "03-30 09:00+0200"]);
    }

    #[test]
    fn an_hour_that_is_not_there_is_made_up_when_the_clocks_have_gone_forward() {
        // In Berlin 02:00 to 03:00 does not exist on 29 March 2026.
        let due = upcoming("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2);
        assert_eq!(due, ["03-29 03:00+0200", "03-30 02:30+0200"]);
        let due = upcoming("30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", 2);
        assert_eq!(due, ["03-08 03:00-0400", "03-09 02:30-0400"]);
    }

    #[test]
    fn an_hour_that_comes_twice_is_due_once() {
        // In Berlin 02:00 to 03:00 comes twice on 25 October 2026.
        let due = upcoming("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2);
        assert_eq!(due, ["10-25 02:30+0200", "10-26 02:30+0100"]);
    }

    #[test]
    fn what_repeats_within_the_hour_follows_real_time_through_both_changes() {
        let spring = times("*/30 * * * *", "Europe/Berlin").upcoming(at("2026-03-29T00:00:00Z"), 4);
        let autumn = times("*/30 * * * *", "Europe/Berlin").upcoming(at("2026-10-25T00:00:00Z"), 6);
        for due in [spring, autumn] {
            assert!(due.windows(2).all(|pair| pair[1] - pair[0] == TimeDelta::minutes(30)), "{due:?}");
        }
    }

    #[test]
    fn the_last_day_of_a_month_and_the_first_monday_are_understood() {
        assert_eq!(upcoming("0 0 L * *", "UTC", "2028-02-01T00:00:00Z", 1), ["02-29 00:00+0000"]);
        assert_eq!(upcoming("0 0 * * 1#1", "UTC", "2026-11-10T00:00:00Z", 1), ["12-07 00:00+0000"]);
        assert_eq!(upcoming("@daily", "UTC", "2026-11-10T00:00:00Z", 1), ["11-11 00:00+0000"]);
    }

    #[test]
    fn a_day_that_never_comes_is_none_and_is_found_quickly() {
        let began = std::time::Instant::now();
        assert_eq!(times("0 0 30 2 *", "UTC").next(at("2026-01-01T00:00:00Z")), None);
        assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
    }

    #[test]
    fn what_has_come_since_the_first_is_counted_with_it_and_goes_back_a_week_at_most() {
        let hourly = times("0 * * * *", "UTC");
        let due = hourly.until(at("2026-01-01T10:00:00Z"), at("2026-01-01T12:30:00Z"));
        assert_eq!(due, ["2026-01-01T10:00:00Z", "2026-01-01T11:00:00Z", "2026-01-01T12:00:00Z"].map(at));
        let due = hourly.until(at("2025-01-01T10:00:00Z"), at("2026-01-01T12:00:00Z"));
        assert_eq!((due.len(), due[0], due[due.len() - 1]), (169, at("2025-12-25T12:00:00Z"), at("2026-01-01T12:00:00Z")));
    }

    #[test]
    fn what_is_no_pattern_or_no_zone_says_so_both_at_once() {
        let pointers = |cron: &str, zone: &str| {
            let schedule = Schedule { cron: cron.to_owned(), time_zone: zone.to_owned(), ..Schedule::default() };
            Times::parse(&schedule).err().unwrap_or_default().into_iter().map(|error| error.pointer).collect::<Vec<_>>()
        };
        assert_eq!(pointers("0 9 * *", "Mars/Olympus"), ["/schedule/cron", "/schedule/time_zone"]);
        for cron in ["", "61 * * * *", "0 0 9 * * *", "a b c d e", "* * * * 9", "@never"] {
            assert_eq!(pointers(cron, "UTC"), ["/schedule/cron"], "{cron}");
        }
    }
}
