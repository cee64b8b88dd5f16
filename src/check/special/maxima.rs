//! Greatest numbers over ranges of an array that changes: a complete binary tree over it.

/// An array of numbers, 0 at first.
#[derive(Clone, Debug)]
pub(super) struct Maxima {
    /// Node `i` has the children `2 i` and `2 i + 1`; the leaves are the second half.
    tree: Vec<u32>,
}

impl Maxima {
    pub(super) fn new(length: usize) -> Self {
        Maxima { tree: vec![0; 2 * length.next_power_of_two()] }
    }

    /// Raises the number in `place` to `value` at least.
    pub(super) fn raise(&mut self, place: usize, value: u32) {
        let mut node = self.tree.len() / 2 + place;
        while node > 0 && self.tree[node] < value {
            self.tree[node] = value;
            node /= 2;
        }
    }

    /// The number in `place` is 0 from now on.
    pub(super) fn clear(&mut self, place: usize) {
        let mut node = self.tree.len() / 2 + place;
        self.tree[node] = 0;
        while node > 1 {
            node /= 2;
            self.tree[node] = self.tree[2 * node].max(self.tree[2 * node + 1]);
        }
    }

    /// A place from `start` on and before `end` whose number is above `limit`.
    pub(super) fn above(&self, start: usize, end: usize, limit: u32) -> Option<usize> {
        let leaves = self.tree.len() / 2;
        let (mut from, mut to) = (leaves + start, leaves + end);
        let is_above = |node: usize| self.tree[node] > limit;
        let mut node = loop {
            if from >= to {
                return None;
            }
            if from % 2 == 1 && is_above(from) {
                break from;
            }
            if to % 2 == 1 && is_above(to - 1) {
                break to - 1;
            }
            (from, to) = (from.div_ceil(2), to / 2);
        };
        while node < leaves {
            node = if is_above(2 * node) { 2 * node } else { 2 * node + 1 };
        }
        Some(node - leaves)
    }

    /// The greatest of the first `end` numbers, that in `except` apart.
    pub(super) fn greatest(&self, end: usize, except: usize) -> u32 {
        if except >= end {
            return self.greatest_within(0, end);
        }
        self.greatest_within(0, except).max(self.greatest_within(except + 1, end))
    }

    /// The greatest number from `start` on and before `end`.
    pub(super) fn greatest_within(&self, start: usize, end: usize) -> u32 {
        let leaves = self.tree.len() / 2;
        let (mut from, mut to, mut most) = (leaves + start, leaves + end, 0);
        while from < to {
            if from % 2 == 1 {
                most = most.max(self.tree[from]);
                from += 1;
            }
            if to % 2 == 1 {
                to -= 1;
                most = most.max(self.tree[to]);
            }
            (from, to) = (from / 2, to / 2);
        }
        most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_looking_at_all() {
        fn property(raises: Vec<(u8, u8)>, clears: Vec<u8>, end: u8, except: u8, limit: u8) -> bool {
            let (mut maxima, mut all) = (Maxima::new(256), [0; 256]);
            for (place, value) in raises {
                let (place, value) = (place.into(), value.into());
                maxima.raise(place, value);
                all[place] = all[place].max(value);
            }
            for place in clears {
                maxima.clear(place.into());
                all[usize::from(place)] = 0;
            }
            let (end, except, limit) = (usize::from(end), usize::from(except), u32::from(limit));
            let others = || (0..end).filter(|&place| place != except).map(|place| all[place]);
            let above = maxima.above(except, end, limit);
            let is_above = |place: usize| (except..end).contains(&place) && all[place] > limit;
            maxima.greatest(end, except) == others().max().unwrap_or(0)
                && above.map_or(!(except..end).any(is_above), is_above)
        }
        quickcheck::quickcheck(property as fn(Vec<(u8, u8)>, Vec<u8>, u8, u8, u8) -> bool);
    }
}
