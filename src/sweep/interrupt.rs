//! Ctrl-C and SIGTERM: a wish that work looks for between two portions.
//!
//! The first signal only sets a flag: whoever works ends what is begun, tidies up and says what is
//! lost. The second ends the process at once. Until [`Interrupt::listen`] is called signals do what
//! they always do, which is right where there is nothing to tidy up, as while stdin is read.

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
    #[cfg(any(unix, windows))]
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
