//! The budget: what is spent, what is held, and the promise that the two never pass the cap.
//!
//! Pure arithmetic without locks or time, so that its promise can be tested on its own. Whoever
//! shares a ledger between calls puts it behind a lock; every operation is a few integer additions.

use llm::money::Usd;

/// Settled and held money under an optional cap.
///
/// The invariant is `settled + held <= cap` after every operation, with one exception that no
/// ledger can prevent: a provider that bills more than the worst case that was held. That is
/// counted in full, reported by [`Ledger::overrun`], and nothing is held any more afterwards.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    cap: Option<Usd>,
    // Wider than an amount of money, so that sums are exact also where there is no cap to bound them.
    settled: u128,
    held: u128,
    unknown: u128,
    overrun: u128,
}

/// Money set aside for one attempt.
///
/// It is given back through [`Ledger::settle`], [`Ledger::release`] or [`Ledger::keep`]. One that is
/// dropped stays held for ever: forgetting errs on the side of the cap.
#[derive(Debug)]
#[must_use = "a hold that is dropped stays held"]
pub struct Hold {
    amount: Usd,
}

impl Hold {
    /// How much is set aside.
    pub fn amount(&self) -> Usd {
        self.amount
    }
}

/// Where a budget stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// The cap, if there is one.
    pub cap: Option<Usd>,
    /// What was used and is known.
    pub settled: Usd,
    /// What is set aside: for calls in flight, and for calls whose cost will never be known.
    pub held: Usd,
    /// The part of `held` whose cost will never be known.
    pub unknown: Usd,
}

impl Ledger {
    /// An empty ledger. Without a cap everything fits and the ledger only counts.
    pub fn new(cap: Option<Usd>) -> Self {
        Self { cap, ..Self::default() }
    }

    /// True when this much more could be held now.
    pub fn fits(&self, amount: Usd) -> bool {
        match self.cap {
            None => true,
            Some(_) if self.overrun > 0 => false,
            Some(cap) => self.settled + self.held + u128::from(amount.pico()) <= u128::from(cap.pico()),
        }
    }

    /// Sets an amount aside, or nothing at all when it does not fit.
    pub fn try_hold(&mut self, amount: Usd) -> Option<Hold> {
        self.fits(amount).then(|| {
            self.held += u128::from(amount.pico());
            Hold { amount }
        })
    }

    /// Sets several amounts aside, or none of them when they do not fit together.
    pub fn try_hold_all(&mut self, amounts: impl IntoIterator<Item = Usd> + Clone) -> Option<Vec<Hold>> {
        let total = amounts.clone().into_iter().sum();
        if !self.fits(total) {
            return None;
        }
        amounts.into_iter().map(|amount| self.try_hold(amount)).collect()
    }

    /// The attempt is over and used this much; the rest of its hold is free again.
    ///
    /// Returns how far the use passed the hold: zero unless the worst case was not the worst.
    pub fn settle(&mut self, hold: Hold, used: Usd) -> Usd {
        self.held -= u128::from(hold.amount.pico());
        self.settled += u128::from(used.pico());
        let past = used.saturating_sub(hold.amount);
        if self.cap.is_some() {
            self.overrun += u128::from(past.pico());
        }
        past
    }

    /// Sets another amount aside in place of what is held, or leaves that as it is when the other one does not fit.
    pub fn resize(&mut self, hold: Hold, amount: Usd) -> Result<Hold, Hold> {
        let more = amount.pico().saturating_sub(hold.amount.pico());
        if more > 0 && !self.fits(Usd::from_pico(more)) {
            return Err(hold);
        }
        self.held = self.held - u128::from(hold.amount.pico()) + u128::from(amount.pico());
        Ok(Hold { amount })
    }

    /// The attempt was certainly not billed.
    pub fn release(&mut self, hold: Hold) {
        self.held -= u128::from(hold.amount.pico());
    }

    /// The attempt may have been billed and nobody will say how much: its worst case stays held.
    pub fn keep(&mut self, hold: Hold) {
        self.unknown += u128::from(hold.amount.pico());
    }

    /// Counts what an earlier part of the same run used, when it is resumed.
    pub fn carry_over(&mut self, settled: Usd, unknown: Usd) {
        self.settled += u128::from(settled.pico());
        self.held += u128::from(unknown.pico());
        self.unknown += u128::from(unknown.pico());
    }

    /// How much providers billed beyond what was held, in total.
    pub fn overrun(&self) -> Usd {
        saturated(self.overrun)
    }

    /// Where the budget stands.
    pub fn balance(&self) -> Balance {
        Balance {
            cap: self.cap,
            settled: saturated(self.settled),
            held: saturated(self.held),
            unknown: saturated(self.unknown),
        }
    }
}

