//! What becomes of a node's writes: syncs start and end, the process hears of it, and what
//! waited behind the barrier leaves.

use super::host::NodeHost;
use super::node::{Item, Mood, Writes};
use super::observer::Observer;
use super::world::World;
use crate::base::{Draw, JournalId, NodeId, StreamName};
use crate::process::{Context, Process};

impl<P: Process, C> World<P, C> {
    /// A sync ends: what it covered is on the disk, and the process will hear of it.
    pub(super) fn synced<O: Observer<P>>(
        &mut self,
        node: NodeId,
        journal: JournalId,
        incarnation: u64,
        observer: &mut O,
    ) {
        let state = &mut self.core.nodes[node.index()];
        if state.incarnation != incarnation || !state.is_up() {
            return;
        }
        let now = self.core.now;
        let Writes { disk, told, .. } = state.writes.get();
        let decisions = &mut self.core.decisions;
        let chance = self.core.disk.fail_sync;
        // Each sync is asked once: one that stalls, when it is over.
        let mut by_chance =
            || !chance.is_never() && decisions.stream(StreamName::SyncFailures(node)).chance(chance);
        let fails = !disk.is_stalled(now) && (by_chance() || disk.fails_sync());
        let mut remains = decisions.stream(StreamName::SyncRemains(node));
        let fails: Option<&mut dyn Draw> = if fails { Some(&mut remains) } else { None };
        let before = told.len();
        let end = disk.finish_sync(now, journal, fails, |ticket, result| told.push_back((ticket, result)));
        let writes = (told.len() - before) as u64;
        if !self.note_sync(node, journal, end, observer) {
            return;
        }
        let state = &mut self.core.nodes[node.index()];
        // Whatever was written meanwhile goes into the next sync.
        state.mood.set(Mood::WROTE, true);
        self.core.start_syncs(node);
        self.deliver(node, Item::Durable { writes }, observer);
    }

    /// What every handler's end brings: syncs start; on an instant disk they end at once.
    #[inline(always)]
    pub(super) fn after_handler<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        let mood = self.core.nodes[node.index()].mood;
        if mood.has(Mood::WROTE.or(Mood::TOLD)) {
            if mood.has(Mood::WROTE) {
                self.core.start_syncs(node);
            } else {
                self.tell_durable(node, u64::MAX, observer);
            }
        }
    }

    /// Lets leave what no write holds back any more.
    fn release<O: Observer<P>>(&mut self, node: NodeId, observer: &mut O) {
        loop {
            let state = &mut self.core.nodes[node.index()];
            let barrier = &mut state.writes.get().barrier;
            state.mood.set(Mood::BARRED, barrier.is_raised());
            let Some(effect) = barrier.release() else { break };
            self.core.apply(node, effect, observer);
        }
    }

    /// Tells the process of up to `writes` writes whose fate is known, each after the effects that
    /// waited for it alone have left.
    pub(super) fn tell_durable<O: Observer<P>>(&mut self, node: NodeId, writes: u64, observer: &mut O) {
        for _ in 0..writes {
            let state = &mut self.core.nodes[node.index()];
            let writes = state.writes.get();
            let Some((ticket, result)) = writes.told.pop_front() else {
                state.mood.set(Mood::TOLD, false);
                break;
            };
            if result.is_err() {
                writes.fail(ticket);
            }
            if state.mood.has(Mood::BARRED) {
                writes.barrier.lower(ticket);
                self.release(node, observer);
            }
            let Some(process) = &mut self.processes[node.index()] else { break };
            let mut host = NodeHost { core: &mut self.core, observer, node };
            process.on_durable(ticket, result, &mut Context::new(&mut host));
        }
    }
}
