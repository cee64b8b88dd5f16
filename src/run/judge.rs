//! What listens to a world during a run: monitors, the history, and whoever watches.

use super::liveness::Liveness;
use super::strikes::Strikes;
use super::trace::TraceLine;
use crate::base::{Digest, NodeId, SimTime};
use crate::check::{FirstImpossible, Online};
use crate::engine::{Happening, Observer};
use crate::history::{self, Kind, Recorder};
use crate::monitor::Monitor;
use crate::process::Process;

/// Watches a run event by event. `()` watches nothing.
pub trait Watcher {
    /// Whether [`on_line`](Watcher::on_line) is wanted.
    fn traces(&self) -> bool {
        false
    }

    /// A line of the trace.
    fn on_line(&mut self, line: TraceLine) {
        let _ = line;
    }

    /// An event has been executed; the digest includes it. `false` ends the run here.
    fn on_event(&mut self, digest: Digest) -> bool {
        let _ = digest;
        true
    }

    /// The run is over and its history is being judged; asked from time to time. `false` gives
    /// the judging up.
    fn on_judging(&mut self) -> bool {
        true
    }
}

impl Watcher for () {}

/// The observer of a run.
pub(super) struct Judge<'w, M> {
    pub(super) monitor: M,
    pub(super) recorder: Recorder,
    pub(super) strikes: Strikes,
    pub(super) watcher: &'w mut dyn Watcher,
    /// Whether the watcher wants a trace; asked once.
    pub(super) traces: bool,
    /// The number of the event being executed.
    pub(super) event: u64,
    /// How many operations the clients have begun.
    pub(super) operations: u64,
    /// Who waits for how long.
    pub(super) liveness: Liveness,
    /// Judges operations as they complete, if the run is to end at the first violation.
    pub(super) online: Option<Box<Online>>,
    /// What ends the run, if that has been found.
    pub(super) impossible: Option<FirstImpossible>,
}

impl<M> Judge<'_, M> {
    /// Whether the run must end: what happens from now on means nothing.
    pub(super) fn is_violated<O>(&self) -> bool
    where
        M: Monitor<O>,
    {
        self.impossible.is_some() || self.monitor.is_violated()
    }
}

impl<P: Process, M: Monitor<P::Observation>> Observer<P> for Judge<'_, M> {
    fn traces(&self) -> bool {
        self.traces
    }

    fn listens(&self) -> bool {
        true
    }

    fn on_happening(&mut self, at: SimTime, happening: &Happening<P>) {
        self.strikes.note(at, happening);
        if let Happening::Crashed { node, .. } = happening {
            self.monitor.crashed(at, *node);
        }
        if self.traces {
            self.watcher.on_line(TraceLine::new(self.event, at, happening));
        }
    }

    fn on_observation(&mut self, at: SimTime, node: NodeId, observation: &P::Observation) {
        self.monitor.observe(at, node, observation);
        if self.traces {
            self.watcher.on_line(TraceLine {
                event: self.event,
                time: at,
                kind: "observe",
                place: node.to_string(),
                text: format!("{observation:?}"),
            });
        }
    }

    fn on_operation(&mut self, event: history::Event) {
        if self.traces {
            let key = event.key.as_ref().map_or(String::new(), |key| format!(" key {key}"));
            self.watcher.on_line(TraceLine {
                event: self.event,
                time: event.time.unwrap_or_default(),
                kind: "operation",
                place: format!("process {}", event.process),
                text: format!("{} {}{key} {}", event.kind.name(), event.f, event.value),
            });
        }
        self.operations += u64::from(event.kind == Kind::Invoke);
        self.liveness.note(&event);
        if let Some(online) = &mut self.online {
            // A history that contradicts itself is the concern of those who judge the whole.
            self.impossible = self.impossible.take().or(online.push(&event).unwrap_or(None));
        }
        self.recorder.push(event);
    }
}
