//! What a leader knows of each node.

use std::sync::Arc;

use super::config::RaftConfig;
use super::entry::LogIndex;
use super::snapshot::Snapshot;

/// What a leader knows of one node.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// The log agrees with the leader's, durably, up to here.
    pub(super) matched: LogIndex,
    /// The next entry to send.
    pub(super) next: LogIndex,
    pub(super) sending: Sending,
    /// How many entries may be on their way. It grows by a message with each answer that
    /// brings progress and falls back to one on a conflict: where messages overtake each
    /// other, every one that comes early conflicts, and sending a full window anew for
    /// each would breed more of them without end.
    pub(super) window: u64,
    /// The latest read round that it has answered.
    pub(super) round: u64,
    /// Whether it has answered anything since the last heartbeat.
    pub(super) is_heard: bool,
    /// How many heartbeats in a row it has not answered.
    pub(super) silence: u32,
}

/// How a leader sends to a node.
#[derive(Clone, Debug)]
pub(super) enum Sending {
    /// The leader is still looking for where the logs agree: one message at a time, until one is answered.
    Probe,
    /// It sends ahead of the answers.
    Stream,
    /// The node needs entries that are no longer kept: it gets a snapshot, piece by piece.
    Snapshot {
        /// Which.
        snapshot: Arc<Snapshot>,
        /// How many of its bytes have arrived.
        received: u64,
    },
}

impl Progress {
    /// Nothing is known of it yet; its log may agree up to `last`.
    pub(super) fn unknown(config: &RaftConfig, last: LogIndex) -> Self {
        Progress {
            matched: LogIndex(0),
            next: last.next(),
            sending: Sending::Probe,
            window: config.window_step(),
            round: 0,
            is_heard: true,
            silence: 0,
        }
    }

    /// Whether the leader sends ahead of the answers.
    #[inline]
    pub(super) fn streams(&self) -> bool {
        matches!(self.sending, Sending::Stream)
    }

    /// The next heartbeat goes out.
    pub(super) fn count_silence(&mut self) {
        self.silence = if std::mem::take(&mut self.is_heard) { 0 } else { self.silence.saturating_add(1) };
    }

    /// Entries sent and not acknowledged.
    #[inline]
    pub(super) fn in_flight(&self) -> u64 {
        self.next.0 - self.matched.next().0
    }
}
