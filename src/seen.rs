//! Changes that are meant for one state of a thing: whoever read it says when it had been changed last. Compared in microseconds, which is
//! what the database keeps.

use crate::error::{Error, Result};
use chrono::{DateTime, Utc};

/// The state as text, for entity tags and hidden fields of forms.
#[must_use]
pub fn tag(changed_at: DateTime<Utc>) -> String {
    changed_at.timestamp_micros().to_string()
}

/// What [`tag`] said.
#[must_use]
pub fn read_tag(tag: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(tag.parse().ok()?)
}

/// Refuses as stale what is meant for another state than the stored one; `None` is meant for any. Asked while the thing is held.
pub fn check(what: &str, seen: Option<DateTime<Utc>>, stored: DateTime<Utc>) -> Result<()> {
    if seen.is_some_and(|seen| seen.timestamp_micros() != stored.timestamp_micros()) {
        return Err(Error::Stale(format!("Somebody else changed this {what} meanwhile. Nothing of yours was saved.")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_its_tag_and_another_is_refused() {
        let at = DateTime::from_timestamp(1_800_000_000, 123_456_789).unwrap();
        assert!(check("agent", read_tag(&tag(at)), at).is_ok());
        assert!(check("agent", None, at).is_ok());
        let later = at + chrono::Duration::microseconds(1);
        assert!(matches!(check("agent", read_tag(&tag(at)), later), Err(Error::Stale(_))));
        assert_eq!(read_tag("yesterday"), None);
    }
}
