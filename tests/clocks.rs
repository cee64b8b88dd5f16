//! Clocks that are wrong: timers follow them, and nothing else does.

use atropos::base::keys::Target;
use atropos::base::{ClientId, Draw, NodeId, Seed, SimDuration, SimTime, Ticket};
use atropos::clocks::{ClockConfig, Rate};
use atropos::engine::{Counters, Observer, World, WorldConfig};
use atropos::faults::{Action, ClockChange, Fault, When};
use atropos::process::{Boot, Context, DiskError, Payload, Process, RequestId};

fn ms(ms: u64) -> SimDuration {
    SimDuration::from_ms(ms)
}

fn at(ms: u64) -> SimTime {
    SimTime::ZERO + self::ms(ms)
}

/// Holds a lease: node 0 for a second from when it starts; node 1 takes it over half a second
/// later, as the first must know by then that it has run out.
#[derive(Clone, Debug)]
struct Leaseholder;

/// Nothing is ever sent.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
struct Nothing;

impl Payload for Nothing {
    fn size(&self) -> u32 {
        0
    }

    fn kind(&self) -> &'static str {
        "Nothing"
    }
}

/// Whether a node holds the lease from now on, what its clock shows, and a word of its stream.
type Says = (bool, SimTime, u64);

impl Process for Leaseholder {
    type Config = ();
    type Message = Nothing;
    type Record = Nothing;
    type Request = Nothing;
    type Response = Nothing;
    type Admin = Nothing;
    type Observation = Says;
    type Timer = u8;

    fn start((): &(), _: Boot<Nothing>, ctx: &mut Context<Self>) -> Self {
        let first = ctx.id() == NodeId(0);
        ctx.set_timer(0, if first { ms(1_000) } else { ms(1_500) });
        let word = ctx.random().next_u64();
        ctx.observe((first, ctx.now(), word));
        Leaseholder
    }

    fn on_timer(&mut self, _: u8, ctx: &mut Context<Self>) {
        let word = ctx.random().next_u64();
        ctx.observe((ctx.id() != NodeId(0), ctx.now(), word));
    }

    fn on_message(&mut self, _: NodeId, _: Nothing, _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, _: Nothing, _: &mut Context<Self>) {}
    fn on_admin(&mut self, _: Nothing, _: &mut Context<Self>) {}
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// All that the nodes said, with when they did.
#[derive(Default)]
struct Listener(Vec<(NodeId, SimTime, Says)>);

impl Observer<Leaseholder> for Listener {
    fn listens(&self) -> bool {
        true
    }

