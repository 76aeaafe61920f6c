//! Takes values of keys out of whatever leaves an execution, also when they come back encoded, and also when they come in pieces.
//!
//! A value is looked for as it is; with any of its characters URL-encoded (`%2B`, `+` for a space) or JSON-escaped (`\"`, `\/`, `\u002b`),
//! mixed as you like, and JSON inside of text inside of JSON to any usual depth; in hexadecimal; and in base64, standard or URL-safe, at each of the three alignments that it can have inside of
//! something longer, wrapped into lines or not.

mod needle;

use super::VALUE_LEAST;
use needle::{Match, Needle, needles_of};
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use zeroize::Zeroizing;

/// What stands in the place of a value.
pub const MARK: &str = "[redacted]";

/// The values that one execution knows. Clones share them; a stream that began earlier sees what is added later.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Needles>>);

type Needles = Arc<Vec<Needle>>;

super::secret::is_never!(Redactor: std::fmt::Debug, serde::Serialize);

impl Redactor {
    /// From now on this value does not leave. What is shorter than a key's value may be is not looked for.
    pub fn add(&self, secret: &str) {
        if secret.chars().count() < VALUE_LEAST {
            return;
        }
        let mut all = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let known = std::mem::take(&mut *all);
        // Streams and texts on their way may still hold the list: then it is copied, else it grows in place.
        let mut needles = Arc::try_unwrap(known).unwrap_or_else(|shared| shared.iter().map(Needle::again).collect());
        needles.extend(needles_of(secret));
        // Of two at one place the longest is taken.
        needles.sort_by_key(|needle| std::cmp::Reverse(needle.units.len()));
        *all = Arc::new(needles);
    }

    fn needles(&self) -> Needles {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needles().is_empty()
    }

    /// The text without the values.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let needles = self.needles();
        let mut out = Vec::with_capacity(text.len());
        let used = scan(&needles, text.as_bytes(), true, &mut out);
        debug_assert_eq!(used, text.len());
        // Needles match whole characters, so that what is left is text.
        String::from_utf8(out).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// The JSON without the values, wherever they stand: in strings, in names of fields, as numbers.
    #[must_use]
    pub fn value(&self, value: Value) -> Value {
        if self.is_empty() { value } else { self.inside(value) }
    }

    fn inside(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(items) => Value::Array(items.into_iter().map(|item| self.inside(item)).collect()),
            Value::Object(fields) => {
                Value::Object(fields.into_iter().map(|(name, field)| (self.text(&name), self.inside(field))).collect())
            }
            Value::Number(number) => {
                let text = number.to_string();
                let redacted = self.text(&text);
                if redacted == text { Value::Number(number) } else { Value::String(redacted) }
            }
            other => other,
        }
    }

    /// For what comes in pieces.
    #[must_use]
    pub fn stream(&self) -> Stream {
        Stream { redactor: self.clone(), held: Zeroizing::default() }
    }
}

/// Text that comes in pieces. What could be the beginning of a value is held back until it is decided.
pub struct Stream {
    redactor: Redactor,
    held: Zeroizing<Vec<u8>>,
}

impl Stream {
    /// As much as can leave by now.
    pub fn push(&mut self, piece: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(piece);
        let mut out = Vec::with_capacity(self.held.len());
        let used = scan(&self.redactor.needles(), &self.held, false, &mut out);
        self.held.drain(..used);
        out
    }

    /// The rest.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.held.len());
        scan(&self.redactor.needles(), &self.held, true, &mut out);
        out
    }
}

/// Copies `text` without what is looked for. How many bytes are done with: all, or up to where more text is needed (`last`: none will come).
fn scan(needles: &[Needle], text: &[u8], last: bool, out: &mut Vec<u8>) -> usize {
    let mut starts = [false; 256];
    for needle in needles {
        for (all, own) in starts.iter_mut().zip(&needle.starts) {
            *all |= own;
        }
    }
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        if !starts[usize::from(byte)] {
            out.push(byte);
            at += 1;
            continue;
        }
        let mut found = None;
        for needle in needles.iter().filter(|needle| needle.starts[usize::from(byte)]) {
            match needle.at(text, at, last) {
                Match::No => {}
                Match::More => return at,
                Match::To(end) => found = Some(found.map_or(end, |known: usize| known.max(end))),
            }
        }
        match found {
            Some(end) => {
                out.extend_from_slice(MARK.as_bytes());
                at = end;
            }
            None => {
                out.push(byte);
                at += 1;
            }
        }
    }
    at
}

/// The redactors of executions that run now: for the process's own log, which belongs to no execution.
static ACTIVE: RwLock<Vec<Weak<RwLock<Needles>>>> = RwLock::new(Vec::new());

impl Redactor {
    /// What is written to the process's log is redacted too, as long as a clone of this exists.
    pub fn guard_log(&self) {
        let mut active = ACTIVE.write().unwrap_or_else(PoisonError::into_inner);
        active.retain(|known| known.strong_count() > 0);
        if !active.iter().any(|known| known.as_ptr() == Arc::as_ptr(&self.0)) {
            active.push(Arc::downgrade(&self.0));
        }
    }
}

/// A line of the log without the values of any execution that runs now.
#[must_use]
pub fn log_line(line: &str) -> Option<String> {
    let active: Vec<_> = ACTIVE.read().unwrap_or_else(PoisonError::into_inner).iter().filter_map(Weak::upgrade).map(Redactor).collect();
    let mut redacted = None;
    for redactor in active {
        let text = redacted.as_deref().unwrap_or(line);
        let clean = redactor.text(text);
        if clean != text {
            redacted = Some(clean);
        }
    }
    redacted
}

#[cfg(test)]
mod tests;
