//! An event as an object in JSON: what our own files and those of elle-cli have in common.

use super::fields::{Fields, Name, Source, Who, kind};
use super::json::Cursor;
use super::mistake::{Parsed, mistake};
use crate::base::SimTime;
use crate::history::{Function, Kind, Value};

/// Reads an object.
#[inline]
pub(super) fn fields(cursor: &mut Cursor<'_>) -> Parsed<Fields> {
    let mut fields = Fields::new(cursor.position());
    cursor.expect(b'{')?;
    if cursor.take(b'}') {
        return Ok(fields);
    }
    let mut likely = 0;
    loop {
        let at = cursor.position();
        let name = name(cursor, &mut likely)?;
        fields.read(name, at, cursor)?;
        if cursor.take(b'}') {
            return Ok(fields);
        }
        if !cursor.take(b',') {
            return cursor.unexpected("`,` or `}`");
        }
    }
}

/// The names with what surrounds them, in the order of [`Name::ALL`].
const QUOTED: [&[u8]; 6] =
    [b"\"process\":", b"\"type\":", b"\"f\":", b"\"key\":", b"\"value\":", b"\"time\":"];

/// Reads `"name":`. The fields of a file come in one order nearly always, so the one at `likely` is
/// tried first, and then the one after it.
#[inline]
fn name(cursor: &mut Cursor<'_>, likely: &mut usize) -> Parsed<Name> {
    for (place, quoted) in QUOTED.iter().enumerate().skip(*likely).take(2) {
        if cursor.take_all(quoted) {
            *likely = place + 1;
            return Ok(Name::ALL[place]);
        }
    }
    let name = Name::parse(&cursor.text()?);
    cursor.expect(b':')?;
    Ok(name)
}

impl Source for Cursor<'_> {
    #[inline]
    fn position(&mut self) -> usize {
        Cursor::position(self)
    }

    fn return_to(&mut self, position: usize) {
        Cursor::return_to(self, position);
    }

    fn skip(&mut self) -> Parsed<()> {
        Cursor::skip(self)
    }

    #[inline]
    fn process(&mut self) -> Parsed<Option<Who>> {
        match self.peek() {
            Some(b'"') => self.text().map(|_| Some(Who::Other)),
            Some(b'n') => Cursor::value(self).map(|_| None),
            _ => {
                let process = not_negative(self, "a process: a whole number, or the name of a nemesis")?;
                Ok(Some(Who::Client(process)))
            }
        }
    }

    #[inline]
    fn kind(&mut self) -> Parsed<Kind> {
        let at = Cursor::position(self);
        kind(&self.text()?, at)
    }

    #[inline]
    fn function(&mut self) -> Parsed<Option<Function>> {
        if self.peek() == Some(b'n') {
            return Cursor::value(self).map(|_| None);
        }
        Ok(Some(Function::parse(&self.text()?)))
    }

    #[inline]
    fn value(&mut self) -> Parsed<Value> {
        Cursor::value(self)
    }

    #[inline]
    fn time(&mut self) -> Parsed<Option<SimTime>> {
        if self.peek() == Some(b'n') {
            return Cursor::value(self).map(|_| None);
        }
        not_negative(self, "a time in whole nanoseconds").map(|ns| Some(SimTime::from_ns(ns)))
    }
}

#[inline]
fn not_negative(cursor: &mut Cursor<'_>, what: &str) -> Parsed<u64> {
    let at = cursor.position();
    let number = cursor.integer(what)?;
    u64::try_from(number).or_else(|_| mistake(at, format!("expected {what}, but {number} is negative")))
}
