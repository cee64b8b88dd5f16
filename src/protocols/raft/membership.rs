//! Which members a node goes by.
//!
//! Configurations are entries of the log. Each takes effect as soon as it is there and goes with it
//! when a later leader truncates the log (dissertation, §4.1), or, as etcd has it, only once it is
//! applied. What a snapshot covers is remembered as the one that was in force at its end.

use super::config::Activation;
use super::entry::{Entry, LogIndex};
use crate::base::NodeId;
use crate::replication::{Configuration, NodeSet};

/// The configurations of a node's log, and which is in force.
#[derive(Clone, Debug)]
pub(super) struct Membership {
    /// In order of the log: first the one in force where the log begins.
    history: Vec<(LogIndex, Configuration)>,
    activation: Activation,
    active: Configuration,
    /// Everyone in the one in force or in the last of the log.
    everyone: NodeSet,
    /// Whether the last of the log is a joint one, or there is one that may not be certain.
    is_moving: bool,
}

impl Membership {
    /// These members from `index` on.
    pub(super) fn new(index: LogIndex, members: Configuration, activation: Activation) -> Self {
        let (history, active) = (vec![(index, members)], members);
        let mut membership =
            Membership { history, activation, active, everyone: NodeSet::NOBODY, is_moving: false };
        membership.refresh();
        membership
    }

    /// The one in force.
    #[inline]
    pub(super) fn active(&self) -> Configuration {
        self.active
    }

    /// Everyone in the one in force or in the last of the log.
    #[inline]
    pub(super) fn everyone(&self) -> NodeSet {
        self.everyone
    }

    /// Whether there may be something to do before the members are settled.
    #[inline]
    pub(super) fn is_moving(&self) -> bool {
        self.is_moving
    }

    fn refresh(&mut self) {
        let latest = self.latest().1;
        self.everyone = self.active.members().and(latest.members());
        self.is_moving = self.history.len() > 1 || latest.is_joint();
    }

    /// The last of the log, and where it stands.
    #[inline]
    pub(super) fn latest(&self) -> (LogIndex, Configuration) {
        self.history[self.history.len() - 1]
    }

    /// The last up to `index`, and where it stands.
    pub(super) fn as_of(&self, index: LogIndex) -> (LogIndex, Configuration) {
        let last = self.history.iter().rfind(|(at, _)| *at <= index);
        *last.unwrap_or(&self.history[0])
    }

    /// The log holds `entries` from `first` on.
    #[inline]
    pub(super) fn append(&mut self, first: LogIndex, entries: &[Entry]) {
        for (i, entry) in entries.iter().enumerate() {
            if let Some(members) = entry.configuration() {
                self.history.push((first.plus(i), members));
                if self.activation == Activation::Append {
                    self.active = members;
                }
                self.refresh();
            }
        }
    }

    /// The log ends before `first`: it goes by the members before again.
    #[inline]
    pub(super) fn truncate_from(&mut self, first: LogIndex) {
        while self.history.len() > 1 && self.latest().0 >= first {
            self.history.pop();
            if self.activation == Activation::Append {
                self.active = self.latest().1;
            }
            self.refresh();
        }
    }

    /// The configuration at `index` has been applied.
    pub(super) fn apply(&mut self, index: LogIndex) {
        if self.activation == Activation::Apply {
            self.active = self.as_of(index).1;
            self.refresh();
        }
    }

    /// The log begins behind `index`.
    pub(super) fn compact_to(&mut self, index: LogIndex) {
        let covered = self.history.iter().rposition(|(at, _)| *at <= index).unwrap_or(0);
        self.history.drain(..covered);
        self.refresh();
    }

    /// Whether `node` may stand for election: a voter, or one that is no longer, as long as that is not
    /// `commit`ted and so may be undone (dissertation, §4.2.2).
    pub(super) fn may_stand(&self, node: NodeId, commit: LogIndex) -> bool {
        let (at, members) = self.latest();
        self.active.votes(node)
            || (at > commit && !members.learners.contains(node) && self.as_of(commit).1.votes(node))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Command, Term};
    use super::*;

    fn members(count: u32) -> Configuration {
        Configuration::of(NodeSet::first(count))
    }

    fn entry(count: u32) -> Entry {
        Entry { term: Term(1), command: Command::Configure(members(count)) }
    }

    #[test]
    fn a_change_takes_effect_and_is_undone_with_its_entry() {
        let mut log = Membership::new(LogIndex(0), members(3), Activation::Append);
        log.append(LogIndex(5), &[entry(4)]);
        assert_eq!(log.active(), members(4));
        assert!(log.may_stand(NodeId(3), LogIndex(0)));
        log.truncate_from(LogIndex(5));
        assert_eq!(log.active(), members(3));
        log.truncate_from(LogIndex(0));
        assert_eq!(log.latest(), (LogIndex(0), members(3)), "where the log begins it is known");
    }

    #[test]
    fn a_change_that_must_be_applied_waits_for_it() {
        let mut log = Membership::new(LogIndex(0), members(3), Activation::Apply);
        log.append(LogIndex(5), &[entry(4), entry(5)]);
        assert_eq!(log.active(), members(3));
        log.apply(LogIndex(5));
        assert_eq!(log.active(), members(4));
        log.truncate_from(LogIndex(6));
        assert_eq!(log.active(), members(4));
    }

    #[test]
    fn what_a_snapshot_covers_is_remembered_as_it_ended() {
        let mut log = Membership::new(LogIndex(0), members(3), Activation::Append);
        log.append(LogIndex(5), &[entry(4), entry(5)]);
        log.compact_to(LogIndex(5));
        assert_eq!(log.as_of(LogIndex(5)), (LogIndex(5), members(4)));
        assert_eq!(log.latest(), (LogIndex(6), members(5)));
    }

    #[test]
    fn who_is_taken_out_may_stand_until_that_is_certain() {
        let mut log = Membership::new(LogIndex(0), members(3), Activation::Append);
        log.append(LogIndex(5), &[entry(2)]);
        assert!(log.may_stand(NodeId(2), LogIndex(4)));
        assert!(!log.may_stand(NodeId(2), LogIndex(5)));
        assert!(!log.may_stand(NodeId(3), LogIndex(4)));
    }
}
