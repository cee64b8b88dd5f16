//! A fault switched on leaves all else as it was: the other fates of every message, and every draw
//! of every node.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use atropos::network::{Bursts, Effect};

const STREAM: Stream = Stream::of(20_000);

/// Some of everything that was there before.
fn base() -> LinkConfig {
    LinkConfig {
        latency: Latency::Uniform { min: MS(1), max: MS(10) },
        loss: chance(0.1),
        duplicate: chance(0.1),
        corrupt: chance(0.05),
        reorder: chance(0.05),
        reorder_by: MS(30),
        ..LinkConfig::default()
    }
}

/// The packets lost by chance; the delays of all copies of those that arrived, and what was drawn for
/// them, by number.
type Fates = (BTreeSet<SimTime>, BTreeMap<u64, (BTreeSet<SimDuration>, u64)>);

fn fates(notes: &Notes) -> Fates {
    let mut arrived = BTreeMap::new();
    for (now, packet) in &notes.arrived {
        let delays: &mut (BTreeSet<SimDuration>, u64) = arrived.entry(packet.number).or_default();
        delays.0.insert(now.since(STREAM.sent(packet.number)));
        delays.1 = packet.drawn;
    }
    (notes.lost(Loss::Chance).into_iter().collect(), arrived)
}

/// What arrives with a fault that loses some of it, or of its copies, arrives as it did without.
fn assert_loses_only(what: &str, notes: &Notes, least: usize) {
    let (before, after) = (fates(&STREAM.over(base(), Vec::new())), fates(notes));
    assert_eq!(before.0, after.0, "{what}: the same are lost by chance");
    let mut hit = 0;
    for (number, (delays, drawn)) in &before.1 {
        match after.1.get(number) {
            None => hit += 1,
            Some((others, other)) => {
                assert_eq!(drawn, other, "{what}: the node draws the same");
                assert!(others.is_subset(delays), "{what}: packet {number} took {others:?}, not {delays:?}");
                hit += usize::from(others.len() < delays.len());
            }
        }
    }
    assert!(after.1.keys().all(|number| before.1.contains_key(number)), "{what}: none arrives instead");
    assert!(hit >= least, "{what} has an effect: {hit}");
}

#[test]
fn losses_take_away_and_change_nothing_else() {
    let bursts = Bursts { every: MS(900), lasts: MS(100), loss: chance(0.5) };
    assert_loses_only("bursts", &STREAM.over(LinkConfig { bursts, ..base() }, Vec::new()), 500);
    let degrade = |effect| {
        let action = Action::Links { from: None, to: None, effect };
        STREAM.over(base(), vec![fault(MS(0), MS(100_000), action)])
    };
    assert_loses_only("degrade loss", &degrade(Effect::Lose(chance(0.1))), 500);
    assert_loses_only("degrade corrupt", &degrade(Effect::Corrupt(chance(0.1))), 500);
    // A buffer for one: what is sent while another is on the wire is lost. 100 bytes take 2 ms.
    let full = LinkConfig { bandwidth: Some(50_000), buffer: Some(0), ..base() };
    let notes = STREAM.over(full, Vec::new());
    let lost: BTreeSet<SimTime> = notes.lost(Loss::Chance).into_iter().collect();
    assert_eq!(lost, fates(&STREAM.over(base(), Vec::new())).0, "bandwidth: the same are lost by chance");
    assert!(notes.counters.messages_overflowed > 5_000);
}

/// Without it fewer things happen, and nothing else does.
#[test]
fn each_chance_taken_away_leaves_the_others() {
    let with = fates(&STREAM.over(base(), Vec::new()));
    let never = Probability::NEVER;
    let without = |links: LinkConfig| fates(&STREAM.over(links, Vec::new()));
    let undoubled = without(LinkConfig { duplicate: never, ..base() });
    let whole = without(LinkConfig { corrupt: never, ..base() });
    for other in [&undoubled, &whole, &without(LinkConfig { reorder: never, ..base() })] {
        assert_eq!(other.0, with.0, "the same are lost");
    }
    assert!(undoubled.1.iter().all(|(number, (delays, drawn))| {
        // Of a doubled packet the first copy may have been corrupted in both.
        with.1.get(number).is_some_and(|(all, other)| delays.is_subset(all) && drawn == other)
    }));
    assert!(with.1.iter().all(|(number, (delays, _))| delays.is_subset(&whole.1[number].0)));
    let lossless = without(LinkConfig { loss: never, ..base() });
    assert!(with.1.iter().all(|(number, delays)| lossless.1[number] == *delays));
}
