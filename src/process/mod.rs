//! Floor 2: all that a protocol may see.
//!
//! A protocol is a state machine: [`Process`] for its nodes, [`Client`] for those
//! who use it. Both learn only through their handlers and act only through their
//! context, so everything else (time, order, loss, disks, chance) is the
//! simulator's to decide.
//!
//! * [`Process`], [`Context`]: one node's share, and what it can do.
//! * [`Boot`]: what a node finds when it starts.
//! * [`Client`], [`ClientContext`]: one client, and what it can do.
//! * [`Scope`]: how a process hosts another inside itself.
//! * [`Payload`]: what messages, records and requests must be able to do.
//! * [`Decisions`]: where every random choice comes from: seeded, or scripted by name.
//! * [`Host`], [`ClientHost`]: what the engine implements beneath the contexts.

mod boot;
mod client;
mod context;
mod decisions;
mod payload;
mod scope;

use std::fmt::Debug;
use std::hash::Hash;

pub use boot::{Boot, BootKind};
pub use client::{Client, ClientContext, ClientHost, ClientTimer, NoClient, RequestId};
pub use context::{Context, Host, Random, When};
pub use decisions::{DecisionName, Decisions, MessageDraws, NamedDraws};
pub use payload::Payload;
pub use scope::{Answer, Scope};

use crate::base::{ClientId, NodeId};
pub use crate::base::{Damaged, DiskError, JournalId, Ticket};
use crate::history::Value;

/// One node's share of a protocol. It learns only through these calls and acts
/// only through [`Context`].
///
/// A crash drops the value; a restart calls [`start`](Process::start) with what
/// survived on the disk. What was not persisted is gone by construction.
pub trait Process: Sized {
    /// What every node is told about the cluster and the protocol's parameters.
    type Config;
    /// What nodes send each other.
    type Message: Payload;
    /// What a disk can hold.
    type Record: Payload;
    /// What clients ask.
    type Request: Payload;
    /// What clients are answered.
    type Response: Payload;
    /// Commands from outside: membership changes, transfers, manual failover.
    type Admin: Payload;
    /// What a node says of itself, for monitors and pictures.
    type Observation: Clone + Debug;
    /// The names of timers: one deadline per value; a value may name a peer or group.
    type Timer: Copy + Eq + Hash + Debug;

    /// Whether a node that has lost its disk makes up for it, and so has as much to lose as before. If not, it withdraws,
    /// and faults need not spare it any more.
    const RECOVERS: bool = false;

    /// The node starts: for the first time, after a crash, or with an empty disk in
    /// place of a lost one. `boot` tells which, and hands over what the disk holds.
    fn start(config: &Self::Config, boot: Boot<Self::Record>, ctx: &mut Context<Self>) -> Self;

    /// A message arrives.
    fn on_message(&mut self, from: NodeId, message: Self::Message, ctx: &mut Context<Self>);

    /// A timer's deadline has come. It is no longer set.
    fn on_timer(&mut self, timer: Self::Timer, ctx: &mut Context<Self>);

    /// A client asks. Answer with [`Context::reply`], now or later, or not at all.
    fn on_request(
        &mut self,
        client: ClientId,
        id: RequestId,
        request: Self::Request,
        ctx: &mut Context<Self>,
    );

    /// An operator commands.
    fn on_admin(&mut self, command: Self::Admin, ctx: &mut Context<Self>);

    /// The write `write` is durable, or has failed. Writes to one journal report in order.
    fn on_durable(&mut self, write: Ticket, result: Result<(), DiskError>, ctx: &mut Context<Self>);

    /// The term (ballot, epoch) in which this node believes that it leads, if it does.
    ///
    /// Faults that aim at "the leader" hit the live node with the highest; nothing
    /// else reads it.
    fn leads(&self) -> Option<u64> {
        None
    }

    /// Whether this node takes part. One that has withdrawn, as for a disk that it cannot trust, is as
    /// good as down until an operator sees to it: faults that mean to leave a majority count it so,
    /// and nobody waits for it.
    fn takes_part(&self) -> bool {
        true
    }

    /// The sets of nodes of each of which a majority must take part for operations to complete, as far as
    /// this node knows; none where any majority of all nodes will do. Faults that mean to leave enough nodes
    /// ask it, and whoever demands progress; nothing else does.
    fn electorates(&self) -> Vec<Vec<NodeId>> {
        Vec::new()
    }

    /// What its replica holds of the keys below `keys`, key by key, [`Value::Nil`] where there is nothing; `None` if
    /// it has no replica to compare with others. Asked when a run is over, of nodes that should be equal by then.
    fn replica(&self, keys: u32) -> Option<Vec<Value>> {
        let _ = keys;
        None
    }

    /// What this node waits for, in a few words, if for anything: told where operations do not
    /// complete. Nothing else reads it.
    fn waits_for(&self) -> Option<String> {
        None
    }
}
