//! The fields of an event as a file gives them, and the event that they make.
//!
//! What is wrong in a field is only a mistake if a client did it: nemeses write what they like, and
//! their process may come last. So a mistake in a field is kept until the process is known.

use super::ReadOptions;
use super::mistake::{Mistake, Parsed, mistake};
use crate::base::SimTime;
use crate::history::error::shown;
use crate::history::{Event, Function, Kind, Value, nearest};

/// Whose an event is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Who {
    /// A client's process.
    Client(u64),
    /// A nemesis or another that is no number: it does nothing to the object.
    Other,
}

/// A name that an event may have a field under.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Name {
    Process,
    Type,
    F,
    Key,
    Value,
    Time,
    /// Of no interest.
    Other,
}

impl Name {
    /// The names that matter, in the order in which our own files have them.
    pub(super) const ALL: [Name; 6] =
        [Name::Process, Name::Type, Name::F, Name::Key, Name::Value, Name::Time];

    pub(super) const fn text(self) -> &'static str {
        match self {
            Name::Process => "process",
            Name::Type => "type",
            Name::F => "f",
            Name::Key => "key",
            Name::Value => "value",
            Name::Time => "time",
            Name::Other => "",
        }
    }

    /// A bit of its own; none for what may be there more than once.
    const fn bit(self) -> u8 {
        match self {
            Name::Other => 0,
            name => 1 << name as u8,
        }
    }

    pub(super) fn parse(text: &str) -> Name {
        Name::ALL.into_iter().find(|name| name.text() == text).unwrap_or(Name::Other)
    }
}

/// A source of fields: a cursor over one of the formats, before the value of a field.
pub(super) trait Source {
    fn position(&mut self) -> usize;
    fn return_to(&mut self, position: usize);
    /// Passes over any value.
    fn skip(&mut self) -> Parsed<()>;
    /// `None` stands for no process at all.
    fn process(&mut self) -> Parsed<Option<Who>>;
    fn kind(&mut self) -> Parsed<Kind>;
    /// `None` stands for no function at all.
    fn function(&mut self) -> Parsed<Option<Function>>;
    fn value(&mut self) -> Parsed<Value>;
    fn time(&mut self) -> Parsed<Option<SimTime>>;
}

/// The fields of an event, each at most once.
pub(super) struct Fields {
    /// Where the event begins.
    start: usize,
    /// Which were there: a bit for each [`Name`].
    seen: u8,
    who: Option<Who>,
    kind: Kind,
    f: Option<Function>,
    key: Value,
    value: Value,
    time: Option<SimTime>,
    /// The first mistake in a field, which counts if a client made it.
    mistake: Option<Box<Mistake>>,
}

/// An event, where the file may have left out whose it is and what it does.
pub(super) struct Draft {
    pub(super) start: usize,
    /// With process 0 and function `txn` where there is none.
    pub(super) event: Event,
    pub(super) has_process: bool,
    pub(super) has_f: bool,
}

impl Fields {
    #[inline]
    pub(super) fn new(start: usize) -> Self {
        let (key, value) = (Value::Nil, Value::Nil);
        Fields {
            start,
            seen: 0,
            who: None,
            kind: Kind::Invoke,
            f: None,
            key,
            value,
            time: None,
            mistake: None,
        }
    }

    /// Reads the value of the field `name`, whose name begins at `at`.
    #[inline]
    pub(super) fn read(&mut self, name: Name, at: usize, source: &mut impl Source) -> Parsed<()> {
        let bit = name.bit();
        if self.seen & bit != 0 {
            return mistake(at, format!("`{}` is given twice", name.text()));
        }
        self.seen |= bit;
        let start = source.position();
        let read = match name {
            Name::Process => source.process().map(|who| self.who = who),
            Name::Type => source.kind().map(|kind| self.kind = kind),
            Name::F => source.function().map(|f| self.f = f),
            Name::Key => source.value().map(|key| self.key = key),
            Name::Value => source.value().map(|value| self.value = value),
            Name::Time => source.time().map(|time| self.time = time),
            Name::Other => source.skip(),
        };
        match read {
            Ok(()) => Ok(()),
            Err(mistake) => self.defer(mistake, name, start, source),
        }
    }

