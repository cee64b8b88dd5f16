//! Faults of nodes and disks: each does what it says, at the rate that was asked for, and nothing
//! else. The process is a clerk, which shows all that its disk does to it.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{
    ClientId, DiskError, JournalId, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Ticket,
};
use atropos::engine::{Counters, DiskTrouble, Happening, Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, When};
use atropos::process::{Boot, BootKind, Context, Process, RequestId};
use atropos::storage::{Ailment, DiskConfig};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// Every millisecond each clerk writes down the next number and sends it to node 1 behind the barrier.
#[derive(Clone, Debug)]
struct Clerk {
    next: u64,
    ways: Ways,
}

/// How clerks work.
#[derive(Clone, Copy, Debug)]
struct Ways {
    /// Whether they replace what they have written, so that a journal has one record.
    compacts: bool,
    /// How many numbers a clerk writes in one life.
    most: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Said {
    Booted(BootKind, Vec<Option<u64>>),
    Told(u64, Result<(), DiskError>),
    Got(u64),
}
use Said::*;

impl Process for Clerk {
    type Config = Ways;
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = Said;
    type Timer = ();

    fn start(ways: &Ways, mut boot: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        let found: Vec<Option<u64>> = boot.take(JournalId(0)).into_iter().map(Result::ok).collect();
        let next = found.len() as u64;
        ctx.observe(Booted(boot.kind, found));
        ctx.set_timer((), MS(1));
        Clerk { next, ways: *ways }
    }
    fn on_message(&mut self, _: NodeId, message: u64, ctx: &mut Context<Self>) {
        ctx.observe(Got(message));
    }
    fn on_timer(&mut self, (): (), ctx: &mut Context<Self>) {
        if self.next < self.ways.most {
            if self.ways.compacts {
                ctx.compact(vec![self.next]);
            } else {
                ctx.persist(self.next);
            }
            if ctx.id() != NodeId(1) {
                ctx.send(NodeId(1), self.next);
            }
            self.next += 1;
            ctx.set_timer((), MS(1));
        }
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        ctx.observe(Told(write.0, result));
    }
}

/// Hears everything, with times in microseconds.
#[derive(Default)]
struct Ear {
    heard: Vec<(u64, u32, Said)>,
    trouble: Vec<(u64, u32, DiskTrouble)>,
    down: Vec<NodeId>,
    most_down: usize,
    crashes: Vec<(u64, u32)>,
}

impl Observer<Clerk> for Ear {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, node: NodeId, said: &Said) {
        self.heard.push((at.as_ns() / 1_000, node.0, said.clone()));
    }
    fn on_happening(&mut self, at: SimTime, happening: &Happening<Clerk>) {
        match happening {
            Happening::Disk { node, trouble } => self.trouble.push((at.as_ns() / 1_000, node.0, *trouble)),
            Happening::Crashed { node, .. } => {
                self.crashes.push((at.as_ns() / 1_000, node.0));
                self.down.push(*node);
                self.most_down = self.most_down.max(self.down.len());
            }
            Happening::Started { node, .. } => self.down.retain(|down| down != node),
            _ => {}
        }
    }
}

impl Ear {
    fn of(&self, node: u32) -> impl Iterator<Item = (u64, &Said)> {
        self.heard.iter().filter(move |(_, by, _)| *by == node).map(|(at, _, said)| (*at, said))
    }
    fn boots(&self, node: u32) -> Vec<(u64, BootKind, Vec<Option<u64>>)> {
        let boot = |(at, said): (u64, &Said)| match said {
            Booted(kind, found) => Some((at, *kind, found.clone())),
            _ => None,
        };
        self.of(node).filter_map(boot).collect()
    }
    fn got(&self) -> Vec<u64> {
        self.of(1).filter_map(|(_, said)| if let Got(it) = said { Some(*it) } else { None }).collect()
    }
}

fn strike(at: u64, action: Action, lasts: Option<u64>) -> Fault {
    Fault {
        when: When::once(SimTime::ZERO + MS(at)),
        action,
        lasts: lasts.map(|ms| MS(ms).into()),
        max_down: None,
    }
}

fn node(id: u32) -> Target {
    Target::Nodes(vec![NodeId(id)])
}

fn disk(ailment: Ailment, target: Target) -> Action {
    Action::Disk { ailment, target }
}

/// Two clerks, disks that take 0.1 ms and a network that takes 1 ms.
fn config(faults: Vec<Fault>) -> WorldConfig<Clerk> {
    let sync = Latency::Constant(SimDuration::from_us(100));
    WorldConfig { disk: DiskConfig { sync, ..DiskConfig::default() }, faults, ..WorldConfig::new(Seed(1), 2) }
}

