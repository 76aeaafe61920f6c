//! Takes values of keys out of whatever leaves an execution, also when they come back encoded, and also when they come in pieces.
//!
//! A value is looked for as it is; with any of its characters URL-encoded (`%2B`, `+` for a space) or JSON-escaped (`\"`, `\/`, `\u002b`),
//! mixed as you like, and JSON inside of text inside of JSON to any usual depth; in hexadecimal; and in base64, standard or URL-safe, at each of the three alignments that it can have inside of
//! something longer, wrapped into lines or not.

use super::VALUE_LEAST;
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock, Weak};
use zeroize::Zeroizing;

/// What stands in the place of a value.
pub const MARK: &str = "[redacted]";

/// Text that ends in the middle of a value shows it as far as it goes. From so many characters on, when they are more than half of it, they
/// are taken out; fewer could be a user name that begins a value, and says nothing of the rest.
const CUT_LEAST: usize = 8;

/// The values that one execution knows. Clones share them; a stream that began earlier sees what is added later.
#[derive(Clone, Default)]
pub struct Redactor(Arc<RwLock<Needles>>);

type Needles = Arc<Vec<Needle>>;

super::secret::is_never!(Redactor: std::fmt::Debug, serde::Serialize);

/// One appearance of a value that is looked for.
struct Needle {
    units: Zeroizing<Vec<char>>,
    /// Bytes it can begin with.
    starts: [bool; 256],
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    /// Case does not matter.
    Hex,
    /// Line breaks may stand in between, and a character that holds its last bits and padding may follow.
    Base64,
}

/// How a needle and the text at a place go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    No,
    /// The text ends before it is decided.
    More,
    /// Up to here.
    To(usize),
}

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

/// All appearances of a value.
fn needles_of(secret: &str) -> Vec<Needle> {
    let mut needles = vec![Needle::new(secret.chars().collect(), Kind::Plain)];
    let hex = Zeroizing::new(hex::encode(secret));
    needles.push(Needle::new(hex.chars().collect(), Kind::Hex));
    for before in 0..3 {
        let core = base64_core(secret.as_bytes(), before);
        let safe: Zeroizing<Vec<char>> = Zeroizing::new(
            core.iter()
                .map(|c| match c {
                    '+' => '-',
                    '/' => '_',
                    other => *other,
                })
                .collect(),
        );
        if *safe != *core {
            needles.push(Needle::new(safe.to_vec(), Kind::Base64));
        }
        needles.push(Needle::new(core.to_vec(), Kind::Base64));
    }
    needles
}

/// The characters of base64 that depend on the value alone when `before` (modulo 3) bytes stand in front of it, whatever follows.
fn base64_core(secret: &[u8], before: usize) -> Zeroizing<Vec<char>> {
    use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
    let padded = Zeroizing::new([&[0; 2][..before], secret].concat());
    let encoded = Zeroizing::new(STANDARD_NO_PAD.encode(padded.as_slice()));
    let (first, last) = ((before * 8).div_ceil(6), (padded.len() * 8) / 6);
    Zeroizing::new(encoded.chars().take(last).skip(first).collect())
}

impl Needle {
    fn new(units: Vec<char>, kind: Kind) -> Self {
        let mut starts = [false; 256];
        if let Some(&first) = units.first() {
            let mut mark = |byte: u8| starts[usize::from(byte)] = true;
            mark(first.encode_utf8(&mut [0; 4]).as_bytes()[0]);
            mark(b'%');
            mark(b'\\');
            if first == ' ' {
                mark(b'+');
            }
            if kind == Kind::Hex {
                mark(u8::try_from(first.to_ascii_uppercase()).unwrap_or_default());
            }
        }
        Self { units: Zeroizing::new(units), starts, kind }
    }

    fn again(&self) -> Self {
        Self { units: self.units.clone(), starts: self.starts, kind: self.kind }
    }

