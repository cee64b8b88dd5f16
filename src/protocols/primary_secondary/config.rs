//! The parameters of a cluster.

use super::bugs::{Bug, Bugs};
use crate::base::{NodeId, SimDuration};
use crate::replication::KvMachine;

/// The parameters of a cluster; the same on every node.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    /// How many nodes hold a copy: the first ones. The first of them begins as the primary.
    pub copies: u32,
    /// How many nodes behind them watch over the copies and agree on who is the primary. Without any, an operator does.
    pub supervisors: u32,
    /// What an acknowledgement promises.
    pub form: Form,
    /// How entries come to the secondaries.
    pub transport: Transport,
    /// Polling: the shortest wait of a secondary that has all there is …
    pub poll_min: SimDuration,
    /// … and the longest: each poll in vain doubles it.
    pub poll_max: SimDuration,
    /// The most entries in one message.
    pub max_entries: usize,
    /// Pushing: the most entries sent to a secondary that it has not acknowledged.
    pub max_in_flight: u64,
    /// How often a primary that pushes says that it is there; after so long in vain whoever asks asks again.
    pub push_interval: SimDuration,
    /// Semi-synchronous: how many secondaries must hold a write before it is acknowledged.
    pub acks: u32,
    /// Where they must hold it.
    pub ack_on: AckOn,
    /// Semi-synchronous: after so long without enough of them the primary falls back, or refuses.
    pub ack_timeout: SimDuration,
    /// Semi-synchronous: whether it falls back to asynchronous then, until enough have caught up.
    pub falls_back: bool,
    /// In-sync set: a secondary that holds a write back for so long is dropped from the set.
    pub follower_timeout: SimDuration,
    /// In-sync set: with fewer copies in it than these writes are refused.
    pub min_in_sync: u32,
    /// In-sync set: a secondary that lacks no more than so many entries is waited for: nothing that it needs is
    /// trimmed (the soft stop), …
    pub soft_lag: u64,
    /// … and one that lacks no more than so many is let in: no write is begun until it is (the hard stop).
    pub hard_lag: u64,
    /// How long a soft stop may last …
    pub soft_stop: SimDuration,
    /// … and how long a hard stop.
    pub hard_stop: SimDuration,
    /// How often a copy tells the supervisors that it is there.
    pub heartbeat_interval: SimDuration,
    /// How often the leading supervisor looks after the copies.
    pub supervision_interval: SimDuration,
    /// A copy that was heard within this is good enough to become the primary.
    pub ok_threshold: SimDuration,
    /// A primary that was not heard for so long is replaced.
    pub grace: SimDuration,
    /// A supervisor that has just been elected waits until it has heard all copies, but no longer than this.
    pub first_grace: SimDuration,
    /// The supervisors' group: the shortest time without a leader after which one stands for election …
    pub election_min: SimDuration,
    /// … and the longest.
    pub election_max: SimDuration,
    /// So many entries after the last snapshot the next is taken.
    pub snapshot_after: u64,
    /// So many entries before a snapshot's end are kept beside it, for secondaries that lag.
    pub log_keep: u64,
    /// The most bytes of a snapshot in one message.
    pub snapshot_chunk: u32,
    /// The most sessions that clients may have open.
    pub max_sessions: u32,
    /// Who answers reads, and how sure he must be.
    pub reads: ReadMode,
    /// The planted bugs that are on.
    pub bugs: Bugs,
}

/// What an acknowledgement promises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// The primary holds the write.
    Asynchronous,
    /// So do some of the secondaries.
    SemiSynchronous,
    /// So does every copy of the agreed set.
    InSync,
}

/// How entries come to the secondaries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// They ask for them.
    Poll,
    /// The primary sends them as they come.
    Push,
}

/// Where a secondary holds what it acknowledges.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AckOn {
    /// In memory, on its way to the disk.
    Memory,
    /// On its disk.
    Disk,
}

/// Who answers reads, and how sure he must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ReadMode {
    /// The primary, once it has made sure that it has not been replaced.
    Fenced,
    /// The primary, for all it knows.
    Primary,
    /// Any copy that believes to be in sync.
    InSync,
    /// Any copy.
    Any,
}

impl Default for Config {
    /// Three copies in sync, with three supervisors and the times of ArangoDB (3.12 and its documentation).
    fn default() -> Self {
        Config {
            copies: 3,
            supervisors: 3,
            form: Form::InSync,
            transport: Transport::Push,
            poll_min: SimDuration::from_ms(1_000),
            poll_max: SimDuration::from_ms(2_500),
            max_entries: 64,
            max_in_flight: 1_024,
            push_interval: SimDuration::from_ms(100),
            acks: 1,
            ack_on: AckOn::Disk,
            ack_timeout: SimDuration::from_secs(10),
            falls_back: false,
            follower_timeout: SimDuration::from_secs(3),
            min_in_sync: 1,
            soft_lag: 1_000,
            hard_lag: 64,
            soft_stop: SimDuration::from_secs(10),
            hard_stop: SimDuration::from_secs(1),
            heartbeat_interval: SimDuration::from_secs(1),
            supervision_interval: SimDuration::from_secs(1),
            ok_threshold: SimDuration::from_secs(5),
            grace: SimDuration::from_secs(15),
            first_grace: SimDuration::from_secs(55),
            election_min: SimDuration::from_secs(1),
            election_max: SimDuration::from_secs(5),
            snapshot_after: 10_000,
            log_keep: 1_000,
            snapshot_chunk: 65_536,
            max_sessions: KvMachine::SESSIONS as u32,
            reads: ReadMode::Fenced,
            bugs: Bugs::default(),
        }
    }
}

impl Config {
    /// All nodes, copies and supervisors.
    pub const fn nodes(&self) -> u32 {
        self.copies + self.supervisors
    }

    /// Whether `node` holds a copy.
    pub const fn is_copy(&self, node: NodeId) -> bool {
        node.0 < self.copies
    }

    /// Those who hold a copy.
    pub fn copies(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.copies).map(NodeId)
    }

    /// Those who watch over them.
    pub fn supervisors(&self) -> impl Iterator<Item = NodeId> + use<> {
        (self.copies..self.nodes()).map(NodeId)
    }

    /// How long whoever asks the supervisors' group waits for an answer before he asks the next.
    pub fn ask_retry(&self) -> SimDuration {
        self.heartbeat_interval.min(SimDuration::from_ms(500))
    }

    /// Of how many copies a supervisor must know how far they are, and that they take nothing from earlier epochs any
    /// more, before one of them can be taken for the freshest that has all that was acknowledged: one of them holds
    /// it, as the primary and `acks` secondaries did.
    pub const fn fenced_copies(&self) -> u32 {
        self.copies.saturating_sub(self.acks)
    }

    /// Whether an acknowledged write can be lost though everything went as it should.
    pub const fn loses(&self) -> bool {
        match self.form {
            Form::Asynchronous => true,
            Form::SemiSynchronous => {
                self.falls_back || matches!(self.ack_on, AckOn::Memory) || self.supervisors == 0
            }
            Form::InSync => false,
        }
    }

    /// Whether `bug` is switched on.
    #[inline]
    pub const fn has(&self, bug: Bug) -> bool {
        self.bugs.has(bug)
    }
}
