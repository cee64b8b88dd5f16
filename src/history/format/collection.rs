//! The events of a file that may leave out whose they are, or what they do.
//!
//! Jepsen's and Elle's own examples do: transactions without `:f`, reads without `:process`. What no
//! event of a file tells can be supplied; what some tell and others do not is a mistake.

use super::anonymous;
use super::fields::{Draft, Name, missing};
use super::mistake::{Mistake, Parsed, PlaceCounter};
use crate::history::{History, HistoryError};

/// The events read so far.
pub(super) struct Collection<'a> {
    text: &'a str,
    places: PlaceCounter,
    history: History,
    process: Presence,
    f: Presence,
}

/// Where a field was first there and where it was first missing.
#[derive(Default)]
struct Presence {
    there: Option<usize>,
    missing: Option<usize>,
}

impl Presence {
    fn see(&mut self, there: bool, start: usize) {
        let first = if there { &mut self.there } else { &mut self.missing };
        first.get_or_insert(start);
    }

    /// The place of a mistake: some events have the field and some do not.
    fn torn(&self) -> Option<usize> {
        self.missing.filter(|_| self.there.is_some())
    }
}

impl<'a> Collection<'a> {
    /// No events yet of `text`, where one takes about `bytes_each`.
    pub(super) fn new(text: &'a str, bytes_each: usize) -> Self {
        let history = History::new(Vec::with_capacity(text.len() / bytes_each));
        Collection {
            text,
            places: PlaceCounter::default(),
            history,
            process: Presence::default(),
            f: Presence::default(),
        }
    }

    /// Appends an event, if a client did it.
    pub(super) fn push(&mut self, draft: Option<Draft>) {
        let Some(Draft { start, event, has_process, has_f }) = draft else { return };
        self.process.see(has_process, start);
        self.f.see(has_f, start);
        let place = self.places.place(self.text, start);
        self.history.push_from(place, event);
    }

    /// The history, if the file was `read` to its end.
    pub(super) fn finish(mut self, read: Parsed<()>) -> Result<History, HistoryError> {
        read.map_err(|mistake| mistake.locate(self.text))?;
        for (presence, name) in [(&self.process, Name::Process), (&self.f, Name::F)] {
            if let Some(at) = presence.torn() {
                let message = format!("{}, though others have", missing(name));
                return Err(Mistake { at, message }.locate(self.text));
            }
        }
        if self.process.missing.is_some() {
            anonymous::name_processes(&mut self.history)?;
        }
        Ok(self.history)
    }

    /// The text that the events are in.
    pub(super) fn text(&self) -> &'a str {
        self.text
    }
}
