//! Processes inside processes whose nodes have numbers of their own, and whose clients are nodes.

use std::convert::Infallible;

use atropos::base::{ClientId, DiskError, Latency, NodeId, Seed, SimDuration, SimTime, Ticket};
use atropos::engine::{Observer, World, WorldConfig};
use atropos::process::{Answer, Boot, Context, Payload, Process, RequestId, Scope};
use atropos::storage::DiskConfig;

const MS: fn(u64) -> SimDuration = SimDuration::from_ms;

/// The first node that hosts a clerk; those before it ask.
const FIRST: u32 = 2;

/// Writes down what it is asked, tells its colleague, and answers one more.
#[derive(Clone, Debug)]
struct Clerk;

impl Process for Clerk {
    type Config = ();
    type Message = u64;
    type Record = u64;
    type Request = u64;
    type Response = u64;
    type Admin = Infallible;
    type Observation = (NodeId, u64);
    type Timer = ();

    fn start(_: &(), _: Boot<u64>, _: &mut Context<Self>) -> Self {
        Clerk
    }
    fn on_message(&mut self, from: NodeId, message: u64, ctx: &mut Context<Self>) {
        ctx.observe((from, message));
    }
    fn on_timer(&mut self, (): (), _: &mut Context<Self>) {}
    fn on_request(&mut self, client: ClientId, id: RequestId, asked: u64, ctx: &mut Context<Self>) {
        ctx.persist(asked);
        ctx.send_now(NodeId(1 - ctx.id().0), asked);
        ctx.reply(client, id, asked + 1);
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// Node 0 asks the clerk of node 2 as a client, and node 1 does in vain: it is not answered.
#[derive(Clone, Debug)]
struct Town {
    clerk: Option<Clerk>,
}

/// What nodes of the town send each other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Letter {
    Asks(u64),
    Told(u64, u64),
    Inner(u64),
}

impl Payload for Letter {
    fn size(&self) -> u32 {
        8
    }
}

struct Office;

impl Scope<Town, Clerk> for Office {
    fn message(&self, inner: u64) -> Letter {
        Letter::Inner(inner)
    }
    fn record(&self, inner: u64) -> u64 {
        inner
    }
    fn timer(&self, (): ()) {}
    fn response(&self, inner: u64) -> u64 {
        inner
    }
    fn observation(&self, (from, message): (NodeId, u64)) -> Option<(NodeId, Letter)> {
        Some((from, Letter::Inner(message)))
    }
    fn node(&self, inner: NodeId) -> NodeId {
        NodeId(inner.0 + FIRST)
    }
    fn inner_node(&self, outer: NodeId) -> NodeId {
        NodeId(outer.0 - FIRST)
    }
    fn answer(&self, client: ClientId, id: RequestId, response: u64) -> Answer<Town> {
        match client {
            ClientId(0) => Answer::Node(NodeId(0), Letter::Told(id.0, response)),
            _ => Answer::Nobody,
        }
    }
}

impl Process for Town {
    type Config = ();
    type Message = Letter;
    type Record = u64;
    type Request = u64;
    type Response = u64;
    type Admin = Infallible;
    type Observation = (NodeId, Letter);
    type Timer = ();

    fn start((): &(), boot: Boot<u64>, ctx: &mut Context<Self>) -> Self {
        let hosts = ctx.id().0 >= FIRST;
        if !hosts {
            ctx.send(NodeId(FIRST), Letter::Asks(u64::from(ctx.id().0) * 100 + 7));
        }
        let clerk = hosts.then(|| {
            let inner = boot.scope(Some, |record| Some(*record));
            ctx.scope(&Office, |ctx| Clerk::start(&(), inner, ctx))
        });
        Town { clerk }
    }
    fn on_message(&mut self, from: NodeId, letter: Letter, ctx: &mut Context<Self>) {
        match (letter, &mut self.clerk) {
            (Letter::Asks(what), Some(clerk)) => ctx.scope(&Office, |ctx: &mut Context<Clerk>| {
                clerk.on_request(ClientId(from.0), RequestId(what), what, ctx);
            }),
            (Letter::Inner(message), Some(clerk)) => ctx.scope(&Office, |ctx: &mut Context<Clerk>| {
                clerk.on_message(Office.inner_node(from), message, ctx);
            }),
            (letter, _) => ctx.observe((from, letter)),
        }
    }
    fn on_timer(&mut self, (): (), _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, _: u64, _: &mut Context<Self>) {}
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

#[derive(Default)]
struct Ear(Vec<(u64, u32, u32, Letter)>);

impl Observer<Town> for Ear {
    fn listens(&self) -> bool {
        true
    }
    fn on_observation(&mut self, at: SimTime, node: NodeId, (from, letter): &(NodeId, Letter)) {
        self.0.push((at.as_ns() / 1_000_000, node.0, from.0, *letter));
    }
}

#[test]
fn a_group_within_some_nodes_is_asked_by_others_as_by_clients() {
    let disk = DiskConfig { sync: Latency::Constant(MS(10)), ..DiskConfig::default() };
    let world = WorldConfig { disk, ..WorldConfig::new(Seed(1), 4) };
    let mut world: World<Town> = World::new(world, (), Vec::new());
    let mut ear = Ear::default();
    world.run_until(SimTime::ZERO + MS(100), 1_000, &mut ear);
    ear.0.sort_by_key(|(at, node, _, letter)| (*at, *node, format!("{letter:?}")));
    let expected =
        [(2, 3, 0, Letter::Inner(107)), (2, 3, 0, Letter::Inner(7)), (12, 0, 2, Letter::Told(7, 8))];
    assert_eq!(
        ear.0, expected,
        "the colleague by its inner number; the answer behind the barrier, to node 0 only"
    );
}
