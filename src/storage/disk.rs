//! A disk with journals.
//!
//! A write waits until a sync covers it. One sync of a journal runs at a time and
//! covers all that waited when it began (group sync), so a busy journal syncs no
//! more often than its latency allows. On a crash each journal keeps what was
//! synced and a random prefix of what was not: a sync under way may have got as
//! far as it likes, and so may the writes behind it, in the order they were made.

use crate::base::{Damaged, Draw, JournalId, Latency, SimDuration, Ticket};
use crate::storage::DiskConfig;

/// A node's disk.
#[derive(Clone, Debug)]
pub struct Disk<R> {
    journals: Vec<Journal<R>>,
}

#[derive(Clone, Debug)]
struct Journal<R> {
    id: JournalId,
    durable: Vec<Result<R, Damaged>>,
    /// Writes not yet durable, oldest first; the first `syncing` of them are in the running sync.
    pending: std::collections::VecDeque<(Ticket, Write<R>)>,
    syncing: usize,
}

#[derive(Clone, Debug)]
enum Write<R> {
    Append(R),
    Replace(Vec<R>),
}

/// What a crash took from a disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct CrashLoss {
    /// Writes that were not synced and are gone.
    pub lost: u64,
    /// Writes that were not synced and survived all the same.
    pub survived: u64,
    /// Writes that survived half.
    pub torn: u64,
}

impl<R: Clone> Disk<R> {
    /// An empty disk.
    pub fn new() -> Self {
        Disk { journals: Vec::new() }
    }

    /// Asks for `record` to be appended to `journal`.
    pub fn append(&mut self, journal: JournalId, record: R, ticket: Ticket) {
        self.journal(journal).pending.push_back((ticket, Write::Append(record)));
    }

