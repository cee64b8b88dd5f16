//! W3: five nodes, 1 ms; the leader beats every 50 ms; each beat re-arms a follower's
//! timer of 150–300 ms.

use std::convert::Infallible;

use atropos::base::{ClientId, Draw, NodeId, Seed, SimDuration, Ticket};
use atropos::engine::{World, WorldConfig};
use atropos::process::{Boot, Context, DiskError, Process, RequestId};

const NODES: u32 = 5;

/// Node 0 beats; the others listen.
#[derive(Clone, Debug)]
pub(crate) struct Heartbeats {
    /// How often a follower missed the leader.
    pub(crate) elections: u64,
}

/// The one timer of each role.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Timer {
    /// Time to beat.
    Beat,
    /// The leader has been silent for too long.
    Election,
}

fn rearm(ctx: &mut Context<Heartbeats>) {
    let after = ctx.random().between(150_000_000, 300_000_000);
    ctx.set_timer(Timer::Election, SimDuration::from_ns(after));
}

impl Process for Heartbeats {
    type Config = ();
    type Message = u64;
    type Record = Infallible;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = ();
    type Timer = Timer;

    fn start((): &(), _: Boot<Infallible>, ctx: &mut Context<Self>) -> Self {
        if ctx.id() == NodeId(0) {
            ctx.set_timer(Timer::Beat, SimDuration::from_ms(50));
        } else {
            rearm(ctx);
        }
        Heartbeats { elections: 0 }
    }

    fn on_message(&mut self, _: NodeId, _: u64, ctx: &mut Context<Self>) {
        rearm(ctx);
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<Self>) {
        match timer {
            Timer::Beat => {
                let now = ctx.now().as_ns();
                (1..NODES).for_each(|node| ctx.send(NodeId(node), now));
                ctx.set_timer(Timer::Beat, SimDuration::from_ms(50));
            }
            Timer::Election => self.elections += 1,
        }
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// A world of five.
pub(crate) fn world() -> World<Heartbeats> {
    world_of(NODES)
}

/// A world of `nodes`, of which the first five beat and listen: the others only have their timer.
pub(crate) fn world_of(nodes: u32) -> World<Heartbeats> {
    World::new(WorldConfig::new(Seed(1), nodes), (), Vec::new())
}
