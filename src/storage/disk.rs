//! A disk with journals.
//!
//! A write waits until a sync covers it. One sync of a journal runs at a time and
//! covers all that waited when it began (group sync), so a busy journal syncs no
//! more often than its latency allows. On a crash each journal keeps what was
//! synced and a random prefix of what was not: a sync under way may have got as
//! far as it likes, and so may the writes behind it, in the order they were made.
//!
//! When a sync fails, all that waits in its journal fails with it, and so does whatever is written
//! before the process has heard: the pages were dirty and are dropped. Some of what the sync
//! covered may be on the disk all the same, but no later sync brings the rest back: a process
//! that goes on has a hole in its journal (Rebello et al., "Can Applications Recover from fsync
//! Failures?", ATC 2020).

use std::collections::VecDeque;

use super::ailments::{Ailment, Ailments};
use crate::base::{Damaged, DiskError, Draw, JournalId, Latency, SimDuration, SimTime, Ticket};
use crate::storage::DiskConfig;

/// A node's disk.
#[derive(Clone, Debug)]
pub struct Disk<R> {
    journals: Vec<Journal<R>>,
    ailments: Option<Box<Ailments>>,
    /// Whether it stands in place of one that was lost.
    replaces: bool,
}

#[derive(Clone, Debug)]
struct Journal<R> {
    id: JournalId,
    durable: Vec<Result<R, Damaged>>,
    /// Writes not on the disk, oldest first: what a lying sync covered, what the running sync
    /// covers, and what waits for the next.
    pending: VecDeque<(Ticket, Write<R>)>,
    lied: usize,
    syncing: usize,
}

#[derive(Clone, Debug)]
enum Write<R> {
    Append(R),
    Replace(Vec<R>),
    /// It takes its place in the order of reports, and nothing more.
    Refused(DiskError),
}

/// What a crash took from a disk.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CrashLoss {
    /// Writes that were not synced and are gone.
    pub lost: u64,
    /// Writes that were not synced and survived all the same.
    pub survived: u64,
    /// Writes that survived half.
    pub torn: u64,
    /// Writes that a lying disk had said to be durable, and that are gone.
    pub forgotten: u64,
}

/// How a sync ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SyncEnd {
    /// What it covered is durable, or so the disk says; this many writes were refused before.
    Done {
        /// Writes that found the disk full.
        refused: u64,
    },
    /// It failed, and this many writes with it.
    Failed {
        /// Writes reported as failed.
        writes: u64,
    },
    /// It has not ended: the disk stalls until then.
    Stalled(SimTime),
}

impl<R: Clone> Disk<R> {
    /// An empty disk.
    pub fn new() -> Self {
        Disk { journals: Vec::new(), ailments: None, replaces: false }
    }

    /// Asks for `record` to be appended to `journal`.
    pub fn append(&mut self, now: SimTime, journal: JournalId, record: R, ticket: Ticket) {
        let write = self.refusal(now).map_or(Write::Append(record), Write::Refused);
        self.journal(journal).pending.push_back((ticket, write));
    }

    /// Asks for all records of `journal` to be replaced, atomically.
    pub fn replace(&mut self, now: SimTime, journal: JournalId, records: Vec<R>, ticket: Ticket) {
        let write = self.refusal(now).map_or(Write::Replace(records), Write::Refused);
        self.journal(journal).pending.push_back((ticket, write));
    }

    /// Appends `record` to `journal`, durable at once.
    pub fn append_durably(&mut self, journal: JournalId, record: R) {
        let journal = self.journal(journal);
        debug_assert!(journal.pending.is_empty(), "a write overtook another");
        journal.apply(Write::Append(record));
    }

    /// Replaces all records of `journal`, durable at once.
    pub fn replace_durably(&mut self, journal: JournalId, records: Vec<R>) {
        self.journal(journal).apply(Write::Replace(records));
    }

    /// Starts a sync of every journal that has writes waiting and none running.
    /// `started` gets each journal and how long its sync takes. How many take longer than they
    /// would on a sound disk.
    pub fn start_syncs(
        &mut self,
        now: SimTime,
        sync: &Latency,
        draws: &mut impl Draw,
        mut started: impl FnMut(JournalId, SimDuration),
    ) -> u64 {
        let mut slowed = 0;
        for journal in &mut self.journals {
            if journal.syncing == 0 && journal.pending.len() > journal.lied {
                journal.syncing = journal.pending.len() - journal.lied;
                let sound = sync.sample(draws);
                let takes = self.ailments.as_mut().map_or(sound, |ailments| ailments.slowed(now, sound));
                slowed += u64::from(takes > sound);
                started(journal.id, takes);
            }
        }
        slowed
    }

