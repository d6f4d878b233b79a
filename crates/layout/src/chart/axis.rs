//! Axes: where a value stands between two ends, and round values to name on the way.

/// From this ratio of the largest to the smallest value on, positive values are drawn by their logarithm.
pub const LOG_FROM: f64 = 30.0;

/// How values are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences take equal room.
    Linear,
    /// Equal ratios take equal room.
    Log,
}

/// Two ends and a spacing. Ends are finite and differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    scale: Scale,
}

impl Axis {
    /// A linear axis over the values, widened to round ends. Values that are not finite are left out; `None` without any.
    pub fn linear(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (low, high) = ends(values)?;
        let (low, high) = apart(low, high);
        let step = step(high - low, 5);
        let round = Self { low: (low / step).floor() * step, high: (high / step).ceil() * step, scale: Scale::Linear };
        // So far from zero that rounding has no room.
        Some(if round.high > round.low && round.low.is_finite() && round.high.is_finite() {
            round
        } else {
            Self { low, high, scale: Scale::Linear }
        })
    }

    /// A linear axis that neither leaves `least..=most` (a share, a scale) nor widens to it without need.
    pub fn within(values: impl IntoIterator<Item = f64>, least: f64, most: f64) -> Option<Self> {
        let axis = Self::linear(values)?;
        let clamped = Self { low: axis.low.max(least), high: axis.high.min(most), ..axis };
        Some(if clamped.high > clamped.low { clamped } else { axis })
    }

    /// An axis of amounts (money, time): by logarithm where all values are positive and the largest is at least
    /// [`LOG_FROM`] times the smallest, else linear and never below zero without need.
    pub fn of_amounts(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
        let (low, high) = ends(values.iter().copied())?;
        if low > 0.0 && high / low >= LOG_FROM {
            let decade = |value: f64, up: bool| {
                let power = value.log10();
                let below = 10_f64.powf(power.floor());
                // 1, 2 or 5 of a decade: whole decades would leave half of the picture empty.
                let steps = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * below);
                let found = if up {
                    steps.iter().copied().find(|step| *step >= value * (1.0 - 1e-12))
                } else {
                    steps.iter().rev().copied().find(|step| *step <= value * (1.0 + 1e-12))
                };
                found.unwrap_or(value)
            };
            let axis = Self { low: decade(low, false), high: decade(high, true), scale: Scale::Log };
            if axis.low > 0.0 && axis.high.is_finite() && axis.high > axis.low {
                return Some(axis);
            }
        }
        let axis = Self::linear(values)?;
        Some(if low >= 0.0 { Self { low: axis.low.max(0.0), ..axis } } else { axis })
    }

    /// The lower end.
    pub fn low(&self) -> f64 {
        self.low
    }

    /// The upper end.
    pub fn high(&self) -> f64 {
        self.high
    }

    /// The spacing.
    pub fn scale(&self) -> Scale {
        self.scale
    }

    /// Where a value stands, 0 at the lower end and 1 at the upper; values beyond the ends stand at them.
    pub fn share(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log if value <= 0.0 => 0.0,
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        if share.is_nan() { 0.0 } else { share.clamp(0.0, 1.0) }
    }

    /// The value that stands at a share of the way.
    pub fn value(&self, share: f64) -> f64 {
        match self.scale {
            Scale::Linear => share.mul_add(self.high - self.low, self.low),
            Scale::Log => self.low * (self.high / self.low).powf(share),
        }
    }

    /// The position of a value on a line of so many cells.
    pub fn cell(&self, value: f64, cells: usize) -> usize {
        let last = cells.saturating_sub(1);
        ((self.share(value) * last as f64).round() as usize).min(last)
    }

    /// Round values between the ends, about `wanted` of them: multiples of 1, 2 or 5 times a power of ten.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        let wanted = wanted.max(2);
        match self.scale {
            Scale::Linear => {
                let step = step(self.high - self.low, wanted);
                let first = (self.low / step - 1e-9).ceil();
                let last = (self.high / step + 1e-9).floor();
                let count = (last - first).clamp(0.0, 50.0) as usize;
                // Zero is zero, not what rounding left of it.
                (0..=count)
                    .map(|at| (first + at as f64) * step)
                    .map(|tick| if tick == 0.0 { 0.0 } else { tick })
                    .collect()
            }
            Scale::Log => {
                for digits in [&[1.0, 2.0, 5.0][..], &[1.0, 3.0], &[1.0]] {
                    let ticks = self.decades(digits, 1);
                    if ticks.len() <= wanted + 1 {
                        return ticks;
                    }
                }
                let decades = (self.high / self.low).log10().ceil() as usize;
                self.decades(&[1.0], decades.div_ceil(wanted).max(1))
            }
        }
    }

    fn decades(&self, digits: &[f64], every: usize) -> Vec<f64> {
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        (first..=last)
            .filter(|power| power.rem_euclid(every as i32) == 0)
            .flat_map(|power| digits.iter().map(move |digit| digit * 10_f64.powi(power)))
            .filter(|tick| (self.low * (1.0 - 1e-9)..=self.high * (1.0 + 1e-9)).contains(tick))
            .collect()
    }
}

