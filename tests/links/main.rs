//! Links do what they are asked to: a sender, a receiver, and a note of every message.

mod disturbed;
mod echo;
mod rates;
mod separate;
mod shapes;

use std::convert::Infallible;

use atropos::base::{
    ClientId, DiskError, Draw, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Ticket,
};
use atropos::engine::{Counters, Happening, Loss, Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, When};
use atropos::network::{LinkConfig, NetworkConfig};
use atropos::process::{Boot, Context, Payload, Process, RequestId};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;
const US: fn(u64) -> SimDuration = SimDuration::from_us;

fn at(duration: SimDuration) -> SimTime {
    SimTime::ZERO + duration
}

fn chance(p: f64) -> Probability {
    Probability::new(p).unwrap()
}

/// Within three standard deviations of a binomial count.
fn assert_binomial(what: &str, count: u64, of: f64, p: f64) {
    let (expected, deviation) = (of * p, (of * p * (1.0 - p)).sqrt());
    println!("{what}: {count}, expected {expected:.0} ± {deviation:.0}");
    assert!(
        (count as f64 - expected).abs() < 3.0 * deviation,
        "{what}: {count}, not {expected} ± {deviation}"
    );
}

/// Within `share` of what was asked.
fn assert_near(what: &str, value: f64, asked: f64, share: f64) {
    println!("{what}: {value:.6}, asked {asked:.6}");
    assert!((value / asked - 1.0).abs() < share, "{what}: {value}, not {asked}");
}

/// Node 0 sends `count` packets to each of the other nodes, one every `gap`.
#[derive(Clone, Copy, Debug)]
struct Stream {
    count: u64,
    gap: SimDuration,
    size: u32,
    /// Whether a corrupted packet passes for a whole one.
    unchecked: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Packet {
    number: u64,
    /// What its sender drew at random for it.
    drawn: u64,
    size: u32,
    unchecked: bool,
    garbled: bool,
}

impl Payload for Packet {
    fn size(&self) -> u32 {
        self.size
    }

    fn corrupt(&self, word: u64) -> Option<Self> {
        self.unchecked.then_some(Packet { garbled: true, drawn: word, ..*self })
    }
}

#[derive(Clone, Debug)]
struct Sender {
    stream: Stream,
    sent: u64,
}

impl Process for Sender {
    type Config = Stream;
    type Message = Packet;
    type Record = Infallible;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = ();
    type Timer = ();

    fn start(stream: &Stream, _: Boot<Infallible>, ctx: &mut Context<Self>) -> Self {
        if ctx.id() == NodeId(0) {
            ctx.set_timer((), stream.gap);
        }
        Sender { stream: *stream, sent: 0 }
    }

    fn on_timer(&mut self, (): (), ctx: &mut Context<Self>) {
        let Stream { count, gap, size, unchecked } = self.stream;
        let drawn = ctx.random().next_u64();
        let packet = Packet { number: self.sent, drawn, size, unchecked, garbled: false };
        ctx.send(NodeId(1), packet);
        self.sent += 1;
        if self.sent < count {
            ctx.set_timer((), gap);
        }
    }

    fn on_message(&mut self, _: NodeId, _: Packet, _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// What became of every packet.
#[derive(Default)]
struct Notes {
    /// Arrivals, in order.
    arrived: Vec<(SimTime, Packet)>,
    /// Losses, in order: when they were noticed, and why.
    lost: Vec<(SimTime, Loss)>,
    counters: Counters,
}

impl Observer<Sender> for Notes {
    fn on_happening(&mut self, now: SimTime, happening: &Happening<Sender>) {
        match happening {
            Happening::Message { message, .. } => self.arrived.push((now, **message)),
            Happening::Lost { why, .. } => self.lost.push((now, *why)),
            _ => {}
        }
    }
}

impl Notes {
    /// The numbers of the packets that arrived, in order.
    fn numbers(&self) -> Vec<u64> {
        self.arrived.iter().map(|(_, packet)| packet.number).collect()
    }

    /// When what was lost for this reason was lost.
    fn lost(&self, why: Loss) -> Vec<SimTime> {
        self.lost.iter().filter(|(_, other)| *other == why).map(|(at, _)| *at).collect()
    }

    /// How many packets arrived before one that was sent earlier.
    fn overtakes(&self) -> usize {
        self.numbers().windows(2).filter(|pair| pair[1] < pair[0]).count()
    }
}

impl Stream {
    /// `count` packets of 100 bytes, one each millisecond.
    const fn of(count: u64) -> Self {
        Stream { count, gap: SimDuration::from_ms(1), size: 100, unchecked: false }
    }

    /// When the packet of this number is sent.
    fn sent(&self, number: u64) -> SimTime {
        SimTime::from_ns((number + 1) * self.gap.as_ns())
    }

    /// Sends all over links like these under these faults.
    fn over(self, links: LinkConfig, faults: Vec<Fault>) -> Notes {
        self.through(NetworkConfig { links, ..NetworkConfig::default() }, faults)
    }

    fn through(self, network: NetworkConfig, faults: Vec<Fault>) -> Notes {
        let config = WorldConfig { network, faults, ..WorldConfig::new(Seed(1), 2) };
        let mut world: World<Sender> = World::new(config, self, Vec::new());
        let mut notes = Notes::default();
        let end = self.sent(self.count) + SimDuration::from_secs(3_600);
        assert!(world.run_until(end, u64::MAX, &mut notes));
        notes.counters = *world.counters();
        notes
    }
}

/// A fault at `from` that lasts `lasts`.
fn fault(from: SimDuration, lasts: SimDuration, action: Action) -> Fault {
    Fault { when: When::once(at(from)), action, lasts: Some(lasts.into()), max_down: None }
}

/// Links that take `ms` milliseconds and do nothing else.
fn constant(ms: u64) -> LinkConfig {
    LinkConfig { latency: Latency::Constant(MS(ms)), ..LinkConfig::default() }
}