fn saturated(pico: u128) -> Usd {
    Usd::from_pico(u64::try_from(pico).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(pico: u64) -> Usd {
        Usd::from_pico(pico)
    }

    #[test]
    fn what_does_not_fit_is_not_held() {
        let mut ledger = Ledger::new(Some(usd(10)));
        let hold = ledger.try_hold(usd(7)).expect("fits");
        assert!(ledger.try_hold(usd(4)).is_none());
        assert_eq!(ledger.balance().held, usd(7));
        assert_eq!(ledger.settle(hold, usd(2)), Usd::ZERO);
        assert!(ledger.fits(usd(8)));
        assert!(!ledger.fits(usd(9)));
    }

    #[test]
    fn several_are_held_together_or_not_at_all() {
        let mut ledger = Ledger::new(Some(usd(10)));
        assert!(ledger.try_hold_all([usd(6), usd(5)]).is_none());
        assert_eq!(ledger.balance().held, Usd::ZERO);
        assert_eq!(ledger.try_hold_all([usd(6), usd(4)]).expect("fits").len(), 2);
        assert!(!ledger.fits(usd(1)));
    }

    #[test]
    fn a_hold_is_resized_within_the_cap_or_stays_as_it_is() {
        let mut ledger = Ledger::new(Some(usd(10)));
        let hold = ledger.try_hold(usd(4)).expect("fits");
        let hold = ledger.resize(hold, usd(10)).expect("fits exactly");
        let hold = ledger.resize(hold, usd(11)).expect_err("one too many");
        assert_eq!((hold.amount(), ledger.balance().held), (usd(10), usd(10)));
        let hold = ledger.resize(hold, usd(3)).expect("less always fits");
        assert_eq!(ledger.balance().held, usd(3));
        ledger.release(hold);
        assert_eq!(ledger.balance().held, Usd::ZERO);
    }

    #[test]
    fn a_cap_of_zero_lets_free_calls_run() {
        let mut ledger = Ledger::new(Some(Usd::ZERO));
        assert!(ledger.try_hold(Usd::ZERO).is_some());
        assert!(ledger.try_hold(usd(1)).is_none());
    }

    #[test]
    fn unknown_costs_stay_held() {
        let mut ledger = Ledger::new(Some(usd(10)));
        let hold = ledger.try_hold(usd(6)).expect("fits");
        ledger.keep(hold);
        assert_eq!(ledger.balance(), Balance { cap: Some(usd(10)), settled: usd(0), held: usd(6), unknown: usd(6) });
        assert!(!ledger.fits(usd(5)));
    }

    #[test]
    fn a_bill_above_the_hold_is_counted_in_full_and_ends_holding() {
        let mut ledger = Ledger::new(Some(usd(100)));
        let hold = ledger.try_hold(usd(6)).expect("fits");
        assert_eq!(ledger.settle(hold, usd(9)), usd(3));
        assert_eq!((ledger.overrun(), ledger.balance().settled), (usd(3), usd(9)));
        assert!(!ledger.fits(usd(0)), "after an overrun no worst case can be trusted");
    }

    #[test]
    fn sums_are_exact_without_a_cap() {
        let mut ledger = Ledger::new(None);
        let first = ledger.try_hold(Usd::MAX).expect("no cap");
        let second = ledger.try_hold(Usd::MAX).expect("no cap");
        ledger.release(first);
        ledger.release(second);
        assert_eq!(ledger.balance().held, Usd::ZERO);
    }

    proptest! {
        /// Any sequence of operations in which no provider bills above its hold stays below the cap.
        #[test]
        fn settled_plus_held_never_exceeds_the_cap(
            cap in 0_u64..10_000,
            operations in prop::collection::vec((0_u8..4, 0_u64..4_000, 0.0_f64..=1.0), 0..200),
        ) {
            let mut ledger = Ledger::new(Some(usd(cap)));
            let mut holds: Vec<Hold> = Vec::new();
            let (mut settled, mut kept) = (0, 0);
            for (operation, amount, share) in operations {
                if operation == 0 || holds.is_empty() {
                    holds.extend(ledger.try_hold(usd(amount)));
                } else {
                    let hold = holds.swap_remove(amount as usize % holds.len());
                    match operation {
                        1 => {
                            let used = (hold.amount().pico() as f64 * share) as u64;
                            settled += used;
                            prop_assert_eq!(ledger.settle(hold, usd(used)), Usd::ZERO);
                        }
                        2 => ledger.release(hold),
                        _ => {
                            kept += hold.amount().pico();
                            ledger.keep(hold);
                        }
                    }
                }
                let open: u64 = holds.iter().map(|hold| hold.amount().pico()).sum();
                let balance = ledger.balance();
                prop_assert_eq!(balance.settled, usd(settled));
                prop_assert_eq!(balance.held, usd(open + kept));
                prop_assert_eq!(balance.unknown, usd(kept));
                prop_assert!(balance.settled.pico() + balance.held.pico() <= cap);
            }
        }
    }
}
