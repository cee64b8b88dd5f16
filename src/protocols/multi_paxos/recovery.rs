//! What a node recovers from its disk.

use super::bugs::Bug;
use super::command::Slot;
use super::message::Record;
use super::node::MultiPaxos;
use super::slot_log::SlotLog;
use crate::base::Damaged;
use crate::monitor::SlotEvent;
use crate::process::Context;

impl MultiPaxos {
    /// Rebuilds promise, snapshot and log; how far the node knew what is chosen. `None` if a record is
    /// unreadable that may have been promised to someone.
    pub(super) fn recover(&mut self, records: Vec<Result<Record, Damaged>>) -> Option<Slot> {
        let mut known = Slot(0);
        for record in records {
            match record {
                Ok(record) => self.replay(record, &mut known),
                // It never became durable, so nobody was told of it: as if never written.
                Err(Damaged::Torn) => {}
                Err(Damaged::Corrupt) if self.has(Bug::IgnoresDamage) => {}
                Err(Damaged::Corrupt) => return None,
            }
        }
        self.seen = self.promised;
        Some(known)
    }

    fn replay(&mut self, record: Record, known: &mut Slot) {
        match record {
            Record::Promise { ballot } => self.promised = self.promised.max(ballot),
            Record::Accept { ballot, first, commands, chosen } => {
                self.promised = self.promised.max(ballot);
                for (i, command) in commands.as_slice().iter().enumerate() {
                    self.log.put(first.plus(i), ballot, *command);
                }
                *known = chosen.max(*known);
            }
            Record::Learn { first, commands, chosen } => {
                for (i, command) in commands.as_slice().iter().enumerate() {
                    let slot = first.plus(i);
                    let ballot = self.log.get(slot).map_or_else(Default::default, |(ballot, _)| ballot);
                    self.log.put(slot, ballot, *command);
                }
                *known = chosen.max(*known);
            }
            Record::Snapshot { snapshot, base } => {
                self.log = SlotLog::default();
                self.log.compact_to(base);
                *known = snapshot.last;
                self.restore(snapshot);
            }
            Record::Kept { accepted, chosen } => {
                for proposal in accepted.iter() {
                    self.log.put(proposal.slot, proposal.ballot, proposal.command);
                }
                *known = chosen.max(*known);
            }
        }
    }

    /// Goes on from what was recovered, of which all up to `known` is chosen.
    pub(super) fn resume(&mut self, known: Slot, ctx: &mut Context<Self>) {
        self.observe_restored(ctx);
        ctx.observe(SlotEvent::Promised { slot: 0, ballot: self.promised.number() });
        while self.applied < known
            && let Some((_, command)) = self.log.get(self.applied.next())
        {
            self.apply(command, ctx);
        }
        self.compact_if_long(ctx);
    }
}
