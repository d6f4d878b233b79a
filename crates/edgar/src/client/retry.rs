//! How often, and how long between.

use std::time::Duration;

use jiff::Timestamp;

/// When a request is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in all, at least one.
    pub attempts: u32,
    /// The wait before the second; it doubles from one to the next, less up to a half by chance.
    pub first: Duration,
    /// The longest wait between two that we choose ourselves.
    pub longest: Duration,
    /// The longest that a resource is waited for in all. A server that asks for more is not asked again.
    pub patience: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(30),
            patience: Duration::from_mins(1),
        }
    }
}

impl Retry {
    /// The wait after so many failed attempts, with `chance` between 0 and 1.
    pub(super) fn wait(&self, failed: u32, chance: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << failed.saturating_sub(1).min(16)).min(self.longest);
        doubled.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
    }
}

/// The wait that a `Retry-After` asks for: seconds, or a moment (RFC 9110, section 10.2.3). None where it cannot be
/// read.
pub(super) fn retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let moment = jiff::fmt::rfc2822::parse(value).ok()?.timestamp();
    let seconds = moment.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_and_are_bounded() {
        let retry =
            Retry { first: Duration::from_millis(100), longest: Duration::from_millis(350), ..Retry::default() };
        let waits: Vec<u128> = (1..=4).map(|failed| retry.wait(failed, 1.0).as_millis()).collect();
        assert_eq!(waits, [100, 200, 350, 350]);
        assert_eq!(retry.wait(1, 0.0), Duration::from_millis(50));
        assert_eq!(retry.wait(u32::MAX, 1.0), Duration::from_millis(350));
    }

    #[test]
    fn retry_after_is_seconds_or_a_moment() {
        let now = "1994-11-06T08:49:07Z".parse().unwrap();
        for (value, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("99999999999999999999999", Some(u64::from(u32::MAX))),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            assert_eq!(retry_after(value, now), seconds.map(Duration::from_secs), "{value}");
        }
    }
}
