//! What the nodes of a protocol with leaders and a replicated log say of themselves.

use crate::base::NodeId;

/// A node's role.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// It follows a leader, or waits for one.
    Follower,
    /// It stands for election.
    Candidate,
    /// It leads.
    Leader,
    /// It has stopped for good, its disk being unreadable.
    Stopped,
}

/// One thing that a node says of itself. Log indices count from 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum LogEvent {
    /// It started; its log is what the `Appended` that follow say.
    Recovered,
    /// Its role or term changed. `Leader` means: it was elected in this term.
    Role {
        /// What it is now.
        role: Role,
        /// Its term.
        term: u64,
    },
    /// It has heard from the leader of a term for the first time.
    Follows {
        /// The leader.
        leader: NodeId,
        /// The leader's term.
        term: u64,
    },
    /// An entry is in its log at `index`, in place of whatever was there and behind.
    Appended {
        /// Where.
        index: u64,
        /// The term of the entry.
        term: u64,
        /// A fingerprint of what the entry says.
        digest: u64,
    },
    /// As leader in `term` it knows all entries up to `index` to be committed.
    Committed {
        /// The last committed index.
        index: u64,
        /// The leader's term.
        term: u64,
    },
    /// It applied the entry at `index`.
    Applied {
        /// Which.
        index: u64,
        /// The term of the entry.
        term: u64,
        /// A fingerprint of what the entry says.
        digest: u64,
        /// A fingerprint of its state machine after that.
        state: u64,
    },
    /// The entry that it just appended at `index` says who the members are.
    Configured {
        /// Which.
        index: u64,
        /// How far it knew entries to be committed then. (That it said so may be lost in a crash.)
        committed: u64,
    },
    /// Its state, and its log up to `index`, are those of a snapshot; behind it nothing is in its log.
    Restored {
        /// The last entry that the snapshot covers.
        index: u64,
        /// The term of that entry.
        term: u64,
        /// A fingerprint of the state.
        state: u64,
    },
}
