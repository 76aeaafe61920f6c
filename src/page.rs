//! Lists in pages: `{"items": […], "next_cursor": …}`. A cursor names the last item of a page, so that rows added meanwhile shift nothing.

use serde::{Deserialize, Serialize};

/// One page of a list. `next_cursor` is null on the last one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with other items.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next_cursor: self.next_cursor }
    }
}

#[cfg(feature = "ssr")]
impl<T> Page<T> {
    /// Splits `limit + 1` fetched rows into a page of `limit`. `place`: the cursor after this row.
    pub fn cut(mut rows: Vec<T>, limit: i64, place: impl Fn(&T) -> String) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(place) } else { None };
        Self { items: rows, next_cursor }
    }
}

/// How many items somebody asks for: 1 to 200, 50 when left out.
#[cfg(feature = "ssr")]
#[must_use]
pub fn limit(asked: Option<i64>) -> i64 {
    asked.unwrap_or(50).clamp(1, 200)
}

/// A page of what is there as a whole, in the order of its places. `place` is unique; a cursor is the place of the last item before.
#[cfg(feature = "ssr")]
pub fn page_of<T, P>(rows: Vec<T>, cursor: Option<&str>, asked: Option<i64>, place: impl Fn(&T) -> P) -> crate::Result<Page<T>>
where
    P: Ord + Serialize + serde::de::DeserializeOwned,
{
    let after: Option<P> = cursor.map(decode_place).transpose()?;
    let mut rows: Vec<T> = rows.into_iter().filter(|row| after.as_ref().is_none_or(|after| place(row) > *after)).collect();
    rows.sort_by_cached_key(&place);
    Ok(Page::cut(rows, limit(asked), |last| encode_place(&place(last))))
}

/// What names the last item of a page, as text that callers hand back unread.
#[cfg(feature = "ssr")]
pub fn encode_place(place: &impl Serialize) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// What [`encode_place`] made; anything else is malformed.
#[cfg(feature = "ssr")]
pub fn decode_place<T: serde::de::DeserializeOwned>(text: &str) -> crate::Result<T> {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let place = URL_SAFE_NO_PAD.decode(text).ok().and_then(|json| serde_json::from_slice(&json).ok());
    place.ok_or_else(no_cursor)
}

#[cfg(feature = "ssr")]
fn no_cursor() -> crate::Error {
    crate::Error::Malformed("The cursor is not one that this list gave.".to_owned())
}

/// Rows on one numbered page.
pub const PER_PAGE: i64 = 50;

/// In which order a list is shown to people, who leaf through it by number, and which part of it. What is unknown in it is left out of account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListOrder {
    /// A column; empty for the list's own order.
    pub sort: String,
    pub descending: bool,
    /// From 1.
    pub page: i64,
}

impl ListOrder {
    /// The page, within reason.
    #[must_use]
    pub fn page(&self) -> i64 {
        self.page.clamp(1, 1_000_000)
    }

    /// How many rows come before the page.
    #[must_use]
    pub fn offset(&self) -> i64 {
        (self.page() - 1) * PER_PAGE
    }

    /// The same order from the first page on.
    #[must_use]
    pub fn first(&self) -> Self {
        Self { page: 1, ..self.clone() }
    }
}

/// One page of a numbered list, and how many rows there are on all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered<T> {
    pub items: Vec<T>,
    pub total: i64,
    /// From 1.
    pub page: i64,
}

impl<T> Numbered<T> {
    /// A page of a short list that is there as a whole. `compare` knows the columns; it says equal of those it does not know.
    pub fn of(mut rows: Vec<T>, order: &ListOrder, compare: impl Fn(&T, &T, &str) -> std::cmp::Ordering) -> Self {
        // Stable: what is equal stays in the list's own order.
        rows.sort_by(|a, b| {
            let found = compare(a, b, &order.sort);
            if order.descending { found.reverse() } else { found }
        });
        let total = i64::try_from(rows.len()).unwrap_or(i64::MAX);
        let page = order.page().min((total + PER_PAGE - 1) / PER_PAGE).max(1);
        let skip = usize::try_from((page - 1) * PER_PAGE).unwrap_or(usize::MAX);
        let items = rows.into_iter().skip(skip).take(usize::try_from(PER_PAGE).unwrap_or(usize::MAX)).collect();
        Self { items, total, page }
    }
}

/// Where a list ordered by time (newest first) and id goes on.
#[cfg(feature = "ssr")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: chrono::DateTime<chrono::Utc>,
    pub id: uuid::Uuid,
}

#[cfg(feature = "ssr")]
impl Cursor {
    /// As text that callers hand back unread.
    #[must_use]
    pub fn encode(self) -> String {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.encode(format!("{}.{}", self.at.timestamp_micros(), self.id.simple()))
    }

    /// What [`Cursor::encode`] made; anything else is malformed.
    pub fn decode(text: &str) -> crate::Result<Self> {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        let parse = || {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            let (at, id) = text.split_once('.')?;
            Some(Self { at: chrono::DateTime::from_timestamp_micros(at.parse().ok()?)?, id: id.parse().ok()? })
        };
        parse().ok_or_else(no_cursor)
    }

    /// Splits `limit + 1` fetched rows into a page of `limit`.
    pub fn page<T>(rows: Vec<T>, limit: i64, place: impl Fn(&T) -> Self) -> Page<T> {
        Page::cut(rows, limit, |row| place(row).encode())
    }
}

#[cfg(test)]
mod tests {
    use super::{ListOrder, Numbered};

    #[test]
    fn a_numbered_list_is_sorted_and_cut_and_a_page_beyond_its_end_is_its_last() {
        let rows: Vec<i64> = (0..120).collect();
        let order = |sort: &str, descending, page| ListOrder { sort: sort.to_owned(), descending, page };
        let by = |a: &i64, b: &i64, sort: &str| if sort == "size" { a.cmp(b) } else { std::cmp::Ordering::Equal };
        let first = Numbered::of(rows.clone(), &order("size", true, 1), by);
        assert_eq!((first.items[0], first.items.len(), first.total), (119, 50, 120));
        let beyond = Numbered::of(rows.clone(), &order("size", false, 99), by);
        assert_eq!((beyond.page, beyond.items.len(), beyond.items[0]), (3, 20, 100));
        assert_eq!(Numbered::of(rows, &order("nonsense", false, -7), by).items[0], 0);
        assert_eq!(Numbered::of(Vec::new(), &order("", false, 1), by), Numbered { items: Vec::new(), total: 0, page: 1 });
    }
}
