//! The acceptor: it promises, and accepts what it has not promised to refuse. Both are on its disk before
//! anybody hears of it.

use super::bugs::Bug;
use super::config::Learning;
use super::message::{Instance, Message, Record};
use super::node::Paxos;
use crate::base::{NodeId, Ticket};
use crate::monitor::SlotEvent;
use crate::process::Context;
use crate::replication::Ballot;

/// What an acceptor has said about an instance.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Acceptor {
    /// It accepts nothing in ballots before this one.
    pub(super) promised: Ballot,
    /// What it has accepted last, and in which ballot.
    pub(super) accepted: Option<(Ballot, i64)>,
}

/// What a node says to itself: it counts once it is durable.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unsynced {
    /// A promise to its own proposer, with what it had accepted.
    Promise { instance: Instance, ballot: Ballot, accepted: Option<(Ballot, i64)> },
    /// An acceptance, for its own learner.
    Acceptance { instance: Instance, ballot: Ballot, value: i64 },
}

impl Paxos {
    /// What it has said about `instance`.
    pub(super) fn acceptor(&mut self, instance: Instance) -> &mut Acceptor {
        self.acceptors.get_or_insert_with(instance, Acceptor::default)
    }

    /// The highest ballot that it has promised for `instance`.
    pub(super) fn promised(&self, instance: Instance) -> Ballot {
        self.acceptors.get(&instance).map_or(Ballot::NONE, |acceptor| acceptor.promised)
    }

    /// Phase 1b. A promise may be given again to whoever has it: the first answer may be lost.
    pub(super) fn on_prepare(
        &mut self,
        from: NodeId,
        instance: Instance,
        ballot: Ballot,
        ctx: &mut Context<Self>,
    ) {
        if let Some(value) = self.decision(instance) {
            ctx.send(from, Message::Learn { instance, value });
            return;
        }
        let acceptor = self.acceptor(instance);
        if ballot < acceptor.promised {
            let promised = acceptor.promised;
            ctx.send(from, Message::Nack { instance, ballot, promised });
            return;
        }
        let accepted = acceptor.accepted;
        if ballot > acceptor.promised {
            acceptor.promised = ballot;
            if !self.has(Bug::PromiseNotPersisted) {
                ctx.persist(Record::Promised { instance, ballot });
            }
            ctx.observe(SlotEvent::Promised { slot: Self::slot(instance), ballot: ballot.number() });
            self.make_way(instance, ballot, ctx);
        }
        ctx.send(from, Message::Promise { instance, ballot, accepted });
    }

    /// A promise to its own proposer, which no bug leaves unwritten: no ballot is used twice for its sake.
    /// `false` if it is refused, as only a ballot can be that was used before.
    pub(super) fn promise_itself(
        &mut self,
        instance: Instance,
        ballot: Ballot,
        ctx: &mut Context<Self>,
    ) -> bool {
        let acceptor = self.acceptor(instance);
        if ballot < acceptor.promised {
            return false;
        }
        acceptor.promised = ballot;
        let accepted = acceptor.accepted;
        let ticket = ctx.persist(Record::Promised { instance, ballot });
        self.unsynced.push_back((ticket, Unsynced::Promise { instance, ballot, accepted }));
        ctx.observe(SlotEvent::Promised { slot: Self::slot(instance), ballot: ballot.number() });
        true
    }

    /// Phase 2b, for a proposer elsewhere.
    pub(super) fn on_accept(
        &mut self,
        from: NodeId,
        instance: Instance,
        ballot: Ballot,
        value: i64,
        ctx: &mut Context<Self>,
    ) {
        if let Some(value) = self.decision(instance) {
            ctx.send(from, Message::Learn { instance, value });
            return;
        }
        let below = ballot < self.promised(instance) && !self.has(Bug::AcceptsBelowPromise);
        if below {
            let promised = self.promised(instance);
            ctx.send(from, Message::Nack { instance, ballot, promised });
        } else if self.acceptor(instance).accepted == Some((ballot, value)) {
            ctx.send(from, Message::Accepted { instance, ballot, value });
        } else {
            self.accept(instance, ballot, value, ctx);
            self.make_way(instance, ballot, ctx);
        }
    }

    /// Accepts `value`, writes that down and tells the learners.
    pub(super) fn accept(&mut self, instance: Instance, ballot: Ballot, value: i64, ctx: &mut Context<Self>) {
        let acceptor = self.acceptor(instance);
        acceptor.promised = acceptor.promised.max(ballot);
        acceptor.accepted = Some((ballot, value));
        let ticket = ctx.persist(Record::Accepted { instance, ballot, value });
        let slot = Self::slot(instance);
        ctx.observe(SlotEvent::Accepted { slot, ballot: ballot.number(), value: value as u64 });
        let proposer = ballot.owner().unwrap_or(self.id);
        if self.config.learning == Learning::All || proposer == self.id {
            self.unsynced.push_back((ticket, Unsynced::Acceptance { instance, ballot, value }));
        }
        let accepted = Message::Accepted { instance, ballot, value };
        match self.config.learning {
            Learning::All => self.others().for_each(|learner| ctx.send(learner, accepted)),
            Learning::Proposer if proposer != self.id => ctx.send(proposer, accepted),
            Learning::Proposer => {}
        }
    }

    /// One of its own writes is durable: what it said to itself counts.
    pub(super) fn on_written(&mut self, write: Ticket, ctx: &mut Context<Self>) {
        while let Some((ticket, said)) = self.unsynced.front().copied().filter(|(ticket, _)| *ticket <= write)
        {
            self.unsynced.pop_front();
            debug_assert!(ticket == write, "writes to one journal report in order");
            match said {
                Unsynced::Promise { instance, ballot, accepted } => {
                    self.on_promise(self.id, instance, ballot, accepted, ctx);
                }
                Unsynced::Acceptance { instance, ballot, value } => {
                    self.count(self.id, instance, ballot, value, ctx);
                }
            }
        }
    }

    /// Takes up a record of its disk.
    pub(super) fn replay(&mut self, record: Record) {
        let (Record::Promised { instance, ballot } | Record::Accepted { instance, ballot, .. }) = record;
        let acceptor = self.acceptor(instance);
        acceptor.promised = acceptor.promised.max(ballot);
        if let Record::Accepted { value, .. } = record {
            acceptor.accepted = Some((ballot, value));
        }
    }

    /// Says what it goes by now. An acceptance may be on the disk of which nobody was told before the crash; one
    /// that a later promise has overtaken counts for nobody any more.
    pub(super) fn observe_recovered(&mut self, instance: Instance, ctx: &mut Context<Self>) {
        let (slot, Acceptor { promised, accepted }) = (Self::slot(instance), *self.acceptor(instance));
        ctx.observe(match accepted.filter(|(ballot, _)| *ballot == promised) {
            Some((ballot, value)) => {
                SlotEvent::Accepted { slot, ballot: ballot.number(), value: value as u64 }
            }
            None => SlotEvent::Promised { slot, ballot: promised.number() },
        });
    }
}
