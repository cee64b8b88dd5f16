//! Work on all cores, with results in order.
//!
//! Workers take the next index when they are free, so a slow one delays nobody. They may be only
//! a window ahead of what has been delivered, so that results that wait for an earlier one stay
//! few: memory does not grow with the number of indices.
#![expect(clippy::disallowed_methods, reason = "floor 8 owns the threads")]

use std::any::Any;
use std::collections::BTreeMap;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, available_parallelism};

/// How far ahead each worker may be of what has been delivered.
const WINDOW: u64 = 32;

/// As much as the main thread has on most systems: a run must not overflow here only.
const STACK_BYTES: usize = 8 << 20;

/// How many threads this machine has to offer.
pub fn available_threads() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Calls `work` for every index below `count` on `threads` threads, and `deliver` on this one with
/// each result, in the order of the indices. An error of `deliver` ends it all.
///
/// # Errors
/// That of `deliver`, or of the system if it has no thread to give.
pub fn in_order<T: Send, E: From<io::Error>>(
    count: u64,
    threads: usize,
    work: impl Fn(u64) -> T + Sync,
    mut deliver: impl FnMut(u64, T) -> Result<(), E>,
) -> Result<(), E> {
    if count == 0 {
        return Ok(());
    }
    let threads = threads.max(1).min(usize::try_from(count).unwrap_or(usize::MAX));
    let pool = Pool::new(count, WINDOW * threads as u64);
    std::thread::scope(|scope| {
        // Whatever happens here, the workers must not wait for ever.
        let _stop = StopOnDrop(&pool);
        for started in 0..threads {
            let worker = || pool.work(&work);
            let spawned = Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, worker);
            match spawned {
                Err(error) if started == 0 => {
                    let said = format!("the system has no thread to give: {error}");
                    return Err(io::Error::new(error.kind(), said).into());
                }
                // Fewer will do.
                Err(_) => break,
                Ok(_) => {}
            }
        }
        for index in 0..count {
            match pool.wait_for(index) {
                Ok(result) => deliver(index, result)?,
                Err(panic) => resume_unwind(panic),
            }
        }
        Ok(())
    })
}

/// What workers and the delivering thread share.
struct Pool<T> {
    count: u64,
    window: u64,
    state: Mutex<State<T>>,
    changed: Condvar,
}

struct State<T> {
    /// The next index to work on.
    next: u64,
    delivered: u64,
    finished: BTreeMap<u64, Result<T, Panic>>,
    stopped: bool,
}

type Panic = Box<dyn Any + Send>;

impl<T> Pool<T> {
    fn new(count: u64, window: u64) -> Self {
        let state = State { next: 0, delivered: 0, finished: BTreeMap::new(), stopped: false };
        Pool { count, window, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// A worker's life.
    fn work(&self, work: impl Fn(u64) -> T) {
        while let Some(index) = self.take() {
            let result = catch_unwind(AssertUnwindSafe(|| work(index)));
            self.lock().finished.insert(index, result);
            self.changed.notify_all();
        }
    }

    /// The next index, once it is within the window.
    fn take(&self) -> Option<u64> {
        let too_far = |state: &mut State<T>| {
            !state.stopped && state.next >= state.delivered.saturating_add(self.window)
        };
        let waited = self.changed.wait_while(self.lock(), too_far);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner);
        if state.stopped || state.next == self.count {
            return None;
        }
        state.next += 1;
        Some(state.next - 1)
    }

    /// The result of `index`, once it is there.
    fn wait_for(&self, index: u64) -> Result<T, Panic> {
        let mut state = self.lock();
        loop {
            if let Some(result) = state.finished.remove(&index) {
                state.delivered = index + 1;
                self.changed.notify_all();
                return result;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends the workers home.
struct StopOnDrop<'a, T>(&'a Pool<T>);

impl<T> Drop for StopOnDrop<'_, T> {
    fn drop(&mut self) {
        self.0.lock().stopped = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_whatever_they_cost() {
        for threads in [1, 2, 7] {
            let mut seen = Vec::new();
            let work = |index: u64| (0..(index % 7) * 1_000).fold(index, |a, b| a ^ b ^ (b << 1));
            in_order(1_000, threads, work, |index, result| {
                assert_eq!(result, work(index));
                seen.push(index);
                Ok::<_, io::Error>(())
            })
            .unwrap();
            assert_eq!(seen, (0..1_000).collect::<Vec<_>>());
        }
        in_order(0, 2, |_| (), |_, ()| -> io::Result<()> { unreachable!() }).unwrap();
    }

    #[test]
    fn an_error_or_a_panic_ends_it() {
        let stop = |index, _| if index == 5 { Err(io::Error::other("enough")) } else { Ok(()) };
        assert_eq!(in_order(u64::MAX, 2, |i| i, stop).unwrap_err().to_string(), "enough");
        let panics = catch_unwind(|| in_order(9, 2, |i| assert!(i < 3), |_, ()| Ok::<_, io::Error>(())));
        assert!(panics.is_err());
    }
}
