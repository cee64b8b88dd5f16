//! What must and what may be put in order: the operations that demand or change anything, by session.
//!
//! They come from a [`Case`], which has dropped those that failed and those that neither demand nor change
//! anything. Where the operations on an object are all guarded assignments, their states are numbers, and it is
//! known where each can come from; any other object is an automaton.

use crate::base::Table;
use crate::check::Case;
use crate::check::automaton::{Automaton, ClassId};
use crate::check::numbering::{NONE, StateId};
use crate::check::partition::NEVER;
use crate::history::Outcome;

/// What an operation reads was there at first.
pub(super) const INITIAL: u32 = u32::MAX - 1;

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Item {
    /// Its index among the operations of the case.
    pub(super) source: u32,
    pub(super) session: u32,
    /// How many of its session come before it.
    pub(super) place: u32,
    pub(super) object: u32,
    /// What it does, where the object is an automaton.
    class: ClassId,
    /// The state it demands, or [`NONE`]. Both only where the object is no automaton.
    pub(super) guard: StateId,
    /// The state it leaves, or [`NONE`] if it changes nothing.
    pub(super) leaves: StateId,
    /// Whether it was answered.
    pub(super) is_answered: bool,
    /// Whether it changes no state, wherever it is possible.
    pub(super) observes: bool,
    /// The write that left what it demands, or [`INITIAL`], if that is the only one that can have; else [`NONE`].
    pub(super) origin: u32,
    /// The event that completes it; the one that begins it, where there is none.
    pub(super) when: u32,
}

impl Item {
    /// Whether it demands and leaves the same as `other`, of the same object.
    pub(super) fn does_as(&self, other: &Item) -> bool {
        let of = |item: &Item| (item.object, item.class, item.guard, item.leaves);
        of(self) == of(other)
    }
}

/// What operations act upon.
#[derive(Clone, Debug)]
pub(super) struct Object {
    /// `None` where all operations are guarded assignments.
    pub(super) automaton: Option<Automaton>,
    /// Where its states begin among those of all.
    pub(super) base: u32,
}

/// The operations of a history, session by session.
#[derive(Clone, Debug)]
pub(super) struct Items {
    /// In order of invocation.
    pub(super) all: Vec<Item>,
    /// Those of each session, in order.
    pub(super) sessions: Vec<Vec<u32>>,
    pub(super) objects: Vec<Object>,
    /// How many states there are on all objects that are no automata.
    pub(super) states: usize,
    /// Those that were answered, in the order they were.
    pub(super) returns: Vec<u32>,
    /// Those that demand what nothing can have left.
    pub(super) phantoms: Vec<u32>,
}

impl Items {
    pub(super) fn new(case: &Case) -> Self {
        let mut items = Items {
            all: Vec::new(),
            sessions: Vec::new(),
            objects: Vec::with_capacity(case.partitions.len()),
            states: 0,
            returns: Vec::new(),
            phantoms: Vec::new(),
        };
        let owners = items.find_objects(case);
        let mut current = Table::new();
        for (source, operation) in (0..).zip(&case.operations) {
            let (object, entry) = owners[source as usize];
            if object != NONE {
                items.add(case, source, object, entry, &mut current);
            }
            if operation.outcome == Outcome::Info {
                current.remove(&operation.process);
            }
        }
        let all = &items.all;
        items.returns = (0..all.len() as u32).filter(|&item| all[item as usize].is_answered).collect();
        items.returns.sort_unstable_by_key(|&item| all[item as usize].when);
        items.find_origins();
        items
    }

    /// The place of `state` of `object` among the states of all.
    pub(super) fn state(&self, object: u32, state: StateId) -> usize {
        (self.objects[object as usize].base + state) as usize
    }

    /// The state of its object after `item` happens in `state`; [`NONE`] if it cannot.
    pub(super) fn step(&mut self, item: &Item, state: StateId) -> StateId {
        match &mut self.objects[item.object as usize].automaton {
            Some(automaton) => automaton.step(state, item.class),
            None if item.guard != NONE && item.guard != state => NONE,
            None if item.leaves == NONE => state,
            None => item.leaves,
        }
    }

    /// Whether its object is known by the states that its operations name.
    pub(super) fn is_named(&self, object: u32) -> bool {
        self.objects[object as usize].automaton.is_none()
    }

    /// The object of each operation and its entry there.
    fn find_objects(&mut self, case: &Case) -> Vec<(u32, u32)> {
        let mut owners = vec![(NONE, NONE); case.operations.len()];
        for (number, partition) in (0..).zip(&case.partitions) {
            for (place, entry) in (0..).zip(&partition.entries) {
                owners[entry.source as usize] = (number, place);
            }
            let base = self.states as u32;
            let automaton = if partition.computes {
                let of = partition.entries.iter().map(|entry| &case.operations[entry.source as usize]);
                Some(Automaton::new(&*case.model, &mut of.into_iter()))
            } else {
                self.states += partition.states.len();
                None
            };
            self.objects.push(Object { automaton, base });
        }
        owners
    }

    fn add(&mut self, case: &Case, source: u32, object: u32, entry: u32, current: &mut Table<u64, u32>) {
        let operation = &case.operations[source as usize];
        let entry = &case.partitions[object as usize].entries[entry as usize];
        let is_answered = entry.ret != NEVER;
        let sessions = &mut self.sessions;
        let session = *current.get_or_insert_with(operation.process, || {
            sessions.push(Vec::new());
            sessions.len() as u32 - 1
        });
        let (mut class, mut observes) = (NONE, entry.leaves == NONE);
        let (mut guard, mut leaves) = (entry.guard, entry.leaves);
        if let Some(automaton) = &mut self.objects[object as usize].automaton {
            class = automaton.class(operation, is_answered);
            observes = automaton.observes(class);
            (guard, leaves) = (NONE, NONE);
        }
        let when = operation.returned.filter(|_| is_answered).unwrap_or(operation.invoked) as u32;
        let place = sessions[session as usize].len() as u32;
        sessions[session as usize].push(self.all.len() as u32);
        let origin = NONE;
        self.all.push(Item {
            source,
            session,
            place,
            object,
            class,
            guard,
            leaves,
            is_answered,
            observes,
            origin,
            when,
        });
    }

    /// Finds out where demanded states come from.
    fn find_origins(&mut self) {
        const NOTHING: u32 = NONE;
        const SEVERAL: u32 = NONE - 2;
        let mut origins = vec![NOTHING; self.states];
        for object in self.objects.iter().filter(|object| object.automaton.is_none()) {
            if let Some(first) = origins.get_mut(object.base as usize) {
                *first = INITIAL;
            }
        }
        for (number, item) in (0..).zip(&self.all) {
            if item.leaves != NONE {
                let origin = &mut origins[self.state(item.object, item.leaves)];
                *origin = if *origin == NOTHING { number } else { SEVERAL };
            }
        }
        for number in 0..self.all.len() {
            let Item { object, guard, .. } = self.all[number];
            if guard == NONE {
                continue;
            }
            match origins[self.state(object, guard)] {
                NOTHING => self.phantoms.push(number as u32),
                SEVERAL => {}
                origin => self.all[number].origin = origin,
            }
        }
    }
}
