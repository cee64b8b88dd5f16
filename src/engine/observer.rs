//! Who watches a world from outside.

use crate::base::{ClientId, LinkId, NodeId, SimDuration, SimTime};
use crate::faults::Action;
use crate::history;
use crate::network::Mishap;
use crate::process::{ClientTimer, Process, RequestId};

/// Watches a run without touching it: the same world, watched or not, has the same fate.
#[allow(unused_variables)]
pub trait Observer<P: Process> {
    /// Whether [`on_happening`](Observer::on_happening) will be read: if not, what is costly to
    /// find out is left out of it.
    fn traces(&self) -> bool {
        false
    }

    /// Whether [`on_observation`](Observer::on_observation) is wanted.
    fn listens(&self) -> bool {
        false
    }

    /// Something happened.
    fn on_happening(&mut self, at: SimTime, happening: &Happening<P>) {}

    /// A node said something of itself.
    fn on_observation(&mut self, at: SimTime, node: NodeId, observation: &P::Observation) {}

    /// A client invoked or completed an operation.
    fn on_operation(&mut self, event: history::Event) {}
}

/// Nobody watches.
impl<P: Process> Observer<P> for () {}

/// One step of a run, as a trace tells it.
pub enum Happening<'a, P: Process> {
    /// A node starts, for the `incarnation`-th time.
    Started {
        /// The node.
        node: NodeId,
        /// How many times it had started before.
        incarnation: u64,
    },
    /// A message is handed to its receiver.
    Message {
        /// The sender.
        from: NodeId,
        /// The receiver.
        to: NodeId,
        /// What it says.
        message: &'a P::Message,
    },
    /// A request is handed to a node.
    Request {
        /// Who asks.
        client: ClientId,
        /// The node asked.
        to: NodeId,
        /// Its number.
        id: RequestId,
        /// What it asks.
        request: &'a P::Request,
    },
    /// A response is handed to a client.
    Response {
        /// The node that answers.
        from: NodeId,
        /// Who gets it.
        client: ClientId,
        /// The number of the request.
        id: RequestId,
        /// What it says.
        response: &'a P::Response,
    },
    /// A message, request or response is lost.
    Lost {
        /// On the way from whom to whom.
        link: LinkId,
        /// What kind it was.
        kind: &'static str,
        /// Why.
        why: Loss,
    },
    /// A node's timer fires.
    Timer {
        /// The node.
        node: NodeId,
        /// The timer.
        timer: P::Timer,
    },
    /// A client's timer fires.
    ClientTimer {
        /// The client.
        client: ClientId,
        /// The timer.
        timer: ClientTimer,
    },
    /// Writes of a node became durable.
    Durable {
        /// The node.
        node: NodeId,
        /// How many.
        writes: u64,
    },
    /// A node gets an admin command.
    Admin {
        /// The node.
        node: NodeId,
        /// The command.
        command: &'a P::Admin,
    },
    /// A fault strikes.
    Fault {
        /// What it does.
        action: &'a Action,
        /// Whom it hits.
        targets: &'a [NodeId],
        /// How long until it is undone, if it is.
        lasts: Option<SimDuration>,
    },
    /// A fault of links, or one that bent a clock, is over. Others end with what they were told to last, or
    /// with what is told of the node and of the links.
    Over {
        /// What it did.
        action: &'a Action,
        /// Whom it had hit.
        targets: &'a [NodeId],
    },
    /// A node crashes.
    Crashed {
        /// The node.
        node: NodeId,
        /// How many unsynced writes it lost.
        writes_lost: u64,
    },
    /// A node freezes.
    Paused {
        /// The node.
        node: NodeId,
        /// For how long.
        lasts: SimDuration,
    },
    /// A node's disk does what a sound one would not.
    Disk {
        /// The node.
        node: NodeId,
        /// What.
        trouble: DiskTrouble,
    },
    /// All faults end for good, for these nodes: all, or a core of them.
    Settled {
        /// The nodes.
        core: &'a [NodeId],
    },
    /// Links were blocked or opened: who can reach whom now.
    Connectivity {
        /// The strongly connected components of the live nodes, largest first.
        components: &'a [Vec<NodeId>],
    },
}

/// What a disk does that a sound one would not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DiskTrouble {
    /// A sync that should have ended goes on.
    Stalled {
        /// Until when at least.
        until: SimTime,
    },
    /// A sync failed, and so many writes with it.
    Failed {
        /// The writes.
        writes: u64,
    },
    /// So many writes found it full.
    Refused {
        /// The writes.
        writes: u64,
    },
    /// A crash took so many writes that it had said to be durable.
    Forgot {
        /// The writes.
        writes: u64,
    },
    /// A durable record rotted.
    Rotted,
    /// All that was on it is lost.
    Lost,
}

/// Why a message was lost.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Loss {
    /// By chance.
    Chance,
    /// Its link was blocked.
    Blocked,
    /// Its receiver was down.
    Down,
    /// A `drop` fault hit it.
    Dropped,
    /// There was a burst of loss on its link.
    Burst,
    /// It did not fit into the buffer of its link.
    Overflow,
    /// Chance corrupted it, and its receiver noticed.
    Corrupted,
    /// A `degrade` fault lost it, or corrupted it, and its receiver noticed.
    Degraded,
}

impl From<Mishap> for Loss {
    fn from(mishap: Mishap) -> Self {
        match mishap {
            Mishap::Chance => Loss::Chance,
            Mishap::Burst => Loss::Burst,
            Mishap::Overflow => Loss::Overflow,
            Mishap::Degraded => Loss::Degraded,
        }
    }
}
