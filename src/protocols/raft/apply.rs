//! What comes of committed entries: the state machine, and answers to those who wait.

use super::bugs::Bug;
use super::entry::{Command, Entry, LogIndex};
use super::node::{Raft, Role};
use super::snapshot::state_digest;
use crate::base::SimDuration;
use crate::monitor::LogEvent;
use crate::process::Context;
use crate::replication::{Configuration, KvCommand, KvResponse, Session};

impl Raft {
    /// Commits up to `index` and applies what is new.
    pub(super) fn commit_to(&mut self, index: LogIndex, ctx: &mut Context<Self>) {
        debug_assert!(index <= self.log.last_index(), "committed what is not there");
        self.commit = self.commit.max(index);
        while self.applied < self.commit {
            let next = self.applied.next();
            let Some(entry) = self.log.entry(next).copied() else { break };
            self.applied = next;
            let answer = self.apply(&entry, ctx);
            if ctx.observing() {
                self.observe_applied(&entry, ctx);
            }
            if let Role::Leader(leadership) = &mut self.role {
                leadership.answer(next, answer, ctx);
            }
        }
        self.answer_reads(ctx);
        self.compact_if_long(ctx);
    }

    /// Does what `entry` says; what to tell who asked for it.
    fn apply(&mut self, entry: &Entry, ctx: &Context<Self>) -> Option<KvResponse> {
        match &entry.command {
            Command::Noop => None,
            Command::Kv(command) => self.execute(command, ctx),
            Command::Read { key } => Some(KvResponse::Done(self.machine.read(*key))),
            Command::OpenSession => Some(KvResponse::Opened(self.machine.open_session())),
            Command::Configure(_) => {
                self.membership.apply(self.applied);
                None
            }
        }
    }

    fn execute(&mut self, command: &KvCommand, ctx: &Context<Self>) -> Option<KvResponse> {
        if self.has(Bug::RepeatsCommands) {
            return Some(KvResponse::Done(self.machine.execute(command.op)));
        }
        if self.has(Bug::SessionsByClock) && ctx.now().since(self.swept_at) > SimDuration::from_secs(1) {
            self.swept_at = ctx.now();
            self.machine.sessions.end_oldest();
        }
        match self.machine.apply(command) {
            Session::Answer(answer) => Some(KvResponse::Done(answer)),
            Session::GoneOn => None,
            Session::Ended => Some(KvResponse::SessionEnded),
        }
    }

    fn observe_applied(&self, entry: &Entry, ctx: &mut Context<Self>) {
        let (index, term) = (self.applied.0, entry.term.0);
        let members: Configuration = self.membership.as_of(self.applied).1;
        let state = state_digest(&self.machine, &members);
        ctx.observe(LogEvent::Applied { index, term, digest: entry.digest(), state });
    }

    /// Tells the monitors of the entries from `first` on, which came when all up to `commit` was certain.
    pub(super) fn observe_appended(&self, first: LogIndex, commit: LogIndex, ctx: &mut Context<Self>) {
        if !ctx.observing() {
            return;
        }
        for (i, entry) in self.log.slice(first, usize::MAX).iter().enumerate() {
            let index = first.plus(i).0;
            ctx.observe(LogEvent::Appended { index, term: entry.term.0, digest: entry.digest() });
            if entry.configuration().is_some() {
                ctx.observe(LogEvent::Configured { index, committed: commit.0 });
            }
        }
    }
}
