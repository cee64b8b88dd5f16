//! Two runs of one seed, and the first event in which they differ.
//!
//! The first run leaves the digest after each event, the second is compared with it as it goes, so
//! eight bytes an event are remembered. What it finds is a protocol or an engine that looks at
//! something besides the seed: an address, a clock, the order of a hash table. That two runs agree
//! does not prove that a third would.

use std::fmt;

use super::{Interrupt, Interrupted, Runner, run_guarded};
use crate::base::{Digest, Seed};
use crate::run::{Outcome, TraceLine, Watcher};
use crate::scenario::Scenario;

/// Two runs of one seed that differ.
#[derive(Clone, Debug)]
pub struct Mismatch {
    /// The number of the first event that differs, from 1; `None` if the events are the same and
    /// only what was made of them is not.
    pub event: Option<u64>,
    /// What each of two traced runs did in that event. They are further runs: where chance has
    /// its hand in the game they may differ from what was seen, or agree.
    pub traced: [Vec<TraceLine>; 2],
}

/// Runs `scenario` under `seed` twice: the first outcome, and how the second differs.
///
/// # Errors
/// If `interrupt` was set before that was known.
pub fn run_twice(
    runner: Runner,
    scenario: &Scenario,
    seed: Seed,
    interrupt: &Interrupt,
) -> Result<(Outcome, Option<Mismatch>), Interrupted> {
    let run = |watcher: &mut dyn Watcher| run_guarded(runner, scenario, seed, watcher, interrupt);
    let mut recording = Recording { digests: Vec::new() };
    let first = run(&mut recording)?;
    let mut comparing = Comparing { expected: &recording.digests, seen: 0, differs: false };
    let second = run(&mut comparing)?;
    let (seen, recorded) = (comparing.seen, recording.digests.len());
    let event = if comparing.differs || seen < recorded {
        Some(seen as u64 + 1)
    } else if first.digest != second.digest || first.counters.events != second.counters.events {
        // The event that violates an invariant ends the run before anybody hears of it.
        Some(recorded as u64 + 1)
    } else if same_results(&first, &second) {
        return Ok((first, None));
    } else {
        None
    };
    let trace = |event| -> Result<Vec<TraceLine>, Interrupted> {
        let mut tracing = Tracing { event, executed: 0, lines: Vec::new() };
        run(&mut tracing)?;
        Ok(tracing.lines)
    };
    let traced = match event {
        Some(event) => [trace(event)?, trace(event)?],
        None => [Vec::new(), Vec::new()],
    };
    Ok((first, Some(Mismatch { event, traced })))
}

/// Whether the same was made of the same events.
fn same_results(first: &Outcome, second: &Outcome) -> bool {
    first.checks == second.checks
        && first.counters == second.counters
        && first.leader_terms == second.leader_terms
        && first.protocol_events == second.protocol_events
        && first.election == second.election
        && first.history == second.history
}

struct Recording {
    digests: Vec<u64>,
}

impl Watcher for Recording {
    fn on_event(&mut self, digest: Digest) -> bool {
        self.digests.push(digest.value());
        true
    }
}

struct Comparing<'a> {
    expected: &'a [u64],
    /// How many events were the same.
    seen: usize,
    differs: bool,
}

impl Watcher for Comparing<'_> {
    fn on_event(&mut self, digest: Digest) -> bool {
        self.differs = self.expected.get(self.seen) != Some(&digest.value());
        self.seen += usize::from(!self.differs);
        !self.differs
    }
}

/// Keeps the lines of one event.
struct Tracing {
    event: u64,
    executed: u64,
    lines: Vec<TraceLine>,
}

impl Watcher for Tracing {
    fn traces(&self) -> bool {
        true
    }

    fn on_line(&mut self, line: TraceLine) {
        if line.event == self.event {
            self.lines.push(line);
        }
    }

    fn on_event(&mut self, _: Digest) -> bool {
        self.executed += 1;
        self.executed < self.event
    }
}

impl fmt::Display for Mismatch {
    /// Where the runs part, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(event) = self.event else {
            return f.write_str("the events of two runs are the same, but not what was made of them");
        };
        write!(f, "two runs differ first in event {event}")?;
        match self.traced.iter().flatten().next() {
            Some(line) => write!(f, ", at {}", line.time),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::super::tests::scenario;
    use super::*;
    use crate::registry;

    #[test]
    fn a_run_of_ours_is_the_same_twice() {
        let (outcome, mismatch) =
            run_twice(registry::run, &scenario(), Seed(1), &Interrupt::default()).unwrap();
        assert!(mismatch.is_none(), "{mismatch:?}");
        assert!(outcome.counters.events > 100);
    }

    #[test]
    fn the_first_event_that_differs_is_named() {
        /// Each run has a seed of its own, from event 3 on to be seen.
        fn runner(scenario: &Scenario, seed: Seed, watcher: &mut dyn Watcher) -> Outcome {
            static RUNS: AtomicU64 = AtomicU64::new(0);
            let run = RUNS.fetch_add(1, Ordering::Relaxed);
            let mut digest = Digest::new();
            for event in 1..=5 {
                digest.fold(if event < 3 { event } else { run });
                if !watcher.on_event(digest) {
                    break;
                }
            }
            registry::run(scenario, seed, &mut ())
        }
        let (_, mismatch) = run_twice(runner, &scenario(), Seed(1), &Interrupt::default()).unwrap();
        let mismatch = mismatch.unwrap();
        assert_eq!(mismatch.event, Some(3));
        assert_eq!(mismatch.to_string(), "two runs differ first in event 3");
    }
}
