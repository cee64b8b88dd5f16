//! Asking the processor for memory before it is needed.
//!
//! In a large world every event touches another node, and waiting for its cache lines
//! costs more than all the rest. The queue knows who is next, so the loop asks early.
//! The one use of `unsafe` in this crate: the instruction reads nothing and cannot fault.

/// Asks for the cache line at `place`, if the processor can be asked.
#[inline(always)]
pub(crate) fn prefetch<T>(place: &T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a hint that dereferences nothing; SSE is part of every x86-64.
        #[allow(unsafe_code)]
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(place).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = place;
}
