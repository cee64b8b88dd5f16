//! What the nodes of a protocol with ballots and slots say of themselves: Paxos, in all its forms.

use super::Role;

/// One thing that a node says of itself. Slots count from 1, ballots are numbers that order as they do, and
/// values are told by a fingerprint.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum SlotEvent {
    /// It started; what it has promised and accepted is what follows.
    Recovered,
    /// Its role changed. `Candidate`: it asks for promises. `Leader`: it has got a quorum of them.
    Role {
        /// What it is now.
        role: Role,
        /// The ballot in which it is that.
        ballot: u64,
    },
    /// As an acceptor it has promised to accept nothing below `ballot`.
    Promised {
        /// For which slot, if there is a promise for each; 0 if one is for all.
        slot: u64,
        /// The ballot.
        ballot: u64,
    },
    /// As an acceptor it has accepted `value`.
    Accepted {
        /// For which slot.
        slot: u64,
        /// In which ballot.
        ballot: u64,
        /// What.
        value: u64,
    },
    /// It has counted a quorum that accepted `value` in `ballot`.
    Chosen {
        /// For which slot.
        slot: u64,
        /// In which ballot.
        ballot: u64,
        /// What.
        value: u64,
        /// Whom it has counted: bit `i` for node `i`.
        by: u64,
    },
    /// It has learned that `value` is chosen, by whatever it was told.
    Learned {
        /// For which slot.
        slot: u64,
        /// What.
        value: u64,
    },
    /// It applied `value`.
    Applied {
        /// The slot.
        slot: u64,
        /// What.
        value: u64,
        /// A fingerprint of its state machine after that.
        state: u64,
    },
    /// It proposed, as a leader, a change of members.
    Configured {
        /// The slot.
        slot: u64,
    },
    /// Its state is that of a snapshot.
    Restored {
        /// The last slot that the snapshot covers.
        slot: u64,
        /// A fingerprint of the state.
        state: u64,
    },
}
