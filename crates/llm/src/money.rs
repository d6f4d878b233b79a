//! Money as whole picodollars (1e-12 USD), so that a price per million tokens times a number of
//! tokens is exact and sums do not depend on their order.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::{Deserialize, Serialize};

const PICO_PER_USD: f64 = 1e12;

/// An amount of US dollars, never negative, in whole picodollars. Arithmetic saturates: an amount
/// past 18 million dollars stays there, which no cap lets through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Usd(u64);

impl Usd {
    /// No money.
    pub const ZERO: Self = Self(0);
    /// More than any cap.
    pub const MAX: Self = Self(u64::MAX);

    /// From whole picodollars.
    pub const fn from_pico(pico: u64) -> Self {
        Self(pico)
    }

    /// Whole picodollars.
    pub const fn pico(self) -> u64 {
        self.0
    }

    /// From dollars, rounded to the nearest picodollar; `None` for NaN, infinities and negatives.
    pub fn from_f64(dollars: f64) -> Option<Self> {
        (dollars.is_finite() && dollars >= 0.0).then(|| Self((dollars * PICO_PER_USD).round() as u64))
    }

    /// As dollars, for display and statistics.
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / PICO_PER_USD
    }

    /// This much less, but never below zero.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This much, `count` times.
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}
