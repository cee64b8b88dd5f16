//! The fault schedule, carried out: when and whom here, what in a file for each thing that breaks.

mod clocks;
mod links;
mod nodes;
mod partitions;

use std::hash::Hash;

use super::event::Event;
use super::observer::{Happening, Observer};
use super::world::World;
use crate::base::keys::Target;
use crate::base::{Draw, NodeId, SimDuration, StreamName};
use crate::faults::{Action, Fault};
use crate::process::Process;

/// The faults of a run and how often each has struck.
#[derive(Debug)]
pub(super) struct Schedule<P: Process> {
    faults: Vec<Fault>,
    strikes: Vec<u64>,
    admin: fn(&str) -> Option<P::Admin>,
}

impl<P: Process> Schedule<P> {
    pub(super) fn new(faults: Vec<Fault>, admin: fn(&str) -> Option<P::Admin>) -> Self {
        let strikes = vec![0; faults.len()];
        Schedule { faults, strikes, admin }
    }
}

impl<P: Process> Clone for Schedule<P> {
    fn clone(&self) -> Self {
        Schedule { faults: self.faults.clone(), strikes: self.strikes.clone(), admin: self.admin }
    }
}

impl<P: Process, C> World<P, C> {
    /// The entry `fault` of the schedule strikes.
    pub(super) fn strike<O: Observer<P>>(&mut self, fault: u32, observer: &mut O) {
        let Fault { when, action, lasts } = self.schedule.faults[fault as usize].clone();
        if let Some(next) = when.next(self.core.now) {
            self.core.schedule(next, Event::Strike { fault });
        }
        let targets = match action.target() {
            Some(target) => self.resolve(target, fault),
            None => Vec::new(),
        };
        self.schedule.strikes[fault as usize] += 1;
        if targets.is_empty() && action.target().is_some() {
            self.core.counters.misses += 1;
            return;
        }
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
            Action::Partition(shape) => self.partition(fault, &shape, &targets, lasts, observer),
            Action::Heal => {
                let healed = self.core.network.partitions.heal_all() as u64;
                self.core.counters.heals += healed;
                self.core.counters.heals_struck += healed;
                self.tell_connectivity(observer);
            }
            Action::Links { links, effect } => self.disturb(fault, links, effect, lasts),
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

    /// The nodes that `target` means now.
    fn resolve(&mut self, target: &Target, fault: u32) -> Vec<NodeId> {
        let nodes = self.processes.len() as u32;
        let draws = &mut self.core.decisions.stream(StreamName::Nemesis(fault));
        match target {
            Target::Nodes(nodes) | Target::Place { nodes, .. } => nodes.clone(),
            Target::All => (0..nodes).map(NodeId).collect(),
            Target::Next => vec![NodeId((self.schedule.strikes[fault as usize] % u64::from(nodes)) as u32)],
            Target::Random => vec![NodeId(draws.below(u64::from(nodes)) as u32)],
            Target::Minority => {
                let mut all: Vec<NodeId> = (0..nodes).map(NodeId).collect();
                let minority = (nodes as usize - 1) / 2;
                for i in 0..minority {
                    let pick = draws.between(i as u64, u64::from(nodes) - 1) as usize;
                    all.swap(i, pick);
                }
                all.truncate(minority);
                all.sort_unstable();
                all
            }
            Target::Leader => self.leader().into_iter().collect(),
        }
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
