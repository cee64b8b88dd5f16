//! Mistakes planted in the prunings, for canaries: a test that cannot tell the search from one with
//! such a mistake proves nothing. Outside tests none is ever planted, and the compiler knows.

/// A pruning that goes too far.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Planted {
    /// 1: what changes the state is taken like a read.
    ChangesAtOnce,
    /// 2: pending operations do not watch.
    PendingDoNotWatch,
    /// 3: a watched state is never given up.
    NeverGivesUp,
    /// 4: writes are taken at once though reads of them are yet to come.
    IncompleteAtOnce,
    /// 5: a needed value is not given up though it can be restored.
    NeverRestored,
    /// 6: the equal that returns last is taken, and no other.
    LastOfEquals,
    /// 7: a pending operation is not used for another pending one.
    NoBridges,
    /// Memo: the state is forgotten.
    MemoForgetsState,
    /// Memo: the pending operations used are forgotten.
    MemoForgetsUsed,
    /// Memo: the open operations are forgotten.
    MemoForgetsOpen,
    /// Plan: pending operations are dropped that only pending ones observe.
    DropsObservedByPending,
}

#[cfg(test)]
impl Planted {
    pub(super) const ALL: [Planted; 11] = [
        Planted::ChangesAtOnce,
        Planted::PendingDoNotWatch,
        Planted::NeverGivesUp,
        Planted::IncompleteAtOnce,
        Planted::NeverRestored,
        Planted::LastOfEquals,
        Planted::NoBridges,
        Planted::MemoForgetsState,
        Planted::MemoForgetsUsed,
        Planted::MemoForgetsOpen,
        Planted::DropsObservedByPending,
    ];

    /// Plants this mistake in searches of this thread while `test` runs.
    pub(super) fn during<T>(self, test: impl FnOnce() -> T) -> T {
        NOW.set(Some(self));
        let result = test();
        NOW.set(None);
        result
    }
}

#[cfg(test)]
thread_local!(static NOW: std::cell::Cell<Option<Planted>> = const { std::cell::Cell::new(None) });

/// Whether `mistake` is planted now.
#[cfg(test)]
pub(super) fn planted(mistake: Planted) -> bool {
    NOW.get() == Some(mistake)
}

/// No mistake is planted outside tests.
#[cfg(not(test))]
#[inline]
pub(super) const fn planted(_: Planted) -> bool {
    false
}
