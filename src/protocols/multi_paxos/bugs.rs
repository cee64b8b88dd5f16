//! Bugs that can be switched on: each a known mistake, one line at the place it belongs, to be caught.

use crate::base::keys::BugSwitch;

/// One of them. The order is that of [`BUGS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is told by its switch")]
pub enum Bug {
    PromiseNotPersisted,
    AcceptsBelowPromise,
    AdoptsFirstValue,
    ReusesBallots,
    MixesBallots,
    LeavesGaps,
    AppliesPastGaps,
    QuorumsDoNotMeet,
    Amnesia,
    ConfiguresAtOnce,
    RepeatsCommands,
    ReadsUnconfirmed,
    LeaseIgnoresDrift,
    SnapshotDropsAccepted,
    IgnoresDamage,
    IgnoresFailedSync,
}

/// Those that are switched on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct MultiPaxosBugs(u64);

impl MultiPaxosBugs {
    /// Those that a scenario names; other names mean nothing here.
    pub fn named(names: &[String]) -> Self {
        let place = |name: &String| BUGS.iter().position(|switch| switch.name == name);
        MultiPaxosBugs(names.iter().filter_map(place).fold(0, |set, place| set | 1 << place))
    }

    /// Only `bug`.
    pub const fn only(bug: Bug) -> Self {
        MultiPaxosBugs(1 << bug as u8)
    }

    /// Whether `bug` is switched on.
    #[inline]
    pub const fn has(self, bug: Bug) -> bool {
        self.0 >> (bug as u8) & 1 == 1
    }
}

/// The switches, as scenarios name them.
pub const BUGS: &[BugSwitch] = &[
    BugSwitch {
        name: "multi-paxos/promise-not-persisted",
        doc: "An acceptor promises without writing it down: after a restart it accepts in ballots that it had promised to leave alone.",
    },
    BugSwitch {
        name: "multi-paxos/accepts-below-promise",
        doc: "An acceptor accepts in any ballot, whatever it has promised.",
    },
    BugSwitch {
        name: "multi-paxos/adopts-first-value",
        doc: "A new leader proposes for a slot what it was told of first, and not what was accepted in the highest ballot.",
    },
    BugSwitch {
        name: "multi-paxos/reuses-ballots",
        doc: "A node wants to lead in the ballot in which it led or wanted to lead before, as long as it has heard of no later one.",
    },
    BugSwitch {
        name: "multi-paxos/mixes-ballots",
        doc: "A leader counts acceptances of its earlier ballots.",
    },
    BugSwitch {
        name: "multi-paxos/leaves-gaps",
        doc: "A new leader leaves slots empty of which it was told nothing, though later ones were proposed: nothing behind them is ever applied.",
    },
    BugSwitch {
        name: "multi-paxos/applies-past-gaps",
        doc: "A replica that lacks what was chosen for a slot passes it over.",
    },
    BugSwitch {
        name: "multi-paxos/quorums-do-not-meet",
        doc: "A quorum of the first phase is one member smaller than it must be to meet every quorum of the second.",
    },
    BugSwitch {
        name: "multi-paxos/amnesia",
        doc: "A node whose disk was lost promises and accepts as if it had never been there before.",
    },
    BugSwitch {
        name: "multi-paxos/configures-at-once",
        doc: "A change of members takes effect right behind its slot, though later slots may have been proposed to the old ones.",
    },
    BugSwitch {
        name: "multi-paxos/repeats-commands",
        doc: "A command that was chosen for two slots takes effect twice.",
    },
    BugSwitch {
        name: "multi-paxos/reads-unconfirmed",
        doc: "A leader answers reads without making sure that it still leads.",
    },
    BugSwitch {
        name: "multi-paxos/lease-ignores-drift",
        doc: "A leader counts on its lease for as long as acceptors wait by their own clocks, however fast those run.",
    },
    BugSwitch {
        name: "multi-paxos/snapshot-drops-accepted",
        doc: "A replica that installs a snapshot forgets what it has accepted for the slots behind it.",
    },
    BugSwitch {
        name: "multi-paxos/ignores-damage",
        doc: "A node passes over records that it cannot read when it starts, and forgets what it promised.",
    },
    BugSwitch {
        name: "multi-paxos/ignores-failed-sync",
        doc: "A node goes on after a failed sync as if what it wrote were durable.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_named_after_their_bugs() {
        let last = Bug::IgnoresFailedSync;
        assert_eq!(BUGS.len(), last as usize + 1);
        for (bug, place) in [(Bug::PromiseNotPersisted, 0), (Bug::Amnesia, 8), (last, BUGS.len() - 1)] {
            let words = format!("{bug:?}").chars().fold(String::new(), |mut name, letter| {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('-');
                }
                name.push(letter.to_ascii_lowercase());
                name
            });
            assert_eq!(BUGS[place].name, format!("multi-paxos/{words}"));
            assert!(MultiPaxosBugs::named(&[BUGS[place].name.to_owned()]).has(bug));
            assert_eq!(MultiPaxosBugs::named(&[BUGS[place].name.to_owned()]), MultiPaxosBugs::only(bug));
        }
    }
}
