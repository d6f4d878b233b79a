//! What attempts cost: for the ledger, and for the record.

use llm::call::{Attempt, Billing};
use llm::cost::{Cost, PriceSheet};
use llm::money::Usd;

use crate::record::{AttemptRecord, CallCost, CallRecord};

/// What an attempt means for the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spent {
    /// Certainly nothing, or nothing that a cap could cover.
    Nothing,
    /// This much.
    Used(Usd),
    /// Perhaps as much as its worst case.
    Unknown,
}

/// What an attempt cost, as the ledger counts it: where a provider states a higher cost than our
/// prices give, the provider's figure.
pub(super) fn spent(price: &PriceSheet, attempt: &Attempt) -> Spent {
    let stated = attempt.answer.usage.provider_cost_usd.and_then(Usd::from_f64).unwrap_or_default();
    match (attempt.billing, cost(price, attempt)) {
        (Billing::NotBilled, _) | (_, Cost::Free) => Spent::Nothing,
        (Billing::Unknown, Cost::Unpriced) => Spent::Nothing,
        (Billing::Unknown, Cost::Known(_) | Cost::Unknown { .. }) => Spent::Unknown,
        (Billing::Reported, Cost::Known(bill)) => Spent::Used(bill.total().max(stated)),
        (Billing::Reported, Cost::Unpriced) => Spent::Used(stated),
        (Billing::Reported, Cost::Unknown { .. }) => Spent::Unknown,
    }
}

/// What a call cost, all its attempts together. `bound` is the worst case of one attempt.
pub(super) fn call_cost(price: &PriceSheet, attempts: &[AttemptRecord], bound: Option<Usd>) -> CallCost {
    let sent: Vec<&Attempt> = attempts.iter().map(|attempt| &attempt.attempt).collect();
    if price.is_free() && !sent.is_empty() {
        return CallCost::Free;
    }
    let (mut known, mut unknown, mut unpriced, mut billed) = (Usd::ZERO, 0, false, false);
    for attempt in sent {
        match (attempt.billing, cost(price, attempt)) {
            (Billing::NotBilled, _) | (_, Cost::Free) => continue,
            (_, Cost::Unpriced) => unpriced = true,
            (Billing::Reported, Cost::Known(bill)) => known += bill.total(),
            (Billing::Unknown, _) | (_, Cost::Unknown { .. }) => unknown += 1,
        }
        billed = true;
    }
    match (billed, unpriced, unknown) {
        (false, ..) => CallCost::Nothing,
        (true, true, _) => CallCost::Unpriced,
        (true, false, 0) => CallCost::Known(known),
        (true, false, count) => CallCost::Unknown(bound.map(|bound| known + bound.times(count))),
    }
}

/// What a call of an earlier part of the run means for the ledger: settled, and unknown for ever.
pub(super) fn carried_over(price: &PriceSheet, record: &CallRecord) -> (Usd, Usd) {
    if let CallCost::Unknown(at_most) = record.cost {
        return (Usd::ZERO, at_most.unwrap_or_default());
    }
    let used = record.attempts.iter().map(|attempt| match spent(price, &attempt.attempt) {
        Spent::Used(used) => used,
        Spent::Nothing | Spent::Unknown => Usd::ZERO,
    });
    (used.sum(), Usd::ZERO)
}

fn cost(price: &PriceSheet, attempt: &Attempt) -> Cost {
    price.cost(&attempt.answer.usage, attempt.started_unix_ms.div_euclid(1_000))
}
