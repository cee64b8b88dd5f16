//! Jepsen's histories: operations as maps in EDN, in one vector, in one list or one after another.
//!
//! ```text
//! {:process 0, :type :invoke, :f :cas, :value [1 2], :time 12000}
//! {:process 0, :type :ok, :f :cas, :value [1 2], :time 15000}
//! ```
//!
//! Maps may be tagged (`#jepsen.history.Op{…}`). Fields of other names are passed over, and so are the
//! events of a process that is no number: the nemesis. `:f` may be missing from every event: they are
//! transactions then; and so may `:process` (see `anonymous`). A `:key`, as Porcupine's key-value
//! histories have, is the key. The order of a file is the order in which things happened, whatever
//! its times say.
//!
//! * `cursor`: tokens; `value`: values; `writer`: the way out.

mod cursor;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub(super) use cursor::Cursor;
pub use writer::write_edn;

use super::ReadOptions;
use super::collection::Collection;
use super::fields::{Draft, Fields, Name, Source, Who, kind, missing};
use super::json::DEPTH_MAX;
use super::mistake::{Parsed, mistake};
use crate::base::SimTime;
use crate::history::{Function, History, HistoryError, Kind, Value};

/// Reads a history, where `keyed` tells whether every event must have a key.
pub(super) fn read(text: &str, keyed: bool, options: ReadOptions) -> Result<History, HistoryError> {
    let mut collection = Collection::new(text, 80);
    let read = events(&mut collection, keyed, options);
    collection.finish(read)
}

fn events(collection: &mut Collection<'_>, keyed: bool, options: ReadOptions) -> Parsed<()> {
    let mut cursor = Cursor::over(collection.text());
    let mut event = |cursor: &mut Cursor<'_>| -> Parsed<()> {
        let draft = fields(cursor)?.draft(options)?;
        collection.push(if keyed { with_key(draft)? } else { draft });
        Ok(())
    };
    let start = cursor.at();
    let tagged = cursor.peek(DEPTH_MAX)?.is_some() && cursor.take_tag();
    if matches!(cursor.peek(DEPTH_MAX)?, Some(b'[' | b'(')) {
        cursor.items(DEPTH_MAX, |cursor, _| event(cursor))?;
        return match cursor.peek(DEPTH_MAX)? {
            None => Ok(()),
            Some(_) => cursor.unexpected("the end of the file"),
        };
    }
    if tagged {
        cursor.return_to(start);
    }
    while cursor.peek(DEPTH_MAX)?.is_some() {
        event(&mut cursor)?;
    }
    Ok(())
}

fn with_key(draft: Option<Draft>) -> Parsed<Option<Draft>> {
    match draft {
        Some(draft) if draft.event.key.is_none() => mistake(draft.start, missing(Name::Key)),
        draft => Ok(draft),
    }
}

/// Reads a map, tagged or not.
fn fields(cursor: &mut Cursor<'_>) -> Parsed<Fields> {
    if cursor.take_tag() {
        cursor.peek(DEPTH_MAX)?;
    }
    if !cursor.is_at(b'{') {
        return cursor.unexpected("an operation `{:type …}`");
    }
    let mut fields = Fields::new(cursor.at());
    cursor.items(DEPTH_MAX, |cursor, depth| {
        let at = cursor.at();
        let name = if cursor.is_at(b':') {
            Name::parse(cursor.keyword()?)
        } else {
            cursor.skip(depth)?;
            Name::Other
        };
        let end = cursor.at();
        if matches!(cursor.peek(depth)?, None | Some(b'}' | b']' | b')')) {
            return cursor.unexpected(&format!("the value of `{}`", cursor.between(at, end)));
        }
        fields.read(name, at, cursor)
    })?;
    Ok(fields)
}

impl Source for Cursor<'_> {
    fn position(&mut self) -> usize {
        self.at()
    }

    fn return_to(&mut self, position: usize) {
        Cursor::return_to(self, position);
    }

    fn skip(&mut self) -> Parsed<()> {
        Cursor::skip(self, DEPTH_MAX)
    }

    fn process(&mut self) -> Parsed<Option<Who>> {
        let (at, is_number) = (self.at(), self.is_number());
        match Cursor::value(self, DEPTH_MAX) {
            Ok(Value::Int(number)) => match u64::try_from(number) {
                Ok(process) => Ok(Some(Who::Client(process))),
                Err(_) => mistake(at, format!("expected a process, but {number} is negative")),
            },
            Ok(Value::Nil) => Ok(None),
            Err(mistake) if is_number => Err(mistake),
            _ => self.pass(at).map(|()| Some(Who::Other)),
        }
    }

    fn kind(&mut self) -> Parsed<Kind> {
        let at = self.at();
        if self.is_at(b'"') { kind(&self.string()?, at) } else { kind(self.keyword()?, at) }
    }

    fn function(&mut self) -> Parsed<Option<Function>> {
        let at = self.at();
        if self.is_at(b'"') {
            return Ok(Some(Function::parse(&self.string()?)));
        }
        if self.is_at(b':') {
            return Ok(Some(Function::parse(self.keyword()?)));
        }
        if self.token() == "nil" {
            return Ok(None);
        }
        Cursor::return_to(self, at);
        self.unexpected("a function such as `:read`")
    }

    fn value(&mut self) -> Parsed<Value> {
        Cursor::value(self, DEPTH_MAX)
    }

    fn time(&mut self) -> Parsed<Option<SimTime>> {
        // Not every clock counts whole nanoseconds from 0, and nothing here depends on it.
        let at = self.at();
        match Cursor::value(self, DEPTH_MAX) {
            Ok(Value::Int(ns)) => Ok(u64::try_from(ns).ok().map(SimTime::from_ns)),
            _ => self.pass(at).map(|()| None),
        }
    }
}
