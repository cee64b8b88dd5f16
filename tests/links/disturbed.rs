//! Clogs, slow links, degraded links; links that keep their own order; corruption that passes.

use super::*;
use atropos::base::keys::Target;
use atropos::faults::{MessageEffect, MessageVerb};
use atropos::network::{Effect, LinkOverride};

fn node(id: u32) -> Option<Target> {
    Some(Target::Nodes(vec![NodeId(id)]))
}

/// Something done to the link from node 0 to node 1.
fn disturb(effect: Effect) -> Action {
    Action::Links { from: node(0), to: node(1), effect }
}

#[test]
fn a_clog_stalls_what_is_on_the_link_and_what_enters_and_lets_it_go_in_order() {
    let links = LinkConfig { latency: Latency::Uniform { min: MS(1), max: MS(8) }, ..LinkConfig::default() };
    let stream = Stream::of(200);
    let calm = stream.over(links.clone(), Vec::new());
    let notes = stream.over(links, vec![fault(MS(50), MS(50), disturb(Effect::Clog))]);
    let within = |at: SimTime| at >= self::at(MS(50)) && at < self::at(MS(100));
    assert!(notes.arrived.iter().all(|(at, _)| !within(*at)), "nothing leaves");
    let expected: Vec<u64> = calm.numbers();
    assert_eq!(notes.numbers(), expected, "in the order in which they would have arrived");
    let stalled = calm.arrived.iter().filter(|(at, _)| within(*at)).count() as u64;
    assert_eq!(notes.counters.messages_clogged, stalled);
    let released = notes.arrived.iter().filter(|(now, _)| *now == at(MS(100))).count() as u64;
    assert!(stalled > 40 && released >= stalled, "{stalled} stalled, {released} released");
}

#[test]
fn what_arrives_at_the_very_end_of_a_clog_comes_after_what_waits() {
    // One arrives at each whole millisecond, so also when the clog ends.
    let notes = Stream::of(100).over(constant(5), vec![fault(MS(20), MS(20), disturb(Effect::Clog))]);
    assert_eq!(notes.numbers(), (0..100).collect::<Vec<u64>>());
    assert_eq!(notes.arrived.iter().filter(|(now, _)| *now == at(MS(40))).count(), 21);
}

#[test]
fn clogs_may_overlap_and_other_links_go_on() {
    let faults = vec![
        fault(MS(20), MS(20), disturb(Effect::Clog)),
        fault(MS(30), MS(30), disturb(Effect::Clog)),
        // The way back, on which nothing is sent.
        fault(MS(70), MS(10), Action::Links { from: node(1), to: None, effect: Effect::Clog }),
    ];
    let notes = Stream::of(100).over(constant(5), faults);
    assert_eq!(notes.numbers(), (0..100).collect::<Vec<u64>>());
    let quiet = |(now, _): &&(SimTime, Packet)| *now >= at(MS(20)) && *now < at(MS(60));
    assert_eq!(notes.arrived.iter().filter(quiet).count(), 0);
    assert_eq!(notes.counters.messages_clogged, 41, "those that arrive from 20 ms to 60 ms");
}

/// A clog that strikes again elsewhere while it lasts keeps nothing on the links that it leaves.
#[test]
fn a_clog_that_moves_on_lets_go_what_it_kept() {
    let mut clog =
        fault(US(10_500), MS(50), Action::Links { from: Some(Target::Next), to: None, effect: Effect::Clog });
    (clog.when.every, clog.when.until) = (Some(MS(20).into()), at(MS(60)));
    // Node 1 from 10.5 ms, node 0 from 30.5 ms, node 1 again from 50.5 ms.
    let notes = Stream::of(100).over(constant(5), vec![clog]);
    assert_eq!(notes.counters.messages_clogged, 20);
    assert_eq!(notes.numbers(), (0..100).collect::<Vec<u64>>());
}

#[test]
fn a_slow_link_adds_its_latency_while_it_lasts() {
    let slow = fault(US(50_500), MS(50), disturb(Effect::Slow(MS(30))));
    let notes = Stream::of(200).over(constant(5), vec![slow]);
    for (arrived, Packet { number, .. }) in &notes.arrived {
        let slowed = (50..100).contains(number);
        let expected = Stream::of(200).sent(*number) + MS(if slowed { 35 } else { 5 });
        assert_eq!(*arrived, expected, "packet {number}");
    }
    assert_eq!((notes.arrived.len(), notes.counters.messages_slowed), (200, 50));
}

