//! A fault that is switched on moves no draw but those of what it hits: two pairs of nodes talk, everything
//! of chance is on, and whatever befalls the first pair, the second lives through the same to the last draw.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{
    ClientId, DiskError, Draw, JournalId, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Ticket,
};
use atropos::clocks::{ClockConfig, Rate};
use atropos::engine::{Counters, Observer, World, WorldConfig};
use atropos::faults::{Action, ClockChange, Fault, MessageEffect, MessageVerb, PartitionShape, When};
use atropos::network::{Bursts, Effect, LinkConfig, NetworkConfig};
use atropos::process::{Boot, Context, Process, RequestId};
use atropos::storage::{Ailment, DiskConfig};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// Writes down a random word each millisecond, and sends it to its partner once it is durable.
#[derive(Clone, Debug)]
struct Partner;

/// What a node says: what it was told or found, and a word of its own or how sound that is.
type Said = (u64, u64);

impl Process for Partner {
    type Config = ();
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = u64;
    type Observation = Said;
    type Timer = ();

    fn start((): &(), mut boot: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        let found = boot.take(JournalId(0));
        ctx.observe((found.len() as u64, found.iter().filter(|record| record.is_err()).count() as u64));
        ctx.set_timer((), MS(1));
        Partner
    }
    fn on_message(&mut self, _: NodeId, message: u64, ctx: &mut Context<Self>) {
        let word = ctx.random().next_u64();
        ctx.observe((message, word));
    }
    fn on_timer(&mut self, (): (), ctx: &mut Context<Self>) {
        let word = ctx.random().next_u64();
        ctx.persist(word);
        ctx.send(NodeId(ctx.id().0 ^ 1), word);
        ctx.set_timer((), MS(1));
    }
    fn on_admin(&mut self, command: u64, ctx: &mut Context<Self>) {
        ctx.send(NodeId(ctx.id().0 ^ 1), command);
    }
    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        ctx.observe((write.0, u64::from(result.is_ok())));
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
}

/// All that nodes say, of each pair apart.
#[derive(Default)]
struct Pairs([Vec<(SimTime, NodeId, Said)>; 2]);

impl Observer<Partner> for Pairs {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, node: NodeId, said: &Said) {
        self.0[node.index() / 2].push((at, node, *said));
    }
}

fn chance(p: f64) -> Probability {
    Probability::new(p).unwrap()
}

/// Everything of chance at once, a random node that crashes now and then, and `fault` besides.
fn run(fault: Option<Fault>) -> (Pairs, Counters) {
    let crash = When { first: Some(SimTime::ZERO + MS(30)), every: Some(MS(70).into()), until: SimTime::MAX };
    let crash = Fault {
        when: crash,
        action: Action::Crash(Target::Random),
        lasts: Some(MS(9).into()),
        max_down: None,
    };
    let links = LinkConfig {
        latency: Latency::Uniform { min: MS(1), max: MS(4) },
        loss: chance(0.05),
        duplicate: chance(0.05),
        corrupt: chance(0.05),
        reorder: chance(0.05),
        bursts: Bursts { every: MS(100), lasts: MS(20), loss: chance(0.5) },
        bandwidth: Some(100_000),
        ..LinkConfig::default()
    };
    let sync = Latency::Uniform { min: MS(0), max: MS(3) };
    let config = WorldConfig {
        network: NetworkConfig { links, ..NetworkConfig::default() },
        disk: DiskConfig { sync, torn: chance(0.5), fail_sync: chance(0.02), bit_rot: chance(0.1) },
        clock: ClockConfig {
            offset: MS(5),
            drift: 1_000,
            drift_most: None,
            poll: Some(MS(50)),
            poll_error: MS(1),
        },
        service_time: SimDuration::from_us(20),
        faults: [crash].into_iter().chain(fault).collect(),
        admin: |text| text.parse().ok(),
        ..WorldConfig::new(Seed(1), 4)
    };
    let mut world: World<Partner> = World::new(config, (), Vec::new());
    let mut pairs = Pairs::default();
    assert!(world.run_until(SimTime::ZERO + MS(2_000), u64::MAX, &mut pairs));
    (pairs, *world.counters())
}

/// Every kind of fault of the schedule, each at the first pair or the links between them.
fn faults() -> Vec<Action> {
    let target = || Target::Nodes(vec![NodeId(1)]);
    let one = |id| Target::Nodes(vec![NodeId(id)]);
    let message = |effect| {
        let (from, to) = (Some(NodeId(0)), None);
        Action::Messages(MessageVerb { message: None, from, to, nth: 1, count: 10, effect })
    };
    let nodes = vec![
        Action::Crash(target()),
        Action::Restart(target()),
        Action::Pause(target()),
        Action::Replace(target()),
        Action::CrashLoop { target: target(), times: 3, up: MS(3) },
        Action::RollingRestart { target: Target::Nodes(vec![NodeId(0), NodeId(1)]), up: MS(3) },
        Action::SlowNode { target: target(), service_time: MS(2) },
        Action::Admin { command: "7".to_owned(), target: target() },
        message(MessageEffect::Drop),
        message(MessageEffect::Delay(MS(9))),
        message(MessageEffect::Duplicate),
        Action::Partition(PartitionShape::Isolate(target())),
        Action::Partition(PartitionShape::OneWay(one(0), one(1))),
        Action::Partition(PartitionShape::Groups(vec![vec![NodeId(0)], vec![NodeId(1)]])),
    ];
    let slow = Ailment::Slow { factor: 3, by: SimDuration::ZERO };
    let ailments =
        [Ailment::Stalled, slow, Ailment::FailsSyncs(2), Ailment::Lies, Ailment::Full, Ailment::Rots];
    let disks = ailments.map(|ailment| Action::Disk { ailment, target: target() });
    let half = chance(0.5);
    let effects = [
        Effect::Clog,
        Effect::Slow(MS(5)),
        Effect::Lose(half),
        Effect::Duplicate(half),
        Effect::Corrupt(half),
        Effect::Reorder(half, MS(5)),
        Effect::Narrow(5_000),
    ];
    let links = effects.map(|effect| Action::Links { from: Some(one(0)), to: Some(one(1)), effect });
    let drift = ClockChange::Drift(Rate(100_000_000));
    let changes = [ClockChange::Ahead(MS(5)), ClockChange::Back(MS(5)), drift, ClockChange::Stop];
    let clocks = changes.map(|change| Action::Clock { target: target(), change });
    nodes.into_iter().chain(disks).chain(links).chain(clocks).collect()
}

#[test]
fn whatever_befalls_one_pair_the_other_lives_through_the_same() {
    let (calm, _) = run(None);
    assert!(calm.0[1].len() > 5_000);
    for action in faults() {
        let name = format!("{action}");
        let when =
            When { first: Some(SimTime::ZERO + MS(50)), every: Some(MS(90).into()), until: SimTime::MAX };
        let (pairs, _) = run(Some(Fault { when, action, lasts: Some(MS(40).into()), max_down: None }));
        assert_eq!(calm.0[1], pairs.0[1], "{name} moves something elsewhere");
        assert!(calm.0[0] != pairs.0[0] || name == "restart", "{name} does nothing");
    }
}
