//! What the engine promises to a process: the write barrier, timers, inboxes, scopes.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{
    ClientId, DiskError, JournalId, Latency, LinkId, NodeId, Probability, Seed, SimDuration, SimTime, Ticket,
};
use atropos::engine::{Happening, Loss, Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, MessageEffect, MessageVerb, When};
use atropos::network::{LinkConfig, NetworkConfig};
use atropos::process::{Boot, BootKind, Context, DecisionName, Process, RequestId, Scope};
use atropos::storage::DiskConfig;

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// What a [`Scribe`] does when it starts. Times are in milliseconds.
#[derive(Clone, Copy, Debug)]
enum Step {
    Persist(u32, u64),
    Write(u64),
    Compact(u64),
    Send(u64),
    SendNow(u64),
    Observe(u64),
    Timer(u32, u64),
    Cancel(u32),
}
use Step::*;

/// What a scribe says: what happened to it, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Said {
    Booted(BootKind, u64, Vec<u64>),
    Durable(u64),
    Fired(u32),
    Got(u64),
    Own(u64),
}

/// Node 0 follows the script at its first start; node 1 says what it gets.
#[derive(Clone, Debug)]
struct Scribe;

impl Process for Scribe {
    type Config = Vec<Step>;
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = u64;
    type Observation = Said;
    type Timer = u32;

    fn start(script: &Vec<Step>, mut boot: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        let records = boot.take(JournalId(0)).into_iter().chain(boot.take(JournalId(1)));
        let records = records.map(|record| record.unwrap()).collect();
        ctx.observe(Said::Booted(boot.kind, boot.incarnation, records));
        if ctx.id() == NodeId(0) && boot.kind == BootKind::First {
            for step in script {
                match *step {
                    Persist(journal, record) => drop(ctx.persist_in(JournalId(journal), record)),
                    Write(record) => drop(ctx.write(record)),
                    Compact(record) => drop(ctx.compact(vec![record])),
                    Send(message) => ctx.send(NodeId(1), message),
                    SendNow(message) => ctx.send_now(NodeId(1), message),
                    Observe(what) => ctx.observe(Said::Own(what)),
                    Timer(timer, after) => ctx.set_timer(timer, MS(after)),
                    Cancel(timer) => ctx.cancel_timer(timer),
                }
            }
        }
        Scribe
    }

    fn on_message(&mut self, _: NodeId, message: u64, ctx: &mut Context<Self>) {
        ctx.observe(Said::Got(message));
    }
    fn on_timer(&mut self, timer: u32, ctx: &mut Context<Self>) {
        ctx.observe(Said::Fired(timer));
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: u64, ctx: &mut Context<Self>) {
        ctx.observe(Said::Own(command));
        if command == 7 {
            ctx.send(NodeId(1), command);
        }
    }
    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>) {
        assert_eq!(result, Ok(()));
        ctx.observe(Said::Durable(write.0));
    }
}

/// Hears everything, with times in milliseconds.
#[derive(Default)]
struct Ear {
    heard: Vec<(u64, u32, Said)>,
    lost: Vec<Loss>,
}

impl Observer<Scribe> for Ear {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, node: NodeId, said: &Said) {
        self.heard.push((at.as_ns() / 1_000_000, node.0, said.clone()));
    }
    fn on_happening(&mut self, _: SimTime, happening: &Happening<Scribe>) {
        if let Happening::Lost { why, .. } = happening {
            self.lost.push(*why);
        }
    }
}

/// A disk that takes 10 ms and a network that takes 1 ms.
fn config(faults: Vec<Fault>) -> WorldConfig<Scribe> {
    WorldConfig {
        disk: DiskConfig { sync: Latency::Constant(MS(10)), ..DiskConfig::default() },
        faults,
        ..WorldConfig::new(Seed(1), 2)
    }
}

fn hear(world: WorldConfig<Scribe>, script: &[Step]) -> Ear {
    let mut world: World<Scribe> = World::new(world, script.to_vec(), Vec::new());
    let mut ear = Ear::default();
    assert!(world.run_until(SimTime::ZERO + MS(1_000), 10_000, &mut ear));
    ear
}

