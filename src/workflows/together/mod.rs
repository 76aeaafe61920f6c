//! Several who have one draft open: who they are, which step each has chosen, and that one of them saved.
//!
//! Whoever has the canvas open listens ([`join`]) and gives a sign of life every few seconds ([`here`]), at whichever server: the servers of one
//! database tell each other by PostgreSQL's notifications ([`hub`]). Nothing of it is stored: who gives no sign is gone. What is told of a save is
//! its revision only; the draft itself is read, and may be read, as ever.

use crate::ids::UserId;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
pub mod here;
#[cfg(feature = "ssr")]
pub mod hub;
#[cfg(feature = "ssr")]
pub mod join;

#[cfg(feature = "ssr")]
pub use hub::Hub;

/// How long an id of a tab, or of a step that is told, may be.
pub const LONGEST_ID: usize = 100;
/// Colours that people are told apart by, besides their initials.
pub const COLOURS: u32 = 5;

/// A browser tab in which somebody has a canvas open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Present {
    pub tab: String,
    pub user: UserId,
    pub name: String,
    /// The step that is chosen there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<String>,
}

/// What who has a canvas open is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Told {
    /// All of it: first, and whenever something may have been missed.
    State { revision: i32, present: Vec<Present> },
    /// Everybody who has it open now.
    Present { present: Vec<Present> },
    /// Somebody saved.
    Saved { revision: i32, user: UserId, name: String },
    /// Nothing happened; who hears it says that they are there.
    Ping,
}

impl Present {
    /// The first letters of the first and the last name.
    #[must_use]
    pub fn initials(&self) -> String {
        let words: Vec<&str> = self.name.split_whitespace().collect();
        let last = words.last().filter(|_| words.len() > 1);
        words.first().into_iter().chain(last).filter_map(|word| word.chars().next()).flat_map(char::to_uppercase).collect()
    }

    /// The same person has the same colour everywhere; two tabs of one person too.
    #[must_use]
    pub fn colour(&self) -> u32 {
        self.user.0.as_bytes().iter().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(*byte))) % COLOURS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn present(name: &str, user: u128) -> Present {
        Present { tab: "t".to_owned(), user: UserId(uuid::Uuid::from_u128(user)), name: name.to_owned(), chosen: None }
    }

    #[test]
    fn people_are_told_apart_by_initials_and_by_a_colour_that_stays_theirs() {
        assert_eq!(["ada lovelace", "Maria del Mar Ruiz", "Özil", ""].map(|name| present(name, 1).initials()), ["AL", "MR", "Ö", ""]);
        assert_eq!(present("Ada", 5).colour(), present("Bo", 5).colour());
        assert!((0..64).map(|user| present("", user).colour()).all(|colour| colour < COLOURS));
    }

    #[test]
    fn what_is_told_reads_the_same_in_the_browser() {
        let told = Told::State { revision: 3, present: vec![present("Ada", 1)] };
        let text = serde_json::to_string(&told).expect("JSON");
        assert!(text.contains("\"event\":\"state\""), "{text}");
        assert_eq!(serde_json::from_str::<Told>(&text).expect("told"), told);
    }
}
