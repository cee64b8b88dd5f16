//! A node that takes time for each thing is a queue, and waits are those of queueing theory.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{ClientId, DiskError, Latency, NodeId, Seed, SimDuration, SimTime, Ticket};
use atropos::engine::{Observer, World, WorldConfig};
use atropos::faults::{Action, Fault, When};
use atropos::process::{Boot, Context, Process, RequestId};

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// A source that sends to a server in a Poisson stream.
#[derive(Clone, Debug)]
struct Source;

const GAP: Latency = Latency::Exponential { min: SimDuration::ZERO, mean: SimDuration::from_us(1_250) };

impl Process for Source {
    type Config = ();
    type Message = u64;
    type Record = u64;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = u64;
    type Timer = ();

    fn start((): &(), _: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        if ctx.id() == NodeId(0) {
            ctx.set_timer((), MS(1));
        }
        Source
    }
    fn on_message(&mut self, _: NodeId, sent: u64, ctx: &mut Context<Self>) {
        ctx.observe(ctx.now().as_ns() - sent);
    }
    fn on_timer(&mut self, (): (), ctx: &mut Context<Self>) {
        ctx.send(NodeId(1), ctx.now().as_ns());
        let gap = GAP.sample(&mut ctx.random());
        ctx.set_timer((), gap);
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
struct Mean {
    sum: u64,
    count: u64,
}

impl Observer<Source> for Mean {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, _: SimTime, _: NodeId, stay: &u64) {
        self.sum += stay;
        self.count += 1;
    }
}

/// Poisson arrivals at a server that takes the same time for each: M/D/1, whose mean wait is
/// rho / (2 (1 - rho)) service times. Here the load rho is 0.8, so 2 ms of 1 ms each.
#[test]
fn a_queue_waits_as_long_as_theory_says() {
    let slow = Fault {
        when: When::once(SimTime::ZERO),
        action: Action::SlowNode { target: Target::Nodes(vec![NodeId(1)]), service_time: MS(1) },
        lasts: Some(MS(10_000_000).into()),
        max_down: None,
    };
    let world = WorldConfig { faults: vec![slow], ..WorldConfig::new(Seed(1), 2) };
    let network = world.network.links.latency.clone();
    assert_eq!(network.least(), MS(1));
    let mut world: World<Source> = World::new(world, (), Vec::new());
    let mut mean = Mean::default();
    world.run_until(SimTime::ZERO + MS(1_250_000), u64::MAX, &mut mean);
    assert!(mean.count > 990_000);
    let wait_ms = mean.sum as f64 / mean.count as f64 / 1e6 - 2.0;
    assert!((wait_ms - 2.0).abs() < 0.04, "{wait_ms}");
}
