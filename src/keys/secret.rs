//! A secret in memory: overwritten when it goes, and impossible to print, log or serialise by its type.

use serde::{Deserialize, Deserializer, de};
use zeroize::Zeroizing;

/// Text that must not get out. It has no `Debug`, `Display`, `Serialize` or `Clone`, so that whatever holds one cannot have them either;
/// who needs the text says so by [`Secret::expose`].
pub struct Secret(Zeroizing<String>);

/// Asserts at compile time that a type does not implement a trait: where it does, `of` is ambiguous.
macro_rules! is_never {
    ($type:ty: $($trait:path),* $(,)?) => {$(
        const _: fn() = || {
            trait Never<A> {
                fn of() {}
            }
            impl<T: ?Sized> Never<()> for T {}
            struct Implemented;
            impl<T: ?Sized + $trait> Never<Implemented> for T {}
            let _ = <$type as Never<_>>::of;
        };
    )*};
}
pub(crate) use is_never;

is_never!(Secret: std::fmt::Debug, std::fmt::Display, serde::Serialize, Clone, AsRef<str>, std::ops::Deref);

impl zeroize::ZeroizeOnDrop for Secret {}

/// Asserts at compile time that what a type holds is overwritten when it goes.
const fn is_overwritten<T: zeroize::ZeroizeOnDrop>() {}
const _: () = is_overwritten::<Zeroizing<String>>();

impl Secret {
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Keep it where it is needed: in a request that is about to be sent, in the cipher.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The same without white space around it, which comes along when people paste.
    #[must_use]
    pub fn trimmed(&self) -> Self {
        Self::new(self.0.trim().to_owned())
    }

    /// What may be shown: the last 4 characters of values of 12 or more, else only bullets (specification §4).
    #[must_use]
    pub fn masked(&self) -> String {
        let count = self.0.chars().count();
        if count < 12 {
            return "••••••••".to_owned();
        }
        let last: String = self.0.chars().skip(count - 4).map(|c| if c.is_control() { '•' } else { c }).collect();
        format!("••••{last}")
    }
}

/// JSON that borrows secrets, written once, into memory that is overwritten when it goes, and large enough from the beginning, so that no
/// part of it stays behind where it grew.
pub(crate) fn json_with_secrets(what: &impl serde::Serialize) -> serde_json::Result<Zeroizing<Vec<u8>>> {
    struct Length(usize);
    impl std::io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    serde_json::to_writer(&mut length, what)?;
    let mut written = Zeroizing::new(Vec::with_capacity(length.0));
    serde_json::to_writer(&mut *written, what)?;
    Ok(written)
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text.to_owned())
    }
}

impl<'de> Deserialize<'de> for Secret {
    /// Text only; what else came is not repeated in the error.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        const WHAT: &str = "A value is text.";
        impl de::Visitor<'_> for Visitor {
            type Value = Secret;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret::from(text))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
                Ok(Secret::new(text))
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Secret, E> {
                Err(E::custom(WHAT))
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Secret, E> {
                Err(E::custom(WHAT))
            }
            fn visit_u64<E: de::Error>(self, _: u64) -> Result<Secret, E> {
                Err(E::custom(WHAT))
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Secret, E> {
                Err(E::custom(WHAT))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_with_a_secret_is_written_without_growing() {
        let secret = Secret::from("line\n\"quoted\" é");
        let written = json_with_secrets(&std::collections::BTreeMap::from([("API_KEY", secret.expose())])).unwrap();
        assert_eq!(std::str::from_utf8(&written).unwrap(), r#"{"API_KEY":"line\n\"quoted\" é"}"#);
        assert_eq!(written.capacity(), written.len());
    }

    #[test]
    fn the_last_four_characters_show_from_twelve_on() {
        let masked = |text: &str| Secret::from(text).masked();
        assert_eq!(masked("sk-abcdef-1234"), "••••1234");
        assert_eq!(masked("abcdefghijkl"), "••••ijkl");
        assert_eq!(masked("abcdefghijk"), "••••••••");
        assert_eq!(masked(""), "••••••••");
        assert_eq!(masked("ключ-от-всего"), "••••сего");
    }

    #[test]
    fn a_value_that_is_no_text_is_refused_without_repeating_it() {
        let error = serde_json::from_str::<Secret>("4711471147114711").err().unwrap().to_string();
        assert!(error.contains("text") && !error.contains("4711"), "{error}");
        assert_eq!(serde_json::from_str::<Secret>("\"a b\"").ok().unwrap().expose(), "a b");
    }
}
