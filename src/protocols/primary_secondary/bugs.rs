//! Bugs that can be switched on: each a known mistake, one line at the place it belongs, to be caught.

use crate::base::keys::BugSwitch;

/// One of them. The order is that of [`BUGS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is told by its switch")]
pub enum Bug {
    ForgetsFollowers,
    FailsOverUnconditionally,
    DropsLocally,
    AcknowledgesBeforeDrop,
    IgnoresRefusal,
    CountsOldAcknowledgements,
    SupervisesAtOnce,
    ReaddsBehind,
    TakesAnyone,
    SkipsMissingRange,
    TruncatesToCommit,
    KeepsDivergentTail,
    ComparesLengthOnly,
    NoFencing,
    ReadsUnfenced,
    ForgetsEpoch,
    RepeatsCommands,
}

/// Those that are switched on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Bugs(u64);

impl Bugs {
    /// Those that a scenario names; other names mean nothing here.
    pub fn named(names: &[String]) -> Self {
        let place = |name: &String| BUGS.iter().position(|switch| switch.name == name);
        Bugs(names.iter().filter_map(place).fold(0, |set, place| set | 1 << place))
    }

    /// Only `bug`.
    pub const fn only(bug: Bug) -> Self {
        Bugs(1 << bug as u8)
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
        name: "primary-secondary/forgets-followers",
        doc: "A primary that comes back before it was replaced counts on no secondary until it has heard of it again, and acknowledges alone meanwhile (ArangoDB #12432).",
    },
    BugSwitch {
        name: "primary-secondary/fails-over-unconditionally",
        doc: "A supervisor replaces a primary whatever was agreed on since it looked: the new one may have been dropped meanwhile (ArangoDB #9486).",
    },
    BugSwitch {
        name: "primary-secondary/drops-locally",
        doc: "A primary that cannot reach the supervisors drops a silent secondary all the same, and acknowledges without it (ArangoDB #9486).",
    },
    BugSwitch {
        name: "primary-secondary/acknowledges-before-drop",
        doc: "A primary acknowledges without a secondary as soon as it asks to drop it, and not once that is agreed on.",
    },
    BugSwitch {
        name: "primary-secondary/ignores-refusal",
        doc: "A primary that is told that its epoch is over goes on without whoever says so (ArangoDB #12751).",
    },
    BugSwitch {
        name: "primary-secondary/counts-old-acknowledgements",
        doc: "A primary counts acknowledgements of an earlier epoch, of what its log may not hold any more (ArangoDB #20049).",
    },
    BugSwitch {
        name: "primary-secondary/supervises-at-once",
        doc: "A supervisor that has just been elected takes for dead whom it has not heard yet (ArangoDB #5062).",
    },
    BugSwitch {
        name: "primary-secondary/readds-behind",
        doc: "A dropped secondary is in sync again as soon as it answers, whatever it has missed.",
    },
    BugSwitch {
        name: "primary-secondary/takes-anyone",
        doc: "A failover takes the first secondary that answers, not the freshest; who was fresher is overwritten.",
    },
    BugSwitch {
        name: "primary-secondary/skips-missing-range",
        doc: "A secondary that needs entries that are no longer kept goes on with those that are (ArangoDB's requireFromPresent off).",
    },
    BugSwitch {
        name: "primary-secondary/truncates-to-commit",
        doc: "A secondary that starts or follows a new primary cuts its log down to what it knows to be certain (Kafka's KIP-101).",
    },
    BugSwitch {
        name: "primary-secondary/keeps-divergent-tail",
        doc: "A secondary whose last epoch the primary does not know keeps its tail, and takes what follows it (Kafka's KIP-279).",
    },
    BugSwitch {
        name: "primary-secondary/compares-length-only",
        doc: "A failover takes the secondary with the longest log, whatever the epochs of the entries (MongoDB's protocol version 0).",
    },
    BugSwitch {
        name: "primary-secondary/no-fencing",
        doc: "Secondaries take entries from any primary, whatever its epoch.",
    },
    BugSwitch {
        name: "primary-secondary/reads-unfenced",
        doc: "A primary answers reads that should be fenced without making sure that it has not been replaced.",
    },
    BugSwitch {
        name: "primary-secondary/forgets-epoch",
        doc: "A copy does not write down the epoch that it has promised to go by.",
    },
    BugSwitch {
        name: "primary-secondary/repeats-commands",
        doc: "A command that is sent twice takes effect twice.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_named_after_their_bugs() {
        let last = Bug::RepeatsCommands;
        assert_eq!(BUGS.len(), last as usize + 1);
        for (bug, place) in [(Bug::ForgetsFollowers, 0), (Bug::TakesAnyone, 8), (last, BUGS.len() - 1)] {
            let words = format!("{bug:?}").chars().fold(String::new(), |mut name, letter| {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('-');
                }
                name.push(letter.to_ascii_lowercase());
                name
            });
            assert_eq!(BUGS[place].name, format!("primary-secondary/{words}"));
            assert_eq!(Bugs::named(&[BUGS[place].name.to_owned()]), Bugs::only(bug));
        }
    }
}