    /// Passes over a field that is wrong, if it may yet turn out not to matter.
    #[cold]
    fn defer(
        &mut self,
        mistake: Box<Mistake>,
        name: Name,
        start: usize,
        source: &mut impl Source,
    ) -> Parsed<()> {
        let of_client = matches!(self.who, Some(Who::Client(_)));
        if of_client || matches!(name, Name::Process | Name::Other) {
            return Err(mistake);
        }
        source.return_to(start);
        // What cannot even be passed over is a mistake whoever wrote it.
        if source.skip().is_err() {
            return Err(mistake);
        }
        self.mistake.get_or_insert(mistake);
        Ok(())
    }

    /// The event of a file that has all fields, or `None` if no client did it.
    #[inline]
    pub(super) fn event(self, options: ReadOptions) -> Parsed<Option<Event>> {
        let start = self.start;
        let Some(draft) = self.draft(options)? else { return Ok(None) };
        match (draft.has_process, draft.has_f) {
            (true, true) => Ok(Some(draft.event)),
            (false, _) => mistake(start, missing(Name::Process)),
            (_, false) => mistake(start, missing(Name::F)),
        }
    }

    /// The event, or `None` if no client did it.
    #[inline]
    pub(super) fn draft(self, options: ReadOptions) -> Parsed<Option<Draft>> {
        let process = match self.who {
            Some(Who::Other) => return Ok(None),
            Some(Who::Client(process)) => Some(process),
            None => None,
        };
        if let Some(mistake) = self.mistake {
            return Err(mistake);
        }
        if self.seen & Name::Type.bit() == 0 {
            return mistake(self.start, missing(Name::Type));
        }
        let (mut key, mut value) = (Some(self.key).filter(|key| !key.is_nil()), self.value);
        if options.independent && key.is_none() {
            (key, value) =
                independent(self.kind, value).map_err(|found| tuple_missing(self.start, &found))?;
        }
        Ok(Some(Draft {
            start: self.start,
            has_process: process.is_some(),
            has_f: self.f.is_some(),
            event: Event {
                process: process.unwrap_or_default(),
                kind: self.kind,
                f: self.f.unwrap_or(Function::Txn),
                key,
                value,
                time: self.time,
            },
        }))
    }
}

pub(super) fn missing(name: Name) -> String {
    format!("this event has no `{}`", name.text())
}

/// The key and the value of an independent `[key value]`. An operation that did not happen, or may
/// not have, need not tell its key again; its value is often an error. Otherwise, the value is
/// handed back.
fn independent(kind: Kind, value: Value) -> Result<(Option<Value>, Value), Value> {
    match (value.as_pair(), kind) {
        (Some((key, inner)), _) => Ok((Some(key.clone()).filter(|key| !key.is_nil()), inner.clone())),
        (None, Kind::Fail | Kind::Info) => Ok((None, value)),
        (None, Kind::Invoke | Kind::Ok) => Err(value),
    }
}

#[cold]
fn tuple_missing(at: usize, found: &Value) -> Box<Mistake> {
    let found = shown(&found.to_string());
    let message = format!("expected an independent value [key value], found {found}");
    Box::new(Mistake { at, message })
}

/// The kind of this name, which lies at `at`.
#[inline]
pub(super) fn kind(name: &str, at: usize) -> Parsed<Kind> {
    match Kind::parse(name) {
        Some(kind) => Ok(kind),
        None => unknown_kind(name, at),
    }
}

#[cold]
fn unknown_kind(name: &str, at: usize) -> Parsed<Kind> {
    let shown = shown(name);
    let hint = nearest(&shown, &Kind::NAMES).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    mistake(at, format!("unknown type `{shown}`: expected invoke, ok, fail or info{hint}"))
}
