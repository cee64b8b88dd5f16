//! Bugs that can be switched on: each a known mistake, one line at the place it belongs, to be caught.

use crate::base::keys::BugSwitch;

/// One of them. The order is that of [`BUGS`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "each is told by its switch")]
pub enum Bug {
    CommitsOldTerms,
    VoteNotPersisted,
    TermNotPersisted,
    ChangesBeforeNoop,
    ChangesWhileChanging,
    KeepsTruncatedMembers,
    JointCountsUnion,
    SnapshotForgetsJoint,
    LeavesJointRepeatedly,
    LearnerRefusesVote,
    LearnerCampaigns,
    ReadsUnconfirmed,
    ReadsBeforeNoop,
    ReusesQuestions,
    LeaseIgnoresDrift,
    LeaseWithoutQuorum,
    LeaseThroughTransfer,
    TruncatesAlways,
    CommitsUnverified,
    VotesByLength,
    CountsOldVotes,
    SnapshotDiscardsSuffix,
    JoinsTailToSnapshot,
    SnapshotInTwoSteps,
    SendsFromZero,
    CountsWritesEarly,
    SkipsApplyingAtRestart,
    RepeatsCommands,
    SessionsByClock,
    SnapshotWithoutSessions,
    KeepsLeaderAsPreCandidate,
    DropsLowerTerms,
    FixedTimeout,
    IgnoresDamage,
    IgnoresFailedSync,
    Amnesia,
    StandsOnce,
}

/// Those that are switched on.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct RaftBugs(u64);

impl RaftBugs {
    /// Those that a scenario names; other names mean nothing here.
    pub fn named(names: &[String]) -> Self {
        let place = |name: &String| BUGS.iter().position(|switch| switch.name == name);
        RaftBugs(names.iter().filter_map(place).fold(0, |set, place| set | 1 << place))
    }

