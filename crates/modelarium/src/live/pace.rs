//! How long a run will still take, from the calls that ended last.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Calls looked back on: enough to smooth, few enough to notice a provider that slows down.
const WINDOW: usize = 64;
/// Calls that must have ended before anything is said.
const FEWEST: usize = 8;

/// When the last calls ended.
#[derive(Debug, Default)]
pub(super) struct Pace(VecDeque<Instant>);

impl Pace {
    /// A call ended.
    pub(super) fn ended(&mut self, at: Instant) {
        if self.0.len() == WINDOW {
            self.0.pop_front();
        }
        self.0.push_back(at);
    }

    /// The time that this many calls take at the rate of the last ones; `None` while too little is known.
    pub(super) fn left(&self, calls: u32) -> Option<Duration> {
        let (first, last) = (self.0.front()?, self.0.back()?);
        if self.0.len() < FEWEST || calls == 0 {
            return None;
        }
        let span = last.checked_duration_since(*first)?;
        Some(span.mul_f64(f64::from(calls) / (self.0.len() - 1) as f64))
    }
}

/// A duration as a person says it: `40 s`, `3 min`, `1 h 20 min`.
pub(super) fn words(duration: Duration) -> String {
    let seconds = duration.as_secs_f64().ceil() as u64;
    match seconds {
        0..=99 => format!("{seconds} s"),
        100..=5_999 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_of_the_last_calls_tells_how_long_the_rest_takes() {
        let start = Instant::now();
        let mut pace = Pace::default();
        for call in 0..7_u32 {
            pace.ended(start + Duration::from_millis(100) * call);
        }
        assert_eq!(pace.left(100), None, "too little is known");
        pace.ended(start + Duration::from_millis(700));
        assert_eq!(pace.left(100), Some(Duration::from_secs(10)));
        assert_eq!(pace.left(0), None);
        // A provider that slows down is noticed: only the last calls count.
        for call in 0..64_u32 {
            pace.ended(start + Duration::from_secs(10) + Duration::from_secs(1) * call);
        }
        assert_eq!(pace.left(10), Some(Duration::from_secs(10)));
    }

    #[test]
    fn durations_are_said_as_people_say_them() {
        let said = |seconds| words(Duration::from_secs(seconds));
        assert_eq!(
            [said(1), said(99), said(100), said(3600), said(7260)],
            ["1 s", "99 s", "2 min", "60 min", "2 h 1 min"]
        );
    }
}
