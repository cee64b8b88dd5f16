//! What a disk keeps, and what its faults make of it.

use super::*;
use crate::base::{
    Damaged, DiskError, Draw, JournalId, Latency, Probability, Seed, SimDuration, SimTime, Stream,
    StreamName, Ticket,
};

const LOG: JournalId = JournalId(0);
const NOW: SimTime = SimTime::ZERO;
const LATER: SimTime = SimTime::from_ns(1_000);
const MUCH_LATER: SimTime = SimTime::from_ns(1_000_000);

fn draws(seed: u64) -> Stream {
    Stream::new(Seed(seed), StreamName::Network)
}

fn sync(disk: &mut Disk<u64>) -> Vec<u64> {
    let mut stream = Stream::new(Seed(1), StreamName::Network);
    let mut tickets = Vec::new();
    disk.start_syncs(NOW, &Latency::ZERO, &mut stream, |_, _| ());
    disk.finish_sync(NOW, LOG, None, |ticket, _| tickets.push(ticket.0));
    tickets
}

fn records(disk: &mut Disk<u64>) -> Vec<Result<u64, Damaged>> {
    disk.recover().swap_remove(0).1
}

#[test]
fn a_sync_covers_what_waited_when_it_began() {
    let mut disk = Disk::new();
    disk.append(NOW, LOG, 10, Ticket(0));
    disk.append(NOW, LOG, 11, Ticket(1));
    let mut stream = Stream::new(Seed(1), StreamName::Network);
    let mut syncs = 0;
    disk.start_syncs(NOW, &Latency::ZERO, &mut stream, |_, _| syncs += 1);
    disk.append(NOW, LOG, 12, Ticket(2));
    disk.start_syncs(NOW, &Latency::ZERO, &mut stream, |_, _| syncs += 1);
    assert_eq!(syncs, 1, "one sync of a journal at a time");
    let mut tickets = Vec::new();
    disk.finish_sync(NOW, LOG, None, |ticket, _| tickets.push(ticket.0));
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
        disk.append(NOW, LOG, 0, Ticket(0));
        sync(&mut disk);
        (1..4).for_each(|i| disk.append(NOW, LOG, i, Ticket(i)));
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
        (0..3).for_each(|i| disk.append(NOW, LOG, i, Ticket(i)));
        disk.crash(&config, &mut stream);
        let first = records(&mut disk);
        let second = records(&mut disk);
        torn += usize::from(first.last() == Some(&Err(Damaged::Torn)));
        assert!(first.iter().rev().skip(1).all(Result::is_ok));
        assert!(second.iter().all(Result::is_ok));
    }
    assert!(torn > 10);
}

/// Of three records that were not synced none, one, two or three are left, each as likely; where one is lost,
/// the first is torn as often as asked.
#[test]
fn crashes_keep_each_prefix_alike_and_tear_as_often_as_asked() {
    const CRASHES: u64 = 200_000;
    let mut stream = Stream::new(Seed(7), StreamName::Network);
    let config = DiskConfig { torn: Probability::new(0.3).unwrap(), ..DiskConfig::default() };
    let (mut kept, mut torn) = ([0; 4], 0);
    for _ in 0..CRASHES {
        let mut disk = Disk::new();
        (0..3).for_each(|i| disk.append(NOW, LOG, i, Ticket(i)));
        let loss = disk.crash(&config, &mut stream);
        assert_eq!(loss.lost + loss.survived + loss.torn, 3);
        kept[loss.survived as usize] += 1;
        torn += loss.torn;
    }
    let is_rate = |hits: u64, tries: u64, p: f64| {
        (hits as f64 - tries as f64 * p).abs() < 3.0 * (tries as f64 * p * (1.0 - p)).sqrt()
    };
    assert!(kept.iter().all(|times| is_rate(*times, CRASHES, 0.25)), "{kept:?}");
    assert!(is_rate(torn, CRASHES - kept[3], 0.3), "{torn} of {}", CRASHES - kept[3]);
}

#[test]
fn a_replacement_is_all_or_nothing() {
    let mut stream = Stream::new(Seed(6), StreamName::Network);
    let mut outcomes = [false; 2];
    for _ in 0..50 {
        let mut disk = Disk::new();
        disk.append(NOW, LOG, 1, Ticket(0));
        sync(&mut disk);
        disk.replace(NOW, LOG, vec![8, 9], Ticket(1));
        disk.crash(&DiskConfig::default(), &mut stream);
        match records(&mut disk).as_slice() {
            [Ok(1)] => outcomes[0] = true,
            [Ok(8), Ok(9)] => outcomes[1] = true,
            other => panic!("half a replacement: {other:?}"),
        }
    }
    assert_eq!(outcomes, [true, true]);
}

type Told = Vec<(u64, Result<(), DiskError>)>;

