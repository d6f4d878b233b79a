//! Times of a call, from the events of its last attempt.

use llm::call::Attempt;
use llm::event::Nanos;
use llm::outcome::Answer;

use crate::record::Timing;

const NANOS_PER_MS: f64 = 1e6;

impl Timing {
    /// The times of an attempt. A time is `None` where its event did not happen; the latency also
    /// where the attempt failed or was cancelled, because the answer then has no end.
    pub fn of(attempt: &Attempt) -> Self {
        let answer = &attempt.answer;
        let ended = attempt.error.is_none() && answer.error.is_none() && !attempt.cancelled;
        let mut gaps: Vec<Nanos> =
            answer.token_arrivals.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        gaps.sort_unstable();
        Self {
            latency_ms: ended.then_some(attempt.total.as_secs_f64() * 1e3),
            ttft_ms: answer.first_token_at.map(milliseconds),
            ttfo_ms: answer.first_text_at.map(milliseconds),
            output_tokens_per_second: tokens_per_second(answer).filter(|_| ended),
            inter_token_mean_ms: mean(&gaps).map(|nanos| nanos / NANOS_PER_MS),
            inter_token_p99_ms: nearest_rank(&gaps, 0.99).map(milliseconds),
        }
    }
}

/// (output − 1) / (last token − first token). Reasoning that was not streamed happened before the
/// first token that was, so its tokens are left out.
fn tokens_per_second(answer: &Answer) -> Option<f64> {
    let hidden = if answer.reasoning.is_empty() { answer.usage.reasoning.unwrap_or(0) } else { 0 };
    let streamed = answer.usage.output?.saturating_sub(hidden);
    let seconds = answer.last_token_at?.checked_sub(answer.first_token_at?)? as f64 / 1e9;
    (streamed >= 2 && seconds > 0.0).then(|| (streamed - 1) as f64 / seconds)
}

fn mean(values: &[Nanos]) -> Option<f64> {
    let count = values.len() as f64;
    (count > 0.0).then_some(values.iter().map(|&value| value as f64).sum::<f64>() / count)
}

/// The nearest-rank quantile of sorted values.
fn nearest_rank(sorted: &[Nanos], quantile: f64) -> Option<Nanos> {
    let rank = (quantile * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

fn milliseconds(nanos: Nanos) -> f64 {
    nanos as f64 / NANOS_PER_MS
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use llm::call::{Billing, RawResponse};
    use llm::error::{ApiError, ErrorKind};
    use llm::event::Usage;

    use super::*;

    fn attempt(arrivals: &[u64], output: u64, reasoning: u64) -> Attempt {
        let answer = Answer {
            usage: Usage { output: Some(output), reasoning: Some(reasoning), ..Usage::default() },
            first_token_at: arrivals.first().copied(),
            first_text_at: arrivals.first().copied(),
            last_token_at: arrivals.last().copied(),
            token_arrivals: arrivals.to_vec(),
            ..Answer::default()
        };
        Attempt {
            started_unix_ms: 0,
            connect: Duration::from_secs(9),
            total: Duration::from_millis(400),
            answer,
            error: None,
            billing: Billing::Reported,
            cancelled: false,
            raw: RawResponse::default(),
            request_body: Vec::new(),
        }
    }

    #[test]
    fn times_come_from_the_events() {
        let timing = Timing::of(&attempt(&[100_000_000, 200_000_000, 350_000_000], 11, 0));
        assert_eq!(timing.latency_ms, Some(400.0));
        assert_eq!((timing.ttft_ms, timing.ttfo_ms), (Some(100.0), Some(100.0)));
        assert_eq!(timing.output_tokens_per_second, Some(40.0));
        assert_eq!((timing.inter_token_mean_ms, timing.inter_token_p99_ms), (Some(125.0), Some(150.0)));
    }

    #[test]
    fn reasoning_that_was_not_streamed_is_no_speed() {
        let timing = Timing::of(&attempt(&[100_000_000, 350_000_000], 1_011, 1_000));
        assert_eq!(timing.output_tokens_per_second, Some(40.0));
    }

    #[test]
    fn what_did_not_happen_has_no_time() {
        let none = Timing { latency_ms: Some(400.0), ..Timing::default() };
        assert_eq!(Timing::of(&attempt(&[], 5, 0)), none);
        let once = Timing::of(&attempt(&[7_000_000], 5, 0));
        assert_eq!((once.output_tokens_per_second, once.inter_token_mean_ms), (None, None));
        let mut failed = attempt(&[7_000_000, 9_000_000], 5, 0);
        failed.error = Some(ApiError::local(ErrorKind::Timeout, "idle"));
        let failed = Timing::of(&failed);
        assert_eq!((failed.latency_ms, failed.output_tokens_per_second), (None, None));
        assert_eq!(failed.ttft_ms, Some(7.0), "what arrived arrived");
    }
}
