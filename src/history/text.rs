//! A string of a history: short ones in place, long ones shared.
//!
//! Histories hold millions of strings, nearly all of them keys, names and small values. Those take no
//! allocation; the others take one that all clones share.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

/// What fits beside the tag and the length in sixteen bytes.
const SHORT_MAX: usize = 14;

/// A string that is cheap to clone. Reads as `str`.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Form);

/// A string has one form only, so that equal strings are equal forms: short if it fits, with zeros
/// behind its end.
#[derive(Clone, PartialEq, Eq)]
enum Form {
    Short {
        length: u8,
        bytes: [u8; SHORT_MAX],
    },
    /// Boxed, for a pointer to a `str` is twice as wide.
    Long(Arc<Box<str>>),
}

impl Text {
    /// The string.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Short { length, bytes } => {
                std::str::from_utf8(&bytes[..usize::from(*length)]).expect("it was a string")
            }
            Form::Long(text) => text,
        }
    }

    /// Its bytes: told without making sure that they are a string, which they are.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Form::Short { length, bytes } => &bytes[..usize::from(*length)],
            Form::Long(text) => text.as_bytes(),
        }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        if text.len() > SHORT_MAX {
            return Text(Form::Long(Arc::new(text.into())));
        }
        let mut bytes = [0; SHORT_MAX];
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        Text(Form::Short { length: text.len() as u8, bytes })
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        if text.len() > SHORT_MAX { Text(Form::Long(Arc::new(text.into()))) } else { text.as_str().into() }
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        match text {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        // No string is the beginning of another, with a byte at its end that no string has.
        state.write(self.as_bytes());
        state.write_u8(u8::MAX);
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    quickcheck::quickcheck! {
        fn texts_behave_as_strings(a: String, b: String) -> bool {
            let (x, y) = (Text::from(a.as_str()), Text::from(b.clone()));
            *x == *a && (x == y) == (a == b) && x.cmp(&y) == a.cmp(&b) && x == Text::from(Cow::Owned(a))
        }
    }

    #[test]
    fn both_sides_of_the_border_are_strings() {
        for length in SHORT_MAX - 2..SHORT_MAX + 3 {
            let text = "é".to_owned() + &"x".repeat(length - 2);
            assert_eq!(Text::from(text.as_str()).as_str(), text);
            assert_ne!(Text::from(text.as_str()), Text::from(text + "\0"));
        }
        assert_eq!(size_of::<Text>(), 16);
    }
}