const WAYS: Ways = Ways { compacts: false, most: u64::MAX };

fn run(world: WorldConfig<Clerk>, ways: Ways, ms: u64) -> (Ear, Counters) {
    let mut world: World<Clerk> = World::new(world, ways, Vec::new());
    let mut ear = Ear::default();
    assert!(world.run_until(SimTime::ZERO + MS(ms), u64::MAX, &mut ear));
    (ear, *world.counters())
}

/// The same with nobody listening: for rates.
fn count(world: WorldConfig<Clerk>, ways: Ways, ms: u64) -> Counters {
    let mut world: World<Clerk> = World::new(world, ways, Vec::new());
    assert!(world.run_until(SimTime::ZERO + MS(ms), u64::MAX, &mut ()));
    *world.counters()
}

/// Whether so many hits of so many tries are within 3 sigma of the probability.
fn is_rate(hits: u64, tries: u64, p: f64) -> bool {
    let (hits, tries) = (hits as f64, tries as f64);
    (hits - tries * p).abs() < 3.0 * (tries * p * (1.0 - p)).sqrt()
}

const SYNC_FAILED: Result<(), DiskError> = Err(DiskError::SyncFailed);
const FULL: Result<(), DiskError> = Err(DiskError::Full);

#[test]
fn a_stalled_disk_tells_nothing_until_it_is_over() {
    let (ear, counters) = run(config(vec![strike(10, disk(Ailment::Stalled, node(0)), Some(30))]), WAYS, 60);
    let stalled = |at| (10_000..40_000).contains(&at);
    assert!(!ear.of(0).any(|(at, said)| stalled(at) && matches!(said, Told(..))));
    assert!(ear.of(1).any(|(at, said)| stalled(at) && matches!(said, Told(..))), "the other's disk is sound");
    // What it says of the first waits behind the writes that came meanwhile.
    assert!(ear.of(0).any(|(at, said)| at == 40_100 && *said == Told(9, Ok(()))));
    assert_eq!(counters.syncs_stalled, 1, "one sync of a journal at a time");
    // Nothing is lost by it.
    assert_eq!(ear.got(), (0..ear.got().len() as u64).collect::<Vec<_>>());
}

#[test]
fn a_slow_disk_takes_so_many_times_as_long() {
    for (slow, takes) in [
        (Ailment::Slow { factor: 5, by: SimDuration::ZERO }, 500),
        (Ailment::Slow { factor: 1, by: SimDuration::from_us(200) }, 300),
    ] {
        let (ear, counters) = run(config(vec![strike(0, disk(slow, node(0)), Some(50))]), WAYS, 100);
        for (at, said) in ear.of(0).filter(|(_, said)| matches!(said, Told(..))) {
            let expected = if at < 50_000 { takes } else { 100 };
            assert_eq!(at % 1_000, expected, "{at}: {said:?}");
        }
        assert_eq!(counters.syncs_slowed, 49);
    }
}

#[test]
fn a_failed_sync_is_told_and_what_waited_for_it_never_leaves() {
    for instant in [false, true] {
        let mut world = config(vec![
            strike(10, disk(Ailment::FailsSyncs(2), node(0)), None),
            strike(30, Action::Crash(node(0)), Some(5)),
        ]);
        if instant {
            world.disk.sync = Latency::ZERO;
        }
        let (ear, counters) = run(world, WAYS, 60);
        let failed: Vec<&Said> =
            ear.of(0).map(|(_, said)| said).filter(|said| matches!(said, Told(_, Err(_)))).collect();
        assert_eq!(failed, [&Told(9, SYNC_FAILED), &Told(10, SYNC_FAILED)]);
        assert_eq!((counters.syncs_failed, counters.writes_failed), (2, 2));
        let got = ear.got();
        assert!(got.contains(&8) && !got.contains(&9) && !got.contains(&10) && got.contains(&11), "{got:?}");
        // What came after it is there; the failed may be or not.
        let (_, _, found) = &ear.boots(0)[1];
        assert!(found.contains(&Some(8)) && found.contains(&Some(11)), "{found:?}");
    }
}

/// What a process says when it hears of one does not wait for the others that failed with it.
#[test]
fn every_write_that_fails_with_a_sync_is_told() {
    let mut world = config(vec![strike(10, disk(Ailment::FailsSyncs(1), node(0)), None)]);
    world.disk.sync = Latency::Constant(SimDuration::from_us(5_500));
    let (ear, counters) = run(world, WAYS, 60);
    let failed = ear.of(0).filter(|(_, said)| matches!(said, Told(_, SYNC_FAILED))).count() as u64;
    assert_eq!((counters.syncs_failed, counters.writes_failed, failed), (1, 10, 10));
}

