//! The fault schedule: which action strikes when.

use std::fmt;

use crate::base::keys::Target;
use crate::base::{Draw, Latency, NodeId, Probability, SimDuration, SimTime};
use crate::clocks::Rate;
use crate::network::Effect;
use crate::storage::Ailment;

/// One entry of the schedule. Where its times are distributions it is a nemesis: a random process.
#[derive(Clone, PartialEq, Debug)]
pub struct Fault {
    /// When it strikes.
    pub when: When,
    /// What it does.
    pub action: Action,
    /// How long until it is undone: a crashed node restarts, a partition heals, a
    /// paused node goes on. Without it a crash or a partition stays.
    pub lasts: Option<Latency>,
    /// It hits no node if more than so many would be out by that: down, frozen, or withdrawn.
    pub max_down: Option<u32>,
}

/// The moments at which a fault strikes.
#[derive(Clone, PartialEq, Debug)]
pub struct When {
    /// The first strike; if `None` it comes after the time that lies between two.
    pub first: Option<SimTime>,
    /// The time between strikes; a single strike if `None`.
    pub every: Option<Latency>,
    /// No strike at or after this instant.
    pub until: SimTime,
}

/// What a fault does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Action {
    /// Stops a node: its memory is gone, its disk keeps what was synced and a random
    /// prefix of what was not. What it sent is still on its way.
    Crash(Target),
    /// Starts a node that is down.
    Restart(Target),
    /// Freezes a node: messages wait in its inbox, its timers fire late.
    Pause(Target),
    /// Takes a node's disk away for good: it starts again with an empty one.
    Replace(Target),
    /// Crashes a node, and again a while after it has restarted.
    CrashLoop {
        /// The node.
        target: Target,
        /// How many times in all.
        times: u64,
        /// How long it is up between two crashes.
        up: SimDuration,
    },
    /// Restarts nodes one after the other.
    RollingRestart {
        /// The nodes.
        target: Target,
        /// How long after one has come back the next goes down.
        up: SimDuration,
    },
    /// Makes a node take longer for each thing that it is handed.
    SlowNode {
        /// The node.
        target: Target,
        /// How much longer.
        service_time: SimDuration,
    },
    /// Does something to a node's disk.
    Disk {
        /// What.
        ailment: Ailment,
        /// The node.
        target: Target,
    },
    /// Blocks directed links between nodes: what is on them or enters them is lost.
    Partition(PartitionShape),
    /// Unblocks every link.
    Heal,
    /// Makes the clock of a node wrong.
    Clock {
        /// Whose.
        target: Target,
        /// How.
        change: ClockChange,
    },
    /// Clogs, slows or degrades directed links between nodes.
    Links {
        /// The senders; every node if `None`.
        from: Option<Target>,
        /// The receivers; every node if `None`.
        to: Option<Target>,
        /// What is done to them.
        effect: Effect,
    },
    /// Does something to single messages.
    Messages(MessageVerb),
    /// Hands an admin command, in the protocol's own words, to a node.
    Admin {
        /// The command.
        command: String,
        /// The node that gets it.
        target: Target,
    },
}

/// What is done to a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ClockChange {
    /// It is put forward.
    Ahead(SimDuration),
    /// It is put back.
    Back(SimDuration),
    /// It runs so much faster; slower if negative.
    Drift(Rate),
    /// It stands still.
    Stop,
}

/// Which links a partition blocks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PartitionShape {
    /// All links between different groups; a node in no group keeps all its links.
    Groups(Vec<Vec<NodeId>>),
    /// All links from the first to the second; the way back stays open.
    OneWay(Target, Target),
    /// All links between the target and the other nodes.
    Isolate(Target),
    /// All links between two halves of the other nodes, in order of id; the target sees both.
    Bridge(Target),
    /// All links but those from and to the target.
    Star(Target),
    /// See [`Pattern::Ring`](crate::network::Pattern::Ring).
    Ring(Target),
    /// See [`Pattern::Chain`](crate::network::Pattern::Chain).
    Chain(Vec<NodeId>),
    /// See [`Pattern::Mesh`](crate::network::Pattern::Mesh).
    Mesh(Vec<NodeId>),
    /// Each directed link with this probability, drawn when it strikes.
    Random(Probability),
}

