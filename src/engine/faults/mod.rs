//! The fault schedule, carried out: when and whom here, what in a file for each thing that breaks.

mod clocks;
mod disks;
mod healing;
mod links;
mod nodes;
mod partitions;

use std::hash::Hash;

use super::event::Event;
use super::observer::{Happening, Observer};
use super::world::World;
use crate::base::keys::Target;
use crate::base::{Draw, NodeId, SimDuration, StreamName};
use crate::faults::{Action, Fault, Healing};
use crate::process::Process;

/// The faults of a run and how often each has struck.
#[derive(Debug)]
pub(super) struct Schedule<P: Process> {
    faults: Vec<Fault>,
    strikes: Vec<u64>,
    /// Those that strike in several steps, one for each strike.
    courses: Vec<Course>,
    healing: Option<Healing>,
    /// Whether everything has been mended: nothing strikes any more.
    is_over: bool,
    /// Who is down for good all the same.
    forsaken: Vec<NodeId>,
    admin: fn(&str) -> Option<P::Admin>,
}

/// How far a fault that strikes in several steps has come.
#[derive(Clone, Debug)]
struct Course {
    fault: u32,
    targets: Vec<NodeId>,
    step: u64,
}

impl<P: Process> Schedule<P> {
    pub(super) fn new(
        faults: Vec<Fault>,
        healing: Option<Healing>,
        admin: fn(&str) -> Option<P::Admin>,
    ) -> Self {
        let strikes = vec![0; faults.len()];
        let (courses, forsaken) = (Vec::new(), Vec::new());
        Schedule { faults, strikes, courses, healing, is_over: false, forsaken, admin }
    }

    /// The entry of this number.
    fn fault(&self, number: u32) -> &Fault {
        &self.faults[number as usize]
    }
}

impl<P: Process> Clone for Schedule<P> {
    fn clone(&self) -> Self {
        Schedule {
            faults: self.faults.clone(),
            strikes: self.strikes.clone(),
            courses: self.courses.clone(),
            healing: self.healing,
            is_over: self.is_over,
            forsaken: self.forsaken.clone(),
            admin: self.admin,
        }
    }
}

impl<P: Process, C> World<P, C> {
    /// The entry `fault` of the schedule strikes.
    #[cold]
    #[inline(never)]
    pub(super) fn strike<O: Observer<P>>(&mut self, fault: u32, observer: &mut O) {
        if self.schedule.is_over {
            return;
        }
        let Fault { when, mut action, lasts, max_down } = self.schedule.faults[fault as usize].clone();
        let mut draws = self.core.decisions.stream(StreamName::Nemesis(fault));
        let next = when.next(self.core.now, &mut draws);
        let lasts = lasts.map(|lasts| lasts.sample(&mut draws));
        if let Some(next) = next {
            self.core.schedule(next, Event::Strike { fault });
        }
        let mut targets = match action.target() {
            Some(target) if action.damages() => self.resolve_within_reason(target, fault),
            Some(target) => self.resolve(target, fault, &self.all_nodes()),
            None => Vec::new(),
        };
        // One that goes from node to node asks before each: not all are down at once.
        let in_turn = matches!(action, Action::RollingRestart { .. });
        if let Some(most) = max_down.filter(|_| !in_turn) {
            self.keep_within(most, &mut targets);
        }
        self.schedule.strikes[fault as usize] += 1;
        if targets.is_empty() && action.target().is_some() {
            self.core.counters.misses += 1;
            return;
        }
        action.name_ends(|word, _| self.resolve(word, fault, &self.all_nodes()));
        targets.hash(&mut self.core.digest);
        observer.on_happening(self.core.now, &Happening::Fault { action: &action, targets: &targets, lasts });
        match action {
            Action::Crash(_) => targets.iter().for_each(|node| self.crash(*node, lasts, observer)),
            Action::Restart(_) => {
                let before = self.core.counters.restarts;
                targets.iter().for_each(|node| self.restart(*node, observer));
                self.core.counters.restarts_struck += self.core.counters.restarts - before;
            }
            Action::Pause(_) => {
                let lasts = lasts.unwrap_or(SimDuration::ZERO);
                targets.iter().for_each(|node| self.pause(*node, lasts, observer));
            }
            Action::Replace(_) => targets.iter().for_each(|node| self.replace(*node, lasts, observer)),
            Action::CrashLoop { .. } | Action::RollingRestart { .. } => {
                self.begin_course(fault, targets, observer);
            }
            Action::SlowNode { service_time, .. } => {
                let lasts = lasts.unwrap_or(SimDuration::ZERO);
                targets.iter().for_each(|node| self.slow_down(fault, *node, service_time, lasts));
            }
            Action::Disk { ailment, .. } => {
                targets.iter().for_each(|node| self.ail(*node, ailment, lasts, observer));
            }
            Action::Partition(shape) => self.partition(fault, &shape, &targets, lasts, observer),
            Action::Heal => {
                let healed = self.core.network.partitions.heal_all() as u64;
                self.core.counters.heals += healed;
                self.core.counters.heals_struck += healed;
                self.tell_connectivity(observer);
            }
            Action::Links { from, to, effect } => self.disturb(fault, [from, to], effect, lasts),
            Action::Clock { change, .. } => {
                targets.iter().for_each(|node| self.change_clock(*node, change, lasts));
            }
            Action::Messages(verb) => self.core.verbs.add(fault, verb),
            Action::Admin { command, .. } => {
                for node in targets {
                    if let Some(command) = (self.schedule.admin)(&command) {
                        self.core.schedule(self.core.now, Event::Admin { node, command });
                    }
                }
            }
        }
        self.core.look_at_the_sky();
    }

