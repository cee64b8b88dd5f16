//! A cursor over JSON: just what histories need, with the place of every mistake.
//!
//! By hand and not through serde, because histories have millions of lines, because duplicate
//! fields and floats must be refused with their place, and because fields of no interest are to be
//! skipped without building them. Text is borrowed unless it holds an escape.

use std::borrow::Cow;
use std::str::FromStr;

use super::mistake::{Parsed, mistake};
use crate::history::error::shown;
use crate::history::{Map, Value};

/// Lists and objects may be nested this deep; deeper is a mistake or an attack on the stack.
pub(super) const DEPTH_MAX: usize = 64;

/// The rest of a text.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Whether a line feed ends what belongs together, or is white space.
    by_line: bool,
}

impl<'a> Cursor<'a> {
    /// A cursor over JSON Lines: it stays in its line until [`Cursor::next_line`].
    pub(super) fn by_line(text: &'a str) -> Self {
        Cursor { text, at: 0, by_line: true }
    }

    /// A cursor to which line feeds are white space.
    pub(super) fn over(text: &'a str) -> Self {
        Cursor { text, at: 0, by_line: false }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The byte where the cursor stands, after white space or before it.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The byte that comes next, after white space.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        match self.byte() {
            Some(byte) if byte > b' ' => Some(byte),
            _ => self.peek_behind_space(),
        }
    }

