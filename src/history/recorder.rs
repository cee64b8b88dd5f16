//! How the simulator writes a history down while it runs.

use super::{Event, History, Kind};

/// How operations ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Counts {
    /// Happened.
    pub ok: u64,
    /// Certainly did not happen.
    pub fail: u64,
    /// May have happened.
    pub info: u64,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> u64 {
        self.ok + self.fail + self.info
    }
}

/// A history being written.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    history: History,
    invoked: u64,
    ended: Counts,
}

impl Recorder {
    /// An empty history.
    pub fn new() -> Self {
        Recorder::default()
    }

    /// Appends `event`.
    pub fn push(&mut self, event: Event) {
        match event.kind {
            Kind::Invoke => self.invoked += 1,
            Kind::Ok => self.ended.ok += 1,
            Kind::Fail => self.ended.fail += 1,
            Kind::Info => self.ended.info += 1,
        }
        self.history.events.push(event);
    }

    /// How operations have ended so far; one that is still open counts as `info`.
    pub fn counts(&self) -> Counts {
        let open = self.invoked.saturating_sub(self.ended.total());
        Counts { info: self.ended.info + open, ..self.ended }
    }

    /// What has been written so far.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The finished history.
    pub fn finish(self) -> History {
        self.history
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Function, Value};
    use super::*;

    #[test]
    fn what_never_returned_counts_as_info() {
        let mut recorder = Recorder::new();
        for (process, kind) in [(0, Kind::Invoke), (1, Kind::Invoke), (2, Kind::Invoke), (0, Kind::Ok)] {
            let (f, value) = (Function::Write, Value::Int(1));
            recorder.push(Event { process, kind, f, key: None, value, time: None });
        }
        assert_eq!(recorder.counts(), Counts { ok: 1, fail: 0, info: 2 });
        assert_eq!(recorder.finish().events.len(), 4);
    }
}