impl PartitionShape {
    /// The key it is written with in a scenario.
    pub fn key(&self) -> &'static str {
        match self {
            PartitionShape::Groups(_) => "groups",
            PartitionShape::OneWay(..) => "one_way_from",
            PartitionShape::Isolate(_) => "isolate",
            PartitionShape::Bridge(_) => "bridge",
            PartitionShape::Star(_) => "star",
            PartitionShape::Ring(_) => "ring",
            PartitionShape::Chain(_) => "chain",
            PartitionShape::Mesh(_) => "mesh",
            PartitionShape::Random(_) => "random",
        }
    }

    /// Whom it aims at, if at nodes.
    pub fn target(&self) -> Option<&Target> {
        match self {
            PartitionShape::Isolate(target)
            | PartitionShape::Bridge(target)
            | PartitionShape::Star(target)
            | PartitionShape::Ring(target) => Some(target),
            _ => None,
        }
    }
}

/// Something done to some of the messages on some links.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MessageVerb {
    /// The kind of message, as its payload names it; any if `None`.
    pub message: Option<String>,
    /// The sender; any node or client if `None`.
    pub from: Option<NodeId>,
    /// The receiver; any node or client if `None`.
    pub to: Option<NodeId>,
    /// The first message that is meant, counted from 1 since the strike.
    pub nth: u64,
    /// How many messages in a row are meant.
    pub count: u64,
    /// What happens to them.
    pub effect: MessageEffect,
}

/// What happens to a chosen message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MessageEffect {
    /// It is lost.
    Drop,
    /// It travels this much longer.
    Delay(SimDuration),
    /// It arrives twice.
    Duplicate,
}

impl Action {
    /// The verb this action is written with in a scenario.
    pub fn verb(&self) -> &'static str {
        match self {
            Action::Crash(_) => "crash",
            Action::Restart(_) => "restart",
            Action::Pause(_) => "pause",
            Action::Replace(_) => "replace",
            Action::CrashLoop { .. } => "crash_loop",
            Action::RollingRestart { .. } => "rolling_restart",
            Action::SlowNode { .. } => "slow_node",
            Action::Disk { ailment, .. } => match ailment {
                Ailment::Stalled => "stall_disk",
                Ailment::Slow { .. } => "slow_disk",
                Ailment::FailsSyncs(_) => "fail_sync",
                Ailment::Lies => "lying_disk",
                Ailment::Full => "full_disk",
                Ailment::Rots => "bit_rot",
            },
            Action::Partition(_) => "partition",
            Action::Heal => "heal",
            Action::Links { effect: Effect::Clog, .. } => "clog",
            Action::Links { effect: Effect::Slow(_), .. } => "slow_link",
            Action::Links { .. } => "degrade",
            Action::Messages(verb) => verb.effect.verb(),
            Action::Clock { change, .. } => change.verb(),
            Action::Admin { .. } => "admin",
        }
    }
}

impl Action {
    /// Whom it aims at, if at nodes.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Action::Crash(target)
            | Action::Restart(target)
            | Action::Pause(target)
            | Action::Replace(target)
            | Action::CrashLoop { target, .. }
            | Action::RollingRestart { target, .. }
            | Action::SlowNode { target, .. }
            | Action::Disk { target, .. }
            | Action::Clock { target, .. }
            | Action::Admin { target, .. } => Some(target),
            Action::Partition(shape) => shape.target(),
            Action::Heal | Action::Links { .. } | Action::Messages(_) => None,
        }
    }

    /// Replaces the ends of the directed links that it aims at, where a word stands for them (`"leader"`,
    /// `"random"`), by the nodes that are meant. `meant` is asked for the senders first.
    pub fn name_ends(&mut self, mut meant: impl FnMut(&Target, bool) -> Vec<NodeId>) {
        let (from, to) = match self {
            Action::Links { from, to, .. } => (from.as_mut(), to.as_mut()),
            Action::Partition(PartitionShape::OneWay(from, to)) => (Some(from), Some(to)),
            _ => return,
        };
        for (end, is_sender) in [(from, true), (to, false)] {
            match end {
                None | Some(Target::Nodes(_) | Target::Place { .. } | Target::All) => {}
                Some(word) => *word = Target::Nodes(meant(word, is_sender)),
            }
        }
    }

    /// Whether it takes or damages what a disk has said to be durable: see [`Atlas`](super::Atlas).
    pub fn damages(&self) -> bool {
        matches!(self, Action::Replace(_) | Action::Disk { ailment: Ailment::Lies | Ailment::Rots, .. })
    }
}