    fn peek_behind_space(&mut self) -> Option<u8> {
        loop {
            match self.byte() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\n') if self.by_line => return None,
                Some(b'\n') => self.at += 1,
                next => return next,
            }
        }
    }

    /// Goes to the next line, from the end of one. False at the end of the text.
    #[inline]
    pub(super) fn next_line(&mut self) -> bool {
        debug_assert!(self.peek().is_none(), "the line is read");
        self.at += 1;
        self.at < self.text.len()
    }

    /// Where the next token begins.
    pub(super) fn position(&mut self) -> usize {
        self.peek();
        self.at
    }

    /// Goes back to where a token began.
    pub(super) fn return_to(&mut self, position: usize) {
        self.at = position;
    }

    /// Takes `byte` if it comes next.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes these bytes if they come next, with no white space before.
    #[inline]
    pub(super) fn take_all(&mut self, bytes: &[u8]) -> bool {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(bytes));
        if found {
            self.at += bytes.len();
        }
        found
    }

    /// Takes `byte`, which must come next.
    pub(super) fn expect(&mut self, byte: u8) -> Parsed<()> {
        if self.take(byte) { Ok(()) } else { self.unexpected(&format!("`{}`", char::from(byte))) }
    }

    /// The error that something else was expected here.
    #[cold]
    pub(super) fn unexpected<T>(&mut self, expected: &str) -> Parsed<T> {
        let found = match self.peek() {
            Some(_) => self.text[self.at..].chars().next().map_or(String::new(), |c| format!("`{c}`")),
            None if self.by_line => "the end of the line".to_owned(),
            None => "the end of the file".to_owned(),
        };
        mistake(self.at, format!("expected {expected}, found {found}"))
    }

    /// A string.
    #[inline]
    pub(super) fn text(&mut self) -> Parsed<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return self.unexpected("a string");
        }
        let (start, bytes) = (self.at + 1, self.text.as_bytes());
        let mut end = start;
        // Bytes of longer characters are above all of these.
        while bytes.get(end).is_some_and(|&byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
            end += 1;
        }
        if bytes.get(end) != Some(&b'"') {
            return self.escaped_text();
        }
        self.at = end + 1;
        Ok(Cow::Borrowed(&self.text[start..end]))
    }

    /// A string that holds an escape, or something that it may not.
    #[cold]
    fn escaped_text(&mut self) -> Parsed<Cow<'a, str>> {
        let (start, bytes) = (self.at, self.text.as_bytes());
        let mut end = start + 1;
        loop {
            match bytes.get(end) {
                Some(b'"') => break,
                Some(b'\\') => end += 2,
                Some(b'\n') if self.by_line => {
                    return mistake(start, "this string has no end: expected `\"`");
                }
                Some(_) => end += 1,
                None => return mistake(start, "this string has no end: expected `\"`"),
            }
        }
        self.at = end + 1;
        match serde_json::from_str(&self.text[start..=end]) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => mistake(start, "this string holds a control character or an unknown escape"),
        }
    }

    /// A whole number. `what` names it in errors.
    #[inline]
    pub(super) fn integer(&mut self, what: &str) -> Parsed<i64> {
        let sign = match self.peek() {
            Some(b'-') => -1,
            Some(b'0'..=b'9') => 1,
            _ => return self.unexpected(what),
        };
        let rest = &self.text.as_bytes()[self.at + usize::from(sign < 0)..];
        let (mut length, mut number) = (0, 0_i64);
        for &byte in rest {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                break;
            }
            number = number.wrapping_mul(10).wrapping_add(i64::from(digit));
            length += 1;
        }
        // Up to eighteen digits do not wrap; all else is rare.
        let usual = (1..=18).contains(&length) && (length == 1 || rest[0] != b'0');
        if !usual || rest.get(length).is_some_and(|&byte| is_of_number(byte)) {
            return self.unusual_integer(what);
        }
        self.at += length + usize::from(sign < 0);
        Ok(sign * number)
    }

    /// A whole number of many digits, or something else that begins as one.
    #[cold]
    fn unusual_integer(&mut self, what: &str) -> Parsed<i64> {
        let (at, token) = (self.at, self.number());
        let digits = token.strip_prefix('-').unwrap_or(token);
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return mistake(at, format!("expected {what}, found `{}`", shown(token)));
        }
        token.parse().or_else(|_| {
            let whole = digits.bytes().all(|b| b.is_ascii_digit());
            let why = if whole { "lies outside 64 bits" } else { "is no whole number" };
            mistake(at, format!("expected {what}, but `{}` {why}", shown(token)))
        })
    }

    fn number(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(|b| !is_of_number(b)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn word(&mut self, word: &str) -> Parsed<()> {
        if self.take_all(word.as_bytes()) { Ok(()) } else { self.unexpected("a value") }
    }

    /// A value of a history. Floats have no place in one.
    #[inline]
    pub(super) fn value(&mut self) -> Parsed<Value> {
        match self.peek() {
            // Nearly all.
            Some(b'0'..=b'9') => self.integer("a whole number").map(Value::Int),
            _ => self.value_within(DEPTH_MAX),
        }
    }

    fn value_within(&mut self, depth: usize) -> Parsed<Value> {
        match self.peek() {
            Some(b'-' | b'0'..=b'9') => self.integer("a whole number").map(Value::Int),
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
                Ok(list.into())
            }
            Some(b'{') => {
                let at = self.at;
                let mut entries = Vec::new();
                self.items(b'{', b'}', depth, |cursor, depth| {
                    let key = key(&cursor.text()?);
                    cursor.expect(b':')?;
                    entries.push((key, cursor.value_within(depth)?));
                    Ok(())
                })?;
                Map::new(entries).map(Value::Map).or_else(|why| mistake(at, why))
            }
            _ => self.unexpected("a value"),
        }
    }

    /// Passes over any JSON value.
    pub(super) fn skip(&mut self) -> Parsed<()> {
        self.skip_within(DEPTH_MAX)
    }

    fn skip_within(&mut self, depth: usize) -> Parsed<()> {
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
                    .or_else(|_| mistake(at, format!("expected a number, found `{}`", shown(token))))
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
        mut item: impl FnMut(&mut Self, usize) -> Parsed<()>,
    ) -> Parsed<()> {
        let Some(depth) = depth.checked_sub(1) else {
            return mistake(self.at, format!("nested deeper than {DEPTH_MAX}"));
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

fn is_of_number(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E')
}

/// What a key of an object stands for: the value whose JSON it is, letter by letter, or itself. See
/// [`Value::json_key`].
pub(in crate::history) fn key(text: &str) -> Value {
    let first = text.as_bytes().first();
    let may_be_json = matches!(first, Some(b'"' | b'[' | b'-' | b'0'..=b'9' | b'f' | b'n' | b't'));
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
        let mut cursor = Cursor::by_line(text);
        let value = cursor.value().and_then(|value| match cursor.peek() {
            None if cursor.at == text.len() => Ok(value),
            _ => cursor.unexpected("the end of the value"),
        });
        value.map_err(|mistake| format!("column {}: {}", mistake.at + 1, mistake.message))
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
        assert!("1\n2".parse::<Value>().is_err());
    }

    #[test]
    fn whole_numbers_of_any_length_are_read_or_refused() {
        for number in [0, 1, -1, 999_999_999_999_999_999, i64::MAX, i64::MIN] {
            assert_eq!(number.to_string().parse(), Ok(Value::Int(number)));
        }
        assert_eq!("-0".parse(), Ok(Value::Int(0)));
        for (text, why) in [
            ("9223372036854775808", "`9223372036854775808` lies outside 64 bits"),
            ("-9223372036854775809", "lies outside 64 bits"),
            ("1e3", "`1e3` is no whole number"),
            ("1.0", "is no whole number"),
            ("-", "found `-`"),
            ("00", "found `00`"),
            ("-01", "found `-01`"),
            ("1-", "is no whole number"),
            (&"9".repeat(1 << 16), "99…` lies outside 64 bits"),
        ] {
            let error = text.parse::<Value>().unwrap_err();
            assert!(error.ends_with(why), "{error}");
        }
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
