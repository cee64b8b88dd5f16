//! Where faults meet what is under way: one pause in another, a crash while something waits, a
//! partition with messages on the link.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{ClientId, DiskError, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Ticket};
use atropos::engine::{DiskTrouble, Happening, Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, MessageEffect, MessageVerb, PartitionShape, When};
use atropos::network::{LinkConfig, LinkOverride, NetworkConfig};
use atropos::process::{Boot, Context, Process, RequestId};
use atropos::storage::{Ailment, DiskConfig};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// Does what commands and messages say. Commands below 100 it writes down; those from 100 on it sends
/// to the other node. A message of 200 and up cancels timer 1, of 300 and up sets it for 10 ms later.
#[derive(Clone, Debug)]
struct Relay;

/// What a relay says, with when: in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Said {
    Booted,
    Got(u64),
    Fired,
    Durable(u64),
}
use Said::*;

impl Process for Relay {
    type Config = ();
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = u64;
    type Observation = Said;
    type Timer = u8;

    fn start((): &(), boot: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        ctx.observe(Booted);
        if boot.incarnation == 0 && ctx.id() == NodeId(0) {
            ctx.set_timer(1, MS(10));
        }
        Relay
    }

    fn on_message(&mut self, _: NodeId, message: u64, ctx: &mut Context<Self>) {
        ctx.observe(Got(message));
        match message {
            200..300 => ctx.cancel_timer(1),
            300.. => ctx.set_timer(1, MS(10)),
            _ => {}
        }
    }

    fn on_timer(&mut self, _: u8, ctx: &mut Context<Self>) {
        ctx.observe(Fired);
    }

    fn on_admin(&mut self, command: u64, ctx: &mut Context<Self>) {
        if command < 100 {
            ctx.write(command);
        } else {
            ctx.send(NodeId(1 - ctx.id().0), command);
        }
    }

    fn on_durable(&mut self, write: Ticket, _: Result<(), DiskError>, ctx: &mut Context<Self>) {
        ctx.observe(Durable(write.0));
    }

    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
}

#[derive(Default)]
struct Ear(Vec<(u64, u32, Said)>);

