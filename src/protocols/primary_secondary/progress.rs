//! What a primary knows of each copy.

use std::sync::Arc;

use super::config::Config;
use super::snapshot::Snapshot;
use crate::base::SimTime;

/// What a primary knows of one copy.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    /// Which life of it this is about, counted from 1; 0 before it was heard.
    pub(super) life: u64,
    /// Whether it says that it holds all that it ever acknowledged.
    pub(super) is_whole: bool,
    /// Its log agrees with the primary's, as the form demands, up to here.
    pub(super) matched: u64,
    /// The next entry to send.
    pub(super) next: u64,
    pub(super) sending: Sending,
    /// How many entries may be on their way. It grows by a message with each answer that brings progress and falls
    /// back to one on a conflict, so that messages that overtake each other do not breed more of them.
    pub(super) window: u64,
    /// The latest read round that it has answered.
    pub(super) round: u64,
    /// Whether it has answered anything since the last push.
    pub(super) is_heard: bool,
    /// Not before then is it tried again to let it in.
    pub(super) not_before: SimTime,
}

/// How a primary sends to a copy.
#[derive(Clone, Debug)]
pub(super) enum Sending {
    /// It is still looking for where the logs agree: one message at a time, until one is answered.
    Probe,
    /// It sends ahead of the answers.
    Stream,
    /// The copy needs entries that are no longer kept: it gets a snapshot, piece by piece.
    Snapshot {
        /// Which.
        snapshot: Arc<Snapshot>,
        /// How many of its bytes have arrived.
        received: u64,
    },
}

impl Progress {
    /// Nothing is known of it yet; its log may agree up to `last`.
    pub(super) fn unknown(config: &Config, last: u64) -> Self {
        Progress {
            life: 0,
            is_whole: false,
            matched: 0,
            next: last + 1,
            sending: Sending::Probe,
            window: window_step(config),
            round: 0,
            is_heard: true,
            not_before: SimTime::ZERO,
        }
    }

    /// It lives for the how-manieth time: what was known of an earlier life does not hold. `false` if that is over.
    pub(super) fn lives(&mut self, life: u64, config: &Config, last: u64) -> bool {
        if life > self.life {
            *self = Progress { life, not_before: self.not_before, ..Progress::unknown(config, last) };
        }
        life == self.life
    }

    /// Whether the primary sends ahead of the answers.
    pub(super) fn streams(&self) -> bool {
        matches!(self.sending, Sending::Stream)
    }

    /// Entries sent and not acknowledged.
    pub(super) fn in_flight(&self) -> u64 {
        self.next.saturating_sub(self.matched + 1)
    }

    /// The log agrees up to `index`.
    pub(super) fn matches(&mut self, index: u64, config: &Config) {
        if index > self.matched {
            self.matched = index;
            self.window = (self.window + window_step(config)).min(config.max_in_flight);
        }
        self.next = self.next.max(self.matched + 1);
        let is_past = |snapshot: &Arc<Snapshot>| snapshot.last.index <= index;
        if !matches!(&self.sending, Sending::Snapshot { snapshot, .. } if !is_past(snapshot)) {
            self.sending = Sending::Stream;
        }
    }

    /// The logs do not agree before `next`.
    pub(super) fn backs_up(&mut self, next: u64, config: &Config) {
        (self.next, self.sending, self.window) = (next, Sending::Probe, window_step(config));
    }
}

/// The entries of one message, by which a window grows.
fn window_step(config: &Config) -> u64 {
    config.max_in_flight.min(config.max_entries as u64)
}
