//! How a run is told to stop.

use std::sync::Arc;

use tokio::sync::watch;

/// How far a run is to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopLevel {
    /// Not at all.
    Run,
    /// Begin nothing new (no call, no retry) and let what is in flight end.
    Drain,
    /// End what is in flight too, and keep what arrived.
    Quit,
}

/// Tells a run to stop. Clones tell the same run; a level is never taken back.
#[derive(Debug, Clone)]
pub struct StopSignal {
    level: Arc<watch::Sender<StopLevel>>,
}

impl Default for StopSignal {
    fn default() -> Self {
        Self { level: Arc::new(watch::Sender::new(StopLevel::Run)) }
    }
}

impl StopSignal {
    /// A signal that has not been given.
    pub fn new() -> Self {
        Self::default()
    }

    /// One press of Ctrl-C: the first drains, the second quits. Returns the level reached.
    pub fn press(&self) -> StopLevel {
        let next = if self.level() == StopLevel::Run { StopLevel::Drain } else { StopLevel::Quit };
        self.raise(next);
        next
    }

    /// Stops at least this far.
    pub fn raise(&self, level: StopLevel) {
        self.level.send_if_modified(|current| {
            let raised = level > *current;
            *current = level.max(*current);
            raised
        });
    }

    /// How far to stop.
    pub fn level(&self) -> StopLevel {
        *self.level.borrow()
    }

    /// Resolves once at least this level is reached.
    pub async fn reached(&self, level: StopLevel) {
        let mut receiver = self.level.subscribe();
        // The sender lives in `self`: waiting cannot fail.
        let _ = receiver.wait_for(|current| *current >= level).await;
    }
}
