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
            latency_ms: ended.then(|| attempt.total.as_secs_f64() * 1e3),
            ttft_ms: answer.first_token_at.map(milliseconds),
            ttfo_ms: answer.first_text_at.map(milliseconds),
            output_tokens_per_second: tokens_per_second(answer).filter(|_| ended),
            inter_token_mean_ms: (!gaps.is_empty())
                .then(|| gaps.iter().map(|&gap| milliseconds(gap)).sum::<f64>() / gaps.len() as f64),
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

/// The nearest-rank quantile of sorted values.
fn nearest_rank(sorted: &[Nanos], quantile: f64) -> Option<Nanos> {
    let rank = (quantile * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied()
}

fn milliseconds(nanos: Nanos) -> f64 {
    nanos as f64 / NANOS_PER_MS
}
