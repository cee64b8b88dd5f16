//! Everything happens at the asked rate, all at once, and nothing depends on anything else.
//!
//! Over a hundred thousand messages always; over a million with `--ignored`, in a second or so
//! when optimised.

use super::*;
use atropos::network::Bursts;

/// All faults at once, over `count` messages: each at its own rate.
fn rates(count: u64) {
    let stream = Stream { gap: US(150), ..Stream::of(count) };
    let links = LinkConfig {
        latency: Latency::Uniform { min: MS(1), max: MS(10) },
        loss: chance(0.02),
        duplicate: chance(0.03),
        corrupt: chance(0.01),
        reorder: chance(0.05),
        reorder_by: MS(50),
        // 100 µs for each message.
        bandwidth: Some(1_000_000),
        ..LinkConfig::default()
    };
    let notes = stream.over(links, Vec::new());
    let n = count as f64;
    let arriving = n * 0.98;
    let counters = &notes.counters;
    assert_eq!(counters.messages_sent, count);
    assert_binomial("lost", counters.messages_lost, n, 0.02);
    assert_binomial("duplicated", counters.messages_duplicated, arriving, 0.03);
    assert_binomial("corrupted", counters.messages_corrupted, arriving * 1.03, 0.01);
    let held = 0.97 * 0.05 + 0.03 * (1.0 - 0.95 * 0.95);
    assert_binomial("reordered", counters.messages_reordered, arriving, held);
    assert_eq!(counters.messages_queued, 0, "each is transmitted before the next is sent");

    let travel =
        |(arrived, packet): &(SimTime, Packet)| arrived.since(stream.sent(packet.number)).as_ms_f64();
    let all: Vec<f64> = notes.arrived.iter().map(travel).collect();
    let mean = all.iter().sum::<f64>() / all.len() as f64;
    assert_near("travel in ms", mean, 0.1 + 5.5 + 0.05 * 50.0, 0.01_f64.max(3.0 * 11.2 / 8.1 / n.sqrt()));
    // What was held back arrives after all that was not: its share of what arrives.
    let late = all.iter().filter(|ms| **ms > 50.0).count() as u64;
    assert_binomial("late", late, all.len() as f64, 0.05);
}

#[test]
fn each_rate_is_as_asked() {
    rates(100_000);
}

#[test]
#[ignore = "a million messages: the same, closer"]
fn each_rate_is_as_asked_over_a_million_messages() {
    rates(1_000_000);
}

/// Twice as many bytes as the link can take: it is full all the time, whatever the latency, and what the
/// buffer has no room for is lost.
fn throughput(count: u64) {
    for latency in [0, 50, 5_000] {
        let stream = Stream { gap: US(500), size: 1_000, ..Stream::of(count) };
        let full = LinkConfig { bandwidth: Some(1_000_000), ..constant(latency) };
        let notes = stream.over(full.clone(), Vec::new());
        let (first, last) = (notes.arrived[0].0, notes.arrived[notes.arrived.len() - 1].0);
        let bytes = (notes.arrived.len() - 1) as f64 * 1_000.0;
        let per_second = bytes / last.since(first).as_secs_f64();
        assert_near(&format!("bytes per second behind {latency} ms"), per_second, 1e6, 0.01);
        assert_eq!(notes.counters.messages_queued, count - 1);
        assert_eq!(notes.overtakes(), 0);

        let notes = stream.over(LinkConfig { buffer: Some(10_000), ..full }, Vec::new());
        let lost = notes.counters.messages_overflowed as f64;
        assert_near("share that overflows", lost / count as f64, 0.5, 0.01);
        let waited =
            notes.arrived.iter().map(|(at, packet)| at.since(stream.sent(packet.number)).as_ms_f64());
        let most = waited.fold(0.0, f64::max);
        assert!(most <= latency as f64 + 10.0, "no more than the buffer: {most} ms");
    }
}

#[test]
fn a_link_is_as_fast_as_its_bandwidth_whatever_its_latency() {
    throughput(20_000);
}

#[test]
#[ignore = "a million messages: the same, closer"]
fn a_link_is_as_fast_as_its_bandwidth_over_a_million_messages() {
    throughput(1_000_000);
}

/// A tenth of the time is bursts, in which 80 % is lost. Messages are a little longer apart than
/// the weather remembers (90 ms), which makes twice the variance of independent losses.
fn bursts(count: u64) {
    let bursts = Bursts { every: MS(900), lasts: MS(100), loss: chance(0.8) };
    let links = LinkConfig { bursts, ..constant(1) };
    let notes = Stream { gap: MS(100), ..Stream::of(count) }.over(links, Vec::new());
    let (n, p) = (count as f64, 0.08);
    let deviation = (2.0 * n * p * (1.0 - p)).sqrt();
    let lost = notes.counters.messages_lost_in_bursts as f64;
    println!("lost in bursts: {lost}, expected {} ± {deviation:.0}", n * p);
    assert!((lost - n * p).abs() < 3.0 * deviation, "{lost}, not {} ± {deviation}", n * p);
    assert_eq!(notes.counters.messages_lost, 0);
}

#[test]
fn bursts_lose_their_share() {
    bursts(100_000);
}

#[test]
#[ignore = "a million messages: the same, closer"]
fn bursts_lose_their_share_over_a_million_messages() {
    bursts(1_000_000);
}

/// Losses of bursts come together: the next message after a lost one is lost too, nearly as often as
/// the burst says.
#[test]
fn losses_in_bursts_come_together() {
    let bursts = Bursts { every: MS(900), lasts: MS(100), loss: chance(0.8) };
    let links = LinkConfig { bursts, ..constant(1) };
    let lost = Stream::of(200_000).over(links, Vec::new()).lost(Loss::Burst);
    let next = lost.windows(2).filter(|pair| pair[1].since(pair[0]) == MS(1)).count() as f64;
    let share = next / lost.len() as f64;
    // 0.8, if the burst does not end within the millisecond: e^(-1/100) of them do not.
    assert_near("lost after a loss", share, 0.8 * 0.99, 0.03);
}
