//! What most owners never need: a pointer until they do.

/// A `T`, made when it is first needed.
#[derive(Clone, Debug)]
pub(super) struct Rare<T>(Option<Box<T>>);

impl<T: Default> Rare<T> {
    /// Nothing so far.
    pub(super) const fn new() -> Self {
        Rare(None)
    }

    /// The value, made now if there is none.
    #[inline(always)]
    pub(super) fn get(&mut self) -> &mut T {
        if self.0.is_none() {
            self.make();
        }
        match &mut self.0 {
            Some(value) => value,
            None => unreachable!("it has just been made"),
        }
    }

    #[cold]
    #[inline(never)]
    fn make(&mut self) {
        self.0 = Some(Box::default());
    }

    /// The value, to look at, if it was ever needed.
    pub(super) fn look(&self) -> Option<&T> {
        self.0.as_deref()
    }

    /// The value, if it was ever needed.
    #[inline(always)]
    pub(super) fn if_any(&mut self) -> Option<&mut T> {
        self.0.as_deref_mut()
    }

    /// Back to nothing.
    pub(super) fn clear(&mut self) {
        self.0 = None;
    }
}
