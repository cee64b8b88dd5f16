//! Linearization just in time (Lowe 2017): the set of all configurations that explain what has
//! returned so far, carried from return to return. When an operation returns, each configuration that
//! has not linearized it yet takes what it needs for that, and no more. Memory holds what is open, not
//! what was.
//!
//! A configuration is the state, which open operations are linearized, and how many crashed ones of each
//! class have been used. Observers are linearized as soon as they are possible (see `steps`). One
//! configuration makes another superfluous that has used the same crashed operations and more.
//!
//! A crashed assignment is used only where another operation demands the state that it leaves. What
//! comes after it if none does, the returning operation at last, comes to the same without it; and
//! what is called later finds it still unused.

use crate::base::Table;
use crate::check::automaton::{Automaton, ClassId};
use crate::check::numbering::{NONE, StateId};
use crate::history::Operation;

/// As many operations can be open at once.
const SLOTS: usize = 128;
/// States and steps are forgotten when they take more than this, and twice what was needed before.
const FORGET_BYTES: u64 = 1 << 20;

/// The place of an open operation.
pub(in crate::check) type Slot = usize;

/// The search needs more memory than it may have.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::check) struct TooMany;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Configuration {
    state: StateId,
    /// A bit for each slot.
    done: u128,
    /// For each class of crashed operations, how many have been used; the rest is zero.
    used: Vec<u32>,
}

/// Operations that do the same, all crashed.
#[derive(Clone, Debug)]
struct Crashed {
    class: ClassId,
    operation: Operation,
    count: u32,
}

/// Configurations without those that others make superfluous, in order of appearance.
#[derive(Default)]
struct Antichain {
    all: Vec<Configuration>,
    places: Table<(StateId, u128), Vec<u32>>,
}

impl Antichain {
    fn insert(&mut self, configuration: Configuration) -> bool {
        let Configuration { state, done, used } = &configuration;
        let places = self.places.get_or_insert_with((*state, *done), Vec::new);
        let all = &self.all;
        if places.iter().any(|&place| is_within(&all[place as usize].used, used)) {
            return false;
        }
        places.push(self.all.len() as u32);
        self.all.push(configuration);
        true
    }
}

/// Whether `less` holds no more of anything than `more`.
fn is_within(less: &[u32], more: &[u32]) -> bool {
    less.iter().enumerate().all(|(class, &count)| count <= more.get(class).copied().unwrap_or(0))
}

/// The configurations that explain what has returned.
#[derive(Clone, Debug)]
pub(in crate::check) struct JustInTime {
    automaton: Automaton,
    configurations: Vec<Configuration>,
    open: Vec<Option<(ClassId, Operation)>>,
    crashed: Vec<Crashed>,
    /// As many configurations may be looked at for one return.
    limit: usize,
    forget_bytes: u64,
}

impl JustInTime {
    pub(in crate::check) fn new(automaton: Automaton, limit: usize) -> Self {
        let configurations = vec![Configuration { state: 0, done: 0, used: Vec::new() }];
        let (open, crashed) = (Vec::new(), Vec::new());
        JustInTime { automaton, configurations, open, crashed, limit, forget_bytes: FORGET_BYTES }
    }

    /// An operation is called that returns later, and is known to return as `operation` says.
    pub(in crate::check) fn call(&mut self, operation: Operation) -> Result<Slot, TooMany> {
        let class = self.automaton.class(&operation, true);
        let slot = self.open.iter().position(Option::is_none).unwrap_or(self.open.len());
        if slot == SLOTS {
            return Err(TooMany);
        }
        if slot == self.open.len() {
            self.open.push(None);
        }
        self.open[slot] = Some((class, operation));
        if self.automaton.observes(class) {
            for configuration in &mut self.configurations {
                if self.automaton.step(configuration.state, class) != NONE {
                    configuration.done |= 1 << slot;
                }
            }
        }
        Ok(slot)
    }

    /// An operation is called that never returns.
    pub(in crate::check) fn crash(&mut self, operation: Operation) {
        let class = self.automaton.class(&operation, false);
        match self.crashed.iter_mut().find(|crashed| crashed.class == class) {
            _ if self.automaton.observes(class) => {}
            Some(crashed) => crashed.count += 1,
            None => self.crashed.push(Crashed { class, operation, count: 1 }),
        }
    }

