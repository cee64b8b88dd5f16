//! Faults whose times are distributions: random processes with rates, durations and budgets, each on a
//! stream of its own.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{ClientId, DiskError, Latency, NodeId, Seed, SimDuration, SimTime, Ticket};
use atropos::engine::{Counters, Happening, Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, PartitionShape, When};
use atropos::network::Effect;
use atropos::process::{Boot, Context, Process, RequestId};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// A node that does nothing, and withdraws at once if its id says so.
#[derive(Clone, Debug)]
struct Idle {
    withdrawn: bool,
}

impl Process for Idle {
    type Config = Option<NodeId>;
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = u64;
    type Timer = ();

    fn start(withdrawn: &Option<NodeId>, _: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        Idle { withdrawn: Some(ctx.id()) == *withdrawn }
    }
    fn on_message(&mut self, _: NodeId, _: u64, _: &mut Context<Self>) {}
    fn on_timer(&mut self, (): (), _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
    fn takes_part(&self) -> bool {
        !self.withdrawn
    }
}

/// What struck, when, whom, for how long; and the most nodes that were down or frozen at once.
#[derive(Default)]
struct Log {
    strikes: Vec<(SimTime, &'static str, Vec<NodeId>, Option<SimDuration>)>,
    out: Vec<(NodeId, SimTime)>,
    most_out: usize,
}

impl Log {
    fn of(&self, verb: &str) -> Vec<&(SimTime, &'static str, Vec<NodeId>, Option<SimDuration>)> {
        self.strikes.iter().filter(|strike| strike.1 == verb).collect()
    }

    fn goes(&mut self, node: NodeId, at: SimTime, until: SimTime) {
        self.out.retain(|(other, end)| *other != node && *end > at);
        self.out.push((node, until));
        self.most_out = self.most_out.max(self.out.len());
    }
}

impl Observer<Idle> for Log {
    fn on_happening(&mut self, at: SimTime, happening: &Happening<Idle>) {
        match happening {
            Happening::Fault { action, targets, lasts } => {
                self.strikes.push((at, action.verb(), targets.to_vec(), *lasts));
            }
            Happening::Crashed { node, .. } => self.goes(*node, at, SimTime::MAX),
            Happening::Paused { node, lasts } => self.goes(*node, at, at + *lasts),
            Happening::Started { node, .. } => self.out.retain(|(other, _)| other != node),
            _ => {}
        }
    }
}

fn run(faults: Vec<Fault>, withdrawn: Option<NodeId>, seconds: u64) -> (Log, Counters) {
    let config = WorldConfig { faults, ..WorldConfig::new(Seed(1), 5) };
    let mut world: World<Idle> = World::new(config, withdrawn, Vec::new());
    let mut log = Log::default();
    let end = SimTime::ZERO + SimDuration::from_secs(seconds);
    assert!(world.run_until(end, u64::MAX, &mut log));
    (log, *world.counters())
}

fn tail(mean: u64) -> Latency {
    Latency::Exponential { min: SimDuration::ZERO, mean: MS(mean) }
}

/// Strikes `action` by chance, about every so many milliseconds, for about so many.
fn nemesis(action: Action, every: u64, lasts: u64) -> Fault {
    let when = When { first: None, every: Some(tail(every)), until: SimTime::MAX };
    Fault { when, action, lasts: Some(tail(lasts)), max_down: None }
}

/// A Poisson process: as many strikes as its rate says, gaps and durations as long as asked, within 3σ.
#[test]
fn a_nemesis_strikes_at_its_rate_for_as_long_as_asked() {
    let isolate = Action::Partition(PartitionShape::Isolate(Target::Random));
    let (log, counters) = run(vec![nemesis(isolate, 100, 40)], None, 4_000);
    let strikes = log.of("partition");
    let count = strikes.len() as f64;
    assert!((count - 40_000.0).abs() < 3.0 * 200.0, "{count}");
    let lasted: f64 = strikes.iter().map(|strike| strike.3.unwrap().as_ms_f64()).sum::<f64>() / count;
    assert!((lasted - 40.0).abs() < 3.0 * 40.0 / count.sqrt(), "{lasted}");
    // Of gaps without memory, as many are longer than the mean as e says.
    let long = strikes.windows(2).filter(|pair| pair[1].0.since(pair[0].0) > MS(100)).count() as f64;
    let share = libm::exp(-1.0);
    assert!((long - count * share).abs() < 3.0 * (count * share * (1.0 - share)).sqrt(), "{long}");
    for node in (0..5).map(NodeId) {
        let hit = strikes.iter().filter(|strike| strike.2 == [node]).count() as f64;
        assert!((hit - count / 5.0).abs() < 3.0 * (count * 0.16).sqrt(), "{node}: {hit}");
    }
    assert_eq!(counters.partitions, strikes.len() as u64);
}

/// What one nemesis does depends on no other.
#[test]
fn a_nemesis_has_a_stream_of_its_own() {
    let crash = nemesis(Action::Crash(Target::Random), 50, 20);
    let slow = Action::Links { from: Some(Target::Random), to: None, effect: Effect::Slow(MS(1)) };
    let (alone, _) = run(vec![crash.clone()], None, 60);
    let (beside, _) = run(vec![crash, nemesis(slow, 30, 30)], None, 60);
    assert!(alone.of("crash").len() > 1_000);
    assert_eq!(alone.of("crash"), beside.of("crash"));
    let slowed = beside.of("slow_link");
    assert!(slowed.len() > 1_500);
}

#[test]
fn no_more_are_out_than_the_budget_allows_whatever_takes_them_out() {
    let busy = |max_down| {
        [
            nemesis(Action::Crash(Target::Random), 20, 60),
            nemesis(Action::Pause(Target::Some(2)), 30, 60),
            nemesis(Action::CrashLoop { target: Target::Random, times: 3, up: MS(5) }, 40, 30),
        ]
        .map(|fault| Fault { max_down, ..fault })
        .to_vec()
    };
    let (log, counters) = run(busy(None), None, 100);
    assert_eq!(log.most_out, 5, "without a budget, sooner or later all are out");
    let (budgeted, bounded) = run(busy(Some(2)), None, 100);
    assert_eq!(budgeted.most_out, 2);
    assert!(bounded.crashes > 1_000 && bounded.pauses > 500, "{bounded:?}");
    assert!(bounded.crashes + bounded.pauses < counters.crashes + counters.pauses);
    // One that has withdrawn is out already; it may be hit itself.
    let (log, counters) = run(busy(Some(2)), Some(NodeId(3)), 100);
    assert!(counters.crashes > 500);
    let others = |out: &Log| out.strikes.iter().flat_map(|strike| &strike.2).any(|node| *node != NodeId(3));
    assert!(others(&log));
    assert_eq!(log.most_out, 2);
    let (none, counters) = run(busy(Some(0)), None, 10);
    assert_eq!((none.most_out, counters.crashes, counters.pauses), (0, 0, 0));
}

#[test]
fn a_rolling_restart_within_a_budget_goes_round_all_nodes() {
    let roll = Fault {
        when: When::once(SimTime::ZERO + MS(10)),
        action: Action::RollingRestart { target: Target::All, up: MS(5) },
        lasts: Some(MS(10).into()),
        max_down: Some(1),
    };
    let (log, counters) = run(vec![roll], None, 1);
    assert_eq!((counters.crashes_in_turn, log.most_out), (5, 1), "one at a time, and each in its turn");
}
