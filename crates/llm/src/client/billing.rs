//! Whether an attempt may have cost money.

use crate::call::Billing;
use crate::outcome::Answer;

/// Judges an attempt whose request was handed to a connection.
///
/// A status of 3xx or 4xx is a refusal before any model ran. Usage counts only together with a
/// stop: what Anthropic reports at the start of a stream is no bill. All else is unknown, an answer
/// without usage too: the provider may have billed it, and a promise to stay below a cap has to
/// believe that it did.
pub(super) fn after_sending(status: Option<u16>, answer: &Answer) -> Billing {
    match status {
        Some(300..=499) => Billing::NotBilled,
        Some(200..=299) if answer.stop.is_some() && answer.usage.input.is_some() && answer.usage.output.is_some() => {
            Billing::Reported
        }
        _ => Billing::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Stop, StopReason, Usage};

    #[test]
    fn believes_only_a_finished_report() {
        let stop = Some(Stop { reason: StopReason::End, raw: None, category: None });
        let usage = Usage { input: Some(3), output: Some(0), ..Usage::default() };
        let whole = Answer { stop: stop.clone(), usage: usage.clone(), ..Answer::default() };
        assert_eq!(after_sending(Some(200), &whole), Billing::Reported);
        let early = Answer { usage, ..Answer::default() };
        assert_eq!(after_sending(Some(200), &early), Billing::Unknown);
        let silent = Answer { stop: stop.clone(), ..Answer::default() };
        assert_eq!(after_sending(Some(200), &silent), Billing::Unknown);
        let half = Answer { stop, usage: Usage { output: Some(1), ..Usage::default() }, ..Answer::default() };
        assert_eq!(after_sending(Some(200), &half), Billing::Unknown);
        for refused in [301, 400, 401, 402, 404, 408, 422, 429] {
            assert_eq!(after_sending(Some(refused), &Answer::default()), Billing::NotBilled);
        }
        for unknown in [None, Some(500), Some(503), Some(529), Some(200)] {
            assert_eq!(after_sending(unknown, &Answer::default()), Billing::Unknown);
        }
    }
}
