//! Lowe's doubly linked list of calls and returns.
//!
//! Linearizing an operation lifts its two entries out; undoing puts them back where they were, in
//! reverse order. The calls before the first return left are the operations that may come next.

/// The calls and returns of operations not yet linearized, in order of events.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct OpenList {
    next: Vec<u32>,
    previous: Vec<u32>,
}

impl OpenList {
    /// The list of the entries in `order`: calls `2 i` and returns `2 i + 1`, each `i < count`.
    pub(in crate::check) fn new(order: impl Iterator<Item = u32>, count: usize) -> Self {
        // The entry after the last closes the ring.
        let head = 2 * count as u32;
        let mut list = OpenList { next: vec![head; 2 * count + 1], previous: vec![head; 2 * count + 1] };
        let mut last = head;
        for entry in order {
            list.next[last as usize] = entry;
            list.previous[entry as usize] = last;
            last = entry;
        }
        list.next[last as usize] = head;
        list.previous[head as usize] = last;
        list
    }

    /// Fills `callable` with the operations that may come next, in order of invocation, and returns
    /// the operation whose return comes first; `None` if no operation is left.
    pub(in crate::check) fn callable(&self, callable: &mut Vec<u32>) -> Option<u32> {
        callable.clear();
        let head = self.next.len() as u32 - 1;
        let mut entry = self.next[head as usize];
        while entry != head {
            if entry % 2 == 1 {
                return Some(entry / 2);
            }
            callable.push(entry / 2);
            entry = self.next[entry as usize];
        }
        None
    }

    /// Takes `operation` out.
    pub(in crate::check) fn lift(&mut self, operation: u32) {
        self.remove(2 * operation);
        self.remove(2 * operation + 1);
    }

    /// Puts `operation` back, which must be the last one lifted that is still out.
    pub(in crate::check) fn put_back(&mut self, operation: u32) {
        self.restore(2 * operation + 1);
        self.restore(2 * operation);
    }

    fn remove(&mut self, entry: u32) {
        let (previous, next) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[previous as usize] = next;
        self.previous[next as usize] = previous;
    }

    fn restore(&mut self, entry: u32) {
        let (previous, next) = (self.previous[entry as usize], self.next[entry as usize]);
        self.next[previous as usize] = entry;
        self.previous[next as usize] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lifted_returns_to_its_place() {
        // 0: |--|    1:  |-----|    2:      |--|
        let mut list = OpenList::new([0, 2, 1, 4, 3, 5].into_iter(), 3);
        let mut callable = Vec::new();
        assert_eq!((list.callable(&mut callable), &callable[..]), (Some(0), &[0, 1][..]));
        list.lift(0);
        assert_eq!((list.callable(&mut callable), &callable[..]), (Some(1), &[1, 2][..]));
        list.lift(2);
        list.lift(1);
        assert_eq!((list.callable(&mut callable), &callable[..]), (None, &[][..]));
        for operation in [1, 2, 0] {
            list.put_back(operation);
        }
        assert_eq!((list.callable(&mut callable), &callable[..]), (Some(0), &[0, 1][..]));
    }
}