    /// Asks for all records of `journal` to be replaced, atomically.
    pub fn replace(&mut self, journal: JournalId, records: Vec<R>, ticket: Ticket) {
        self.journal(journal).pending.push_back((ticket, Write::Replace(records)));
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
    /// `started` gets each journal and how long its sync takes.
    pub fn start_syncs(
        &mut self,
        sync: &Latency,
        draws: &mut impl Draw,
        mut started: impl FnMut(JournalId, SimDuration),
    ) {
        for journal in &mut self.journals {
            if journal.syncing == 0 && !journal.pending.is_empty() {
                journal.syncing = journal.pending.len();
                started(journal.id, sync.sample(draws));
            }
        }
    }

    /// The running sync of `journal` ends: what it covers is durable. `durable` gets the tickets in order.
    pub fn finish_sync(&mut self, journal: JournalId, mut durable: impl FnMut(Ticket)) {
        let journal = self.journal(journal);
        for _ in 0..std::mem::take(&mut journal.syncing) {
            let Some((ticket, write)) = journal.pending.pop_front() else { break };
            journal.apply(write);
            durable(ticket);
        }
    }

    /// The node crashes.
    pub fn crash(&mut self, config: &DiskConfig, draws: &mut impl Draw) -> CrashLoss {
        let mut loss = CrashLoss::default();
        for journal in &mut self.journals {
            let pending = std::mem::take(&mut journal.pending);
            journal.syncing = 0;
            if pending.is_empty() {
                continue;
            }
            let survivors = draws.below(pending.len() as u64 + 1);
            let torn = draws.chance(config.torn);
            for (i, (_, write)) in pending.into_iter().enumerate() {
                if (i as u64) < survivors {
                    journal.apply(write);
                    loss.survived += 1;
                } else if i as u64 == survivors && torn && matches!(write, Write::Append(_)) {
                    journal.durable.push(Err(Damaged::Torn));
                    loss.torn += 1;
                } else {
                    loss.lost += 1;
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
            self.journals.push(Journal { id, durable: Vec::new(), pending: Default::default(), syncing: 0 });
            self.journals.len() - 1
        });
        &mut self.journals[place]
    }
}

impl<R> Journal<R> {
    fn apply(&mut self, write: Write<R>) {
        match write {
            Write::Append(record) => self.durable.push(Ok(record)),
            Write::Replace(records) => self.durable = records.into_iter().map(Ok).collect(),
        }
    }
}

impl<R: Clone> Default for Disk<R> {
    fn default() -> Self {
        Disk::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Probability, Seed, Stream, StreamName};

    const LOG: JournalId = JournalId(0);

    fn sync(disk: &mut Disk<u64>) -> Vec<u64> {
        let mut stream = Stream::new(Seed(1), StreamName::Network);
        let mut tickets = Vec::new();
        disk.start_syncs(&Latency::ZERO, &mut stream, |_, _| ());
        disk.finish_sync(LOG, |ticket| tickets.push(ticket.0));
        tickets
    }

    fn records(disk: &mut Disk<u64>) -> Vec<Result<u64, Damaged>> {
        disk.recover().swap_remove(0).1
    }

    #[test]
    fn a_sync_covers_what_waited_when_it_began() {
        let mut disk = Disk::new();
        disk.append(LOG, 10, Ticket(0));
        disk.append(LOG, 11, Ticket(1));
        let mut stream = Stream::new(Seed(1), StreamName::Network);
        let mut syncs = 0;
        disk.start_syncs(&Latency::ZERO, &mut stream, |_, _| syncs += 1);
        disk.append(LOG, 12, Ticket(2));
        disk.start_syncs(&Latency::ZERO, &mut stream, |_, _| syncs += 1);
        assert_eq!(syncs, 1, "one sync of a journal at a time");
        let mut tickets = Vec::new();
        disk.finish_sync(LOG, |ticket| tickets.push(ticket.0));
        assert_eq!(tickets, [0, 1]);
        assert_eq!(sync(&mut disk), [2]);
        assert_eq!(records(&mut disk), [Ok(10), Ok(11), Ok(12)]);
    }

    #[test]
    fn a_crash_keeps_the_synced_and_a_prefix_of_the_rest() {
        let mut stream = Stream::new(Seed(5), StreamName::Network);
        let (mut kept_all, mut kept_none) = (false, false);
        for _ in 0..200 {
            let mut disk = Disk::new();
            disk.append(LOG, 0, Ticket(0));
            sync(&mut disk);
            (1..4).for_each(|i| disk.append(LOG, i, Ticket(i)));
            let loss = disk.crash(&DiskConfig::default(), &mut stream);
            let left = records(&mut disk);
            assert_eq!(left, (0..left.len() as u64).map(Ok).collect::<Vec<_>>(), "a prefix, in order");
            assert!(!left.is_empty(), "what was synced stays");
            assert_eq!(loss.survived + 1, left.len() as u64);
            kept_all |= loss.lost == 0;
            kept_none |= loss.survived == 0;
        }
        assert!(kept_all && kept_none);
    }

    #[test]
    fn a_torn_record_is_reported_once_and_last() {
        let mut stream = Stream::new(Seed(5), StreamName::Network);
        let config = DiskConfig { torn: Probability::ALWAYS, ..DiskConfig::default() };
        let mut torn = 0;
        for _ in 0..50 {
            let mut disk = Disk::new();
            (0..3).for_each(|i| disk.append(LOG, i, Ticket(i)));
            disk.crash(&config, &mut stream);
            let first = records(&mut disk);
            let second = records(&mut disk);
            torn += usize::from(first.last() == Some(&Err(Damaged::Torn)));
            assert!(first.iter().rev().skip(1).all(Result::is_ok));
            assert!(second.iter().all(Result::is_ok));
        }
        assert!(torn > 10);
    }

    #[test]
    fn a_replacement_is_all_or_nothing() {
        let mut stream = Stream::new(Seed(6), StreamName::Network);
        let mut outcomes = [false; 2];
        for _ in 0..50 {
            let mut disk = Disk::new();
            disk.append(LOG, 1, Ticket(0));
            sync(&mut disk);
            disk.replace(LOG, vec![8, 9], Ticket(1));
            disk.crash(&DiskConfig::default(), &mut stream);
            match records(&mut disk).as_slice() {
                [Ok(1)] => outcomes[0] = true,
                [Ok(8), Ok(9)] => outcomes[1] = true,
                other => panic!("half a replacement: {other:?}"),
            }
        }
        assert_eq!(outcomes, [true, true]);
    }
}
