//! Who asks too often is blocked, as the SEC does it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Counts the requests of the last second.
#[derive(Debug, Default)]
pub(crate) struct Police {
    /// Most requests in any second; none means nobody is watched.
    pub(crate) most: Option<u32>,
    recent: VecDeque<Instant>,
}

impl Police {
    /// Whether the request that came at `now` is one too many.
    pub(crate) fn catches(&mut self, now: Instant) -> bool {
        let Some(most) = self.most else { return false };
        while self.recent.front().is_some_and(|first| now.duration_since(*first) >= Duration::from_secs(1)) {
            self.recent.pop_front();
        }
        self.recent.push_back(now);
        self.recent.len() > most as usize
    }
}