    fn at(&self, text: &[u8], at: usize, last: bool) -> Match {
        // A character has several spellings, of different lengths: every place where the text so far can end.
        let mut ends = vec![at];
        let mut undecided = false;
        for (index, unit) in self.units.iter().enumerate() {
            let mut next = Vec::with_capacity(2);
            for end in ends {
                let end = if index > 0 && self.kind == Kind::Base64 { skip_line_breaks(text, end) } else { end };
                spellings(*unit, |spelling, fold| match compare(text, end, spelling, fold || self.kind == Kind::Hex) {
                    Match::To(end) if !next.contains(&end) => next.push(end),
                    Match::More => undecided = true,
                    _ => {}
                });
                escaped_again(text, end, *unit, |outcome| match outcome {
                    Match::To(end) if !next.contains(&end) => next.push(end),
                    Match::More => undecided = true,
                    _ => {}
                });
            }
            if next.is_empty() {
                return match (undecided, last) {
                    (true, false) => Match::More,
                    // Cut off in the middle of the value: what is there of it goes too.
                    (true, true) if index >= CUT_LEAST && 2 * index > self.units.len() => Match::To(text.len()),
                    _ => Match::No,
                };
            }
            ends = next;
        }
        if undecided && !last {
            // Another spelling may reach further: `\\` where `\` was seen.
            return Match::More;
        }
        let end = ends.into_iter().max().unwrap_or(at);
        if self.kind != Kind::Base64 {
            return Match::To(end);
        }
        if end + 3 > text.len() && !last {
            return Match::More;
        }
        let rest = text.get(end..).unwrap_or_default();
        let bits = usize::from(rest.first().is_some_and(|byte| byte.is_ascii_alphanumeric() || b"+/-_".contains(byte)));
        let padding = rest.iter().skip(bits).take(2).take_while(|byte| **byte == b'=').count();
        Match::To(end + bits + padding)
    }
}

/// Line breaks inside of base64, as they are or JSON-escaped.
fn skip_line_breaks(text: &[u8], mut at: usize) -> usize {
    loop {
        let run = backslashes(text, at);
        match text.get(at + run) {
            Some(b'\r' | b'\n') if run == 0 => at += 1,
            Some(b'r' | b'n') if run > 0 => at += run + 1,
            _ => return at,
        }
    }
}

/// So many backslashes are looked at: JSON in text in JSON doubles them, and three times deep is more than anybody writes.
const BACKSLASHES: usize = 16;

fn backslashes(text: &[u8], at: usize) -> usize {
    text.get(at..).unwrap_or_default().iter().take(BACKSLASHES).take_while(|byte| **byte == b'\\').count()
}

/// Spellings of a character that was JSON-escaped more than once: its last backslash belongs to it, those before escape that one.
fn escaped_again(text: &[u8], at: usize, c: char, mut each: impl FnMut(Match)) {
    let run = backslashes(text, at);
    if run < 2 {
        return;
    }
    if c == '\\' {
        for length in [4, 8] {
            if run >= length {
                each(Match::To(at + length));
            } else if at + run == text.len() {
                each(Match::More);
            }
        }
    }
    let mut utf16 = [0; 2];
    let words = c.encode_utf16(&mut utf16);
    spellings(c, |spelling, fold| {
        if spelling.len() < 2 || spelling[0] != b'\\' || spelling[1] == b'\\' {
            return;
        }
        // The second half of a pair has backslashes of its own in front.
        let (first, second) = spelling.split_at(if words.len() == 2 { spelling.len() / 2 } else { spelling.len() });
        let second_at = match compare(text, at + run - 1, first, fold) {
            Match::To(end) if !second.is_empty() => match backslashes(text, end) {
                0 if end < text.len() => return each(Match::No),
                0 => return each(Match::More),
                more => end + more - 1,
            },
            outcome => return each(outcome),
        };
        each(compare(text, second_at, second, fold));
    });
}

/// Every way to write a character; the flag says that upper and lower case are the same.
fn spellings(c: char, mut each: impl FnMut(&[u8], bool)) {
    let mut utf8 = [0; 4];
    let raw = c.encode_utf8(&mut utf8).as_bytes();
    each(raw, false);
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u32, shift: u32| DIGITS[((value >> shift) & 15) as usize];
    let mut buffer = [0; 12];
    for (place, byte) in buffer.chunks_exact_mut(3).zip(raw) {
        place.copy_from_slice(&[b'%', digit(u32::from(*byte), 4), digit(u32::from(*byte), 0)]);
    }
    each(&buffer[..3 * raw.len()], true);
    let mut utf16 = [0; 2];
    let words = c.encode_utf16(&mut utf16);
    for (place, word) in buffer.chunks_exact_mut(6).zip(words.iter()) {
        let word = u32::from(*word);
        place.copy_from_slice(&[b'\\', b'u', digit(word, 12), digit(word, 8), digit(word, 4), digit(word, 0)]);
    }
    each(&buffer[..6 * words.len()], true);
    let escape = match c {
        ' ' => return each(b"+", false),
        '"' => b"\\\"",
        '\'' => b"\\'",
        '\\' => b"\\\\",
        '/' => b"\\/",
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        _ => return,
    };
    each(escape, false);
}

fn compare(text: &[u8], at: usize, spelling: &[u8], fold: bool) -> Match {
    let rest = text.get(at..).unwrap_or_default();
    let same = |(a, b): (&u8, &u8)| if fold { a.eq_ignore_ascii_case(b) } else { a == b };
    if !rest.iter().zip(spelling).all(same) {
        Match::No
    } else if rest.len() < spelling.len() {
        Match::More
    } else {
        Match::To(at + spelling.len())
    }
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