impl ClockChange {
    /// The verb this change is written with in a scenario.
    pub fn verb(self) -> &'static str {
        match self {
            ClockChange::Ahead(_) | ClockChange::Back(_) => "step_clock",
            ClockChange::Drift(_) => "drift_clock",
            ClockChange::Stop => "stop_clock",
        }
    }
}

impl MessageEffect {
    /// The verb this effect is written with in a scenario.
    pub fn verb(self) -> &'static str {
        match self {
            MessageEffect::Drop => "drop",
            MessageEffect::Delay(_) => "delay",
            MessageEffect::Duplicate => "duplicate",
        }
    }
}

impl When {
    /// One strike, at `first`.
    pub fn once(first: SimTime) -> Self {
        When { first: Some(first), every: None, until: SimTime::MAX }
    }

    /// The first strike, if there is one.
    pub fn first(&self, draws: &mut impl Draw) -> Option<SimTime> {
        self.first.or_else(|| self.next(SimTime::ZERO, draws))
    }

    /// The strike after the one at `now`, if there is one.
    pub fn next(&self, now: SimTime, draws: &mut impl Draw) -> Option<SimTime> {
        let next = now + self.every.as_ref()?.sample(draws).max(SimDuration::from_ns(1));
        (next < self.until).then_some(next)
    }

    /// No strike comes before this.
    pub fn earliest(&self) -> SimTime {
        let every = || self.every.as_ref().map_or(SimDuration::ZERO, Latency::least);
        self.first.unwrap_or_else(|| SimTime::ZERO + every())
    }
}

/// One end of the links that are meant.
fn end(target: Option<&Target>) -> String {
    match target {
        Some(Target::Nodes(nodes)) => format!("{nodes:?}"),
        Some(target) => target.to_string(),
        None => "all".to_owned(),
    }
}

impl fmt::Display for ClockChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ClockChange::Ahead(by) => write!(f, "step_clock ahead by {by}"),
            ClockChange::Back(by) => write!(f, "step_clock back by {by}"),
            ClockChange::Drift(Rate(ppb @ 0..)) => write!(f, "drift_clock fast by {} ppm", ppb / 1_000),
            ClockChange::Drift(Rate(ppb)) => write!(f, "drift_clock slow by {} ppm", -ppb / 1_000),
            ClockChange::Stop => f.write_str("stop_clock"),
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Action::Partition(PartitionShape::Isolate(Target::Place { sort, name, .. })) => {
                write!(f, "partition Isolate({sort}:{name})")
            }
            Action::Partition(shape) => write!(f, "partition {shape:?}"),
            Action::Links { from, to, effect } => {
                write!(f, "{} {} -> {}: {effect}", self.verb(), end(from.as_ref()), end(to.as_ref()))
            }
            Action::Admin { command, .. } => write!(f, "admin {command}"),
            Action::Clock { change, target: Target::Place { sort, name, .. } } => {
                write!(f, "{change} {sort}:{name}")
            }
            Action::Clock { change, .. } => change.fmt(f),
            other => match other.target() {
                Some(Target::Place { sort, name, .. }) => write!(f, "{} {sort}:{name}", other.verb()),
                _ => f.write_str(other.verb()),
            },
        }
    }
}