fn ends(values: impl IntoIterator<Item = f64>) -> Option<(f64, f64)> {
    let finite = values.into_iter().filter(|value| value.is_finite());
    finite.fold(None, |ends, value| match ends {
        None => Some((value, value)),
        Some((low, high)) => Some((low.min(value), high.max(value))),
    })
}

/// Room around a single value.
fn apart(low: f64, high: f64) -> (f64, f64) {
    if high > low {
        return (low, high);
    }
    let room = if low == 0.0 { 1.0 } else { low.abs() * 0.1 };
    (low - room, high + room)
}

/// The smallest of 1, 2 and 5 times a power of ten that cuts a range into at most so many parts.
fn step(range: f64, parts: usize) -> f64 {
    let raw = range / parts.max(1) as f64;
    if !raw.is_finite() || raw <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(raw.log10().floor());
    let digit = [1.0, 2.0, 5.0].into_iter().find(|digit| digit * power >= raw * (1.0 - 1e-9)).unwrap_or(10.0);
    let step = digit * power;
    if step > 0.0 && step.is_finite() { step } else { raw }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        let near = |found: Vec<f64>, expected: &[f64]| {
            assert_eq!(found.len(), expected.len(), "{found:?}");
            assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{found:?}");
        };
        near(Axis::linear([0.13, 0.87]).unwrap().ticks(5), &[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        near(Axis::linear([-3.0, 12.0]).unwrap().ticks(5), &[-5.0, 0.0, 5.0, 10.0, 15.0]);
        near(Axis::of_amounts([0.0001, 0.02]).unwrap().ticks(4), &[0.0001, 0.0003, 0.001, 0.003, 0.01]);
        near(Axis::of_amounts([0.03, 1.4]).unwrap().ticks(7), &[0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0]);
    }

    #[test]
    fn wide_amounts_are_drawn_by_their_logarithm() {
        assert_eq!(Axis::of_amounts([1.0, 29.0]).unwrap().scale(), Scale::Linear);
        assert_eq!(Axis::of_amounts([1.0, 30.0]).unwrap().scale(), Scale::Log);
        assert_eq!(Axis::of_amounts([0.0, 30.0]).unwrap().scale(), Scale::Linear);
        let axis = Axis::of_amounts([1.0, 100.0]).unwrap();
        assert!((axis.share(10.0) - 0.5).abs() < 1e-12);
        assert!((axis.value(0.5) - 10.0).abs() < 1e-9);
    }

    #[test]
    fn a_share_stays_a_share() {
        let axis = Axis::within([0.62, 0.98, 1.0], 0.0, 1.0).unwrap();
        assert_eq!(axis.high(), 1.0);
        assert!((axis.low() - 0.6).abs() < 1e-9);
        assert!(Axis::linear([]).is_none());
        assert!(Axis::linear([f64::NAN]).is_none());
    }

    proptest! {
        #[test]
        fn every_value_has_a_place_and_ticks_are_few(values in prop::collection::vec(-1e12..1e12f64, 1..8), wanted in 2..12usize) {
            for axis in [Axis::linear(values.clone()), Axis::of_amounts(values.iter().map(|value| value.abs() + 1e-9))] {
                let axis = axis.unwrap();
                prop_assert!(axis.high() > axis.low());
                prop_assert!(axis.ticks(wanted).len() <= 2 * wanted + 2, "{:?} {:?}", axis, axis.ticks(wanted));
                for share in [0.0, 0.3, 1.0] {
                    prop_assert!((axis.share(axis.value(share)) - share).abs() < 1e-6);
                }
                for value in &values {
                    prop_assert!(axis.cell(*value, 40) < 40);
                }
            }
        }
    }
}