    /// The running sync of `journal` comes to its end. `told` gets the tickets of all writes whose
    /// fate is known by that, in order. `fails` is asked whether it fails by chance.
    pub fn finish_sync(
        &mut self,
        now: SimTime,
        journal: JournalId,
        fails: Option<&mut dyn Draw>,
        mut told: impl FnMut(Ticket, Result<(), DiskError>),
    ) -> SyncEnd {
        if let Some(until) = self.ailments.as_ref().and_then(|ailments| ailments.stalled(now)) {
            return SyncEnd::Stalled(until);
        }
        if let Some(draws) = fails {
            self.ailments.get_or_insert_default().broken = Some(DiskError::SyncFailed);
            return SyncEnd::Failed { writes: self.journal(journal).fail(draws, told) };
        }
        let lying = self.ailments.as_ref().is_some_and(|ailments| ailments.is_lying(now));
        let journal = self.journal(journal);
        let mut refused = 0;
        let mut tell = |ticket, write: &Write<R>| match write {
            Write::Refused(error) => {
                refused += u64::from(*error == DiskError::Full);
                told(ticket, Err(*error));
            }
            _ => told(ticket, Ok(())),
        };
        let covered = std::mem::take(&mut journal.syncing);
        if lying {
            let lied = journal.lied;
            journal.pending.range(lied..lied + covered).for_each(|(ticket, write)| tell(*ticket, write));
            journal.lied += covered;
        } else {
            // A sync that does not lie writes what an earlier one left.
            let lied = std::mem::take(&mut journal.lied);
            for place in 0..lied + covered {
                let Some((ticket, write)) = journal.pending.pop_front() else { break };
                if place >= lied {
                    tell(ticket, &write);
                }
                journal.apply(write);
            }
        }
        SyncEnd::Done { refused }
    }

    /// The node crashes.
    pub fn crash(&mut self, config: &DiskConfig, draws: &mut impl Draw) -> CrashLoss {
        let mut loss = CrashLoss::default();
        if let Some(ailments) = &mut self.ailments {
            ailments.broken = None;
        }
        for journal in &mut self.journals {
            let pending = std::mem::take(&mut journal.pending);
            journal.syncing = 0;
            let lied = std::mem::take(&mut journal.lied);
            if pending.is_empty() {
                continue;
            }
            let survivors = draws.below(pending.len() as u64 + 1);
            let torn = draws.chance(config.torn);
            // Nothing outlives what was written before it, and all of what a disk lied of is gone.
            let (survivors, torn) = if lied > 0 { (0, false) } else { (survivors, torn) };
            for (i, (_, write)) in pending.into_iter().enumerate() {
                match write {
                    Write::Refused(_) => {}
                    write if (i as u64) < survivors => {
                        journal.apply(write);
                        loss.survived += 1;
                    }
                    Write::Append(_) if i as u64 == survivors && torn => {
                        journal.durable.push(Err(Damaged::Torn));
                        loss.torn += 1;
                    }
                    _ if i < lied => loss.forgotten += 1,
                    _ => loss.lost += 1,
                }
            }
        }
        loss
    }

    /// Reads everything back, and cuts off what was torn once it is reported.
    pub fn recover(&mut self) -> Vec<(JournalId, Vec<Result<R, Damaged>>)> {
        let read = self.journals.iter().map(|journal| (journal.id, journal.durable.clone())).collect();
        for journal in &mut self.journals {
            journal.durable.retain(|record| !matches!(record, Err(Damaged::Torn)));
        }
        read
    }

    fn journal(&mut self, id: JournalId) -> &mut Journal<R> {
        let place = self.journals.iter().position(|journal| journal.id == id).unwrap_or_else(|| {
            self.journals.push(Journal::new(id));
            self.journals.len() - 1
        });
        &mut self.journals[place]
    }
}

/// What faults do to it.
impl<R> Disk<R> {
    /// `ailment` begins and is over at `until`. Records rot by [`rot`](Disk::rot).
    pub fn ail(&mut self, ailment: Ailment, until: SimTime) {
        self.ailments.get_or_insert_default().add(ailment, until);
    }

