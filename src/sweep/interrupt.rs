//! Ctrl-C and SIGTERM: a wish that work looks for between two portions.
//!
//! The first signal only sets a flag: whoever works ends what is begun, tidies up and says what is
//! lost. One that follows within [`SAME_WISH`] is the same wish: `timeout` signals a process and then
//! its group, and a shell may do the same. A later one ends the process at once. Until
//! [`Interrupt::listen`] is called signals do what they always do, which is right where there is
//! nothing to tidy up, as while stdin is read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What shells expect of a process that Ctrl-C ended: 128 and the number of the signal.
pub const INTERRUPTED_CODE: u8 = 130;

/// Whether the user wants an end; clones tell the same.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    wanted: Arc<AtomicBool>,
    /// Whether [`listen`](Interrupt::listen) is to do anything.
    by_signals: bool,
}

/// The user wanted an end before there was a result.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interrupted;

impl Interrupt {
    /// One that Ctrl-C and SIGTERM set, once [`listen`](Interrupt::listen) is called. The default
    /// leaves signals alone.
    pub fn by_signals() -> Self {
        Interrupt { by_signals: true, ..Interrupt::default() }
    }

    /// From now on Ctrl-C and SIGTERM are heard here.
    ///
    /// # Errors
    /// Those of the system.
    #[cfg(unix)]
    pub fn listen(&self) -> io::Result<()> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::iterator::Signals;
        if !self.by_signals {
            return Ok(());
        }
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let wanted = Arc::clone(&self.wanted);
        let watch = super::Stopwatch::start();
        let hear = move || {
            let mut patience = Patience::default();
            for _ in signals.forever() {
                match patience.hear(watch.seconds()) {
                    Wish::End => wanted.store(true, Ordering::Relaxed),
                    Wish::Same => {}
                    Wish::EndAtOnce => signal_hook::low_level::exit(i32::from(INTERRUPTED_CODE)),
                }
            }
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(hear)?;
        Ok(())
    }

    /// From now on Ctrl-C is heard here; a second one ends the process, however soon it comes.
    ///
    /// # Errors
    /// Those of the system.
    #[cfg(windows)]
    pub fn listen(&self) -> io::Result<()> {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::flag::{register, register_conditional_shutdown};
        for signal in [SIGINT, SIGTERM].into_iter().filter(|_| self.by_signals) {
            // In this order: the signal that sets the flag must not find it set.
            register_conditional_shutdown(signal, i32::from(INTERRUPTED_CODE), Arc::clone(&self.wanted))?;
            register(signal, Arc::clone(&self.wanted))?;
        }
        Ok(())
    }

    /// There are no signals here.
    ///
    /// # Errors
    /// None.
    #[cfg(not(any(unix, windows)))]
    pub fn listen(&self) -> io::Result<()> {
        Ok(())
    }

    /// As if the user had pressed Ctrl-C.
    pub fn set(&self) {
        self.wanted.store(true, Ordering::Relaxed);
    }

    /// Whether the user wants an end.
    #[inline]
    pub fn is_set(&self) -> bool {
        self.wanted.load(Ordering::Relaxed)
    }
}

/// What a signal says, by when it comes.
#[cfg(any(unix, test))]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wish {
    /// The first: an end, with everything that is finished kept.
    End,
    /// Another that was sent with the first.
    Same,
    /// One from somebody who does not want to wait.
    EndAtOnce,
}

/// So many seconds after the first a signal still is the same wish.
#[cfg(any(unix, test))]
const SAME_WISH: f64 = 1.0;

/// Tells signals apart by their times, in seconds since any beginning.
#[cfg(any(unix, test))]
#[derive(Default)]
struct Patience {
    first: Option<f64>,
}

#[cfg(any(unix, test))]
impl Patience {
    fn hear(&mut self, at: f64) -> Wish {
        match self.first {
            None => {
                self.first = Some(at);
                Wish::End
            }
            Some(first) if at - first < SAME_WISH => Wish::Same,
            Some(_) => Wish::EndAtOnce,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signals_that_come_together_are_one_wish() {
        let mut patience = Patience::default();
        let heard = [5.0, 5.0, 5.001, 5.9, 6.1].map(|at| patience.hear(at));
        assert_eq!(heard, [Wish::End, Wish::Same, Wish::Same, Wish::Same, Wish::EndAtOnce]);
        // The wait is counted from the first: who presses again and again is heard.
        let mut patience = Patience::default();
        let heard = [0.0, 0.7, 1.4].map(|at| patience.hear(at));
        assert_eq!(heard, [Wish::End, Wish::Same, Wish::EndAtOnce]);
    }
}
