//! A cursor over EDN: its tokens, its white space, and passing over what is of no interest.
//!
//! After <https://github.com/edn-format/edn>, with what Clojure's printer adds: namespaced maps
//! (`#:ns{…}`) and symbolic values (`##NaN`). Whatever is only passed over may be any EDN, and numbers
//! and symbols of any look; only brackets and strings must match.

use std::borrow::Cow;

use super::super::json::DEPTH_MAX;
use super::super::mistake::{Parsed, Place, mistake};
use crate::history::error::shown;

/// The rest of a text.
pub(in super::super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// What the end of the text is called in errors.
    end: &'static str,
}

impl<'a> Cursor<'a> {
    /// A cursor over a file.
    pub(in super::super) fn over(text: &'a str) -> Self {
        Cursor { text, at: 0, end: "the end of the file" }
    }

    /// A cursor from the byte `from` of a line, which ends with `text`.
    pub(in super::super) fn in_line(text: &'a str, from: usize) -> Self {
        Cursor { text, at: from, end: "the end of the line" }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn follows(&self, bytes: &[u8]) -> bool {
        self.text.as_bytes()[self.at..].starts_with(bytes)
    }

    /// The byte where the cursor stands, after white space or before it.
    pub(in super::super) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to where a token began.
    pub(in super::super) fn return_to(&mut self, position: usize) {
        self.at = position;
    }

    /// The byte that comes next, after white space, comments and discarded values.
    #[inline]
    pub(in super::super) fn peek(&mut self, depth: usize) -> Parsed<Option<u8>> {
        loop {
            match self.byte() {
                Some(byte) if is_space(byte) => self.at += 1,
                Some(b';') => {
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                }
                Some(b'#') if self.follows(b"#_") => {
                    let depth = self.deeper(depth)?;
                    self.at += 2;
                    self.skip(depth)?;
                }
                next => return Ok(next),
            }
        }
    }

    /// How deep may still be nested within what begins here.
    #[inline]
    pub(super) fn deeper(&self, depth: usize) -> Parsed<usize> {
        match depth.checked_sub(1) {
            Some(depth) => Ok(depth),
            None => mistake(self.at, format!("nested deeper than {DEPTH_MAX}")),
        }
    }

    /// Whether the cursor stands at `byte`.
    pub(super) fn is_at(&self, byte: u8) -> bool {
        self.byte() == Some(byte)
    }

    /// Whether the cursor stands at a number.
    pub(super) fn is_number(&self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let digits = rest.strip_prefix(b"-").or(rest.strip_prefix(b"+")).unwrap_or(rest);
        digits.first().is_some_and(u8::is_ascii_digit)
    }

    /// The text from `start` to `end`, as much of it as a message can hold.
    pub(super) fn between(&self, start: usize, end: usize) -> String {
        shown(&self.text[start..end])
    }

    /// Goes back to `start` and passes over the value there.
    pub(super) fn pass(&mut self, start: usize) -> Parsed<()> {
        self.at = start;
        self.skip(DEPTH_MAX)
    }

    /// Takes `byte` if the cursor stands at it.
    #[inline]
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let found = self.byte() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// The error that something else was expected where the cursor stands.
    #[cold]
    pub(in super::super) fn unexpected<T>(&self, expected: &str) -> Parsed<T> {
        let found = match self.text[self.at..].chars().next() {
            Some(c) => format!("`{c}`"),
            None => self.end.to_owned(),
        };
        mistake(self.at, format!("expected {expected}, found {found}"))
    }

    /// The bracket that closes the one at `open`.
    pub(super) fn closing(&self, open: usize) -> u8 {
        match self.text.as_bytes()[open] {
            b'(' => b')',
            b'[' => b']',
            _ => b'}',
        }
    }

    /// The error that the bracket at `open` has no match where the cursor stands.
    #[cold]
    pub(super) fn unclosed<T>(&self, open: usize) -> Parsed<T> {
        let (bracket, close) = (&self.text[open..=open], char::from(self.closing(open)));
        let place = Place::of(self.text, open);
        self.unexpected(&format!("a value, or `{close}` for the `{bracket}` of {place}"))
    }

    /// Reads what stands between brackets, the first of which is at `self.at`; `item` reads one.
    #[inline]
    pub(super) fn items(
        &mut self,
        depth: usize,
        mut item: impl FnMut(&mut Self, usize) -> Parsed<()>,
    ) -> Parsed<()> {
        let depth = self.deeper(depth)?;
        let (open, close) = (self.at, self.closing(self.at));
        self.at += 1;
        loop {
            match self.peek(depth)? {
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                None | Some(b')' | b']' | b'}') => return self.unclosed(open),
                Some(_) => item(self, depth)?,
            }
        }
    }

    /// A keyword without its colon, a symbol, or the digits of a number: all up to the next delimiter.
    #[inline]
    pub(super) fn token(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let length = rest.bytes().position(is_delimiter).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// Takes a tag such as `#inst` or `#jepsen.history.Op`, if the cursor stands at one.
    #[inline]
    pub(super) fn take_tag(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let found = rest.first() == Some(&b'#')
            && rest.get(1).is_some_and(|&next| !is_delimiter(next) && !matches!(next, b'#' | b'^' | b'<'));
        if found {
            self.token();
        }
        found
    }

    /// Passes over any value.
    pub(in super::super) fn skip(&mut self, depth: usize) -> Parsed<()> {
        match self.peek(depth)? {
            Some(b'(' | b'[' | b'{') => self.items(depth, Self::skip),
            Some(b'"') => self.string().map(drop),
            Some(b'\\') => self.character().map(drop),
            Some(b'#') if self.follows(b"#{") => {
                self.at += 1;
                self.items(depth, Self::skip)
            }
            Some(b'#') if self.follows(b"##") => {
                self.at += 2;
                self.token();
                Ok(())
            }
            Some(b'#') => {
                let depth = self.deeper(depth)?;
                if self.take_tag() { self.skip(depth) } else { self.unexpected("a value") }
            }
            Some(byte) if !is_delimiter(byte) => {
                self.token();
                Ok(())
            }
            _ => self.unexpected("a value"),
        }
    }

    /// A string.
    #[inline]
    pub(super) fn string(&mut self) -> Parsed<Cow<'a, str>> {
        let (start, rest) = (self.at, &self.text[self.at + 1..]);
        match rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')) {
            Some(end) if rest.as_bytes()[end] == b'"' => {
                self.at += end + 2;
                Ok(Cow::Borrowed(&rest[..end]))
            }
            Some(_) => self.escaped_string().map(Cow::Owned),
            None => mistake(start, "this string has no end: expected `\"`"),
        }
    }