/// Each degradation happens at its rate, within its window and nowhere else.
#[test]
fn a_degraded_link_is_as_bad_as_asked_while_it_lasts() {
    let stream = Stream { gap: US(100), ..Stream::of(200_000) };
    let n = 100_000.0;
    let degraded = |effect| {
        // From the packet 50,000 to the packet 149,999.
        let window = fault(US(5_000_050), US(10_000_000), disturb(effect));
        stream.over(constant(5), vec![window])
    };
    let inside = |number: u64| (50_000..150_000).contains(&number);
    let hits = |notes: &Notes| notes.counters.messages_degraded;

    let notes = degraded(Effect::Lose(chance(0.2)));
    assert_binomial("lost", hits(&notes), n, 0.2);
    assert_eq!((notes.lost(Loss::Degraded).len() as u64, notes.counters.messages_lost), (hits(&notes), 0));
    assert_eq!(notes.numbers().iter().filter(|number| !inside(**number)).count(), 100_000);

    let notes = degraded(Effect::Duplicate(chance(0.2)));
    assert_binomial("doubled", hits(&notes), n, 0.2);
    assert_eq!((notes.arrived.len() as u64, notes.counters.messages_duplicated), (200_000 + hits(&notes), 0));

    let notes = degraded(Effect::Corrupt(chance(0.2)));
    assert_binomial("corrupted", hits(&notes), n, 0.2);
    assert_eq!((notes.arrived.len() as u64, notes.counters.messages_corrupted), (200_000 - hits(&notes), 0));

    let notes = degraded(Effect::Reorder(chance(0.2), MS(3)));
    assert_binomial("held back", hits(&notes), n, 0.2);
    let late = |(now, packet): &&(SimTime, Packet)| *now == stream.sent(packet.number) + MS(8);
    let late: Vec<u64> = notes.arrived.iter().filter(late).map(|(_, packet)| packet.number).collect();
    assert!(late.iter().all(|number| inside(*number)));
    assert_eq!((late.len() as u64, notes.counters.messages_reordered), (hits(&notes), 0));
    assert!(notes.overtakes() > 10_000);

    // 100 bytes take 50 µs; then 80 µs.
    let wide = LinkConfig { bandwidth: Some(2_000_000), ..constant(5) };
    let narrow = fault(US(5_000_050), US(10_000_000), disturb(Effect::Narrow(1_250_000)));
    let notes = stream.over(wide, vec![narrow]);
    assert_eq!(hits(&notes), 100_000);
    for (now, Packet { number, .. }) in &notes.arrived {
        let takes = if inside(*number) { US(80) } else { US(50) };
        assert_eq!(*now, stream.sent(*number) + takes + MS(5), "packet {number}");
    }
}

/// Whichever of them is written first.
#[test]
fn what_befalls_a_message_befalls_its_copy() {
    let window = |effect| fault(US(50_500), MS(50), disturb(effect));
    let (slow, doubled) = (window(Effect::Slow(MS(30))), window(Effect::Duplicate(chance(1.0))));
    for faults in [vec![slow.clone(), doubled.clone()], vec![doubled, slow]] {
        let notes = Stream::of(200).over(constant(5), faults);
        let took = |at: &SimTime, number| at.since(Stream::of(200).sent(number));
        let slowed = |number: u64| (50..100).contains(&number);
        assert_eq!(notes.arrived.len(), 250);
        for (at, Packet { number, .. }) in &notes.arrived {
            assert_eq!(took(at, *number), MS(if slowed(*number) { 35 } else { 5 }), "packet {number}");
        }
    }
}

/// A message that chance has doubled is late with both copies.
#[test]
fn a_delay_delays_every_copy() {
    let effect = MessageEffect::Delay(MS(30));
    let verb = MessageVerb { message: None, from: None, to: None, nth: 1, count: 10, effect };
    let links = LinkConfig { duplicate: chance(1.0), ..constant(5) };
    let notes = Stream::of(10).over(links, vec![fault(US(1), MS(1), Action::Messages(verb))]);
    assert_eq!((notes.arrived.len(), notes.counters.messages_delayed), (20, 10));
    for (at, Packet { number, .. }) in &notes.arrived {
        assert_eq!(at.since(Stream::of(10).sent(*number)), MS(35), "packet {number}");
    }
}

#[test]
fn a_fault_that_strikes_again_while_it_lasts_does_not_add_up() {
    let mut slow = fault(US(10_500), MS(50), disturb(Effect::Slow(MS(30))));
    slow.when.every = Some(MS(20).into());
    slow.when.until = at(MS(60));
    let notes = Stream::of(200).over(constant(5), vec![slow]);
    // Strikes at 10.5, 30.5 and 50.5 ms; the last ends at 100.5 ms.
    assert_eq!(notes.counters.messages_slowed, 90);
    let latest =
        notes.arrived.iter().map(|(now, packet)| now.since(Stream::of(200).sent(packet.number))).max();
    assert_eq!(latest, Some(MS(35)));
}

#[test]
fn a_fifo_link_holds_back_what_is_behind_a_late_message() {
    let links = LinkConfig { reorder: chance(0.1), reorder_by: MS(10), ..constant(5) };
    let stream = Stream::of(1_000);
    let datagrams = stream.over(links.clone(), Vec::new());
    assert!(datagrams.overtakes() > 50, "{}", datagrams.overtakes());
    let fifo = |overrides: Vec<LinkOverride>, fifo| {
        stream
            .through(NetworkConfig { links: links.clone(), fifo, overrides, topology: None }, Vec::new())
            .overtakes()
    };
    let own = |fifo, to| LinkOverride { to: vec![NodeId(to)], fifo: Some(fifo), ..LinkOverride::default() };
    assert_eq!(fifo(vec![], true), 0);
    assert_eq!(fifo(vec![own(true, 1)], false), 0, "one link may differ");
    assert_eq!(fifo(vec![own(true, 0)], false), datagrams.overtakes(), "and another not");
    assert_eq!(fifo(vec![own(false, 1)], true), datagrams.overtakes());
}

#[test]
fn corruption_reaches_a_payload_that_has_no_checksum() {
    let links = LinkConfig { corrupt: chance(0.1), ..constant(5) };
    let stream = Stream { unchecked: true, ..Stream::of(10_000) };
    let notes = stream.over(links.clone(), Vec::new());
    let garbled = notes.arrived.iter().filter(|(_, packet)| packet.garbled).count() as u64;
    assert_binomial("garbled", garbled, 10_000.0, 0.1);
    assert_eq!((notes.arrived.len(), notes.counters.messages_corrupted), (10_000, garbled));
    let checked = Stream::of(10_000).over(links, Vec::new());
    assert_eq!(checked.lost(Loss::Corrupted).len() as u64, garbled, "the same are hit");
    assert!(checked.arrived.iter().all(|(_, packet)| !packet.garbled));
}
