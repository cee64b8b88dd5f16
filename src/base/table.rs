//! A hash map for the simulated world: fixed hasher, no iteration.
//!
//! std's map hashes with random keys and iterates in random order; both would
//! let one seed give two runs. This one hashes with [`Digest`] and offers
//! nothing that depends on the order of its slots. Use a `Vec` or a `BTreeMap`
//! where order is needed.

#![expect(clippy::disallowed_types, reason = "the one place that wraps the map")]

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasherDefault, Hash};

use super::Digest;

/// A look-up table from `K` to `V`.
#[derive(Clone)]
pub struct Table<K, V> {
    map: HashMap<K, V, BuildHasherDefault<Digest>>,
}

impl<K: Hash + Eq, V> Table<K, V> {
    /// An empty table.
    pub fn new() -> Self {
        Table { map: HashMap::default() }
    }

    /// An empty table with room for `count` keys.
    pub fn with_capacity(count: usize) -> Self {
        Table { map: HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default()) }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// The bytes that the slots take, and while `more` keys are added: if there is no room for them, the
    /// slots are copied to twice as many. What keys and values own elsewhere is not in it.
    pub fn bytes(&self, more: usize) -> usize {
        let capacity = self.map.capacity();
        // Of eight slots seven are used, and each has a byte that says so.
        let slots = if capacity == 0 { 0 } else { (capacity * 8).div_ceil(7).next_power_of_two() };
        let bytes = slots * (size_of::<(K, V)>() + 1);
        if self.map.len() + more <= capacity { bytes } else { 3 * bytes }
    }

    /// Whether `key` has a value.
    pub fn contains(&self, key: &K) -> bool {
        self.map.contains_key(key)
    }

    /// The value of `key`.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key)
    }

    /// The value of `key`, to change.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    /// The value of `key`, made by `make` if there was none.
    pub fn get_or_insert_with(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        self.map.entry(key).or_insert_with(make)
    }

    /// Sets the value of `key` and returns the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.map.insert(key, value)
    }

    /// Forgets `key` and returns its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.map.remove(key)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.map.clear();
    }
}

impl<K: Hash + Eq, V> Default for Table<K, V> {
    fn default() -> Self {
        Table::new()
    }
}

impl<K, V> fmt::Debug for Table<K, V> {
    /// Only the size: the entries have no order to print them in.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table({} keys)", self.map.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growing_takes_both_the_old_slots_and_the_new() {
        let mut table: Table<u64, u32> = Table::new();
        assert_eq!(table.bytes(0), 0);
        let mut before = 0;
        for key in 0..100_000 {
            let told = table.bytes(1);
            table.insert(key, 0);
            let bytes = table.bytes(0);
            assert!(bytes >= 17 * table.len() && bytes <= 40 * table.len() + 200, "{bytes}");
            assert!(key == 0 || bytes == before || bytes + before == told, "{bytes} after {before}, {told}");
            before = bytes;
        }
    }
}
