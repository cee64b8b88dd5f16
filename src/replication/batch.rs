//! Some things on their way, shared between messages and disks; a single one inline.

use std::sync::Arc;

/// A list that is cloned often and changed never.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Batch<T> {
    /// None.
    None,
    /// One.
    One(T),
    /// Several.
    Many(Arc<[T]>),
}

impl<T: Copy> Batch<T> {
    /// The things.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Batch::None => &[],
            Batch::One(one) => std::slice::from_ref(one),
            Batch::Many(many) => many,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        matches!(self, Batch::None)
    }

    /// Those from the `skip`-th on, if there are so many; shared when nothing is skipped.
    pub fn skip(&self, skip: usize) -> Self {
        if skip == 0 { self.clone() } else { Batch::from(self.as_slice().get(skip..).unwrap_or(&[])) }
    }
}

impl<T: Copy> From<&[T]> for Batch<T> {
    fn from(things: &[T]) -> Self {
        match things {
            [] => Batch::None,
            [one] => Batch::One(*one),
            many => Batch::Many(many.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_its_list() {
        for list in [&[][..], &[1], &[1, 2, 3]] {
            let batch = Batch::from(list);
            assert_eq!(
                (batch.as_slice(), batch.len(), batch.is_empty()),
                (list, list.len(), list.is_empty())
            );
        }
        assert_eq!(Batch::from(&[1, 2, 3][..]).skip(2), Batch::One(3));
        assert_eq!((Batch::One(1).skip(1), Batch::One(1).skip(2)), (Batch::None, Batch::None));
    }
}
