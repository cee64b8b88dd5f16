//! The steps of all sessions in an order that keeps that of each session, and writes before their reads.

use super::accesses::{Accesses, NONE};
use super::convergent::causes;
use super::order::{Why, on_circles};
use crate::base::Table;

/// Steps in such an order, and where each session touches each key.
#[derive(Debug)]
pub(super) struct Schedule {
    pub(super) steps: Vec<u32>,
    /// The place of each step in that order.
    pub(super) rank: Vec<u32>,
    /// Reads of what was only written in consequence of them: no order has the write first. They stand where
    /// all others leave them.
    pub(super) impossible: Vec<u32>,
    /// All reads that are causes of what they saw: those, and who waits with them in a circle. They show nothing
    /// about which of two versions came first.
    pub(super) circular: Vec<u32>,
    /// For each step, the number of what its session does to its key.
    pub(super) spot: Vec<u32>,
    /// How many of these there are.
    pub(super) spots: usize,
    numbers: Table<(u32, u32), u32>,
    /// The place of each step in its session.
    pub(super) position: Vec<u32>,
}

impl Schedule {
    pub(super) fn new(accesses: &Accesses<'_>) -> Self {
        let count = accesses.steps.len();
        let mut schedule = Schedule {
            steps: Vec::with_capacity(count),
            rank: vec![NONE; count],
            impossible: Vec::new(),
            circular: Vec::new(),
            spot: Vec::with_capacity(count),
            spots: 0,
            numbers: Table::new(),
            position: vec![0; count],
        };
        for step in &accesses.steps {
            let next = schedule.spots as u32;
            let spot = *schedule.numbers.get_or_insert_with((step.session, step.key), || next);
            schedule.spots += usize::from(spot == next);
            schedule.spot.push(spot);
        }
        for steps in &accesses.sessions {
            for (position, step) in (0..).zip(steps) {
                schedule.position[*step as usize] = position;
            }
        }
        schedule.line_up(accesses);
        schedule
    }

    /// The number of what `session` does to `key`, if it does anything.
    pub(super) fn spot_of(&self, session: u32, key: u32) -> Option<usize> {
        self.numbers.get(&(session, key)).map(|&spot| spot as usize)
    }

    /// In the order of invocation, but each session waits with a read until the write has had its place.
    fn line_up(&mut self, accesses: &Accesses<'_>) {
        let mut queue =
            Queue { waiting: Table::new(), next: vec![0; accesses.sessions.len()], ready: Vec::new() };
        let count = accesses.steps.len() as u32;
        for step in 0..count {
            let session = accesses.steps[step as usize].session;
            if queue.next_of(accesses, session) == Some(step) {
                queue.ready.push(session);
                self.go_on(accesses, step, &mut queue);
            }
        }
        if self.steps.len() < count as usize {
            let circles = on_circles(&causes(accesses));
            let reads = circles.iter().filter(|edge| edge.why == Why::ReadFrom);
            self.circular = reads.map(|edge| edge.by).collect();
        }
        // Whoever still waits does so for somebody in a circle, where a read gives way.
        while self.steps.len() < count as usize {
            for blocked in self.circular.clone() {
                let session = accesses.steps[blocked as usize].session;
                if queue.next_of(accesses, session) == Some(blocked) {
                    self.impossible.push(blocked);
                    self.place(blocked, session, &mut queue);
                    queue.ready.push(session);
                    self.go_on(accesses, count, &mut queue);
                }
            }
        }
    }

    /// Places what the sessions do that are ready, up to the step `until` and as far as they need not wait.
    fn go_on(&mut self, accesses: &Accesses<'_>, until: u32, queue: &mut Queue) {
        while let Some(session) = queue.ready.pop() {
            while let Some(step) = queue.next_of(accesses, session).filter(|&step| step <= until) {
                let access = accesses.steps[step as usize];
                let write = accesses.versions[access.version as usize].step;
                if access.is_read && write != NONE && self.rank[write as usize] == NONE {
                    queue.waiting.get_or_insert_with(access.version, Vec::new).push(session);
                    break;
                }
                self.place(step, session, queue);
                if !access.is_read {
                    queue.ready.extend(queue.waiting.remove(&access.version).into_iter().flatten());
                }
            }
        }
    }

    fn place(&mut self, step: u32, session: u32, queue: &mut Queue) {
        self.rank[step as usize] = self.steps.len() as u32;
        self.steps.push(step);
        queue.next[session as usize] += 1;
    }
}

/// How far the sessions have come.
struct Queue {
    /// Sessions that wait for a version to be written.
    waiting: Table<u32, Vec<u32>>,
    /// How many steps of each session have their place.
    next: Vec<usize>,
    /// Sessions that may go on.
    ready: Vec<u32>,
}

impl Queue {
    fn next_of(&self, accesses: &Accesses<'_>, session: u32) -> Option<u32> {
        accesses.sessions[session as usize].get(self.next[session as usize]).copied()
    }
}
