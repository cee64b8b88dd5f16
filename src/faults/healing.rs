//! When faults are over: by themselves, or because everything is mended.
//!
//! Only then can anybody demand that operations complete: while links lose messages and nodes fail,
//! no protocol promises that (Fischer, Lynch and Paterson 1985).

use super::schedule::{Action, Fault, MessageEffect};
use crate::base::{Latency, Probability, SimDuration, SimTime};
use crate::network::Effect;
use crate::storage::Ailment;

/// An instant at which all that is broken is mended, and from which nothing breaks any more.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Healing {
    /// When.
    pub at: SimTime,
    /// How likely only a random majority of the nodes is mended, for good, while the others are out for
    /// good: down, or cut off from it.
    pub core: Probability,
}

impl Fault {
    /// When it is over in a cluster of `nodes`, with all that it did that does not simply stay: a node
    /// that is never started again is broken, but no fault goes on. `None` if it goes on for ever, or
    /// nobody can tell for how long. `sync` is what a sync takes at most.
    pub fn over(&self, nodes: u32, sync: SimDuration) -> Option<SimTime> {
        let last = match (&self.when.every, self.when.until) {
            (None, _) => self.when.first?,
            (Some(_), SimTime::MAX) => return None,
            (Some(_), until) => until,
        };
        let lasts = self.lasts.as_ref().map(Latency::most);
        let once = lasts.unwrap_or(SimDuration::ZERO);
        Some(match &self.action {
            Action::Links { effect, .. } => last + lasts? + delay(effect),
            // What it began while it was slow it ends after that.
            Action::SlowNode { service_time, .. } => last + lasts? + *service_time,
            Action::Disk { ailment: Ailment::Slow { factor, by }, .. } => {
                last + once + several(sync, *factor) + *by
            }
            Action::Disk { .. } | Action::Clock { .. } => last + once,
            Action::CrashLoop { times, up, .. } => last + several(once + *up, *times),
            Action::RollingRestart { up, .. } => last + several(once + *up, u64::from(nodes)),
            // Which message is the last that it means, nobody knows.
            Action::Messages(verb) if verb.count > 1 => return None,
            Action::Messages(verb) => match verb.effect {
                MessageEffect::Delay(by) => last + by,
                MessageEffect::Drop | MessageEffect::Duplicate => last,
            },
            Action::Crash(_)
            | Action::Restart(_)
            | Action::Pause(_)
            | Action::Replace(_)
            | Action::Partition(_)
            | Action::Heal
            | Action::Admin { .. } => last + once,
        })
    }
}

/// How much longer what enters a link under `effect` is under way: on a link that keeps its order what is sent
/// later waits for it.
fn delay(effect: &Effect) -> SimDuration {
    match effect {
        Effect::Slow(by) | Effect::Reorder(_, by) => *by,
        _ => SimDuration::ZERO,
    }
}

fn several(each: SimDuration, times: u64) -> SimDuration {
    SimDuration::from_ns(each.as_ns().saturating_mul(times))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::keys::Target;
    use crate::faults::When;

    fn at(secs: u64) -> SimTime {
        SimTime::ZERO + SimDuration::from_secs(secs)
    }

    fn fault(action: Action, lasts: Option<u64>) -> Fault {
        let lasts = lasts.map(|secs| SimDuration::from_secs(secs).into());
        Fault { when: When::once(at(10)), action, lasts, max_down: None }
    }

    #[test]
    fn a_fault_is_over_when_nothing_of_it_goes_on() {
        let up = SimDuration::from_secs(1);
        let slow = Action::Links { from: None, to: None, effect: Effect::Slow(up) };
        let slow_disk = Action::Disk { ailment: Ailment::Slow { factor: 1, by: up }, target: Target::Leader };
        for (action, lasts, over) in [
            (Action::Crash(Target::Leader), None, Some(at(10))),
            (Action::Crash(Target::Leader), Some(3), Some(at(13))),
            (Action::CrashLoop { target: Target::Leader, times: 3, up }, Some(2), Some(at(19))),
            (Action::RollingRestart { target: Target::All, up }, Some(1), Some(at(20))),
            // What entered in the last moment is a second longer under way.
            (slow.clone(), Some(4), Some(at(15))),
            (Action::SlowNode { target: Target::Leader, service_time: up }, Some(4), Some(at(15))),
            (slow_disk, Some(4), Some(at(16))),
            (slow, None, None),
        ] {
            assert_eq!(fault(action.clone(), lasts).over(5, up), over, "{action}");
        }
        let mut again = fault(Action::Pause(Target::Random), Some(2));
        again.when.every = Some(up.into());
        assert_eq!(again.over(5, up), None, "it strikes to the end");
        again.when.until = at(30);
        assert_eq!(again.over(5, up), Some(at(32)));
    }
}
