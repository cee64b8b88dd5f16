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

/// Reads `"name":`. The fields of a file come in one order nearly always: that of [`Name::ALL`], from
/// `likely` on, is tried first.
#[inline]
fn name(cursor: &mut Cursor<'_>, likely: &mut usize) -> Parsed<Name> {
    let from = *likely;
    let name = if from == 0 && cursor.take_all(b"\"process\":") {
        Name::Process
    } else if from <= 1 && cursor.take_all(b"\"type\":") {
        Name::Type
    } else if from <= 2 && cursor.take_all(b"\"f\":") {
        Name::F
    } else if from <= 3 && cursor.take_all(b"\"key\":") {
        Name::Key
    } else if from <= 4 && cursor.take_all(b"\"value\":") {
        Name::Value
    } else if from <= 5 && cursor.take_all(b"\"time\":") {
        Name::Time
    } else {
        let name = Name::parse(&cursor.text()?);
        cursor.expect(b':')?;
        return Ok(name);
    };
    *likely = name as usize + 1;
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
        // These two are nearly all.
        if self.take_all(b"\"invoke\"") {
            return Ok(Kind::Invoke);
        }
        if self.take_all(b"\"ok\"") {
            return Ok(Kind::Ok);
        }
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
