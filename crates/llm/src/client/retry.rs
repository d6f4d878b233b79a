//! Which failed attempts are worth another, and after how long. Pure: no clock, no sleeping.

use std::time::Duration;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::call::Billing;
use crate::error::{ApiError, ErrorKind};

/// When to try again.
///
/// - Rate limits: the provider's `Retry-After` where it gave one, up to a cap; else 1, 2, 4 … s.
/// - Overload (502, 503, 504, 529): 5, 10, 20 … s, or `Retry-After`.
/// - Connections that failed, or took too long to open, before a request was sent: as rate limits.
/// - All else is not repeated. A 500 may have been billed and tends to come again; a connection
///   that broke after sending may have been billed; a key, a quota or a request does not get
///   better by waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RetryPolicy {
    /// Most further attempts after the first one.
    pub max_retries: u32,
    /// First wait after a rate limit or a failed connection; doubles each time.
    pub base: Duration,
    /// First wait after an overload; doubles each time.
    pub overloaded_base: Duration,
    /// Longest wait that doubling leads to.
    pub cap: Duration,
    /// Longest `Retry-After` that is obeyed; beyond it the call is given up.
    pub retry_after_cap: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_retries: 3,
            base: Duration::from_secs(1),
            overloaded_base: Duration::from_secs(5),
            cap: Duration::from_mins(1),
            retry_after_cap: Duration::from_mins(2),
        }
    }
}

/// What to do after a failed attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryDecision {
    /// Wait this long, then try again.
    Retry(Duration),
    /// Do not try again.
    GiveUp(GiveUp),
}

/// Why a failed attempt is not repeated. The text is for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GiveUp {
    /// Trying again would not help, or might pay twice.
    #[error("errors of this kind are not retried")]
    NotRetryable,
    /// All retries were used.
    #[error("all {0} retries failed")]
    Exhausted(u32),
    /// The provider asks for more patience than the policy has.
    #[error("the provider asks to wait {} s, more than the {} s that are waited", .asked.as_secs(), .cap.as_secs())]
    RetryAfterTooLong {
        /// What the provider asks for.
        asked: Duration,
        /// [`RetryPolicy::retry_after_cap`].
        cap: Duration,
    },
}

impl RetryPolicy {
    /// No retries.
    pub fn never() -> Self {
        Self { max_retries: 0, ..Self::default() }
    }

    /// Decides after a failed attempt; `retries_done` is 0 after the first. `random` spreads the
    /// waits of calls that failed together: between three and five quarters of the nominal wait;
    /// up to a tenth more, never less, of what the provider asks for.
    pub fn decide(
        &self,
        retries_done: u32,
        error: &ApiError,
        billing: Billing,
        random: &mut impl Rng,
    ) -> RetryDecision {
        let base = match error.kind {
            ErrorKind::RateLimit => self.base,
            ErrorKind::Overloaded => self.overloaded_base,
            ErrorKind::Network | ErrorKind::Timeout if billing == Billing::NotBilled && error.status.is_none() => {
                self.base
            }
            _ => return RetryDecision::GiveUp(GiveUp::NotRetryable),
        };
        if retries_done >= self.max_retries {
            let reason = if self.max_retries == 0 { GiveUp::NotRetryable } else { GiveUp::Exhausted(self.max_retries) };
            return RetryDecision::GiveUp(reason);
        }
        if let Some(asked) = error.retry_after_ms.map(Duration::from_millis) {
            return if asked > self.retry_after_cap {
                RetryDecision::GiveUp(GiveUp::RetryAfterTooLong { asked, cap: self.retry_after_cap })
            } else {
                RetryDecision::Retry(asked.mul_f64(random.random_range(1.0..1.1)))
            };
        }
        let nominal = base.saturating_mul(1_u32.checked_shl(retries_done).unwrap_or(u32::MAX)).min(self.cap);
        RetryDecision::Retry(nominal.mul_f64(random.random_range(0.75..1.25)))
    }

