//! `current_time`: the time in a zone, and arithmetic on times.

use super::{Builtin, Inputs, Kind, text};
use chrono::{DateTime, Datelike, Days, Months, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

pub fn tool() -> Builtin {
    Builtin {
        name: "current_time",
        display_name: "Current time",
        description: "Tells the date and time in a time zone, now or at a given time; adds or takes away years to seconds; counts the time until another time.",
        icon: "clock",
        inputs: json!({"type": "object", "additionalProperties": false, "properties": {
            "zone": {"type": "string", "default": "UTC", "description": "IANA time zone, such as Europe/Berlin."},
            "at": {"type": "string", "description": "A time to begin with instead of now: RFC 3339, or without offset in the zone, such as 2026-03-29T01:30:00."},
            "add": {"type": "object", "additionalProperties": false, "description": "What to add; negative takes away. Years, months, weeks and days keep the time of day.", "properties": {
                "years": {"type": "integer"}, "months": {"type": "integer"}, "weeks": {"type": "integer"}, "days": {"type": "integer"},
                "hours": {"type": "integer"}, "minutes": {"type": "integer"}, "seconds": {"type": "integer"}}},
            "until": {"type": "string", "description": "Count the time from the result to this time."}
        }}),
        outputs: json!({"type": "object", "required": ["iso", "unix", "zone", "offset", "date", "time", "weekday", "week", "day_of_year"], "properties": {
            "iso": {"type": "string"}, "unix": {"type": "integer"}, "zone": {"type": "string"}, "offset": {"type": "string"}, "date": {"type": "string"}, "time": {"type": "string"},
            "weekday": {"type": "string"}, "week": {"type": "integer", "description": "ISO week."}, "day_of_year": {"type": "integer"},
            "until": {"type": "object", "properties": {"seconds": {"type": "integer"}, "days": {"type": "integer"}, "text": {"type": "string"}}}}}),
        examples: json!([
            {"title": "Now in Berlin", "inputs": {"zone": "Europe/Berlin"}},
            {"title": "A day over the change to summer time", "inputs": {"zone": "Europe/Berlin", "at": "2026-03-28T12:00:00", "add": {"days": 1}},
             "outputs": {"iso": "2026-03-29T12:00:00+02:00", "unix": 1_774_778_400, "zone": "Europe/Berlin", "offset": "+02:00", "date": "2026-03-29", "time": "12:00:00", "weekday": "Sunday", "week": 13, "day_of_year": 88}},
            {"title": "How long until", "inputs": {"at": "2026-01-31T00:00:00Z", "add": {"months": 1}, "until": "2026-03-01T06:30:00Z"},
             "outputs": {"iso": "2026-02-28T00:00:00+00:00", "unix": 1_772_236_800, "zone": "UTC", "offset": "+00:00", "date": "2026-02-28", "time": "00:00:00", "weekday": "Saturday", "week": 9, "day_of_year": 59,
               "until": {"seconds": 109_800, "days": 1, "text": "1 d 6 h 30 min"}}}
        ]),
        work: Kind::Compute(compute),
    }
}

fn compute(inputs: &Inputs) -> Result<Value, String> {
    let zone: Tz = text(inputs, "zone")
        .trim()
        .parse()
        .map_err(|_| format!("“{}” is no time zone. Write one like Europe/Berlin or UTC.", text(inputs, "zone")))?;
    let from = match inputs.get("at").and_then(Value::as_str) {
        Some(at) => read(at, zone)?,
        #[allow(clippy::disallowed_methods)] // The tool's very purpose; no rule of ours depends on it.
        None => Utc::now().with_timezone(&zone),
    };
    let time = add(from, inputs.get("add"))?;
    let mut told = json!({
        "iso": time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, false),
        "unix": time.timestamp(),
        "zone": zone.name(),
        "offset": time.offset().fix().to_string(),
        "date": time.format("%Y-%m-%d").to_string(),
        "time": time.format("%H:%M:%S").to_string(),
        "weekday": time.format("%A").to_string(),
        "week": time.iso_week().week(),
        "day_of_year": time.ordinal(),
    });
    if let Some(until) = inputs.get("until").and_then(Value::as_str) {
        let seconds = (read(until, zone)? - time).num_seconds();
        told["until"] = json!({"seconds": seconds, "days": seconds / 86_400, "text": words(seconds)});
    }
    Ok(told)
}

fn read(text: &str, zone: Tz) -> Result<DateTime<Tz>, String> {
    let text = text.trim();
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.with_timezone(&zone));
    }
    let local = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| text.parse::<chrono::NaiveDate>().ok().and_then(|date| date.and_hms_opt(0, 0, 0)))
        .ok_or_else(|| format!("“{text}” is no time. Write it like 2026-03-29T01:30:00 or 2026-03-29T01:30:00+02:00."))?;
    zone.from_local_datetime(&local)
        .earliest()
        .ok_or_else(|| format!("{text} does not exist in {}: the clock is put forward there.", zone.name()))
}

fn add(from: DateTime<Tz>, what: Option<&Value>) -> Result<DateTime<Tz>, String> {
    const FAR: &str = "The result lies outside the calendar.";
    let part = |name: &str| what.and_then(|what| what.get(name)).and_then(Value::as_i64).unwrap_or_default();
    let months = part("years").checked_mul(12).and_then(|months| months.checked_add(part("months"))).ok_or(FAR)?;
    let days = part("weeks").checked_mul(7).and_then(|days| days.checked_add(part("days"))).ok_or(FAR)?;
    let size = Months::new(u32::try_from(months.unsigned_abs()).map_err(|_| FAR)?);
    let moved = if months < 0 { from.checked_sub_months(size) } else { from.checked_add_months(size) }.ok_or(FAR)?;
    let size = Days::new(days.unsigned_abs());
    let moved = if days < 0 { moved.checked_sub_days(size) } else { moved.checked_add_days(size) }.ok_or(FAR)?;
    let seconds = part("hours")
        .checked_mul(3600)
        .and_then(|sum| sum.checked_add(part("minutes").checked_mul(60)?))
        .and_then(|sum| sum.checked_add(part("seconds")))
        .ok_or(FAR)?;
    moved.checked_add_signed(TimeDelta::try_seconds(seconds).ok_or(FAR)?).ok_or_else(|| FAR.to_owned())
}

/// `1 d 6 h 30 min`.
fn words(seconds: i64) -> String {
    let size = seconds.unsigned_abs();
    let parts: Vec<String> = [(size / 86_400, "d"), (size / 3600 % 24, "h"), (size / 60 % 60, "min"), (size % 60, "s")]
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    let text = if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") };
    if seconds < 0 { format!("{text} ago") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_the_clock_skips_is_refused_and_a_doubled_one_is_the_first() {
        let berlin: Tz = "Europe/Berlin".parse().unwrap();
        assert!(read("2026-03-29T02:30:00", berlin).unwrap_err().contains("does not exist"));
        assert_eq!(read("2026-10-25T02:30:00", berlin).unwrap().to_rfc3339(), "2026-10-25T02:30:00+02:00");
    }

    #[test]
    fn unusable_inputs_are_named() {
        for (inputs, part) in [
            (json!({"zone": "Mars/Base"}), "Mars/Base"),
            (json!({"zone": "UTC", "at": "soon"}), "soon"),
            (json!({"zone": "UTC", "add": {"years": 999_999}}), "outside the calendar"),
        ] {
            assert!(compute(inputs.as_object().unwrap()).unwrap_err().contains(part));
        }
    }
}