    pub(in crate::engine) fn all_nodes(&self) -> Vec<NodeId> {
        (0..self.processes.len() as u32).map(NodeId).collect()
    }

    /// The nodes that `target` means now, for a fault that damages what a disk has said to be
    /// durable: of those that nobody named, only as many as the protocol can do without.
    fn resolve_within_reason(&mut self, target: &Target, fault: u32) -> Vec<NodeId> {
        if matches!(target, Target::Nodes(_) | Target::Place { .. } | Target::All) {
            return self.resolve(target, fault, &self.all_nodes());
        }
        let admitted =
            self.all_nodes().into_iter().filter(|node| self.may_be_damaged(*node)).collect::<Vec<_>>();
        let mut targets = self.resolve(target, fault, &admitted);
        let before = self.core.atlas.clone();
        targets.retain(|node| {
            let admitted = self.may_be_damaged(*node);
            if admitted {
                self.core.atlas.damage(*node);
            }
            admitted
        });
        // They are damaged when the fault strikes, not when it is aimed.
        self.core.atlas = before;
        targets
    }

    /// The nodes that `target` means now; where chance picks, it does so `among` these.
    pub(super) fn resolve(&mut self, target: &Target, fault: u32, among: &[NodeId]) -> Vec<NodeId> {
        let nodes = self.processes.len() as u32;
        let count = match target {
            Target::Nodes(nodes) | Target::Place { nodes, .. } => return nodes.clone(),
            Target::All => return self.all_nodes(),
            Target::Next => {
                return vec![NodeId((self.schedule.strikes[fault as usize] % u64::from(nodes)) as u32)];
            }
            Target::Leader => return self.leader().into_iter().collect(),
            Target::Random => 1,
            Target::Some(count) => *count as usize,
            Target::Minority => (nodes as usize - 1) / 2,
        };
        let mut picked = among.to_vec();
        let count = count.min(picked.len());
        let draws = &mut self.core.decisions.stream(StreamName::Nemesis(fault));
        for i in 0..count {
            let pick = draws.between(i as u64, picked.len() as u64 - 1) as usize;
            picked.swap(i, pick);
        }
        picked.truncate(count);
        picked.sort_unstable();
        picked
    }

    /// The live node that leads with the highest term.
    pub fn leader(&self) -> Option<NodeId> {
        let leading = self.processes.iter().enumerate().filter_map(|(node, process)| {
            let term = process.as_ref()?.leads()?;
            Some((term, NodeId(node as u32)))
        });
        leading.max().map(|(_, node)| node)
    }
}
