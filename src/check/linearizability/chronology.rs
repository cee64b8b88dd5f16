//! Operations that returned, in order of return, and all their calls and returns in order of time.

use crate::check::partition::{Entry, NEVER};

const NOTHING: u32 = u32::MAX;

/// The order of what returned.
#[derive(Clone, Debug)]
pub(in crate::check) struct Chronology {
    /// The entries that returned, in order of return.
    pub done: Vec<Entry>,
    /// Calls (`2 i`) and returns (`2 i + 1`) of `done` in order of time.
    pub order: Vec<u32>,
}

impl Chronology {
    /// The order of `entries`, whose times are below `end`.
    pub(in crate::check) fn new(entries: &[Entry], end: u32) -> Self {
        let mut order = events(entries, end);
        let mut ranks = vec![NOTHING; entries.len()];
        let mut done = Vec::with_capacity(order.len() / 2);
        for &event in order.iter().filter(|&&event| event % 2 == 1) {
            ranks[event as usize / 2] = done.len() as u32;
            done.push(entries[event as usize / 2]);
        }
        for event in &mut order {
            *event = 2 * ranks[*event as usize / 2] + *event % 2;
        }
        Chronology { done, order }
    }
}

/// The calls (`2 i`) and returns (`2 i + 1`) of the entries that returned, in order of time.
fn events(entries: &[Entry], end: u32) -> Vec<u32> {
    let returned = entries.iter().enumerate().filter(|(_, entry)| entry.ret != NEVER);
    let both =
        |(index, entry): (usize, &Entry)| [(entry.call, 2 * index as u32), (entry.ret, 2 * index as u32 + 1)];
    let timed = returned.flat_map(both);
    // A place for each time is faster than to sort, unless most are empty.
    if entries.len() < end as usize / 16 {
        let mut events: Vec<(u32, u32)> = timed.collect();
        events.sort_unstable();
        return events.into_iter().map(|(_, event)| event).collect();
    }
    let mut at = vec![NOTHING; end as usize];
    timed.for_each(|(time, event)| at[time as usize] = event);
    at.retain(|&event| event != NOTHING);
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn returns_give_the_order() {
        let entry = |call, ret, source| Entry { call, ret, guard: 0, leaves: 0, source };
        let entries = [entry(0, 4, 7), entry(1, NEVER, 8), entry(2, 3, 9)];
        let Chronology { done, order } = Chronology::new(&entries, 5);
        assert_eq!(done, [entries[2], entries[0]]);
        assert_eq!(order, [2, 0, 1, 3]);
    }
}