#[test]
fn syncs_fail_as_often_as_the_scenario_asks() {
    let mut world = config(vec![]);
    world.disk.fail_sync = Probability::new(0.1).unwrap();
    let counters = count(world, WAYS, 150_000);
    assert!(counters.syncs > 290_000);
    assert!(is_rate(counters.syncs_failed, counters.syncs, 0.1), "{counters:?}");
}

#[test]
fn a_full_disk_refuses_and_tells() {
    let (ear, counters) = run(config(vec![strike(10, disk(Ailment::Full, node(0)), Some(20))]), WAYS, 60);
    let refused = ear.of(0).filter(|(_, said)| matches!(said, Told(_, FULL))).count() as u64;
    assert_eq!((refused, counters.writes_refused), (20, 20));
    let kept: Vec<u64> = (0..9).chain(29..58).collect();
    assert_eq!(ear.got(), kept);
}

#[test]
fn what_a_lying_disk_said_to_be_durable_is_gone_after_a_crash() {
    let lies = strike(10, disk(Ailment::Lies, node(0)), Some(20));
    let crash = |at| strike(at, Action::Crash(node(0)), Some(5));
    let (ear, counters) = run(config(vec![lies.clone(), crash(25)]), WAYS, 60);
    // Node 1 got them, so they were said to be durable.
    assert!(ear.got().contains(&20));
    assert_eq!(ear.boots(0)[1].2, (0..9).map(Some).collect::<Vec<_>>());
    assert_eq!(counters.writes_forgotten, 15);
    assert!(ear.trouble.contains(&(25_000, 0, DiskTrouble::Forgot { writes: 15 })));
    // Once it is honest again the next sync makes up for it.
    let (ear, counters) = run(config(vec![lies, crash(40)]), WAYS, 60);
    assert_eq!(ear.boots(0)[1].2, (0..39).map(Some).collect::<Vec<_>>());
    assert_eq!(counters.writes_forgotten, 0);
}

#[test]
fn a_rotten_record_is_found_at_the_next_start_and_ever_after() {
    let crash = |at| strike(at, Action::Crash(node(0)), Some(5));
    let faults = vec![strike(10, disk(Ailment::Rots, node(0)), None), crash(20), crash(40)];
    let (ear, counters) = run(config(faults), WAYS, 60);
    let boots = ear.boots(0);
    let rotten = |boot: usize| boots[boot].2.iter().position(Option::is_none);
    assert!(rotten(1).is_some_and(|place| place < 9) && rotten(1) == rotten(2), "{boots:?}");
    assert_eq!(counters.records_rotted, 1);
}

#[test]
fn records_rot_as_often_as_the_scenario_asks() {
    let every = When { first: Some(SimTime::ZERO + MS(10)), every: Some(MS(10).into()), until: SimTime::MAX };
    let crash = Fault {
        when: every.clone(),
        action: Action::Crash(node(0)),
        lasts: Some(MS(1).into()),
        max_down: None,
    };
    let mut world = config(vec![crash]);
    world.disk.bit_rot = Probability::new(0.2).unwrap();
    let counters = count(world, Ways { compacts: true, ..WAYS }, 2_000_000);
    assert!(counters.crashes > 199_000);
    assert!(is_rate(counters.records_rotted, counters.crashes, 0.2), "{counters:?}");
}

#[test]
fn who_lost_its_disk_starts_as_a_replacement_until_it_has_written() {
    let idle = Ways { most: 5, ..WAYS };
    let faults = vec![
        strike(20, Action::Replace(node(0)), None),
        strike(20, Action::Crash(node(0)), Some(1)),
        strike(40, Action::Crash(node(0)), Some(1)),
        strike(60, Action::Replace(node(0)), Some(7)),
    ];
    let (ear, counters) = run(config(faults), idle, 100);
    let all: Vec<Option<u64>> = (0..5).map(Some).collect();
    let expected = [
        (0, BootKind::First, vec![]),
        (20_000, BootKind::Replacement, vec![]),
        (21_000, BootKind::Replacement, vec![]),
        (41_000, BootKind::Restart, all),
        (67_000, BootKind::Replacement, vec![]),
    ];
    assert_eq!(ear.boots(0), expected);
    assert_eq!(counters.disks_lost, 2);
}

