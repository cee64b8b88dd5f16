//! A node's timers, re-armed in place.
//!
//! Each timer has a slot that holds its deadline, and at most one live entry in the
//! queue. Moving a deadline later leaves that entry where it is: when it comes up
//! early it goes back under the true deadline, with the sequence number taken when
//! the timer was re-armed, so the order of events is as if it had been moved. Only
//! moving a deadline earlier leaves an entry behind, which is skipped when it comes.

use std::hash::Hash;

use crate::base::{SimTime, Table};

/// The timers of one node or client. Dropped when it crashes: queue entries that find
/// no timer are stale.
#[derive(Clone, Debug)]
pub(super) struct Timers<T> {
    slots: Vec<Slot<T>>,
    /// Once there are too many slots to look through.
    many: Option<Box<Many<T>>>,
}

/// Where each timer's slot is, and which slots are free.
#[derive(Clone, Debug)]
struct Many<T> {
    index: Table<T, u32>,
    free: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Slot<T> {
    deadline: SimTime,
    /// Taken when the timer was set.
    sequence: u64,
    /// Time and sequence of the live queue entry; [`NEVER`] if there is none.
    queued: SimTime,
    queued_sequence: u64,
    timer: T,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Not set.
    Idle,
    /// Set to fire.
    Armed,
    /// Its deadline has come; it waits in the inbox.
    Due,
}

/// What a queue entry of a timer turns out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Popped {
    /// Left behind, or cancelled since.
    Stale,
    /// The deadline has moved: queue it there.
    Later { deadline: SimTime, sequence: u64 },
    /// The deadline has come.
    Due,
}

/// With more timers than this a table finds them.
const LOOK_THROUGH: usize = 12;
/// The sequence of no entry.
const NEVER: u64 = u64::MAX;

impl<T> Default for Timers<T> {
    fn default() -> Self {
        Timers { slots: Vec::new(), many: None }
    }
}

impl<T: Copy + Eq + Hash> Timers<T> {
    /// Sets `timer`. The slot to put into the queue, unless an entry there will do.
    #[inline(always)]
    pub(super) fn arm(&mut self, timer: T, deadline: SimTime, sequence: u64) -> Option<u32> {
        let (place, queue) = self.arm_in_place(timer, deadline, sequence);
        queue.then_some(place)
    }

    /// Sets `timer`. Its slot, and whether that must be put into the queue.
    #[inline(always)]
    pub(super) fn arm_in_place(&mut self, timer: T, deadline: SimTime, sequence: u64) -> (u32, bool) {
        let place = self.find(timer).unwrap_or_else(|| self.allocate(timer));
        (place, self.rearm(place, deadline, sequence))
    }

    /// Sets the timer of the slot `place`. Whether that must be put into the queue.
    #[inline(always)]
    pub(super) fn rearm(&mut self, place: u32, deadline: SimTime, sequence: u64) -> bool {
        let slot = &mut self.slots[place as usize];
        (slot.state, slot.deadline, slot.sequence) = (State::Armed, deadline, sequence);
        if slot.is_queued() && slot.queued <= deadline {
            return false;
        }
        (slot.queued, slot.queued_sequence) = (deadline, sequence);
        true
    }

    /// The slots of the timers that are set, with their deadlines.
    pub(super) fn armed(&self) -> impl Iterator<Item = (u32, SimTime)> + '_ {
        let slots = (0..).zip(&self.slots);
        slots.filter(|(_, slot)| slot.state == State::Armed).map(|(place, slot)| (place, slot.deadline))
    }

    /// Forgets the deadline of `timer`.
    pub(super) fn cancel(&mut self, timer: T) {
        if let Some(place) = self.find(timer) {
            self.slots[place as usize].state = State::Idle;
            self.release_if_unused(place);
        }
    }

    /// The queue's entry `sequence` for slot `place` comes up.
    #[inline]
    pub(super) fn pop(&mut self, place: u32, sequence: u64) -> Popped {
        let Some(slot) = self.slots.get_mut(place as usize) else { return Popped::Stale };
        if slot.queued_sequence != sequence {
            return Popped::Stale;
        }
        match slot.state {
            State::Armed if slot.sequence == sequence => {
                (slot.state, slot.queued_sequence) = (State::Due, NEVER);
                Popped::Due
            }
            State::Armed => {
                (slot.queued, slot.queued_sequence) = (slot.deadline, slot.sequence);
                Popped::Later { deadline: slot.deadline, sequence: slot.sequence }
            }
            State::Idle | State::Due => {
                slot.queued_sequence = NEVER;
                self.release_if_unused(place);
                Popped::Stale
            }
        }
    }

    /// The timer whose deadline came under `sequence`, unless it was set anew or
    /// cancelled while it waited in the inbox.
    #[inline]
    pub(super) fn take_due(&mut self, place: u32, sequence: u64) -> Option<T> {
        let slot = self.slots.get_mut(place as usize)?;
        if slot.state != State::Due || slot.sequence != sequence {
            return None;
        }
        slot.state = State::Idle;
        let timer = slot.timer;
        self.release_if_unused(place);
        Some(timer)
    }

    #[inline]
    fn find(&self, timer: T) -> Option<u32> {
        match &self.many {
            Some(many) => many.index.get(&timer).copied(),
            None => {
                let used = |slot: &Slot<T>| slot.timer == timer && slot.is_used();
                self.slots.iter().position(used).map(|place| place as u32)
            }
        }
    }

    /// A slot for `timer`: one that is free, or a new one.
    fn allocate(&mut self, timer: T) -> u32 {
        let free = match &mut self.many {
            Some(many) => many.free.pop(),
            None => self.slots.iter().position(|slot| !slot.is_used()).map(|place| place as u32),
        };
        let place = free.unwrap_or(self.slots.len() as u32);
        let slot = Slot::new(timer);
        if free.is_some() {
            self.slots[place as usize] = slot;
        } else {
            if self.slots.is_empty() {
                self.slots.reserve_exact(1); // Most nodes have one or two.
            }
            self.slots.push(slot);
            if self.slots.len() == LOOK_THROUGH + 1 {
                self.many = Some(Box::new(Many::of(&self.slots)));
            }
        }
        if let Some(many) = &mut self.many {
            many.index.insert(timer, place);
        }
        place
    }

    #[inline]
    fn release_if_unused(&mut self, place: u32) {
        if let Some(many) = &mut self.many {
            let slot = &self.slots[place as usize];
            if !slot.is_used() {
                many.index.remove(&slot.timer);
                many.free.push(place);
            }
        }
    }
}