/// A sync at `now`, which fails if it is to.
fn sync_at(disk: &mut Disk<u64>, now: SimTime, fails: bool, stream: &mut Stream) -> (Told, SyncEnd) {
    let mut told = Vec::new();
    disk.start_syncs(now, &Latency::ZERO, stream, |_, _| ());
    let fails: Option<&mut dyn Draw> = if fails { Some(stream) } else { None };
    let end = disk.finish_sync(now, LOG, fails, |ticket, result| told.push((ticket.0, result)));
    (told, end)
}

#[test]
fn a_failed_sync_is_told_and_no_later_one_brings_its_writes_back() {
    const FAILED: Result<(), DiskError> = Err(DiskError::SyncFailed);
    let mut stream = draws(7);
    let mut kept = [0u64; 3];
    for _ in 0..300 {
        let mut disk = Disk::new();
        disk.append(NOW, LOG, 1, Ticket(0));
        disk.append(NOW, LOG, 2, Ticket(1));
        let (told, end) = sync_at(&mut disk, NOW, true, &mut stream);
        assert_eq!((told, end), (vec![(0, FAILED), (1, FAILED)], SyncEnd::Failed { writes: 2 }));
        // The process has not heard yet.
        disk.append(NOW, LOG, 3, Ticket(2));
        assert_eq!(sync_at(&mut disk, NOW, false, &mut stream).0, [(2, FAILED)]);
        disk.mend();
        disk.append(NOW, LOG, 4, Ticket(3));
        assert_eq!(sync_at(&mut disk, NOW, false, &mut stream).0, [(3, Ok(()))]);
        let left = records(&mut disk);
        let prefix = left.len() - 1;
        assert_eq!(left, (1..=prefix as u64).chain([4]).map(Ok).collect::<Vec<_>>());
        kept[prefix] += 1;
    }
    // Each prefix is as likely: 100 of 300, within 3 sigma (8.2).
    assert!(kept.iter().all(|count| (76..=124).contains(count)), "{kept:?}");
}

#[test]
fn what_waits_behind_a_failed_sync_fails_with_it() {
    let mut stream = draws(7);
    let mut disk = Disk::new();
    disk.append(NOW, LOG, 1, Ticket(0));
    disk.start_syncs(NOW, &Latency::ZERO, &mut stream, |_, _| ());
    disk.append(NOW, LOG, 2, Ticket(1));
    let (told, end) = sync_at(&mut disk, NOW, true, &mut stream);
    assert_eq!((told.len(), end), (2, SyncEnd::Failed { writes: 2 }));
    assert!(!records(&mut disk).contains(&Ok(2)), "it was in no sync");
}

#[test]
fn so_many_syncs_fail_as_the_fault_says() {
    let mut disk = Disk::<u64>::new();
    disk.ail(Ailment::FailsSyncs(2), NOW);
    disk.ail(Ailment::FailsSyncs(2), NOW);
    let fails: Vec<bool> = (0..4).map(|_| disk.fails_sync()).collect();
    assert_eq!(fails, [true, true, false, false]);
}

#[test]
fn a_crash_takes_what_a_lying_disk_said_to_be_durable() {
    let mut stream = draws(3);
    let config = DiskConfig { torn: Probability::ALWAYS, ..DiskConfig::default() };
    for _ in 0..50 {
        let mut disk = Disk::new();
        disk.append(NOW, LOG, 1, Ticket(0));
        sync(&mut disk);
        disk.ail(Ailment::Lies, LATER);
        disk.append(NOW, LOG, 2, Ticket(1));
        disk.append(NOW, LOG, 3, Ticket(2));
        assert_eq!(sync(&mut disk), [1, 2], "acknowledged");
        assert!(!disk.is_whole(MUCH_LATER));
        disk.append(NOW, LOG, 4, Ticket(3));
        let loss = disk.crash(&config, &mut stream);
        assert_eq!(loss, CrashLoss { lost: 1, survived: 0, torn: 0, forgotten: 2 });
        assert_eq!(records(&mut disk), [Ok(1)]);
    }
}

#[test]
fn an_honest_sync_writes_what_a_lying_one_left() {
    let mut stream = draws(3);
    let mut disk = Disk::new();
    disk.ail(Ailment::Lies, LATER);
    disk.append(NOW, LOG, 1, Ticket(0));
    assert_eq!(sync(&mut disk), [0]);
    disk.append(LATER, LOG, 2, Ticket(1));
    assert_eq!(sync_at(&mut disk, LATER, false, &mut stream).0, [(1, Ok(()))], "each is told once");
    assert!(disk.is_whole(LATER));
    assert_eq!(disk.crash(&DiskConfig::default(), &mut stream).forgotten, 0);
    assert_eq!(records(&mut disk), [Ok(1), Ok(2)]);
}

