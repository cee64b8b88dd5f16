//! What comes of certain entries: the state machine, and answers to those who wait.

use super::bugs::Bug;
use super::config::{AckOn, Form};
use super::log::{Command, Entries, Entry};
use super::message::Record;
use super::replica::{Replica, Role};
use crate::base::Ticket;
use crate::monitor::{CopyEvent, LogEvent};
use crate::process::Context;
use crate::replication::{KvMachine, KvResponse, Session};

impl Replica {
    /// All up to `index` is certain: applies what is new.
    pub(super) fn commit_to(&mut self, index: u64, ctx: &mut Context<Self>) {
        self.commit = self.commit.max(index);
        while self.applied < self.commit {
            let Some(entry) = self.log.entry(self.applied + 1).copied() else { break };
            self.applied += 1;
            let answer = self.apply(&entry);
            if ctx.observing() {
                self.observe_applied(&entry, ctx);
            }
            if let Role::Primary(primary) = &mut self.role {
                primary.answer(self.applied, answer, ctx);
            }
        }
        self.compact_if_long(ctx);
    }

    /// Does what `entry` says; what to tell who asked for it.
    fn apply(&mut self, entry: &Entry) -> Option<KvResponse> {
        match &entry.command {
            Command::Begin => None,
            Command::OpenSession => Some(KvResponse::Opened(self.machine.open_session())),
            Command::Kv(command) if self.has(Bug::RepeatsCommands) => {
                Some(KvResponse::Done(self.machine.execute(command.op)))
            }
            Command::Kv(command) => match self.machine.apply(command) {
                Session::Answer(answer) => Some(KvResponse::Done(answer)),
                Session::GoneOn => None,
                Session::Ended => Some(KvResponse::SessionEnded),
            },
        }
    }

    fn observe_applied(&self, entry: &Entry, ctx: &mut Context<Self>) {
        let (index, term, state) = (self.applied, entry.epoch.0, self.machine.digest());
        ctx.observe(CopyEvent::Log(LogEvent::Applied { index, term, digest: entry.digest(), state }));
    }

    /// Tells the monitors of the entries from `first` on.
    pub(super) fn observe_appended(&self, first: u64, ctx: &mut Context<Self>) {
        if !ctx.observing() {
            return;
        }
        for (index, entry) in (first..).zip(self.log.slice(first, usize::MAX)) {
            let (term, digest) = (entry.epoch.0, entry.digest());
            ctx.observe(CopyEvent::Log(LogEvent::Appended { index, term, digest }));
        }
    }

    /// The state is that of nothing applied.
    pub(super) fn restart_machine(&mut self, ctx: &Context<Self>) {
        self.machine = KvMachine::new(self.config.max_sessions as usize, ctx.observing());
        (self.commit, self.applied) = (0, 0);
    }

    /// Keeps the log up to `index` only, and the state that comes of it.
    pub(super) fn cut(&mut self, index: u64, ctx: &mut Context<Self>) {
        if index < self.log.last().index {
            let covered = self.snapshot.as_ref().map_or(0, |snapshot| snapshot.last.index);
            if index < covered.max(self.log.base().index) {
                return self.forget(ctx);
            }
            self.replace_from(index + 1, &Entries::None, ctx);
        }
    }

    /// Puts `entries` at `first`, on the disk too, in place of whatever was there and behind.
    pub(super) fn replace_from(&mut self, first: u64, entries: &Entries, ctx: &mut Context<Self>) {
        self.log.replace_from(first, entries.as_slice());
        // What was written of the entries that are gone says nothing of those in their place.
        self.durable = self.durable.min(first - 1);
        for (_, last) in &mut self.writes {
            *last = (*last).min(first - 1);
        }
        let commit = self.commit.min(first - 1);
        let ticket = self.write(Record::Entries { first, entries: entries.clone(), commit }, ctx);
        self.note_write(ticket);
        self.observe_appended(first, ctx);
        self.roll_back(first - 1, ctx);
    }

    /// Writes `record` down; whether others hear of what it says before it is durable is the cluster's choice.
    fn write(&self, record: Record, ctx: &mut Context<Self>) -> Ticket {
        let is_secondary = matches!(self.role, Role::Secondary);
        let is_hasty = self.config.form == Form::SemiSynchronous && self.config.ack_on == AckOn::Memory;
        if is_secondary && is_hasty { ctx.write(record) } else { ctx.persist(record) }
    }

    /// The log does not hold any more what was applied behind `index`: the state is made anew, from the snapshot on.
    /// Only where acknowledged writes may be lost can that be.
    pub(super) fn roll_back(&mut self, index: u64, ctx: &mut Context<Self>) {
        if index >= self.applied {
            return;
        }
        self.restart_machine(ctx);
        if let Some(snapshot) = self.snapshot.clone() {
            self.restore(snapshot);
        }
        self.observe_restored(ctx);
        self.commit_to(index, ctx);
    }
}