impl<T: Copy + Eq + Hash> Many<T> {
    /// The slots that are in use, found by timer.
    fn of(slots: &[Slot<T>]) -> Self {
        let mut many = Many { index: Table::new(), free: Vec::new() };
        for (place, slot) in (0..).zip(slots) {
            if slot.is_used() {
                many.index.insert(slot.timer, place);
            }
        }
        many
    }
}

impl<T> Slot<T> {
    fn new(timer: T) -> Self {
        let (deadline, queued) = (SimTime::ZERO, SimTime::ZERO);
        Slot { deadline, sequence: NEVER, queued, queued_sequence: NEVER, timer, state: State::Idle }
    }

    #[inline]
    fn is_queued(&self) -> bool {
        self.queued_sequence != NEVER
    }

    #[inline]
    fn is_used(&self) -> bool {
        self.state != State::Idle || self.is_queued()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::queue::Queue;
    use super::*;

    /// The timers with the queue they live in.
    struct Clockwork {
        timers: Timers<u8>,
        queue: Queue,
    }

    impl Clockwork {
        fn set(&mut self, timer: u8, deadline: u64) {
            let (deadline, sequence) = (SimTime::from_ns(deadline), self.queue.take_sequence());
            if let Some(place) = self.timers.arm(timer, deadline, sequence) {
                self.queue.push(deadline, sequence, place);
            }
        }

        fn fire(&mut self) -> Option<(u64, u8)> {
            loop {
                let entry = self.queue.pop()?;
                match self.timers.pop(entry.slot, entry.sequence) {
                    Popped::Stale => {}
                    Popped::Later { deadline, sequence } => self.queue.push(deadline, sequence, entry.slot),
                    Popped::Due => {
                        let timer = self.timers.take_due(entry.slot, entry.sequence)?;
                        return Some((entry.time.as_ns(), timer));
                    }
                }
            }
        }
    }

    /// Oracle: a map from timer to (deadline, order of arming), fired smallest first.
    fn agrees_with_a_map(steps: Vec<(u8, u8, u8)>) -> bool {
        let mut clockwork = Clockwork { timers: Timers::default(), queue: Queue::new() };
        let mut map: BTreeMap<u8, (u64, usize)> = BTreeMap::new();
        let mut now = 0;
        for (order, (action, timer, delay)) in steps.into_iter().enumerate() {
            let timer = timer % 20;
            match action % 4 {
                0 => {
                    let first = map.iter().map(|(timer, key)| (*key, *timer)).min();
                    let expected = first.map(|((deadline, _), timer)| (deadline, timer));
                    let got = clockwork.fire();
                    if got != expected {
                        return false;
                    }
                    if let Some((deadline, timer)) = got {
                        now = deadline;
                        map.remove(&timer);
                    }
                }
                1 => {
                    clockwork.timers.cancel(timer);
                    map.remove(&timer);
                }
                _ => {
                    let deadline = now + u64::from(delay % 16);
                    clockwork.set(timer, deadline);
                    map.insert(timer, (deadline, order));
                }
            }
        }
        true
    }

    #[test]
    fn timers_fire_as_if_each_had_been_moved() {
        quickcheck::QuickCheck::new()
            .tests(3_000)
            .quickcheck(agrees_with_a_map as fn(Vec<(u8, u8, u8)>) -> bool);
    }

    #[test]
    fn moving_a_deadline_later_leaves_nothing_behind() {
        let mut clockwork = Clockwork { timers: Timers::default(), queue: Queue::new() };
        for deadline in 0..1_000 {
            clockwork.set(7, 100 + deadline);
        }
        assert_eq!(clockwork.queue.len(), 1);
        assert_eq!(clockwork.fire(), Some((1_099, 7)));
        assert_eq!(clockwork.fire(), None);
    }
}
