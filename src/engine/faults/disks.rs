//! What strikes disks, and what comes of it.

use std::hash::Hash;

use super::super::event::Event;
use super::super::node::Mood;
use super::super::observer::{DiskTrouble, Happening, Observer};
use super::super::world::World;
use crate::base::{Draw, JournalId, NodeId, SimDuration, StreamName};
use crate::process::Process;
use crate::storage::{Ailment, CrashLoss, SyncEnd};

impl<P: Process, C> World<P, C> {
    /// Something befalls a node's disk, whether the node is up or not.
    pub(super) fn ail<O: Observer<P>>(
        &mut self,
        node: NodeId,
        ailment: Ailment,
        lasts: Option<SimDuration>,
        observer: &mut O,
    ) {
        match ailment {
            Ailment::Rots => return self.rot(node, observer),
            Ailment::Lies => self.core.atlas.damage(node),
            Ailment::Stalled | Ailment::Slow { .. } | Ailment::FailsSyncs(_) | Ailment::Full => {}
        }
        let until = self.core.now + lasts.unwrap_or(SimDuration::ZERO);
        let state = &mut self.core.nodes[node.index()];
        state.writes.get().disk.ail(ailment, until);
        state.mood.set(Mood::SYNCS, true);
    }

    /// One of a node's durable records rots; nothing does where nothing is.
    fn rot<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        let mut draws = self.core.decisions.stream(StreamName::RottenRecord(node));
        let writes = self.core.nodes[node.index()].writes.if_any();
        if !writes.is_some_and(|writes| writes.disk.rot(&mut draws)) {
            self.core.counters.misses += 1;
            return;
        }
        self.core.atlas.damage(node);
        self.core.counters.records_rotted += 1;
        self.tell_trouble(node, DiskTrouble::Rotted, observer);
    }

    /// What chance does to a disk while its node is down.
    pub(super) fn rot_by_chance<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        let chance = self.core.disk.bit_rot;
        if chance.is_never() {
            return;
        }
        let hit = self.core.decisions.stream(StreamName::Rot(node)).chance(chance);
        if hit && self.may_be_damaged(node) {
            self.rot(node, observer);
        }
    }

    /// Takes away the disk of a node that is down.
    pub(super) fn lose_disk<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        self.core.nodes[node.index()].writes.get().disk.lose();
        self.core.atlas.lose(node);
        self.core.counters.disks_lost += 1;
        self.tell_trouble(node, DiskTrouble::Lost, observer);
    }

    /// What a crash took.
    pub(super) fn note_loss<O: Observer<P>>(&mut self, node: NodeId, loss: CrashLoss, observer: &mut O) {
        let CrashLoss { lost, survived, torn, forgotten } = loss;
        (lost, survived, torn).hash(&mut self.core.digest);
        self.core.counters.writes_lost += lost;
        self.core.counters.writes_torn += torn;
        if forgotten > 0 {
            forgotten.hash(&mut self.core.digest);
            self.core.atlas.lose(node);
            self.core.counters.writes_forgotten += forgotten;
            self.tell_trouble(node, DiskTrouble::Forgot { writes: forgotten }, observer);
        }
    }

    /// How a sync came to its end. `false` if it did not.
    pub(in crate::engine) fn note_sync<O: Observer<P>>(
        &mut self,
        node: NodeId,
        journal: JournalId,
        end: SyncEnd,
        observer: &mut O,
    ) -> bool {
        match end {
            SyncEnd::Done { refused: 0 } => {}
            SyncEnd::Done { refused } => {
                refused.hash(&mut self.core.digest);
                self.core.counters.writes_refused += refused;
                self.tell_trouble(node, DiskTrouble::Refused { writes: refused }, observer);
            }
            SyncEnd::Failed { writes } => {
                writes.hash(&mut self.core.digest);
                self.core.counters.syncs_failed += 1;
                self.core.counters.writes_failed += writes;
                self.tell_trouble(node, DiskTrouble::Failed { writes }, observer);
            }
            SyncEnd::Stalled(until) => {
                let incarnation = self.core.nodes[node.index()].incarnation;
                self.core.schedule(until, Event::Synced { node, journal, incarnation });
                self.core.counters.syncs_stalled += 1;
                self.tell_trouble(node, DiskTrouble::Stalled { until }, observer);
                return false;
            }
        }
        self.core.counters.syncs += 1;
        if self.core.atlas.is_damaged(node) {
            let now = self.core.now;
            let writes = self.core.nodes[node.index()].writes.if_any();
            if writes.is_some_and(|writes| writes.disk.is_whole(now)) {
                self.core.atlas.repair(node);
            }
        }
        true
    }

    fn tell_trouble<O: Observer<P>>(&self, node: NodeId, trouble: DiskTrouble, observer: &mut O) {
        observer.on_happening(self.core.now, &Happening::Disk { node, trouble });
    }
}
