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

    /// The greatest of the first `end` numbers, that in `except` apart.
    pub(super) fn greatest(&self, end: usize, except: usize) -> u32 {
        if except >= end {
            return self.over(0, end);
        }
        self.over(0, except).max(self.over(except + 1, end))
    }

    fn over(&self, start: usize, end: usize) -> u32 {
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
        fn property(raises: Vec<(u8, u32)>, end: u8, except: u8) -> bool {
            let (mut maxima, mut all) = (Maxima::new(256), [0; 256]);
            for (place, value) in raises {
                maxima.raise(place.into(), value);
                all[place as usize] = value.max(all[place as usize]);
            }
            let counted = all.iter().enumerate().take(end.into()).filter(|&(i, _)| i != except as usize);
            maxima.greatest(end.into(), except.into()) == counted.map(|(_, &v)| v).max().unwrap_or(0)
        }
        quickcheck::quickcheck(property as fn(Vec<(u8, u32)>, u8, u8) -> bool);
    }
}
