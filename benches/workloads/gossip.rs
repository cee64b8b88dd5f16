//! W2: each delivered message is answered by one to a random node; as many in
//! flight as there are nodes; latency uniform 1–10 ms; a 16-byte payload; 1 % of
//! messages lost, each sent anew by a 20 ms timer. The sender draws the loss, as in the peers' versions,
//! so the network's own loss is not timed here.

use std::convert::Infallible;

use atropos::base::keys::Target;
use atropos::base::{ClientId, Draw, Latency, NodeId, Probability, Seed, SimDuration, SimTime, Ticket};
use atropos::engine::{World, WorldConfig};
use atropos::faults::{Action, Fault, When};
use atropos::network::{Bursts, Effect, LinkConfig, NetworkConfig};
use atropos::process::{Boot, Context, DiskError, Payload, Process, RequestId};

/// 16 bytes: what the sender has seen, and who it is.
#[derive(Clone, Hash, Debug)]
pub(crate) struct Rumour {
    seen: u64,
    origin: u64,
}

impl Payload for Rumour {
    fn size(&self) -> u32 {
        16
    }
}

/// How many nodes, and how many rumours each of them begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Crowd {
    nodes: u32,
    rumours: u32,
}

/// Passes every rumour on to a random node.
#[derive(Clone, Debug)]
pub(crate) struct Gossip {
    nodes: u32,
    seen: u64,
    /// How many of its rumours were lost: each waits for a timer of its own.
    lost: u64,
}

impl Gossip {
    fn pass_on(&mut self, ctx: &mut Context<Self>) {
        // The loss is drawn by the sender, so that the number in flight stays what it is.
        if ctx.random().below(100) == 0 {
            self.lost = self.lost.wrapping_add(1);
            ctx.set_timer(self.lost, SimDuration::from_ms(20));
        } else {
            let to = NodeId(ctx.random().below(u64::from(self.nodes)) as u32);
            let origin = u64::from(ctx.id().0);
            ctx.send(to, Rumour { seen: self.seen, origin });
        }
    }
}

impl Process for Gossip {
    type Config = Crowd;
    type Message = Rumour;
    type Record = Infallible;
    type Request = Infallible;
    type Response = Infallible;
    type Admin = Infallible;
    type Observation = ();
    type Timer = u64;

    fn start(crowd: &Crowd, _: Boot<Infallible>, ctx: &mut Context<Self>) -> Self {
        let mut gossip = Gossip { nodes: crowd.nodes, seen: 0, lost: 0 };
        (0..crowd.rumours).for_each(|_| gossip.pass_on(ctx));
        gossip
    }

    fn on_message(&mut self, _: NodeId, rumour: Rumour, ctx: &mut Context<Self>) {
        self.seen = self.seen.wrapping_add(rumour.seen ^ rumour.origin | 1);
        self.pass_on(ctx);
    }

    fn on_timer(&mut self, _: u64, ctx: &mut Context<Self>) {
        self.pass_on(ctx);
    }
    fn on_request(&mut self, _: ClientId, _: RequestId, request: Infallible, _: &mut Context<Self>) {
        match request {}
    }
    fn on_admin(&mut self, command: Infallible, _: &mut Context<Self>) {
        match command {}
    }
    fn on_durable(&mut self, _: Ticket, _: Result<(), DiskError>, _: &mut Context<Self>) {}
}

/// A world of `nodes` gossips, `rumours` each.
pub(crate) fn world_of(nodes: u32, rumours: u32) -> World<Gossip> {
    world_on(LinkConfig::default(), Vec::new(), nodes, rumours)
}

/// A world of `nodes` gossips, one rumour each, with every fault of links at a small rate: as many
/// messages are lost as are doubled, so that the number in flight stays about what it is.
pub(crate) fn faulty(nodes: u32) -> World<Gossip> {
    let rare = |p| Probability::new(p).unwrap_or_default();
    let links = LinkConfig {
        loss: rare(5e-5),
        corrupt: rare(5e-5),
        duplicate: rare(1.5e-4),
        reorder: rare(0.01),
        bursts: Bursts {
            every: SimDuration::from_ms(9_900),
            lasts: SimDuration::from_ms(100),
            loss: rare(0.005),
        },
        bandwidth: Some(10_000_000),
        buffer: Some(65_536),
        ..LinkConfig::default()
    };
    let disturb = |to, effect| {
        let node = |id| Some(Target::Nodes(vec![NodeId(id)]));
        let action = Action::Links { from: node(0), to: node(to), effect };
        Fault { when: When::once(SimTime::ZERO), action, lasts: None, max_down: None }
    };
    let slow = disturb(1, Effect::Slow(SimDuration::from_ms(5)));
    let degraded = disturb(2, Effect::Reorder(rare(0.5), SimDuration::from_ms(5)));
    world_on(links, vec![slow, degraded], nodes, 1)
}

fn world_on(mut links: LinkConfig, faults: Vec<Fault>, nodes: u32, rumours: u32) -> World<Gossip> {
    links.latency = Latency::Uniform { min: SimDuration::from_ms(1), max: SimDuration::from_ms(10) };
    let network = NetworkConfig { links, ..NetworkConfig::default() };
    let crowd = Crowd { nodes, rumours };
    World::new(WorldConfig { network, faults, ..WorldConfig::new(Seed(1), nodes) }, crowd, Vec::new())
}