#[test]
fn a_crash_loop_crashes_so_many_times() {
    let action = Action::CrashLoop { target: node(0), times: 3, up: MS(4) };
    let (ear, counters) = run(config(vec![strike(10, action, Some(6))]), WAYS, 100);
    assert_eq!(ear.crashes, [(10_000, 0), (20_000, 0), (30_000, 0)]);
    assert_eq!(ear.boots(0).iter().map(|boot| boot.0).collect::<Vec<_>>(), [0, 16_000, 26_000, 36_000]);
    assert_eq!((counters.crashes_in_loops, counters.crashes), (3, 3));
}

#[test]
fn a_rolling_restart_takes_down_each_node_and_one_at_a_time() {
    let action = Action::RollingRestart { target: Target::All, up: MS(4) };
    let world = WorldConfig { nodes: 5, ..config(vec![strike(10, action, Some(6))]) };
    let (ear, counters) = run(world, WAYS, 100);
    assert_eq!(ear.crashes, [(10_000, 0), (20_000, 1), (30_000, 2), (40_000, 3), (50_000, 4)]);
    assert_eq!((ear.most_down, counters.crashes_in_turn, counters.restarts), (1, 5, 5));
}

#[test]
fn all_lose_power_at_once_and_come_back_with_what_was_synced() {
    let world = WorldConfig { nodes: 5, ..config(vec![strike(10, Action::Crash(Target::All), Some(20))]) };
    let (ear, counters) = run(world, WAYS, 40);
    assert_eq!((ear.most_down, counters.crashes, counters.restarts), (5, 5, 5));
    for node in 0..5 {
        let boot = &ear.boots(node)[1];
        assert!(boot.0 == 30_000 && boot.2.len() >= 9 && boot.2.iter().all(Option::is_some), "{boot:?}");
    }
}

/// Each of the ten pairs of five nodes is as likely.
#[test]
fn so_many_by_chance_are_different_ones_and_all_alike() {
    let every = When { first: Some(SimTime::ZERO + MS(10)), every: Some(MS(10).into()), until: SimTime::MAX };
    let crash = Fault {
        when: every.clone(),
        action: Action::Crash(Target::Some(2)),
        lasts: Some(MS(1).into()),
        max_down: None,
    };
    let world = WorldConfig { nodes: 5, ..config(vec![crash]) };
    let (ear, counters) = run(world, Ways { most: 0, ..WAYS }, 200_005);
    assert_eq!((counters.crashes, ear.most_down), (40_000, 2));
    let mut pairs = [0u64; 25];
    for pair in ear.crashes.chunks_exact(2) {
        assert_eq!(pair[0].0, pair[1].0);
        pairs[(pair[0].1 * 5 + pair[1].1) as usize] += 1;
    }
    for (a, b) in (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b))) {
        assert!(is_rate(pairs[a * 5 + b], 20_000, 0.1), "{a} {b}: {pairs:?}");
    }
}

#[test]
fn a_slow_node_serves_one_thing_after_the_other_until_it_is_over() {
    // Nodes 0, 2, 3, 4 send to node 1 in each millisecond; it takes 2 ms for each.
    let slow = Action::SlowNode { target: node(1), service_time: MS(2) };
    let world = WorldConfig { nodes: 5, ..config(vec![strike(5, slow, Some(20))]) };
    let (ear, counters) = run(world, Ways { most: 40, ..WAYS }, 200);
    let got: Vec<u64> = ear.of(1).filter(|(_, said)| matches!(said, Got(_))).map(|(at, _)| at).collect();
    assert_eq!(got.len(), 160, "nothing is lost by it");
    let slow: Vec<u64> = got.iter().copied().filter(|at| (7_200..25_000).contains(at)).collect();
    assert!(slow.windows(2).all(|pair| pair[1] - pair[0] >= 2_000), "{slow:?}");
    let last = got.last().unwrap();
    assert!(*last < 45_000, "quick again, it catches up: {last}");
    assert!(counters.deliveries_slowed > 40);
}

