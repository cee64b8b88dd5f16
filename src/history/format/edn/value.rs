//! Values in EDN: which of ours each becomes.
//!
//! Keywords, symbols and characters become texts, lists and vectors lists, sets lists in ascending
//! order; a tagged value is the value without its tag. Floats and ratios are refused.

use super::super::mistake::{Parsed, mistake};
use super::cursor::Cursor;
use crate::history::error::shown;
use crate::history::{Map, Value};

impl<'a> Cursor<'a> {
    /// A value.
    pub(in super::super) fn value(&mut self, depth: usize) -> Parsed<Value> {
        let next = self.peek(depth)?;
        let at = self.at();
        match next {
            Some(b'-' | b'+' | b'0'..=b'9') => number_or_symbol(at, self.token()),
            Some(b':') => Ok(self.keyword()?.into()),
            Some(b'(' | b'[') => self.list(depth).map(Value::from),
            Some(b'{') => self.map(depth),
            Some(b'"') => Ok(Value::Text(self.string()?.into())),
            Some(b'\\') => Ok(Value::Text(self.character()?.to_string().into())),
            Some(b'#') if self.take_tag() => {
                let depth = self.deeper(depth)?;
                self.value(depth)
            }
            Some(b'#') => self.set(depth),
            Some(b')' | b']' | b'}') | None => self.unexpected("a value"),
            Some(_) => Ok(symbol(self.token())),
        }
    }

    /// The name of a keyword.
    #[inline]
    pub(in super::super) fn keyword(&mut self) -> Parsed<&'a str> {
        if !self.is_at(b':') {
            return self.unexpected("a keyword such as `:read`");
        }
        let at = self.at();
        match &self.token()[1..] {
            "" | ":" => mistake(at, "expected a name after the `:` of a keyword"),
            name => Ok(name),
        }
    }

    fn list(&mut self, depth: usize) -> Parsed<Vec<Value>> {
        let mut list = Vec::new();
        self.items(depth, |cursor, depth| {
            list.push(cursor.value(depth)?);
            Ok(())
        })?;
        Ok(list)
    }

    fn map(&mut self, depth: usize) -> Parsed<Value> {
        let at = self.at();
        let mut list = self.list(depth)?;
        if list.len() % 2 == 1 {
            return mistake(at, "this map has a key without a value");
        }
        let mut values = list.drain(..);
        let entries = std::iter::from_fn(|| Some((values.next()?, values.next()?))).collect();
        Map::new(entries).map(Value::Map).or_else(|why| mistake(at, why))
    }

    fn set(&mut self, depth: usize) -> Parsed<Value> {
        let at = self.at();
        self.take(b'#');
        if !self.is_at(b'{') {
            return if self.take(b'#') {
                float(at, &format!("##{}", self.token()))
            } else {
                self.unexpected("a set `#{…}` or a tag")
            };
        }
        let mut list = self.list(depth)?;
        list.sort();
        match list.windows(2).find(|both| both[0] == both[1]) {
            Some(both) => mistake(at, format!("this set holds {} twice", shown(&both[0].to_string()))),
            None => Ok(list.into()),
        }
    }
}

fn symbol(name: &str) -> Value {
    match name {
        "nil" => Value::Nil,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        name => name.into(),
    }
}

/// The value of a token that begins with a digit or a sign: `-` alone is a symbol.
#[inline]
fn number_or_symbol(at: usize, token: &str) -> Parsed<Value> {
    let digits = token.strip_prefix(['-', '+']).unwrap_or(token);
    // `N` marks what may be wider than 64 bits.
    let whole = token.strip_suffix('N').filter(|_| digits.len() > 1).unwrap_or(token);
    let whole_digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(token.into());
    }
    if !whole_digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return float(at, token);
    }
    if whole_digits.len() > 1 && whole_digits.starts_with('0') {
        return mistake(at, format!("expected a whole number, found `{}`", shown(token)));
    }
    match whole.parse() {
        Ok(number) => Ok(Value::Int(number)),
        Err(_) => {
            mistake(at, format!("expected a whole number, but `{}` lies outside 64 bits", shown(token)))
        }
    }
}

#[cold]
fn float(at: usize, token: &str) -> Parsed<Value> {
    mistake(at, format!("expected a whole number, but `{}` is none", shown(token)))
}
