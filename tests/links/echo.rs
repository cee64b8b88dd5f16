//! A node with a service time is a queue: with Poisson arrivals, M/D/1.

use super::*;
use atropos::process::{Client, ClientContext, ClientTimer};

/// Answers every request at once.
#[derive(Clone, Debug)]
struct Echo;

impl Process for Echo {
    type Config = ();
    type Message = Infallible;
    type Record = Infallible;
    type Request = u64;
    type Response = u64;
    type Admin = Infallible;
    type Observation = ();
    type Timer = ();

    fn start((): &(), _: Boot<Infallible>, _: &mut Context<Self>) -> Self {
        Echo
    }
    fn on_request(&mut self, client: ClientId, id: RequestId, request: u64, ctx: &mut Context<Self>) {
        ctx.reply(client, id, request);
    }
    fn on_message(&mut self, _: NodeId, message: Infallible, _: &mut Context<Self>) {
        match message {}
    }
    fn on_timer(&mut self, (): (), _: &mut Context<Self>) {}
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// Asks at random instants, a Poisson process, without waiting for answers.
#[derive(Clone, Debug)]
struct Poisson {
    gap: SimDuration,
}

/// How long all answers took, and how many there were.
#[derive(Default)]
struct Clock {
    took_ns: u64,
    answers: u64,
}

impl Observer<Echo> for Clock {
    fn on_happening(&mut self, now: SimTime, happening: &Happening<Echo>) {
        if let Happening::Response { response, .. } = happening {
            self.took_ns += now.as_ns() - **response;
            self.answers += 1;
        }
    }
}

impl Poisson {
    fn wait(&self, ctx: &mut ClientContext<Echo>) {
        let gap = Latency::Exponential { min: SimDuration::ZERO, mean: self.gap };
        let after = gap.sample(&mut ctx.random());
        ctx.set_timer(ClientTimer(0), after);
    }
}

impl Client<Echo> for Poisson {
    fn start(&mut self, ctx: &mut ClientContext<Echo>) {
        self.wait(ctx);
    }
    fn on_timer(&mut self, _: ClientTimer, ctx: &mut ClientContext<Echo>) {
        let now = ctx.now().as_ns();
        ctx.send(NodeId(0), RequestId(now), now);
        self.wait(ctx);
    }
    fn on_response(&mut self, _: NodeId, _: RequestId, _: u64, _: &mut ClientContext<Echo>) {}
}

/// Pollaczek and Khinchine: with service time s and load r, the mean wait is r·s / 2(1 - r).
fn md1(requests: u64) {
    for load in [0.3, 0.6, 0.8] {
        let (service, travel) = (US(100), MS(2));
        let gap = SimDuration::from_ns((service.as_ns() as f64 / load) as u64);
        let config = WorldConfig {
            network: NetworkConfig { links: constant(2), ..NetworkConfig::default() },
            service_time: service,
            ..WorldConfig::new(Seed(1), 1)
        };
        let mut world: World<Echo, Poisson> = World::new(config, (), vec![Poisson { gap }]);
        let mut clock = Clock::default();
        let end = SimTime::from_ns(requests * gap.as_ns());
        assert!(world.run_until(end, u64::MAX, &mut clock));
        let round = clock.took_ns as f64 / clock.answers as f64;
        let waited = round - (travel + travel + service).as_ns() as f64;
        let expected = load * service.as_ns() as f64 / (2.0 * (1.0 - load));
        assert_near(&format!("wait in ns under load {load}"), waited, expected, 0.02);
    }
}

#[test]
fn a_node_with_a_service_time_is_a_queue() {
    md1(400_000);
}

#[test]
#[ignore = "millions of requests: the same, closer"]
fn a_node_with_a_service_time_is_a_queue_over_millions_of_requests() {
    md1(3_000_000);
}
