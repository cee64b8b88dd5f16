//! The counters of a run by name: one order for JSON, CSV and text.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::engine::Counters;

/// The counters that are a fault's effect; the others measure work.
pub const FAULTS: &[&str] = &[
    "crashes",
    "restarts",
    "restarts_struck",
    "pauses",
    "partitions",
    "heals",
    "heals_struck",
    "messages_lost",
    "messages_blocked",
    "messages_to_down",
    "messages_duplicated",
    "messages_dropped",
    "messages_delayed",
    "messages_repeated",
    "messages_lost_in_bursts",
    "messages_overflowed",
    "messages_queued",
    "messages_corrupted",
    "messages_reordered",
    "messages_clogged",
    "messages_slowed",
    "messages_degraded",
    "writes_lost",
    "writes_torn",
    "clocks_stepped",
    "clocks_drifted",
    "clocks_stopped",
    "timers_skewed",
    "crashes_in_loops",
    "crashes_in_turn",
    "disks_lost",
    "deliveries_slowed",
    "syncs_stalled",
    "syncs_slowed",
    "syncs_failed",
    "writes_failed",
    "writes_refused",
    "writes_forgotten",
    "records_rotted",
    "misses",
];

/// Every counter with its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Named([(&'static str, u64); COUNT]);

impl Named {
    /// The names and values, in the order of every report.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().copied()
    }

    /// The values, in the same order.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut u64> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    /// Those that are a fault's effect.
    pub fn faults(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.iter().filter(|(name, _)| FAULTS.contains(name))
    }
}

impl Default for Named {
    /// Nothing has happened.
    fn default() -> Self {
        named(&Counters::default())
    }
}

impl Serialize for Named {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(COUNT))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, &value)?;
        }
        map.end()
    }
}

/// The counters by name, in the order of every report. Each is named once, and the compiler tells if one
/// is left out.
macro_rules! counters {
    ($($name:ident)*) => {
        /// How many counters there are; the number of events stands elsewhere.
        const COUNT: usize = [$(stringify!($name)),*].len();

        /// `counters` by name.
        pub fn named(counters: &Counters) -> Named {
            let Counters { events: _, $($name),* } = *counters;
            Named([$((stringify!($name), $name)),*])
        }
    };
}

counters! {
    crashes
    partitions
    messages_sent
    messages_lost
    messages_delivered
    messages_blocked
    messages_to_down
    messages_duplicated
    messages_dropped
    messages_delayed
    messages_repeated
    messages_lost_in_bursts
    messages_overflowed
    messages_queued
    messages_corrupted
    messages_reordered
    messages_clogged
    messages_slowed
    messages_degraded
    bytes_sent
    timers
    syncs
    restarts
    restarts_struck
    pauses
    heals
    heals_struck
    clocks_stepped
    clocks_drifted
    clocks_stopped
    timers_skewed
    misses
    writes_lost
    writes_torn
    crashes_in_loops
    crashes_in_turn
    disks_lost
    deliveries_slowed
    syncs_stalled
    syncs_slowed
    syncs_failed
    writes_failed
    writes_refused
    writes_forgotten
    records_rotted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faults::verbs::VERBS;

    #[test]
    fn every_fault_is_a_counter() {
        assert_eq!(named(&Counters::default()).faults().count(), FAULTS.len());
    }

    /// Else a sweep would look in vain for runs that felt it.
    #[test]
    fn what_shows_the_effect_of_a_fault_is_one() {
        let counters = VERBS.iter().filter_map(|verb| verb.counter);
        counters.for_each(|counter| assert!(FAULTS.contains(&counter), "{counter}"));
    }
}