    #[cold]
    fn escaped_string(&mut self) -> Parsed<String> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        loop {
            let rest = &self.text[self.at..];
            let Some(length) = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\')) else {
                return mistake(start, "this string has no end: expected `\"`");
            };
            text.push_str(&rest[..length]);
            self.at += length + 1;
            if rest.as_bytes()[length] == b'"' {
                return Ok(text);
            }
            text.push(self.escape()?);
        }
    }

    /// The character of an escape, whose backslash was read.
    fn escape(&mut self) -> Parsed<char> {
        let at = self.at - 1;
        let Some(letter) = self.text[self.at..].chars().next() else {
            return self.unexpected("an escape");
        };
        self.at += letter.len_utf8();
        Ok(match letter {
            't' => '\t',
            'r' => '\r',
            'n' => '\n',
            'b' => '\u{8}',
            'f' => '\u{c}',
            '\\' | '"' | '\'' => letter,
            'u' => return self.code(at),
            _ => {
                return mistake(
                    at,
                    format!("unknown escape `\\{letter}`: expected one of t r n b f \\ \" u"),
                );
            }
        })
    }

    /// The character of the four digits that come next, or of two such escapes, as UTF-16 has it.
    fn code(&mut self, at: usize) -> Parsed<char> {
        let mut units = vec![self.four_digits(at)?];
        if matches!(units[0], 0xd800..0xdc00) && self.follows(b"\\u") {
            self.at += 2;
            units.push(self.four_digits(at)?);
        }
        match char::decode_utf16(units).next() {
            Some(Ok(c)) => Ok(c),
            _ => mistake(at, "this half of a surrogate pair is no character"),
        }
    }

    fn four_digits(&mut self, at: usize) -> Parsed<u16> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.map(|digits| u16::from_str_radix(digits, 16)) {
            Some(Ok(unit)) => {
                self.at += 4;
                Ok(unit)
            }
            _ => mistake(at, "expected four hexadecimal digits after `\\u`"),
        }
    }

    /// A character such as `\a`, `\newline` or `\u0041`.
    pub(super) fn character(&mut self) -> Parsed<char> {
        let at = self.at;
        self.at += 1;
        let Some(first) = self.text[self.at..].chars().next() else {
            return self.unexpected("a character");
        };
        // A delimiter may be the character itself: `\(`.
        self.at += first.len_utf8();
        self.token();
        let name = &self.text[at + 1..self.at];
        match name {
            "newline" => Ok('\n'),
            "space" => Ok(' '),
            "tab" => Ok('\t'),
            "return" => Ok('\r'),
            "backspace" => Ok('\u{8}'),
            "formfeed" => Ok('\u{c}'),
            _ if name.len() == first.len_utf8() => Ok(first),
            _ if name.len() == 5 && first == 'u' => {
                self.at = at + 2;
                self.code(at)
            }
            _ => mistake(at, format!("unknown character `\\{}`", shown(name))),
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b',' | b'\t'..=b'\r')
}

/// Whether `byte` ends a token.
#[inline]
fn is_delimiter(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'"' | b';' | b'\\')
}