    /// The operation in `slot` returns. Whether that is possible.
    pub(in crate::check) fn return_from(&mut self, slot: Slot) -> Result<bool, TooMany> {
        let (mut after, mut looked_at) = (Antichain::default(), Antichain::default());
        for configuration in std::mem::take(&mut self.configurations) {
            if configuration.done & 1 << slot == 0 {
                looked_at.insert(configuration);
            } else {
                after.insert(without(configuration, slot));
            }
        }
        let (mut next, wanted) = (0, self.wanted());
        while let Some(configuration) = looked_at.all.get(next).cloned() {
            next += 1;
            for successor in self.successors(&configuration, &wanted) {
                if successor.done & 1 << slot == 0 {
                    looked_at.insert(successor);
                } else {
                    after.insert(without(successor, slot));
                }
            }
            if looked_at.all.len() + after.all.len() > self.limit {
                return Err(TooMany);
            }
        }
        self.configurations = after.all;
        self.open[slot] = None;
        if self.automaton.bytes() > self.forget_bytes {
            self.forget();
        }
        Ok(!self.configurations.is_empty())
    }

    /// The bytes that its states and steps take, about.
    #[cfg(test)]
    pub(in crate::check) fn bytes(&self) -> u64 {
        self.automaton.bytes()
    }

    /// The crashed operations, by their places, that something now open or crashed may need.
    fn wanted(&self) -> Vec<usize> {
        let open = self.open.iter().flatten().map(|(class, _)| *class);
        let crashed = self.crashed.iter().map(|crashed| crashed.class);
        let demands: Vec<Option<StateId>> =
            open.chain(crashed).filter_map(|class| self.automaton.demands(class)).collect();
        let is_wanted = |&place: &usize| match self.automaton.leaves(self.crashed[place].class) {
            Some(state) => demands.iter().any(|demanded| demanded.is_none_or(|demanded| demanded == state)),
            None => true,
        };
        (0..self.crashed.len()).filter(is_wanted).collect()
    }

    /// The configurations one move away; of crashed operations only the `wanted` are used.
    fn successors(&mut self, from: &Configuration, wanted: &[usize]) -> Vec<Configuration> {
        let mut successors = Vec::new();
        for slot in 0..self.open.len() {
            let Some((class, _)) = self.open[slot] else { continue };
            if from.done & 1 << slot != 0 {
                continue;
            }
            let state = self.automaton.step(from.state, class);
            if state != NONE {
                let done = from.done | 1 << slot;
                successors.push(self.with_observers(Configuration { state, done, used: from.used.clone() }));
            }
        }
        for &place in wanted {
            let Crashed { class, count, .. } = self.crashed[place];
            if from.used.get(place).is_some_and(|&used| used >= count) {
                continue;
            }
            let state = self.automaton.step(from.state, class);
            if state != NONE && state != from.state {
                let mut used = from.used.clone();
                used.resize(used.len().max(place + 1), 0);
                used[place] += 1;
                successors.push(self.with_observers(Configuration { state, done: from.done, used }));
            }
        }
        successors
    }

    fn with_observers(&mut self, mut configuration: Configuration) -> Configuration {
        for (slot, open) in self.open.iter().enumerate() {
            let Some((class, _)) = *open else { continue };
            if self.automaton.observes(class) && self.automaton.step(configuration.state, class) != NONE {
                configuration.done |= 1 << slot;
            }
        }
        configuration
    }

    /// Forgets the states and classes that are not needed any more.
    fn forget(&mut self) {
        let mut states: Vec<StateId> = self.configurations.iter().map(|c| c.state).collect();
        states.sort_unstable();
        states.dedup();
        for configuration in &mut self.configurations {
            configuration.state = states.partition_point(|&state| state < configuration.state) as StateId;
        }
        self.automaton.forget_all_but(&states);
        for (class, operation) in self.open.iter_mut().flatten() {
            *class = self.automaton.class(operation, true);
        }
        for crashed in &mut self.crashed {
            crashed.class = self.automaton.class(&crashed.operation, false);
        }
        self.forget_bytes = FORGET_BYTES.max(2 * self.automaton.bytes());
    }
}

fn without(configuration: Configuration, slot: Slot) -> Configuration {
    Configuration { done: configuration.done & !(1 << slot), ..configuration }
}
