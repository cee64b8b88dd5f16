//! W1: two nodes, one message in flight, 1 ms.

use std::convert::Infallible;

use atropos::base::{ClientId, NodeId, Seed, Ticket};
use atropos::engine::{World, WorldConfig};
use atropos::process::{Boot, Context, DiskError, Process, RequestId};

/// Answers every message with its successor.
#[derive(Clone, Debug)]
pub(crate) struct PingPong;

impl Process for PingPong {
    type Config = ();
    type Message = u64;
    type Record = Infallible;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = ();
    type Timer = ();

    fn start((): &(), _: Boot<Infallible>, ctx: &mut Context<Self>) -> Self {
        if ctx.id() == NodeId(0) {
            ctx.send(NodeId(1), 0);
        }
        PingPong
    }

    fn on_message(&mut self, from: NodeId, message: u64, ctx: &mut Context<Self>) {
        ctx.send(from, message + 1);
    }

    fn on_timer(&mut self, (): (), _: &mut Context<Self>) {}
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// A world of two.
pub(crate) fn world() -> World<PingPong> {
    World::new(WorldConfig::new(Seed(1), 2), (), Vec::new())
}
