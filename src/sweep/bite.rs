//! Which counters show that the faults of a scenario had an effect.
//!
//! "No violation" under faults that hit nothing is no result.

use crate::base::Probability;
use crate::faults::swarm::KINDS;
use crate::faults::verbs::{VERBS, Verb};
use crate::network::LinkOverride;
use crate::scenario::Scenario;

/// A kind of fault and the counter that shows its effect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bite {
    /// The kind, as it is written in a scenario.
    pub kind: &'static str,
    /// The counter's name.
    pub counter: &'static str,
}

impl Bite {
    /// A fault that a smaller share of the runs felt was not tested.
    pub const LEAST_SHARE: f64 = 0.05;
}

/// The kinds of fault that `scenario` asks for, each once.
pub fn asked_for(scenario: &Scenario) -> Vec<Bite> {
    let scheduled = |kind| scenario.faults.iter().any(|fault| fault.action.verb() == kind);
    let network = &scenario.network;
    let on_links = |of: fn(&LinkOverride) -> Option<Probability>| {
        network.overrides.iter().filter_map(of).any(|probability| !probability.is_never())
    };
    let by_chance = [
        (
            Bite { kind: "loss", counter: "messages_lost" },
            !network.links.loss.is_never() || on_links(|link| link.loss),
        ),
        (
            Bite { kind: "duplicate", counter: "messages_duplicated" },
            !network.links.duplicate.is_never() || on_links(|link| link.duplicate),
        ),
        (
            Bite { kind: "corrupt", counter: "messages_corrupted" },
            !network.links.corrupt.is_never() || on_links(|link| link.corrupt),
        ),
        (
            Bite { kind: "reorder", counter: "messages_reordered" },
            !network.links.reorder.is_never() || on_links(|link| link.reorder),
        ),
        (
            Bite { kind: "burst_loss", counter: "messages_lost_in_bursts" },
            !network.links.bursts.loss.is_never() || on_links(|link| link.burst_loss),
        ),
        (Bite { kind: "torn", counter: "writes_torn" }, !scenario.disk.torn.is_never()),
        (Bite { kind: "fail_sync", counter: "syncs_failed" }, !scenario.disk.fail_sync.is_never()),
        (Bite { kind: "bit_rot", counter: "records_rotted" }, !scenario.disk.bit_rot.is_never()),
    ];
    let of = |verb: &Verb| Some(Bite { kind: verb.name, counter: verb.counter? });
    let mut asked: Vec<Bite> = VERBS.iter().filter(|verb| scheduled(verb.name)).filter_map(of).collect();
    // What a fault of the schedule does by plan and a disk by chance has one counter.
    let by_chance = by_chance.into_iter().filter(|(bite, wanted)| *wanted && !asked.contains(bite));
    let by_chance: Vec<Bite> = by_chance.map(|(bite, _)| bite).collect();
    asked.extend(by_chance);
    for kind in scenario.swarm.iter().flat_map(|swarm| &swarm.kinds).map(|place| KINDS[*place]) {
        let bite = kind.counter.map(|counter| Bite { kind: kind.name, counter });
        asked.extend(bite.filter(|bite| !asked.contains(bite)));
    }
    asked
}

#[cfg(test)]
mod tests {
    use super::super::tests::scenario;
    use super::*;

    #[test]
    fn what_is_asked_for_is_known_by_its_counter() {
        let counters = asked_for(&scenario()).iter().map(|bite| bite.counter).collect::<Vec<_>>();
        assert_eq!(counters, ["messages_blocked", "messages_lost"]);
    }
}
