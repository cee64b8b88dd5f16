//! A cursor over the JSON of one line: just what histories need, with columns in every error.
//!
//! By hand and not through serde, because histories have millions of lines, because duplicate
//! fields and floats must be refused with their column, and because fields of no interest are to be
//! skipped without building them. Text is borrowed unless it holds an escape.

use std::borrow::Cow;
use std::str::FromStr;

use super::{Map, Value};

/// Lists and objects may be nested this deep; deeper is a mistake or an attack on the stack.
const DEPTH_MAX: usize = 64;

/// Where in the line, from 0, and what is wrong.
pub(super) type JsonError = (usize, String);

/// The rest of a line.
pub(super) struct Cursor<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(line: &'a str) -> Self {
        Cursor { line, at: 0 }
    }

    /// The byte that comes next, after white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.line.as_bytes();
        while bytes.get(self.at).is_some_and(|b| matches!(b, b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    /// Where the next token begins.
    pub(super) fn position(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// Takes `byte` if it comes next.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Takes `byte`, which must come next.
    pub(super) fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.take(byte) { Ok(()) } else { self.unexpected(&format!("`{}`", char::from(byte))) }
    }

    /// The error that something else was expected here.
    pub(super) fn unexpected<T>(&mut self, expected: &str) -> Result<T, JsonError> {
        let at = self.position();
        let found = match self.line[at..].chars().next() {
            Some(c) => format!("`{c}`"),
            None => "the end of the line".to_owned(),
        };
        Err((at, format!("expected {expected}, found {found}")))
    }

    /// A string.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return self.unexpected("a string");
        }
        let (start, bytes) = (self.at, self.line.as_bytes());
        let mut escaped = false;
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    end += 2;
                }
                Some(_) => end += 1,
                None => return Err((start, "this string has no end: expected `\"`".to_owned())),
            }
        }
        self.at = end + 1;
        if !escaped && !bytes[start..end].iter().any(|&b| b < b' ') {
            return Ok(Cow::Borrowed(&self.line[start + 1..end]));
        }
        match serde_json::from_str(&self.line[start..=end]) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => Err((start, "this string holds a control character or an unknown escape".to_owned())),
        }
    }

    /// A whole number. `what` names it in errors.
    pub(super) fn integer(&mut self, what: &str) -> Result<i64, JsonError> {
        let token = match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => return self.unexpected(what),
        };
        let at = self.at - token.len();
        let digits = token.strip_prefix('-').unwrap_or(token);
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return Err((at, format!("expected {what}, found `{token}`")));
        }
        token.parse().map_err(|_| {
            let whole = digits.bytes().all(|b| b.is_ascii_digit());
            let why = if whole { "lies outside 64 bits" } else { "is no whole number" };
            (at, format!("expected {what}, but `{token}` {why}"))
        })
    }

    fn number(&mut self) -> &'a str {
        let rest = &self.line[self.at..];
        let is_part = |b: u8| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E');
        let length = rest.bytes().position(|b| !is_part(b)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        if !self.line[self.at..].starts_with(word) {
            return self.unexpected("a value");
        }
        self.at += word.len();
        Ok(())
    }

    /// A value of a history. Floats have no place in one.
    pub(super) fn value(&mut self) -> Result<Value, JsonError> {
        self.value_within(DEPTH_MAX)
    }

    fn value_within(&mut self, depth: usize) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'n') => self.word("null").map(|()| Value::Nil),
            Some(b't') => self.word("true").map(|()| Value::Bool(true)),
            Some(b'f') => self.word("false").map(|()| Value::Bool(false)),
            Some(b'"') => Ok(Value::Text(self.text()?.into())),
            Some(b'[') => {
                let mut list = Vec::new();
                self.items(b'[', b']', depth, |cursor, depth| {
                    list.push(cursor.value_within(depth)?);
                    Ok(())
                })?;
                Ok(Value::List(list.into()))
            }
            Some(b'-' | b'0'..=b'9') => self.integer("a whole number").map(Value::Int),
            Some(b'{') => {
                let at = self.at;
                let mut entries = Vec::new();
                self.items(b'{', b'}', depth, |cursor, depth| {
                    let key = key(&cursor.text()?);
                    cursor.expect(b':')?;
                    entries.push((key, cursor.value_within(depth)?));
                    Ok(())
                })?;
                Map::new(entries).map(Value::Map).map_err(|why| (at, why))
            }
            _ => self.unexpected("a value"),
        }
    }

    /// Passes over any JSON value.
    pub(super) fn skip(&mut self) -> Result<(), JsonError> {
        self.skip_within(DEPTH_MAX)
    }

    fn skip_within(&mut self, depth: usize) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'[') => self.items(b'[', b']', depth, Self::skip_within),
            Some(b'{') => self.items(b'{', b'}', depth, |cursor, depth| {
                cursor.text()?;
                cursor.expect(b':')?;
                cursor.skip_within(depth)
            }),
            Some(b'-' | b'0'..=b'9') => {
                let (at, token) = (self.at, self.number());
                serde_json::from_str::<f64>(token)
                    .map(drop)
                    .map_err(|_| (at, format!("expected a number, found `{token}`")))
            }
            _ => self.value_within(depth).map(drop),
        }
    }

    /// The items between brackets, separated by commas.
    fn items(
        &mut self,
        open: u8,
        close: u8,
        depth: usize,
        mut item: impl FnMut(&mut Self, usize) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err((self.at, format!("nested deeper than {DEPTH_MAX}")));
        };
        self.expect(open)?;
        if self.take(close) {
            return Ok(());
        }
        loop {
            item(self, depth)?;
            if self.take(close) {
                return Ok(());
            }
            if !self.take(b',') {
                return self.unexpected(&format!("`,` or `{}`", char::from(close)));
            }
        }
    }
}

/// What a key of an object stands for: the value whose JSON it is, letter by letter, or itself. See
/// [`Value::json_key`].
pub(super) fn key(text: &str) -> Value {
    let may_be_json =
        matches!(text.as_bytes().first(), Some(b'"' | b'[' | b'-' | b'0'..=b'9' | b'f' | b'n' | b't'));
    let value = if may_be_json { text.parse().unwrap_or_default() } else { Value::Nil };
    if !value.holds_map() && value.to_string() == text { value } else { text.into() }
}

impl FromStr for Value {
    type Err = String;

    /// The value of a text in JSON; `nil`, as Jepsen says, is `null`.
    fn from_str(text: &str) -> Result<Value, String> {
        if text.trim() == "nil" {
            return Ok(Value::Nil);
        }
        let mut cursor = Cursor::new(text);
        let value = cursor.value().and_then(|value| match cursor.peek() {
            None => Ok(value),
            Some(_) => cursor.unexpected("the end of the value"),
        });
        value.map_err(|(at, message)| format!("column {}: {message}", at + 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_from_text() {
        assert_eq!("nil".parse(), Ok(Value::Nil));
        assert_eq!(" [1, \"a\"] ".parse(), Ok(Value::pair(1.into(), "a".into())));
        let error = "1 2".parse::<Value>().unwrap_err();
        assert_eq!(error, "column 3: expected the end of the value, found `2`");
    }

    #[test]
    fn keys_are_what_they_were() {
        let keys = [("0", 0.into()), ("-0", "-0".into()), ("null", Value::Nil), ("\"null\"", "null".into())];
        for (text, expected) in keys {
            assert_eq!(key(text), expected);
            assert_eq!(expected.json_key(), text);
        }
        assert_eq!(key("[1,{}]"), "[1,{}]".into());
        assert_eq!(key("x"), "x".into());
    }
}
