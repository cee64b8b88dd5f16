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
    QuorumsDoNotMeet,
    Amnesia,
    IgnoresDamage,
    IgnoresFailedSync,
}

/// Those that are switched on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct PaxosBugs(u64);

impl PaxosBugs {
    /// Those that a scenario names; other names mean nothing here.
    pub fn named(names: &[String]) -> Self {
        let place = |name: &String| BUGS.iter().position(|switch| switch.name == name);
        PaxosBugs(names.iter().filter_map(place).fold(0, |set, place| set | 1 << place))
    }

    /// Only `bug`.
    pub const fn only(bug: Bug) -> Self {
        PaxosBugs(1 << bug as u8)
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
        name: "paxos/promise-not-persisted",
        doc: "An acceptor promises others without writing it down: after a restart it accepts what it had promised not to.",
    },
    BugSwitch {
        name: "paxos/accepts-below-promise",
        doc: "An acceptor accepts in any ballot, whatever it has promised.",
    },
    BugSwitch {
        name: "paxos/adopts-first-value",
        doc: "A proposer adopts the first value that a promise tells of, and not that of the highest ballot.",
    },
    BugSwitch {
        name: "paxos/reuses-ballots",
        doc: "A proposer that restarts begins with the first round again, and so proposes in ballots that it has used.",
    },
    BugSwitch {
        name: "paxos/mixes-ballots",
        doc: "A learner counts whoever has accepted anything, in whichever ballots, for the value that it heard of last.",
    },
    BugSwitch {
        name: "paxos/quorums-do-not-meet",
        doc: "Quorums of the second phase are smaller than they must be to meet those of the first: together as many as there are nodes.",
    },
    BugSwitch {
        name: "paxos/amnesia",
        doc: "A node whose disk was lost promises and accepts as if it had never been there before.",
    },
    BugSwitch {
        name: "paxos/ignores-damage",
        doc: "A node passes over records that it cannot read when it starts, and forgets what it promised and accepted.",
    },
    BugSwitch {
        name: "paxos/ignores-failed-sync",
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
        for (bug, place) in
            [(Bug::PromiseNotPersisted, 0), (Bug::QuorumsDoNotMeet, 5), (last, BUGS.len() - 1)]
        {
            let words = format!("{bug:?}").chars().fold(String::new(), |mut name, letter| {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('-');
                }
                name.push(letter.to_ascii_lowercase());
                name
            });
            assert_eq!(BUGS[place].name, format!("paxos/{words}"));
            assert_eq!(PaxosBugs::named(&[BUGS[place].name.to_owned()]), PaxosBugs::only(bug));
            assert!(PaxosBugs::only(bug).has(bug));
        }
    }
}
