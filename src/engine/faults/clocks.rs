//! Clocks are put forward or back, run fast or slow, and stop.

use super::super::event::Event;
use super::super::observer::{Happening, Observer};
use super::super::world::World;
use crate::base::keys::Target;
use crate::base::{NodeId, SimDuration};
use crate::clocks::Bend;
use crate::faults::{Action, ClockChange};
use crate::process::Process;

impl<P: Process, C> World<P, C> {
    /// A node that is down has a clock too, but no timer by which anyone could tell.
    pub(super) fn change_clock(&mut self, node: NodeId, change: ClockChange, lasts: Option<SimDuration>) {
        let felt = match change {
            ClockChange::Ahead(by) => self.core.change_clock(node, |clock, now| clock.step_ahead(now, by)),
            ClockChange::Back(by) => self.core.change_clock(node, |clock, now| clock.step_back(now, by)),
            ClockChange::Drift(rate) => self.bend_clock(node, Bend::Drift(rate), lasts),
            ClockChange::Stop => self.bend_clock(node, Bend::Stop, lasts),
        };
        let counters = &mut self.core.counters;
        *match change {
            _ if !felt => &mut counters.misses,
            ClockChange::Ahead(_) | ClockChange::Back(_) => &mut counters.clocks_stepped,
            ClockChange::Drift(_) => &mut counters.clocks_drifted,
            ClockChange::Stop => &mut counters.clocks_stopped,
        } += 1;
    }

    /// Bends the clock of `node` until `lasts` is over. Whether a timer was set.
    fn bend_clock(&mut self, node: NodeId, bend: Bend, lasts: Option<SimDuration>) -> bool {
        let mut number = 0;
        let felt = self.core.change_clock(node, |clock, now| number = clock.bend(now, bend));
        if let Some(lasts) = lasts {
            self.core.schedule(self.core.now + lasts, Event::Straighten { node, bend: number });
        }
        felt
    }

    /// A bend of the clock of `node` is over.
    #[cold]
    #[inline(never)]
    pub(in crate::engine) fn straighten<O: Observer<P>>(
        &mut self,
        node: NodeId,
        bend: u64,
        observer: &mut O,
    ) {
        let mut ended = None;
        self.core.change_clock(node, |clock, now| ended = clock.straighten(now, bend));
        let change = match ended {
            Some(Bend::Drift(rate)) => ClockChange::Drift(rate),
            Some(Bend::Stop) => ClockChange::Stop,
            None => return,
        };
        let action = Action::Clock { target: Target::Nodes(vec![node]), change };
        observer.on_happening(self.core.now, &Happening::Over { action: &action, targets: &[node] });
    }
}
