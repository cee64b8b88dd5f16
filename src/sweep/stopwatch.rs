//! Wall time: for people who wait, never for the simulated world.
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "floor 8 owns the clock")]

use std::time::Instant;

/// Tells how long ago it was started.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Stopwatch(Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
