//! The fields of an event as a file gives them, and the event that they make.
//!
//! What is wrong in a field is only a mistake if a client did it: nemeses write what they like, and
//! their process may come last. So each field keeps its own mistake until the process is known.

use super::ReadOptions;
use super::mistake::{Mistake, Parsed, mistake};
use crate::base::SimTime;
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
    process: Option<Option<Who>>,
    kind: Option<Parsed<Kind>>,
    f: Option<Parsed<Option<Function>>>,
    key: Option<Parsed<Value>>,
    value: Option<Parsed<Value>>,
    time: Option<Parsed<Option<SimTime>>>,
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
    pub(super) fn new(start: usize) -> Self {
        Fields { start, process: None, kind: None, f: None, key: None, value: None, time: None }
    }

    /// Reads the value of the field `name`, whose name begins at `at`.
    #[inline]
    pub(super) fn read(&mut self, name: Name, at: usize, source: &mut impl Source) -> Parsed<()> {
        let strict = matches!(self.process, Some(Some(Who::Client(_))));
        let twice = match name {
            Name::Process => self.process.replace(source.process()?).is_some(),
            Name::Type => self.kind.replace(attempt(source, strict, Source::kind)?).is_some(),
            Name::F => self.f.replace(attempt(source, strict, Source::function)?).is_some(),
            Name::Key => self.key.replace(attempt(source, strict, Source::value)?).is_some(),
            Name::Value => self.value.replace(attempt(source, strict, Source::value)?).is_some(),
            Name::Time => self.time.replace(attempt(source, strict, Source::time)?).is_some(),
            Name::Other => {
                source.skip()?;
                false
            }
        };
        if twice { mistake(at, format!("`{}` is given twice", name.text())) } else { Ok(()) }
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
        let process = match self.process.flatten() {
            Some(Who::Other) => return Ok(None),
            Some(Who::Client(process)) => Some(process),
            None => None,
        };
        let Some(kind) = self.kind.transpose()? else { return mistake(self.start, missing(Name::Type)) };
        let f = self.f.transpose()?.flatten();
        let mut key = self.key.transpose()?.filter(|key| !key.is_nil());
        let mut value = self.value.transpose()?.unwrap_or_default();
        if options.independent && key.is_none() {
            (key, value) = independent(kind, value).map_err(|found| tuple_missing(self.start, &found))?;
        }
        Ok(Some(Draft {
            start: self.start,
            has_process: process.is_some(),
            has_f: f.is_some(),
            event: Event {
                process: process.unwrap_or_default(),
                kind,
                f: f.unwrap_or(Function::Txn),
                key,
                value,
                time: self.time.transpose()?.flatten(),
            },
        }))
    }
}

/// Reads a value; or, unless `strict`, passes over it and keeps the mistake in it.
#[inline]
fn attempt<S: Source, T>(
    source: &mut S,
    strict: bool,
    read: impl FnOnce(&mut S) -> Parsed<T>,
) -> Parsed<Parsed<T>> {
    let start = source.position();
    match read(source) {
        Ok(value) => Ok(Ok(value)),
        Err(mistake) if strict => Err(mistake),
        Err(mistake) => {
            source.return_to(start);
            // What cannot even be passed over is a mistake whoever wrote it.
            if source.skip().is_ok() { Ok(Err(mistake)) } else { Err(mistake) }
        }
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
    let found = super::json::shown(&found.to_string());
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
    let shown = super::json::shown(name);
    let hint = nearest(&shown, &Kind::NAMES).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
    mistake(at, format!("unknown type `{shown}`: expected invoke, ok, fail or info{hint}"))
}
