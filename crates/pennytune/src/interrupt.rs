//! Ctrl-C: what is finished is shown, what was fetched is kept, and the exit code is 130.
//!
//! Commands that fetch run on a thread of their own, because a request that waits for its answer cannot be woken: when
//! the user has had enough, the process ends and leaves that thread behind. Nothing can be lost by that. Every document
//! is put into the cache as soon as it is whole, files are written aside and renamed, and SQLite ends no transaction
//! halfway.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::exit::{Exit, Failure, Outcome};

/// How long an interruption may go unseen.
pub(crate) const LOOK: Duration = Duration::from_millis(40);

/// As much as the main thread of most systems has.
const STACK: usize = 8 << 20;

/// What is safe after an interruption.
pub(crate) const SAFE: &str =
    "what was fetched is kept; run the same command again and it goes on from there (with --no-cache nothing is kept)";

static PRESSED: OnceLock<Arc<AtomicBool>> = OnceLock::new();
static SEEN_TO: AtomicBool = AtomicBool::new(false);

/// Whether Ctrl-C was pressed.
pub(crate) fn pressed() -> bool {
    PRESSED.get().is_some_and(|pressed| pressed.load(Ordering::Relaxed))
}

/// The running command looks at [`pressed`] by itself from now on, and ends by itself with what it has.
pub(crate) fn see_to_it() {
    SEEN_TO.store(true, Ordering::Relaxed);
}

/// Does some work that an interruption ends. A second Ctrl-C ends the process at once.
pub(crate) fn run(work: impl FnOnce() -> Outcome + Send + 'static) -> Outcome {
    let flag = PRESSED.get_or_init(Arc::default);
    // The order matters: the second press finds the flag that the first one set.
    let watched = flag::register_conditional_shutdown(SIGINT, Exit::Interrupted as i32, Arc::clone(flag))
        .and_then(|_| flag::register(SIGINT, Arc::clone(flag)));
    if watched.is_err() {
        return work();
    }
    let (send, receive) = mpsc::channel();
    let spawned = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        // Nobody waits any more for what comes after an interruption.
        let _ = send.send(work());
    });
    let thread =
        spawned.map_err(|error| Failure::new(Exit::Partial, format!("no thread could be started: {error}")))?;
    loop {
        match receive.recv_timeout(LOOK) {
            Ok(outcome) => return outcome,
            Err(RecvTimeoutError::Timeout) if pressed() && !SEEN_TO.load(Ordering::Relaxed) => {
                return Err(Failure::new(Exit::Interrupted, "interrupted before the reading was finished").hint(SAFE));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(fault) => std::panic::resume_unwind(fault),
                Ok(()) => {
                    return Err(Failure::new(Exit::Partial, "the command ended without a word: a fault of this tool"));
                }
            },
        }
    }
}