impl Observer<Relay> for Ear {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, node: NodeId, said: &Said) {
        self.0.push((at.as_ns() / 1_000_000, node.0, *said));
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

fn pause(id: u32, at: u64, lasts: u64) -> Fault {
    strike(at, Action::Pause(node(id)), Some(lasts))
}

fn crash(id: u32, at: u64, lasts: u64) -> Fault {
    strike(at, Action::Crash(node(id)), Some(lasts))
}

fn tell(id: u32, at: u64, command: u64) -> Fault {
    strike(at, Action::Admin { command: command.to_string(), target: node(id) }, None)
}

/// Two relays on links of 1 ms and disks of 10 ms.
fn config(faults: Vec<Fault>) -> WorldConfig<Relay> {
    WorldConfig {
        disk: DiskConfig { sync: Latency::Constant(MS(10)), ..DiskConfig::default() },
        faults,
        admin: |text| text.parse().ok(),
        ..WorldConfig::new(Seed(1), 2)
    }
}

/// What `id` says but for its first start, the first timer of node 0 left out unless it matters.
fn says(config: WorldConfig<Relay>, id: u32) -> Vec<(u64, Said)> {
    let mut world: World<Relay> = World::new(config, (), Vec::new());
    let mut ear = Ear::default();
    assert!(world.run_until(SimTime::ZERO + MS(1_000), 10_000, &mut ear));
    let own = ear.0.into_iter().filter(|(_, node, _)| *node == id);
    own.skip(1).map(|(at, _, said)| (at, said)).collect()
}

#[test]
fn the_longer_of_two_pauses_counts_and_the_node_wakes_once() {
    let twice = |first, second| says(config(vec![tell(0, 2, 100), first, second, tell(0, 90, 101)]), 1);
    assert_eq!(twice(pause(1, 0, 50), pause(1, 10, 5)), [(50, Got(100)), (91, Got(101))]);
    assert_eq!(twice(pause(1, 0, 20), pause(1, 10, 50)), [(60, Got(100)), (91, Got(101))]);
}

#[test]
fn what_waited_for_a_pause_to_end_takes_its_service_time_then() {
    let world = |faults| WorldConfig { service_time: MS(3), ..config(faults) };
    let faults = vec![pause(1, 0, 20), pause(1, 10, 30), tell(0, 1, 100), tell(0, 2, 101)];
    assert_eq!(says(world(faults), 1), [(43, Got(100)), (46, Got(101))]);
}

/// The second message arrives at the very end of the pause, and was sent before the first one was
/// put into the inbox: its event comes before the node wakes.
#[test]
fn nothing_overtakes_the_inbox_at_the_end_of_a_pause() {
    let late = MessageVerb {
        message: None,
        from: None,
        to: None,
        nth: 1,
        count: 1,
        effect: MessageEffect::Delay(MS(11)),
    };
    let links = LinkConfig { latency: Latency::Constant(MS(10)), ..NetworkConfig::default().links };
    let faults =
        vec![strike(0, Action::Messages(late), None), pause(1, 0, 25), tell(0, 4, 101), tell(0, 5, 100)];
    let world =
        WorldConfig { network: NetworkConfig { links, ..NetworkConfig::default() }, ..config(faults) };
    assert_eq!(says(world, 1), [(25, Got(100)), (25, Got(101))]);
}

#[test]
fn a_timer_that_waits_in_the_inbox_can_be_cancelled_and_set_anew() {
    // It is due at 10 ms, behind the message of 6 ms.
    let due = |command| says(config(vec![pause(0, 2, 50), tell(1, 5, command)]), 0);
    assert_eq!(due(100), [(52, Got(100)), (52, Fired)]);
    assert_eq!(due(200), [(52, Got(200))]);
    assert_eq!(due(300), [(52, Got(300)), (62, Fired)]);
}

#[test]
fn the_end_of_one_crash_is_not_that_of_the_next() {
    let faults = vec![crash(1, 10, 30), strike(20, Action::Restart(node(1)), None), crash(1, 30, 100)];
    assert_eq!(says(config(faults), 1), [(20, Booted), (130, Booted)]);
}

#[test]
fn what_was_going_to_wake_a_node_does_not_after_a_crash() {
    let world = |faults| WorldConfig { service_time: MS(20), ..config(faults) };
    // The message leaves at 20 ms, arrives at 21 and would be served at 41.
    let faults = vec![tell(0, 0, 100), crash(1, 25, 5), tell(1, 32, 50)];
    // The command is served at 52, its write is synced at 62, and that is told at 82.
    assert_eq!(says(world(faults), 1), [(30, Booted), (82, Durable(0))]);
}

#[test]
fn a_sync_that_a_crash_cut_off_makes_nothing_durable_later() {
    let faults = vec![tell(1, 1, 50), crash(1, 5, 2), tell(1, 8, 51)];
    assert_eq!(says(config(faults), 1), [(7, Booted), (18, Durable(1))]);
}

#[test]
fn what_a_node_was_to_be_told_it_forgets_in_a_crash() {
    let faults = vec![tell(1, 0, 50), pause(1, 5, 50), crash(1, 20, 5), tell(1, 30, 51)];
    assert_eq!(says(config(faults), 1), [(25, Booted), (40, Durable(1))]);
}

#[test]
fn a_partition_loses_what_is_on_the_link() {
    let isolate = Action::Partition(PartitionShape::Isolate(node(1)));
    let links = LinkConfig { latency: Latency::Constant(MS(10)), ..NetworkConfig::default().links };
    let network = NetworkConfig { links, ..NetworkConfig::default() };
    let world = |faults| WorldConfig { network: network.clone(), ..config(faults) };
    let sent = |partition| says(world(vec![tell(0, 0, 100), strike(partition, isolate.clone(), Some(3))]), 1);
    assert_eq!(sent(8), [], "it would have arrived at 10 ms");
    assert_eq!(sent(5), [(10, Got(100))]);
}

#[test]
fn a_fifo_link_keeps_the_order_of_both_copies() {
    let latency = Latency::Uniform { min: MS(1), max: MS(30) };
    let links = LinkConfig { latency, duplicate: Probability::ALWAYS, ..NetworkConfig::default().links };
    let faults = (0..80).map(|i| tell(0, i, 100 + i)).collect();
    let network = NetworkConfig { links, fifo: true, ..NetworkConfig::default() };
    let said = says(WorldConfig { network, ..config(faults) }, 1);
    let got: Vec<u64> =
        said.iter().map(|(_, said)| if let Got(message) = said { *message } else { 0 }).collect();
    assert_eq!(got.len(), 160);
    // Each copy comes before all that was sent later, so it is never behind what has come already.
    let firsts: Vec<usize> =
        (100..180).map(|i| got.iter().position(|message| *message == i).unwrap()).collect();
    assert!(firsts.is_sorted(), "{got:?}");
    let lasts: Vec<usize> =
        (100..180).map(|i| got.iter().rposition(|message| *message == i).unwrap()).collect();
    assert!(lasts.is_sorted(), "{got:?}");
}

#[test]
fn a_link_of_its_own_holds_in_fair_weather() {
    let slow = LinkOverride {
        from: vec![NodeId(0)],
        latency: Some(Latency::Constant(MS(50))),
        ..LinkOverride::default()
    };
    let network = NetworkConfig { overrides: vec![slow], ..NetworkConfig::default() };
    let world = |faults| WorldConfig { network: network.clone(), ..config(faults) };
    assert_eq!(says(world(vec![tell(0, 0, 100)]), 1), [(50, Got(100))]);
    assert_eq!(says(world(vec![tell(1, 20, 100)]), 0), [(10, Fired), (21, Got(100))]);
}

/// What makes a node slow adds up, and the end of one is not that of the other.
#[test]
fn two_faults_that_slow_a_node_end_each_for_itself() {
    let slow = |at, by, lasts| {
        let service_time = MS(by);
        strike(at, Action::SlowNode { target: node(1), service_time }, Some(lasts))
    };
    let both = vec![slow(0, 30, 500), slow(10, 2, 20), tell(0, 10, 100), tell(0, 90, 101), tell(0, 700, 102)];
    assert_eq!(says(config(both), 1), [(43, Got(100)), (121, Got(101)), (701, Got(102))]);
}

/// Which writes fail: there is one in every 20 ms.
#[derive(Default)]
struct Failures(Vec<u64>);

impl Observer<Relay> for Failures {
    fn on_observation(&mut self, _: SimTime, _: NodeId, _: &Said) {}
    fn on_happening(&mut self, at: SimTime, happening: &Happening<Relay>) {
        if let Happening::Disk { trouble: DiskTrouble::Failed { .. }, .. } = happening {
            self.0.push(at.as_ns() / MS(20).as_ns());
        }
    }
}

/// A sync that stalls takes no second word of chance, so that the next ones fail or not as they would have.
#[test]
fn a_stall_changes_nothing_about_which_syncs_fail() {
    let failed = |stall: Option<Fault>| {
        let writes = (1..40).map(|i| tell(0, 20 * i, 1));
        let mut world = config(writes.chain(stall).collect());
        world.disk.fail_sync = Probability::new(0.5).unwrap();
        let mut world: World<Relay> = World::new(world, (), Vec::new());
        let mut failures = Failures::default();
        assert!(world.run_until(SimTime::ZERO + MS(1_000), 10_000, &mut failures));
        (failures.0, world.counters().syncs_stalled)
    };
    // The sync of the fifth write ends at 113 ms instead of 110.
    let stall = Action::Disk { ailment: Ailment::Stalled, target: node(0) };
    let (calm, stalled) = (failed(None), failed(Some(strike(105, stall, Some(8)))));
    assert_eq!((calm.1, stalled.1), (0, 1));
    assert!(calm.0.len() > 10);
    assert_eq!(calm.0, stalled.0);
}
