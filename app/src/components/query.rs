//! Lists keep their state in the address: sorting, pages, filters, columns. Pure functions that make such links.

use std::fmt::Write;

/// A list's place and its question, e.g. from `use_location()`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pub path: String,
    pub pairs: Vec<(String, String)>,
}

impl Query {
    /// From a path and the part after `?` (with or without the mark).
    #[must_use]
    pub fn new(path: &str, search: &str) -> Self {
        let pairs = search
            .trim_start_matches('?')
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                (decode(key), decode(value))
            })
            .collect();
        Self { path: path.to_owned(), pairs }
    }

    /// The last value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All values of a key (checkboxes).
    #[must_use]
    pub fn all(&self, key: &str) -> Vec<String> {
        self.pairs.iter().filter(|(name, _)| name == key).map(|(_, value)| value.clone()).collect()
    }

    /// The same question with one value replaced, or taken out.
    #[must_use]
    pub fn with(mut self, key: &str, value: Option<&str>) -> Self {
        self.pairs.retain(|(name, _)| name != key);
        if let Some(value) = value {
            self.pairs.push((key.to_owned(), value.to_owned()));
        }
        self
    }

    /// Sorted by `column`: ascending first, then descending, then as the list comes. Back on the first page.
    #[must_use]
    pub fn sorted_by(self, column: &str) -> Self {
        let next = match (self.get("sort") == Some(column), self.get("dir")) {
            (true, Some("desc")) => None,
            (true, _) => Some("desc"),
            (false, _) => Some("asc"),
        };
        let first_page = self.with("page", None).with("after", None);
        match next {
            None => first_page.with("sort", None).with("dir", None),
            Some("desc") => first_page.with("sort", Some(column)).with("dir", Some("desc")),
            Some(_) => first_page.with("sort", Some(column)).with("dir", None),
        }
    }

    /// Which way the list is sorted by this column, as `aria-sort` says it.
    #[must_use]
    pub fn direction(&self, column: &str) -> Option<&'static str> {
        (self.get("sort") == Some(column)).then(|| if self.get("dir") == Some("desc") { "descending" } else { "ascending" })
    }

    #[must_use]
    pub fn href(&self) -> String {
        let mut href = self.path.clone();
        for (i, (key, value)) in self.pairs.iter().enumerate() {
            href.push(if i == 0 { '?' } else { '&' });
            href.push_str(&encode(key));
            href.push('=');
            href.push_str(&encode(value));
        }
        href
    }
}

/// Percent-encodes what may not stand in a query or a path segment.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// The other way round; what is no valid encoding stays as it is.
#[must_use]
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex =
            bytes.get(i + 1..i + 3).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[i], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                i += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_sorted_up_then_down_then_not_at_all() {
        let list = Query::new("/acme/tools", "?status=active&page=3");
        let up = list.sorted_by("name");
        assert_eq!(up.href(), "/acme/tools?status=active&sort=name");
        assert_eq!(up.direction("name"), Some("ascending"));
        let down = up.sorted_by("name");
        assert_eq!(down.href(), "/acme/tools?status=active&sort=name&dir=desc");
        assert_eq!(down.direction("kind"), None);
        assert_eq!(down.clone().sorted_by("kind").href(), "/acme/tools?status=active&sort=kind");
        assert_eq!(down.sorted_by("name").href(), "/acme/tools?status=active");
    }

    #[test]
    fn words_survive_the_address() {
        for text in ["a b&c=d", "100 %", "ü/ö?#", "%zz", "+"] {
            assert_eq!(decode(&encode(text)), text);
        }
        assert_eq!(decode("a+b%20c%zz%"), "a b c%zz%");
    }

    #[test]
    fn checkboxes_keep_all_their_values() {
        let list = Query::new("/x", "columns=a&columns=b");
        assert_eq!(list.all("columns"), ["a", "b"]);
        assert_eq!(list.with("columns", Some("c")).href(), "/x?columns=c");
    }
}
