//! One appearance of a value: where text matches it, in whichever spelling of its characters.

use zeroize::Zeroizing;

/// Text that ends in the middle of a value shows it as far as it goes. From so many characters on, when they are more than half of it, they
/// are taken out; fewer could be a user name that begins a value, and says nothing of the rest.
const CUT_LEAST: usize = 8;

/// One appearance of a value that is looked for.
pub(super) struct Needle {
    pub(super) units: Zeroizing<Vec<char>>,
    /// Bytes it can begin with.
    pub(super) starts: [bool; 256],
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
pub(super) enum Match {
    No,
    /// The text ends before it is decided.
    More,
    /// Up to here.
    To(usize),
}

/// All appearances of a value.
pub(super) fn needles_of(secret: &str) -> Vec<Needle> {
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

    pub(super) fn again(&self) -> Self {
        Self { units: self.units.clone(), starts: self.starts, kind: self.kind }
    }

    pub(super) fn at(&self, text: &[u8], at: usize, last: bool) -> Match {
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
