//! SIGINT and SIGTERM: the first is noted, the second ends the program at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// Notes signals from its making on.
pub(super) struct Signals(Arc<AtomicUsize>);

impl Signals {
    /// Where the system refuses, signals do what they do without us.
    pub(super) fn watch() -> Self {
        let (noted, again) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        for (signal, code) in [(SIGINT, 130), (SIGTERM, 143)] {
            // In this order: the first signal must not find the mark of its own.
            let _ = flag::register_conditional_shutdown(signal, code, Arc::clone(&again));
            let _ = flag::register(signal, Arc::clone(&again));
            let _ = flag::register_usize(signal, Arc::clone(&noted), code as usize);
        }
        Self(noted)
    }

    /// The exit code that the signal asks for, if one came.
    pub(super) fn code(&self) -> Option<u8> {
        u8::try_from(self.0.load(Ordering::Relaxed)).ok().filter(|code| *code > 0)
    }
}
