//! What charts are made of, whatever they are drawn on: values with their intervals, marks that differ in shape,
//! axes with round ticks. [`crate::plot`] draws them with characters, [`crate::svg`] for pages.
//!
//! Labels and texts are raw; each medium escapes them.

mod axis;

pub use axis::{Axis, LOG_FROM, Scale};

/// A value with its interval, where there is one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Span {
    /// The estimate.
    pub point: f64,
    /// The interval's ends.
    pub interval: Option<(f64, f64)>,
}

impl Span {
    /// A value without an interval.
    pub fn bare(point: f64) -> Self {
        Self { point, interval: None }
    }

    /// A value with whichever interval is whole and finite.
    pub fn new(point: f64, low: Option<f64>, high: Option<f64>) -> Self {
        let interval = low.zip(high).filter(|(low, high)| low.is_finite() && high.is_finite() && low <= high);
        Self { point, interval }
    }

    /// Whether the value can be placed on an axis.
    pub fn is_finite(&self) -> bool {
        self.point.is_finite()
    }

    /// Every value that an axis has to hold.
    pub fn ends(self) -> impl Iterator<Item = f64> {
        let (low, high) = self.interval.unwrap_or((self.point, self.point));
        [low, self.point, high].into_iter()
    }
}

/// The shape of a mark, so that colour is never the only difference. What each means is the caller's to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// A filled disc.
    Filled,
    /// A diamond.
    Diamond,
    /// A ring.
    Ring,
}

impl Mark {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Filled, Self::Diamond, Self::Ring];
}

/// One point of a plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its name.
    pub label: String,
    /// Across.
    pub x: Span,
    /// Up.
    pub y: Span,
    /// Its shape.
    pub mark: Mark,
    /// Whether the front's line goes through it.
    pub on_front: bool,
}

/// One row of a forest plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// What is estimated.
    pub label: String,
    /// The estimate.
    pub span: Span,
    /// The estimate in words, shown at the right.
    pub text: String,
    /// Its shape.
    pub mark: Mark,
}

/// A sample whose distribution is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name.
    pub label: String,
    /// The values, in any order; what is not finite is left out.
    pub values: Vec<f64>,
}

impl Series {
    /// The finite values in order.
    pub fn sorted(&self) -> Vec<f64> {
        let mut values: Vec<f64> = self.values.iter().copied().filter(|value| value.is_finite()).collect();
        values.sort_by(f64::total_cmp);
        values
    }
}

/// What an axis measures and how its values are written.
#[derive(Clone, Copy)]
pub struct Measured<'a> {
    /// The name with its unit.
    pub title: &'a str,
    /// A value in words.
    pub format: &'a dyn Fn(f64) -> String,
}

impl std::fmt::Debug for Measured<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Measured").field("title", &self.title).finish_non_exhaustive()
    }
}

/// Steps of an empirical distribution, thinned to at most `steps`: each value with the share at or below it.
///
/// Thinning keeps the first, the last and evenly spaced ranks, so that the curve moves by less than one step.
pub fn distribution(sorted: &[f64], steps: usize) -> Vec<(f64, f64)> {
    let n = sorted.len();
    if n == 0 || steps == 0 {
        return Vec::new();
    }
    let share = |rank: usize| (sorted[rank], (rank + 1) as f64 / n as f64);
    if n <= steps {
        return (0..n).map(share).collect();
    }
    if steps == 1 {
        return vec![share(n - 1)];
    }
    (0..steps).map(|step| share(step * (n - 1) / (steps - 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distribution_climbs_to_one() {
        assert_eq!(distribution(&[1.0, 2.0, 4.0, 4.0], 10), [(1.0, 0.25), (2.0, 0.5), (4.0, 0.75), (4.0, 1.0)]);
        let many: Vec<f64> = (0..10_000).map(f64::from).collect();
        let thin = distribution(&many, 200);
        assert_eq!(thin.len(), 200);
        assert_eq!((thin[0], thin[199]), ((0.0, 0.0001), (9999.0, 1.0)));
        assert!(thin.windows(2).all(|pair| pair[0].1 < pair[1].1 && pair[1].1 - pair[0].1 < 0.006));
        assert!(distribution(&[], 5).is_empty());
    }

    #[test]
    fn an_interval_that_is_not_whole_is_none() {
        assert_eq!(Span::new(1.0, Some(0.0), None).interval, None);
        assert_eq!(Span::new(1.0, Some(f64::NEG_INFINITY), Some(2.0)).interval, None);
        assert_eq!(Span::new(1.0, Some(0.5), Some(2.0)).interval, Some((0.5, 2.0)));
    }
}
