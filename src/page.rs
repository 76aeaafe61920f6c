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
        parse().ok_or_else(|| crate::Error::Malformed("The cursor is not one that this list gave.".to_owned()))
    }

    /// Splits `limit + 1` fetched rows into a page of `limit`.
    pub fn page<T>(mut rows: Vec<T>, limit: i64, place: impl Fn(&T) -> Self) -> Page<T> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = if more { rows.last().map(|row| place(row).encode()) } else { None };
        Page { items: rows, next_cursor }
    }
}
