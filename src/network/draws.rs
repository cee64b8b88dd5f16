//! The draws that decide a message, by number.
//!
//! Each purpose has numbers of its own and takes them whether they matter or not, so that a fault
//! switched on never moves the draws of another.

/// Whether it is lost by chance.
pub const LOSS: u32 = 0;
/// Whether it is sent on twice by chance.
pub const DUPLICATE: u32 = 1;
/// How long the copies travel: up to two draws each.
pub const DELAYS: u32 = 2;
/// Whether it is lost if there is a burst.
pub const BURST: u32 = 16;
/// Of the first copy, then of the second: whether it is corrupted, what it looks like then, whether
/// it is held back.
pub const COPIES: u32 = 17;

/// The first of the draws for the fault that is the schedule's entry `fault`: up to eight.
pub const fn of_fault(fault: u32) -> u32 {
    fault.wrapping_mul(8).wrapping_add(32)
}
