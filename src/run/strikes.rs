//! Which faults struck and how long each was in force, as the run itself tells it: the schedule
//! knows neither who led nor which node was down already.
//!
//! A fault of nodes is noted for each node that it hit, so a miss is nowhere. What is not told
//! apart: which messages a message fault met (it is noted when it strikes), and a partition that
//! separates nobody.

use crate::base::{NodeId, SimTime};
use crate::engine::Happening;
use crate::faults::{Action, ClockChange};
use crate::process::Process;

/// A fault that struck.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Strike {
    /// Its kind, as it is written in a scenario.
    pub kind: &'static str,
    /// When it struck.
    pub at: SimTime,
    /// When it was over: at `at` if it was over at once, [`SimTime::MAX`] if it outlasts the run.
    pub until: SimTime,
}

impl Strike {
    /// So many are noted, the first ones: what a run remembers must not grow with its length, and
    /// no picture shows more.
    pub const MOST: usize = 10_000;
}

/// Takes note of strikes as they happen.
#[derive(Default)]
pub(super) struct Strikes {
    noted: Vec<Strike>,
    /// Nodes that are down or paused, and the strike that is the reason.
    hit: Vec<(NodeId, usize)>,
    /// When a `restart` fault struck last.
    restarted: Option<SimTime>,
}

impl Strikes {
    /// Takes note of `happening`, if it is the strike of a fault or the end of one.
    #[inline]
    pub(super) fn note<P: Process>(&mut self, at: SimTime, happening: &Happening<P>) {
        match happening {
            Happening::Fault { action, lasts, .. } => match action {
                // Told node by node below.
                Action::Crash(_)
                | Action::Pause(_)
                | Action::CrashLoop { .. }
                | Action::RollingRestart { .. } => {}
                Action::Restart(_) => self.restarted = Some(at),
                Action::Clock { change: ClockChange::Ahead(_) | ClockChange::Back(_), .. } => {
                    self.push(Strike { kind: action.verb(), at, until: at });
                }
                Action::Partition(_) | Action::Links { .. } | Action::Clock { .. } => {
                    let until = lasts.map_or(SimTime::MAX, |lasts| at + lasts);
                    self.push(Strike { kind: action.verb(), at, until });
                }
                Action::Heal => {
                    self.heal(at);
                    self.push(Strike { kind: action.verb(), at, until: at });
                }
                Action::Messages(_) | Action::Admin { .. } | Action::Replace(_) => {
                    self.push(Strike { kind: action.verb(), at, until: at });
                }
                Action::SlowNode { .. } | Action::Disk { .. } => {
                    let until = lasts.map_or(at, |lasts| at + lasts);
                    self.push(Strike { kind: action.verb(), at, until });
                }
            },
            Happening::Crashed { node, .. } => {
                // A node that crashes is no longer paused.
                self.release(*node, at);
                self.hit(*node, Strike { kind: "crash", at, until: SimTime::MAX });
            }
            Happening::Paused { node, lasts } => {
                self.hit(*node, Strike { kind: "pause", at, until: at + *lasts });
            }
            Happening::Started { node, .. } => {
                self.release(*node, at);
                if self.restarted == Some(at) {
                    self.push(Strike { kind: "restart", at, until: at });
                }
            }
            _ => {}
        }
    }

    /// All that was noted, in the order of time.
    pub(super) fn finish(self) -> Vec<Strike> {
        self.noted
    }

    fn push(&mut self, strike: Strike) {
        if self.noted.len() < Strike::MOST {
            self.noted.push(strike);
        }
    }

    fn hit(&mut self, node: NodeId, strike: Strike) {
        if self.noted.len() < Strike::MOST {
            self.hit.push((node, self.noted.len()));
            self.noted.push(strike);
        }
    }

    /// Whatever had hit `node` is over.
    fn release(&mut self, node: NodeId, at: SimTime) {
        let noted = &mut self.noted;
        self.hit.retain(|&(hit, strike)| {
            if hit == node {
                noted[strike].until = noted[strike].until.min(at);
            }
            hit != node
        });
    }

    /// Every partition is over.
    fn heal(&mut self, at: SimTime) {
        for strike in self.noted.iter_mut().filter(|strike| strike.kind == "partition") {
            strike.until = strike.until.min(at);
        }
    }
}