    /// Only `bug`.
    pub const fn only(bug: Bug) -> Self {
        RaftBugs(1 << bug as u8)
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
        name: "raft/commits-old-terms",
        doc: "A leader commits an entry of an earlier term once a majority holds it, though a later leader may still replace it.",
    },
    BugSwitch {
        name: "raft/vote-not-persisted",
        doc: "A node grants its vote without writing it down: after a restart it may vote again in the same term.",
    },
    BugSwitch {
        name: "raft/term-not-persisted",
        doc: "A node that moves on to a later term does not write that down: after a restart it votes in terms that it had left.",
    },
    BugSwitch {
        name: "raft/changes-before-noop",
        doc: "A leader changes the members before it has committed an entry of its own term: two changes by one voter may pass each other (the bug of 2015).",
    },
    BugSwitch {
        name: "raft/changes-while-changing",
        doc: "A leader changes the members while the change before is not committed yet.",
    },
    BugSwitch {
        name: "raft/keeps-truncated-members",
        doc: "A node goes by members that a later leader has taken out of its log again.",
    },
    BugSwitch {
        name: "raft/joint-counts-union",
        doc: "In a joint configuration a majority of all is taken for agreement, instead of a majority of the old and one of the new voters.",
    },
    BugSwitch {
        name: "raft/snapshot-forgets-joint",
        doc: "A node that restores a snapshot forgets the outgoing voters of a joint configuration.",
    },
    BugSwitch {
        name: "raft/leaves-joint-repeatedly",
        doc: "A leader proposes to leave a joint configuration with every commit, as long as it has not left it.",
    },
    BugSwitch {
        name: "raft/learner-refuses-vote",
        doc: "A node that believes to be a learner refuses its vote, though it may be a voter that has not heard so yet.",
    },
    BugSwitch {
        name: "raft/learner-campaigns",
        doc: "A learner stands for election and counts its own vote.",
    },
    BugSwitch {
        name: "raft/reads-unconfirmed",
        doc: "A leader answers reads without making sure that it still leads.",
    },
    BugSwitch {
        name: "raft/reads-before-noop",
        doc: "A leader answers reads before it has committed an entry of its own term, and so before it knows what is committed.",
    },
    BugSwitch {
        name: "raft/reuses-questions",
        doc: "A follower names its questions for read indexes after the client that reads: the answer to a retried question is taken for that to the next.",
    },
    BugSwitch {
        name: "raft/lease-ignores-drift",
        doc: "A leader counts on its lease for as long as followers wait by their own clocks, however fast those run.",
    },
    BugSwitch {
        name: "raft/lease-without-quorum",
        doc: "A leader counts on its lease though nodes that hear it vote for others, as without `check_quorum`.",
    },
    BugSwitch {
        name: "raft/lease-through-transfer",
        doc: "A leader counts on its lease while it hands leadership over.",
    },
    BugSwitch {
        name: "raft/truncates-always",
        doc: "A follower cuts its log off behind the entries of every message, though a newer one has brought more.",
    },
    BugSwitch {
        name: "raft/commits-unverified",
        doc: "A follower commits what the leader has committed, though its own log may differ there.",
    },
    BugSwitch {
        name: "raft/votes-by-length",
        doc: "A node grants its vote to any log that is as long as its own, whatever the term of its last entry.",
    },
    BugSwitch { name: "raft/counts-old-votes", doc: "A candidate counts votes of earlier terms." },
    BugSwitch {
        name: "raft/snapshot-discards-suffix",
        doc: "A follower that installs a snapshot drops the entries behind it, which it had acknowledged.",
    },
    BugSwitch {
        name: "raft/joins-tail-to-snapshot",
        doc: "A node that restarts puts the entries beside its snapshot right behind it, though they begin before its end.",
    },
    BugSwitch {
        name: "raft/snapshot-in-two-steps",
        doc: "A node cuts off its log first and writes the snapshot then: a crash in between leaves neither.",
    },
    BugSwitch {
        name: "raft/sends-from-zero",
        doc: "A leader sends a follower that needs compacted entries what it has left of them, as if that were the beginning.",
    },
    BugSwitch {
        name: "raft/counts-writes-early",
        doc: "A leader counts an entry as written as soon as it is given to the disk.",
    },
    BugSwitch {
        name: "raft/skips-applying-at-restart",
        doc: "A node that restarts takes what it knew to be committed for applied.",
    },
    BugSwitch { name: "raft/repeats-commands", doc: "A command that is sent twice takes effect twice." },
    BugSwitch {
        name: "raft/sessions-by-clock",
        doc: "Each replica ends sessions by its own clock, and not by the log.",
    },
    BugSwitch { name: "raft/snapshot-without-sessions", doc: "Snapshots leave out the clients' sessions." },
    BugSwitch {
        name: "raft/keeps-leader-as-pre-candidate",
        doc: "A node that asks for pre-votes goes on believing in the leader that it has lost, and refuses others its own.",
    },
    BugSwitch {
        name: "raft/drops-lower-terms",
        doc: "A node does not answer messages of lower terms: who sends them never learns.",
    },
    BugSwitch {
        name: "raft/fixed-timeout",
        doc: "All nodes wait equally long for a leader before they stand for election.",
    },
    BugSwitch {
        name: "raft/ignores-damage",
        doc: "A node passes over records that it cannot read when it starts, and forgets what it promised.",
    },
    BugSwitch {
        name: "raft/ignores-failed-sync",
        doc: "A node goes on after a failed sync as if what it wrote were durable.",
    },
    BugSwitch {
        name: "raft/amnesia",
        doc: "A node whose disk was lost votes and acknowledges as if it had never been there before.",
    },
    BugSwitch {
        name: "raft/stands-once",
        doc: "A candidate that is not elected never stands again, nor does it set a timer to: once all have tried, nobody leads any more.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_are_named_after_their_bugs() {
        let last = Bug::StandsOnce;
        assert_eq!(BUGS.len(), last as usize + 1);
        for (bug, place) in [(Bug::CommitsOldTerms, 0), (Bug::VotesByLength, 19), (last, BUGS.len() - 1)] {
            let words = format!("{bug:?}").chars().fold(String::new(), |mut name, letter| {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('-');
                }
                name.push(letter.to_ascii_lowercase());
                name
            });
            assert_eq!(BUGS[place].name, format!("raft/{words}"));
            assert!(RaftBugs::named(&[BUGS[place].name.to_owned()]).has(bug));
            assert_eq!(RaftBugs::named(&[BUGS[place].name.to_owned()]), RaftBugs::only(bug));
        }
    }
}