    /// The wait before the next attempt, or `None` to give up; see [`RetryPolicy::decide`].
    pub fn next_delay(
        &self,
        retries_done: u32,
        error: &ApiError,
        billing: Billing,
        random: &mut impl Rng,
    ) -> Option<Duration> {
        match self.decide(retries_done, error, billing, random) {
            RetryDecision::Retry(delay) => Some(delay),
            RetryDecision::GiveUp(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    fn decide(kind: ErrorKind, retries_done: u32, retry_after_ms: Option<u64>, billing: Billing) -> RetryDecision {
        let error = ApiError { retry_after_ms, ..ApiError::local(kind, "x") };
        RetryPolicy::default().decide(retries_done, &error, billing, &mut ChaCha8Rng::seed_from_u64(1))
    }

    fn nominal(kind: ErrorKind) -> Vec<u64> {
        let wait = |done| match decide(kind, done, None, Billing::NotBilled) {
            RetryDecision::Retry(delay) => {
                // Whatever the jitter, the nominal wait is the power of two times the base around it.
                [1, 2, 4, 5, 10, 20].into_iter().find(|&s| {
                    let ratio = delay.as_secs_f64() / s as f64;
                    (0.75..1.25).contains(&ratio) && (kind == ErrorKind::Overloaded) == (s % 5 == 0)
                })
            }
            RetryDecision::GiveUp(_) => None,
        };
        (0..3).map(|done| wait(done).unwrap()).collect()
    }

    #[test]
    fn doubles_from_its_base() {
        assert_eq!(nominal(ErrorKind::RateLimit), [1, 2, 4]);
        assert_eq!(nominal(ErrorKind::Network), [1, 2, 4]);
        assert_eq!(nominal(ErrorKind::Overloaded), [5, 10, 20]);
        let exhausted = RetryDecision::GiveUp(GiveUp::Exhausted(3));
        assert_eq!(decide(ErrorKind::RateLimit, 3, None, Billing::NotBilled), exhausted);
    }

    #[test]
    fn lesson_61_retry_after_is_obeyed_and_500_and_4xx_are_not_retried() {
        let RetryDecision::Retry(delay) = decide(ErrorKind::RateLimit, 0, Some(7_000), Billing::NotBilled) else {
            panic!("not retried");
        };
        assert!((7.0..7.7).contains(&delay.as_secs_f64()));
        let give_up = decide(ErrorKind::RateLimit, 0, Some(121_000), Billing::NotBilled);
        let RetryDecision::GiveUp(reason) = give_up else { panic!("waits for two minutes") };
        assert_eq!(reason.to_string(), "the provider asks to wait 121 s, more than the 120 s that are waited");
        for kind in [
            ErrorKind::ProviderFault,
            ErrorKind::QuotaExhausted,
            ErrorKind::Authentication,
            ErrorKind::InvalidRequest,
            ErrorKind::ContextTooLong,
            ErrorKind::ContentBlocked,
            ErrorKind::MalformedStream,
        ] {
            assert_eq!(
                decide(kind, 0, Some(1), Billing::NotBilled),
                RetryDecision::GiveUp(GiveUp::NotRetryable),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn what_may_have_been_billed_is_not_sent_again_for_a_broken_connection() {
        for kind in [ErrorKind::Network, ErrorKind::Timeout] {
            assert!(matches!(decide(kind, 0, None, Billing::NotBilled), RetryDecision::Retry(_)));
            assert_eq!(decide(kind, 0, None, Billing::Unknown), RetryDecision::GiveUp(GiveUp::NotRetryable));
        }
        assert!(matches!(decide(ErrorKind::Overloaded, 0, None, Billing::Unknown), RetryDecision::Retry(_)));
    }

    proptest! {
        #[test]
        fn waits_are_bounded_and_repeatable(seed: u64, done in 0_u32..100, retries in 0_u32..100, after: Option<u64>) {
            let policy = RetryPolicy { max_retries: retries, ..RetryPolicy::default() };
            let error = ApiError { retry_after_ms: after, ..ApiError::local(ErrorKind::RateLimit, "x") };
            let decide = || policy.decide(done, &error, Billing::NotBilled, &mut ChaCha8Rng::seed_from_u64(seed));
            prop_assert_eq!(decide(), decide());
            if let RetryDecision::Retry(delay) = decide() {
                prop_assert!(done < retries);
                prop_assert!(delay <= policy.retry_after_cap.max(policy.cap).mul_f64(1.25));
                prop_assert!(delay >= Duration::from_millis(after.unwrap_or(750)));
            }
        }
    }
}