    /// All that is wrong with it ends. The journals with a running sync that was late for it.
    pub fn be_well(&mut self, now: SimTime) -> Vec<JournalId> {
        let Some(ailments) = &mut self.ailments else { return Vec::new() };
        let was_late = ailments.is_late(now);
        ailments.end(now);
        let waiting = self.journals.iter().filter(|journal| was_late && journal.syncing > 0);
        waiting.map(|journal| journal.id).collect()
    }

    /// Whether something is, or was, wrong with it: then no write is durable at once.
    pub fn is_ailing(&self) -> bool {
        self.ailments.is_some()
    }

    /// Whether no sync can end now.
    pub fn is_stalled(&self, now: SimTime) -> bool {
        self.ailments.as_ref().is_some_and(|ailments| ailments.stalled(now).is_some())
    }

    /// Whether the sync that comes to its end now fails because a fault says so.
    pub fn fails_sync(&mut self) -> bool {
        self.ailments.as_mut().is_some_and(|ailments| ailments.fails())
    }

    /// The process has heard that a write failed: what it writes from now on counts.
    pub fn mend(&mut self) {
        if let Some(ailments) = &mut self.ailments {
            ailments.broken = None;
        }
    }

    /// Damages one durable record, by chance. Whether there was one that was whole.
    pub fn rot(&mut self, draws: &mut impl Draw) -> bool {
        let whole =
            || self.journals.iter().flat_map(|journal| &journal.durable).filter(|record| record.is_ok());
        let count = whole().count() as u64;
        if count == 0 {
            return false;
        }
        let hit = draws.below(count) as usize;
        let records = self.journals.iter_mut().flat_map(|journal| &mut journal.durable);
        if let Some(record) = records.filter(|record| record.is_ok()).nth(hit) {
            *record = Err(Damaged::Corrupt);
        }
        true
    }

    /// All that is on it is lost; an empty one takes its place.
    pub fn lose(&mut self) {
        *self = Disk { journals: Vec::new(), ailments: None, replaces: true };
    }

    /// Whether it took the place of one that was lost, and nothing is on it yet but what a crash has
    /// torn: who starts from it starts as a replacement.
    pub fn is_replacement(&self) -> bool {
        let is_torn = |record: &Result<R, Damaged>| matches!(record, Err(Damaged::Torn));
        self.replaces && self.journals.iter().all(|journal| journal.durable.iter().all(is_torn))
    }

    /// Whether all that it ever said to be durable is on it and can be read.
    pub fn is_whole(&self, now: SimTime) -> bool {
        let lying = self.ailments.as_ref().is_some_and(|ailments| ailments.is_lying(now));
        let whole = |journal: &Journal<R>| journal.lied == 0 && journal.durable.iter().all(Result::is_ok);
        !lying && self.journals.iter().all(whole)
    }

    /// Why a write is refused now, if it is.
    fn refusal(&mut self, now: SimTime) -> Option<DiskError> {
        self.ailments.as_mut()?.refusal(now)
    }
}

impl<R> Journal<R> {
    fn new(id: JournalId) -> Self {
        Journal { id, durable: Vec::new(), pending: VecDeque::new(), lied: 0, syncing: 0 }
    }

    fn apply(&mut self, write: Write<R>) {
        match write {
            Write::Append(record) => self.durable.push(Ok(record)),
            Write::Replace(records) => self.durable = records.into_iter().map(Ok).collect(),
            Write::Refused(_) => {}
        }
    }

    /// The running sync fails, and all that waits with it: how many writes. A random prefix of what
    /// the sync covered is on the disk all the same, unless a lie lies before it.
    fn fail(&mut self, draws: &mut dyn Draw, mut told: impl FnMut(Ticket, Result<(), DiskError>)) -> u64 {
        let covered = std::mem::take(&mut self.syncing);
        let kept = draws.below(covered as u64 + 1) as usize;
        let kept = if self.lied > 0 { 0 } else { kept };
        let failed = self.pending.split_off(self.lied);
        let writes = failed.len() as u64;
        for (place, (ticket, write)) in failed.into_iter().enumerate() {
            let error = if let Write::Refused(error) = write { error } else { DiskError::SyncFailed };
            told(ticket, Err(error));
            if place < kept {
                self.apply(write);
            }
        }
        writes
    }
}

impl<R: Clone> Default for Disk<R> {
    fn default() -> Self {
        Disk::new()
    }
}