/// Faults that pick their victims go no further than the protocol can bear; who is named is meant.
#[test]
fn the_atlas_bounds_those_who_are_picked_and_not_those_who_are_named() {
    let every = When { first: Some(SimTime::ZERO + MS(10)), every: Some(MS(1).into()), until: SimTime::MAX };
    let damaged = |action: Action| {
        let fault = Fault { when: every.clone(), action, lasts: Some(MS(1).into()), max_down: None };
        let world = WorldConfig { nodes: 5, damaged_most: 2, ..config(vec![fault]) };
        let mut hit: Vec<u32> = run(world, WAYS, 300).0.trouble.iter().map(|(_, node, _)| *node).collect();
        hit.sort_unstable();
        hit.dedup();
        hit.len()
    };
    for target in [Target::Random, Target::Minority, Target::Next, Target::Some(4)] {
        assert_eq!(damaged(disk(Ailment::Rots, target.clone())), 2, "{target:?}");
        assert_eq!(damaged(Action::Replace(target.clone())), 2, "{target:?}");
    }
    assert_eq!(damaged(disk(Ailment::Rots, Target::All)), 5);
    assert_eq!(damaged(Action::Replace(Target::Nodes(vec![NodeId(1), NodeId(2), NodeId(4)]))), 3);
}

/// A disk that was damaged and is whole again makes room for another.
#[test]
fn a_repaired_disk_counts_no_more() {
    let every = When { first: Some(SimTime::ZERO + MS(10)), every: Some(MS(7).into()), until: SimTime::MAX };
    let fault = Fault {
        when: every.clone(),
        action: disk(Ailment::Rots, Target::Random),
        lasts: None,
        max_down: None,
    };
    let world = WorldConfig { nodes: 5, damaged_most: 1, ..config(vec![fault]) };
    let hit = |ways| {
        let mut hit: Vec<u32> =
            run(world.clone(), ways, 1_000).0.trouble.iter().map(|(_, node, _)| *node).collect();
        hit.sort_unstable();
        hit.dedup();
        hit.len()
    };
    assert_eq!(hit(WAYS), 1, "nothing takes the rotten record away");
    assert_eq!(hit(Ways { compacts: true, ..WAYS }), 5, "each compaction does");
}

/// A chance that never comes true draws from a stream of its own: all else stays as it is.
#[test]
fn a_fault_of_chance_moves_no_other_draw() {
    let crash = |at| strike(at, Action::Crash(Target::Random), Some(5));
    let digest = |never: Probability| {
        let mut world = config(vec![crash(20), crash(40), crash(60)]);
        world.disk.sync = Latency::Uniform { min: MS(0), max: MS(3) };
        world.disk.torn = Probability::new(0.5).unwrap();
        (world.disk.fail_sync, world.disk.bit_rot) = (never, never);
        let mut world: World<Clerk> = World::new(world, WAYS, Vec::new());
        world.run_until(SimTime::ZERO + MS(500), u64::MAX, &mut ());
        world.digest()
    };
    let hardly_ever = Probability::new(1e-18).unwrap();
    assert!(!hardly_ever.is_never());
    assert_eq!(digest(Probability::NEVER), digest(hardly_ever));
    assert_ne!(digest(Probability::NEVER), digest(Probability::new(0.5).unwrap()));
}

/// Whatever is wrong with a node, it can crash meanwhile; and the same seed has the same fate.
#[test]
fn a_crash_in_the_midst_of_each_fault() {
    let slow = Ailment::Slow { factor: 100, by: MS(1) };
    let ailments =
        [Ailment::Stalled, slow, Ailment::FailsSyncs(9), Ailment::Lies, Ailment::Full, Ailment::Rots];
    let mut actions: Vec<Action> = ailments.iter().map(|ailment| disk(*ailment, Target::Random)).collect();
    actions.push(Action::SlowNode { target: Target::Random, service_time: MS(3) });
    actions.push(Action::Replace(Target::Random));
    actions.push(Action::CrashLoop { target: Target::Random, times: 2, up: MS(3) });
    for action in actions {
        for instant in [false, true] {
            let end = |seed| {
                let every = When {
                    first: Some(SimTime::ZERO + MS(10)),
                    every: Some(MS(23).into()),
                    until: SimTime::MAX,
                };
                let crashes = When { every: Some(MS(7).into()), ..every.clone() };
                let mut world = config(vec![
                    Fault {
                        when: every.clone(),
                        action: action.clone(),
                        lasts: Some(MS(15).into()),
                        max_down: None,
                    },
                    Fault {
                        when: crashes,
                        action: Action::Crash(Target::Random),
                        lasts: Some(MS(2).into()),
                        max_down: None,
                    },
                ]);
                world.seed = Seed(seed);
                if instant {
                    world.disk.sync = Latency::ZERO;
                }
                let mut world: World<Clerk> = World::new(world, WAYS, Vec::new());
                world.run_until(SimTime::ZERO + MS(1_000), u64::MAX, &mut ());
                assert!(world.counters().crashes > 50);
                world.digest()
            };
            assert_eq!(end(3), end(3), "{action:?}");
            assert_ne!(end(3), end(4), "{action:?}");
        }
    }
}