    fn on_observation(&mut self, at: SimTime, node: NodeId, says: &Says) {
        self.0.push((node, at, *says));
    }
}

fn run(clock: ClockConfig, faults: Vec<Fault>) -> (Vec<(NodeId, SimTime, Says)>, Counters) {
    let config = WorldConfig { clock, faults, ..WorldConfig::new(Seed(3), 2) };
    let mut world: World<Leaseholder> = World::new(config, (), Vec::new());
    let mut listener = Listener::default();
    world.run_until(at(60_000), u64::MAX, &mut listener);
    (listener.0, *world.counters())
}

fn fault(node: u32, at_ms: u64, change: ClockChange, lasts: Option<u64>) -> Fault {
    let action = Action::Clock { target: Target::Nodes(vec![NodeId(node)]), change };
    Fault { when: When::once(at(at_ms)), action, lasts: lasts.map(|by| ms(by).into()), max_down: None }
}

/// When the timer of `node` fired, and what its clock showed.
fn fired(said: &[(NodeId, SimTime, Says)], node: u32) -> (SimTime, SimTime) {
    let of: Vec<_> = said.iter().filter(|(who, ..)| *who == NodeId(node)).collect();
    let (_, at, (_, shown, _)) = of[1];
    (*at, *shown)
}

/// How long both held the lease.
fn overlap(said: &[(NodeId, SimTime, Says)]) -> SimDuration {
    fired(said, 0).0.since(fired(said, 1).0)
}

#[test]
fn a_lease_is_held_twice_only_by_a_clock_that_is_wrong() {
    let two = |faults| overlap(&run(ClockConfig::default(), faults).0);
    assert_eq!(two(vec![]), SimDuration::ZERO);
    // Half a second of margin is not enough for any of these.
    assert_eq!(two(vec![fault(0, 100, ClockChange::Stop, Some(900))]), ms(400));
    assert_eq!(two(vec![fault(0, 600, ClockChange::Back(ms(600)), None)]), ms(100));
    assert_eq!(two(vec![fault(1, 600, ClockChange::Ahead(ms(800)), None)]), ms(300));
    assert_eq!(two(vec![fault(0, 0, ClockChange::Drift(Rate(-500_000_000)), None)]), ms(500));
}

#[test]
fn timers_follow_the_clock_through_every_bend() {
    let (said, counters) = run(
        ClockConfig::default(),
        vec![
            // Half a second at half the speed, then 200 ms ahead: 250 + 200 are shown at 500 ms.
            fault(0, 0, ClockChange::Drift(Rate(-500_000_000)), Some(500)),
            fault(0, 500, ClockChange::Ahead(ms(200)), None),
            fault(0, 700, ClockChange::Stop, Some(5_000)),
        ],
    );
    // 650 are shown at 700 ms and until 5,700 ms; 350 are missing then.
    assert_eq!(fired(&said, 0), (at(6_050), at(1_000)));
    assert_eq!(fired(&said, 1), (at(1_500), at(1_500)), "the other's clock is true");
    assert_eq!((counters.clocks_drifted, counters.clocks_stepped, counters.clocks_stopped), (1, 1, 1));
    assert_eq!(counters.misses, 0);
}

#[test]
fn a_clock_by_which_no_timer_is_set_is_no_effect() {
    let late = vec![fault(0, 5_000, ClockChange::Ahead(ms(200)), None)];
    let counters = run(ClockConfig::default(), late).1;
    assert_eq!((counters.clocks_stepped, counters.misses, counters.timers_skewed), (0, 1, 0));
}

#[test]
fn wrong_clocks_move_no_draw_of_anything_else() {
    let words = |clock| -> Vec<u64> {
        let (said, _) = run(clock, vec![]);
        let mut by_node = said;
        by_node.sort_by_key(|(node, at, _)| (*node, *at));
        by_node.into_iter().map(|(_, _, (_, _, word))| word).collect()
    };
    let wrong = ClockConfig {
        offset: ms(70),
        drift: 400_000,
        drift_most: None,
        poll: Some(ms(300)),
        poll_error: ms(5),
    };
    assert_eq!(words(ClockConfig::default()), words(wrong));
    assert!(run(wrong, vec![]).1.timers_skewed > 0);
}

#[test]
fn an_offset_is_shown_and_delays_nothing() {
    let (said, counters) = run(ClockConfig { offset: ms(500), ..ClockConfig::default() }, vec![]);
    let (true_time, shown) = fired(&said, 0);
    assert_eq!(true_time, at(1_000));
    assert!(shown > true_time && shown <= true_time + ms(500));
    assert_eq!(counters.timers_skewed, 0);
}

/// A second by a clock that drifts takes as much longer or shorter as its rate says, and not more than asked.
#[test]
fn a_drifting_clock_is_early_or_late_by_its_rate() {
    let (said, counters) = run(ClockConfig { drift: 400_000, ..ClockConfig::default() }, vec![]);
    for (node, asked) in [(0, 1_000.0), (1, 1_500.0)] {
        let (true_time, shown) = fired(&said, node);
        let rate = asked * 1e6 / true_time.as_ns() as f64;
        assert!((rate - 1.0).abs() > 0.001 && (rate - 1.0).abs() <= 0.4, "{rate}");
        assert_eq!(shown.as_ns() / 1_000_000, asked as u64, "by its own clock it is on time");
    }
    assert!(counters.timers_skewed >= 2);
}

/// Clocks that are seconds ahead show true time, to the error of the measurement, once they were polled.
#[test]
fn a_disciplined_clock_is_put_right() {
    let wrong = ClockConfig { offset: ms(10_000), ..ClockConfig::default() };
    let off = |clock| {
        let (said, _) = run(clock, vec![]);
        let (true_time, shown) = fired(&said, 0);
        SimDuration::from_ns(shown.as_ns().abs_diff(true_time.as_ns()))
    };
    assert!(off(wrong) > ms(200), "{}", off(wrong));
    assert!(off(ClockConfig { poll: Some(ms(100)), poll_error: ms(1), ..wrong }) <= ms(2));
}

/// Clocks that are true at first are polled as others are: what a fault does to one is put right.
#[test]
fn a_true_clock_that_a_fault_puts_wrong_is_put_right() {
    let back = || vec![fault(0, 350, ClockChange::Back(ms(300)), None)];
    let fired = |clock| fired(&run(clock, back()).0, 0);
    assert_eq!(fired(ClockConfig::default()), (at(1_300), at(1_000)));
    let polled = ClockConfig { poll: Some(ms(100)), ..ClockConfig::default() };
    assert_eq!(fired(polled), (at(1_000), at(1_000)));
}