/// What was said, when, by whom, but for the boots.
fn said(world: WorldConfig<Scribe>, script: &[Step]) -> Vec<(u64, u32, Said)> {
    let all = hear(world, script).heard;
    all.into_iter().filter(|(_, _, said)| !matches!(said, Said::Booted(..))).collect()
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

#[test]
fn what_follows_a_persist_waits_for_it_and_what_precedes_it_does_not() {
    let script = [Send(1), Persist(0, 7), Send(2), Observe(3), SendNow(4)];
    let expected = [
        (1, 1, Said::Got(1)),
        (1, 1, Said::Got(4)),
        (10, 0, Said::Own(3)),
        (10, 0, Said::Durable(0)),
        (11, 1, Said::Got(2)),
    ];
    assert_eq!(said(config(vec![]), &script), expected);
}

#[test]
fn timers_do_not_wait_for_the_disk_but_what_they_say_does() {
    let script = [Persist(0, 7), Timer(1, 3)];
    // The timer fires at 3 ms; its observation leaves with the barrier at 10 ms.
    assert_eq!(said(config(vec![]), &script), [(10, 0, Said::Fired(1)), (10, 0, Said::Durable(0))]);
}

#[test]
fn a_write_without_a_barrier_holds_nothing_back() {
    let script = [Write(7), Send(1)];
    assert_eq!(said(config(vec![]), &script), [(1, 1, Said::Got(1)), (10, 0, Said::Durable(0))]);
}

#[test]
fn writes_of_one_handler_share_a_sync() {
    let script = [Persist(0, 7), Send(1), Persist(0, 8), Send(2), Write(9)];
    let durable = |ticket| (10, 0, Said::Durable(ticket));
    let got = |message| (11, 1, Said::Got(message));
    assert_eq!(said(config(vec![]), &script), [durable(0), durable(1), durable(2), got(1), got(2)]);
}

#[test]
fn journals_sync_apart_and_the_barrier_waits_for_both() {
    let script = [Persist(0, 7), Persist(1, 8), Send(1)];
    let ear = hear(config(vec![]), &script);
    assert!(ear.heard.contains(&(11, 1, Said::Got(1))));
}

#[test]
fn an_instant_disk_is_durable_within_the_handler() {
    let script = [Persist(0, 7), Send(1), Observe(2)];
    let world = WorldConfig { disk: DiskConfig::default(), ..config(vec![]) };
    let expected = [(0, 0, Said::Own(2)), (0, 0, Said::Durable(0)), (1, 1, Said::Got(1))];
    assert_eq!(said(world, &script), expected);
}

#[test]
fn a_crash_drops_what_was_held_back_and_keeps_what_was_durable() {
    let script = [Persist(0, 7), Send(1), Timer(5, 30)];
    // Before the sync ends: nothing may leave, and the timer is forgotten.
    let ear = hear(config(vec![strike(5, Action::Crash(node(0)), Some(10))]), &script);
    assert!(!ear.heard.iter().any(|(_, _, said)| matches!(said, Said::Got(1) | Said::Fired(5))));
    let reboot = ear.heard.iter().find(|(at, _, _)| *at == 15);
    assert!(
        matches!(reboot, Some((15, 0, Said::Booted(BootKind::Restart, 1, records))) if records.len() <= 1)
    );
    // After it: the record is there.
    let ear = hear(config(vec![strike(12, Action::Crash(node(0)), Some(10))]), &script);
    assert!(ear.heard.contains(&(22, 0, Said::Booted(BootKind::Restart, 1, vec![7]))));
}

#[test]
fn compaction_replaces_the_journal() {
    let script = [Persist(0, 7), Persist(0, 8), Compact(9), Persist(0, 10)];
    let ear = hear(config(vec![strike(50, Action::Crash(node(0)), Some(10))]), &script);
    assert!(ear.heard.contains(&(60, 0, Said::Booted(BootKind::Restart, 1, vec![9, 10]))));
}

#[test]
fn a_paused_node_hears_everything_late_and_in_order() {
    let script = [Send(1), Send(2), Timer(1, 30), Timer(2, 40), Timer(2, 200), Cancel(1)];
    let faults =
        vec![strike(0, Action::Pause(node(1)), Some(50)), strike(35, Action::Pause(node(0)), Some(100))];
    let expected = [(50, 1, Said::Got(1)), (50, 1, Said::Got(2)), (200, 0, Said::Fired(2))];
    assert_eq!(said(config(faults), &script), expected);
}

#[test]
fn a_timer_that_comes_due_during_a_pause_fires_at_its_end() {
    let faults = vec![strike(20, Action::Pause(node(0)), Some(100))];
    assert_eq!(said(config(faults), &[Timer(1, 30)]), [(120, 0, Said::Fired(1))]);
}

#[test]
fn a_node_serves_one_thing_at_a_time() {
    let world = WorldConfig { service_time: MS(5), ..config(vec![]) };
    let got = |at, message| (at, 1, Said::Got(message));
    assert_eq!(said(world, &[Send(1), Send(2), Send(3)]), [got(6, 1), got(11, 2), got(16, 3)]);
}

#[test]
fn messages_to_a_node_that_is_down_are_lost() {
    let ear = hear(config(vec![strike(0, Action::Crash(node(1)), None)]), &[Send(1)]);
    assert_eq!(ear.lost, [Loss::Down]);
}

#[test]
fn a_message_fault_is_counted_as_its_own_effect_and_not_as_chance() {
    let counters = |effect| {
        let verb = MessageVerb { message: None, from: None, to: None, nth: 1, count: 1, effect };
        let faults = vec![strike(0, Action::Messages(verb), None)];
        let mut world: World<Scribe> = World::new(config(faults), Vec::new(), Vec::new());
        world.run_until(SimTime::ZERO + MS(1), 100, &mut ());
        world.admin(NodeId(0), 7);
        world.run_until(SimTime::ZERO + MS(50), 100, &mut ());
        *world.counters()
    };
    let repeated = counters(MessageEffect::Duplicate);
    assert_eq!((repeated.messages_repeated, repeated.messages_duplicated), (1, 0));
    let dropped = counters(MessageEffect::Drop);
    assert_eq!((dropped.messages_dropped, dropped.messages_lost, dropped.messages_delivered), (1, 0, 0));
    let delayed = counters(MessageEffect::Delay(MS(3)));
    assert_eq!((delayed.messages_delayed, delayed.messages_delivered), (1, 1));
}

#[test]
fn admin_commands_reach_their_node() {
    let admin = Action::Admin { command: "42".to_owned(), target: node(1) };
    let world = WorldConfig { admin: |text| text.parse().ok(), ..config(vec![strike(3, admin, None)]) };
    assert_eq!(said(world, &[]), [(3, 1, Said::Own(42))]);
}

#[test]
fn a_script_decides_the_named_message() {
    let arrives = |word| {
        let links = LinkConfig { loss: Probability::new(0.5).unwrap(), ..NetworkConfig::default().links };
        let network = NetworkConfig { links, ..NetworkConfig::default() };
        let world = WorldConfig { network, ..config(vec![]) };
        let mut world: World<Scribe> = World::new(world, vec![Send(1), Send(2)], Vec::new());
        let link = LinkId::new(NodeId(0), NodeId(1));
        world.script(DecisionName::Message { link, sent: SimTime::ZERO, nth: 1, draw: 0 }, word);
        let mut ear = Ear::default();
        world.run_until(SimTime::ZERO + MS(100), 1_000, &mut ear);
        ear.heard.contains(&(1, 1, Said::Got(2)))
    };
    assert!(!arrives(0), "word 0 says yes to every chance: it is lost");
    assert!(arrives(u64::MAX));
}

/// Hosts two scribes, whose words it marks with their number.
#[derive(Clone, Debug)]
struct House {
    scribes: [Scribe; 2],
}

/// The scribe of this number.
struct Room(u64);

impl Scope<House, Scribe> for Room {
    fn message(&self, inner: u64) -> u64 {
        inner * 10 + self.0
    }
    fn record(&self, inner: u64) -> u64 {
        inner * 10 + self.0
    }
    fn timer(&self, inner: u32) -> (u64, u32) {
        (self.0, inner)
    }
    fn response(&self, inner: Infallible) -> Infallible {
        inner
    }
    fn observation(&self, inner: Said) -> Option<(u64, Said)> {
        Some((self.0, inner))
    }
}

impl Process for House {
    type Config = Vec<Step>;
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = (u64, Said);
    type Timer = (u64, u32);

    fn start(script: &Vec<Step>, boot: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        let scribes = [0, 1].map(|room| {
            let inner = boot.scope(Some, |record| (record % 10 == room).then_some(record / 10));
            ctx.scope(&Room(room), |ctx| Scribe::start(script, inner, ctx))
        });
        House { scribes }
    }

    fn on_message(&mut self, from: NodeId, message: u64, ctx: &mut Context<Self>) {
        let room = message % 10;
        let scribe = &mut self.scribes[room as usize];
        ctx.scope(&Room(room), |ctx| scribe.on_message(from, message / 10, ctx));
    }
    fn on_timer(&mut self, (room, timer): (u64, u32), ctx: &mut Context<Self>) {
        let scribe = &mut self.scribes[room as usize];
        ctx.scope(&Room(room), |ctx| scribe.on_timer(timer, ctx));
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

#[derive(Default)]
struct HouseEar(Vec<(u64, u32, u64, Said)>);

impl Observer<House> for HouseEar {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, node: NodeId, (room, said): &(u64, Said)) {
        self.0.push((at.as_ns() / 1_000_000, node.0, *room, said.clone()));
    }
}

#[test]
fn a_process_can_host_others_each_with_its_own_words() {
    let crash = strike(50, Action::Crash(node(0)), Some(10));
    let world =
        WorldConfig { disk: config(vec![]).disk, faults: vec![crash], ..WorldConfig::new(Seed(1), 2) };
    let mut world: World<House> = World::new(world, vec![Persist(0, 7), Send(1), Timer(4, 20)], Vec::new());
    let mut ear = HouseEar::default();
    world.run_until(SimTime::ZERO + MS(100), 1_000, &mut ear);
    for room in [0, 1] {
        assert!(ear.0.contains(&(11, 1, room, Said::Got(1))), "behind the node's barrier");
        assert!(ear.0.contains(&(20, 0, room, Said::Fired(4))), "a timer of its own");
        let booted = Said::Booted(BootKind::Restart, 1, vec![7]);
        assert!(ear.0.contains(&(60, 0, room, booted)), "its own record, and not the other's");
    }
}
