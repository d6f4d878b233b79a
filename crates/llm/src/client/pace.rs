//! Spreads the starts of calls, so that a burst of our own does not count as the models' time.
//!
//! Fifty calls begun in one instant wait for each other on this machine (and at the server) before
//! the last of them is sent; that wait would be in their TTFT. A start every half millisecond costs a
//! run of a thousand calls half a second at most, and is faster than the work of one call anyway.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From one start to the next once a burst is used up.
const GAP: Duration = Duration::from_micros(500);
/// Starts that may come at once.
const BURST: u32 = 4;

/// Gives out starting times: the generic cell rate algorithm.
#[derive(Debug, Default)]
pub(super) struct Pacer {
    /// When the bucket is full again.
    full_at: Mutex<Option<Instant>>,
}

impl Pacer {
    /// Waits for the next starting time.
    pub(super) async fn turn(&self) {
        let now = Instant::now();
        let start = self.reserve(now);
        if start > now {
            tokio::time::sleep(start - now).await;
        }
    }

    fn reserve(&self, now: Instant) -> Instant {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = full_at.map_or(now, |at| at.max(now));
        *full_at = Some(begun + GAP);
        // A burst is that much of the future, taken early.
        begun.checked_sub(GAP * (BURST - 1)).map_or(now, |start| start.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_starts_at_once_and_the_rest_in_even_steps() {
        let pacer = Pacer::default();
        let now = Instant::now();
        let waits: Vec<Duration> = (0..8).map(|_| pacer.reserve(now) - now).collect();
        assert_eq!(waits[..4], [Duration::ZERO; 4]);
        assert_eq!(waits[4..], [GAP, GAP * 2, GAP * 3, GAP * 4]);
        let later = now + Duration::from_secs(1);
        assert_eq!(pacer.reserve(later), later);
    }
}