#[test]
fn a_full_disk_refuses_in_order_and_keeps_what_it_has() {
    let mut stream = draws(3);
    let mut disk = Disk::new();
    disk.append(NOW, LOG, 1, Ticket(0));
    disk.ail(Ailment::Full, LATER);
    disk.append(NOW, LOG, 2, Ticket(1));
    disk.replace(NOW, LOG, vec![], Ticket(2));
    // There is room again, but the process does not know what it is missing.
    disk.append(LATER, LOG, 3, Ticket(3));
    let (told, end) = sync_at(&mut disk, LATER, false, &mut stream);
    let full = Err(DiskError::Full);
    assert_eq!(told, [(0, Ok(())), (1, full), (2, full), (3, full)]);
    assert_eq!(end, SyncEnd::Done { refused: 3 });
    disk.mend();
    disk.append(LATER, LOG, 4, Ticket(4));
    assert_eq!(sync_at(&mut disk, LATER, false, &mut stream).0, [(4, Ok(()))]);
    assert_eq!(records(&mut disk), [Ok(1), Ok(4)]);
}

#[test]
fn a_stalled_disk_ends_no_sync_until_it_is_over() {
    let mut stream = draws(3);
    let mut disk = Disk::new();
    disk.ail(Ailment::Stalled, LATER);
    disk.append(NOW, LOG, 1, Ticket(0));
    assert_eq!(sync_at(&mut disk, NOW, false, &mut stream), (vec![], SyncEnd::Stalled(LATER)));
    disk.append(NOW, LOG, 2, Ticket(1));
    let (told, _) = sync_at(&mut disk, LATER, false, &mut stream);
    assert_eq!(told, [(0, Ok(()))], "what came meanwhile waits for the next");
}

#[test]
fn slow_disks_take_so_much_longer_for_so_long() {
    let mut stream = draws(3);
    let by = SimDuration::from_ns(7);
    let mut takes = |now, ailments: &[Ailment]| {
        let mut disk = Disk::new();
        ailments.iter().for_each(|ailment| disk.ail(*ailment, LATER));
        disk.append(NOW, LOG, 1, Ticket(0));
        let mut takes = SimDuration::ZERO;
        let sync = Latency::Constant(SimDuration::from_ns(100));
        let slowed = disk.start_syncs(now, &sync, &mut stream, |_, it| takes = it);
        (takes.as_ns(), slowed)
    };
    let ten = Ailment::Slow { factor: 10, by: SimDuration::ZERO };
    assert_eq!(takes(NOW, &[]), (100, 0));
    assert_eq!(takes(NOW, &[ten]), (1_000, 1));
    assert_eq!(takes(NOW, &[ten, Ailment::Slow { factor: 1, by }]), (1_007, 1));
    assert_eq!(takes(LATER, &[ten]), (100, 0), "it is over");
}

/// Every record is as likely to rot: over 100,000 draws each of 10 within 3 sigma.
#[test]
fn rot_hits_every_durable_record_alike() {
    let mut stream = draws(11);
    let mut fresh = Disk::new();
    assert!(!fresh.rot(&mut stream), "nothing is there to rot");
    (0..10).for_each(|i| fresh.append(NOW, LOG, i, Ticket(i)));
    sync(&mut fresh);
    let mut hits = [0u64; 10];
    for _ in 0..100_000 {
        let mut disk = fresh.clone();
        assert!(disk.rot(&mut stream) && !disk.is_whole(NOW));
        let found = records(&mut disk);
        let place = found.iter().position(|record| *record == Err(Damaged::Corrupt)).unwrap();
        assert!(found.iter().filter(|record| record.is_err()).count() == 1);
        hits[place] += 1;
    }
    // sigma = sqrt(100,000 x 0.1 x 0.9) = 94.9.
    assert!(hits.iter().all(|hits| hits.abs_diff(10_000) < 285), "{hits:?}");
}

#[test]
fn a_lost_disk_is_a_replacement_until_something_is_on_it() {
    let mut disk = Disk::new();
    assert!(!disk.is_replacement());
    disk.append(NOW, LOG, 1, Ticket(0));
    sync(&mut disk);
    disk.lose();
    assert!(disk.is_replacement() && disk.recover().is_empty());
    disk.append(NOW, LOG, 2, Ticket(1));
    assert!(disk.is_replacement(), "a write that is not durable is none");
    sync(&mut disk);
    assert!(!disk.is_replacement());
}

/// What a crash tore was never said to be there, and is no sign of a life before it.
#[test]
fn a_torn_record_makes_no_disk_of_a_replacement() {
    let mut disk: Disk<u64> = Disk::new();
    disk.lose();
    disk.append(NOW, LOG, 1, Ticket(0));
    let torn = DiskConfig { torn: Probability::ALWAYS, ..DiskConfig::default() };
    let loss = (0..100).map(|seed| {
        let mut disk = disk.clone();
        (disk.crash(&torn, &mut draws(seed)), disk)
    });
    let (_, disk) = loss.into_iter().find(|(loss, _)| loss.torn == 1).unwrap();
    assert!(disk.is_replacement());
}
