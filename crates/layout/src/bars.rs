//! Intervals drawn on a common axis: `├──●──┤`.

use crate::style::{self, Charset, paint};
use crate::text::{pad_left, pad_right, truncate, width};
use escape::terminal;

/// One labelled interval. Labels are raw text.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Name at the left.
    pub label: String,
    /// The estimate.
    pub point: f64,
    /// The interval, where there is one.
    pub interval: Option<(f64, f64)>,
}

/// Narrowest plot that still tells positions apart.
const PLOT_AT_LEAST: usize = 10;

/// Draws the bars, one a line, over an axis whose ends `format` names. Empty where there is nothing
/// to place on an axis or no room for one.
pub fn draw(bars: &[Bar], columns: usize, charset: Charset, format: impl Fn(f64) -> String) -> String {
    let Some(axis) = Axis::over(bars) else { return String::new() };
    let labels: Vec<String> = bars.iter().map(|bar| terminal::line(&bar.label)).collect();
    let label_width = labels.iter().map(|label| width(label)).max().unwrap_or(0).min(columns / 2);
    let plot = columns.saturating_sub(label_width + 2);
    if plot < PLOT_AT_LEAST {
        return String::new();
    }
    let mut out = String::new();
    for (bar, label) in bars.iter().zip(&labels) {
        let line =
            format!("{}  {}", pad_right(&truncate(label, label_width), label_width), axis.line(bar, plot, charset));
        out.push_str(line.trim_end());
        out.push('\n');
    }
    let (low, high) = (format(axis.low), format(axis.high));
    let scale = format!("{low}{}", pad_left(&high, plot.saturating_sub(width(&low))));
    out.push_str(&format!("{}  {}\n", " ".repeat(label_width), paint(style::QUIET, truncate(&scale, plot))));
    out
}

struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn over(bars: &[Bar]) -> Option<Self> {
        let ends = || {
            bars.iter()
                .flat_map(|bar| [Some(bar.point), bar.interval.map(|ends| ends.0), bar.interval.map(|ends| ends.1)])
                .flatten()
        };
        if !ends().all(f64::is_finite) {
            return None;
        }
        let low = ends().reduce(f64::min)?;
        let high = ends().reduce(f64::max)?;
        (high > low).then_some(Self { low, high })
    }

    fn position(&self, value: f64, plot: usize) -> usize {
        let share = (value - self.low) / (self.high - self.low);
        ((share * (plot - 1) as f64).round() as usize).min(plot - 1)
    }

    fn line(&self, bar: &Bar, plot: usize, charset: Charset) -> String {
        let [left, line, right, point] = match charset {
            Charset::Unicode => ['├', '─', '┤', '●'],
            Charset::Ascii => ['|', '-', '|', '*'],
        };
        let mut cells = vec![' '; plot];
        if let Some((low, high)) = bar.interval {
            let (low, high) = (self.position(low, plot), self.position(high, plot));
            for cell in &mut cells[low..=high.max(low)] {
                *cell = line;
            }
            cells[low] = left;
            cells[high.max(low)] = right;
        }
        cells[self.position(bar.point, plot)] = point;
        cells.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bar(label: &str, point: f64, interval: Option<(f64, f64)>) -> Bar {
        Bar { label: label.to_owned(), point, interval }
    }

    fn drawn(bars: &[Bar], columns: usize, charset: Charset) -> String {
        style::strip(&draw(bars, columns, charset, |value| format!("{value}")))
    }

    #[test]
    fn bars_share_one_axis() {
        let bars = [bar("a", 2.0, Some((0.0, 4.0))), bar("bb", 8.0, Some((6.0, 10.0))), bar("c", 5.0, None)];
        assert_eq!(drawn(&bars, 15, Charset::Unicode), "a   ├─●─┤\nbb        ├─●─┤\nc        ●\n    0        10\n");
        assert_eq!(drawn(&bars, 15, Charset::Ascii), "a   |-*-|\nbb        |-*-|\nc        *\n    0        10\n");
    }

    #[test]
    fn nothing_is_drawn_where_there_is_no_axis() {
        assert_eq!(drawn(&[], 40, Charset::Unicode), "");
        assert_eq!(drawn(&[bar("a", 1.0, None)], 40, Charset::Unicode), "");
        assert_eq!(drawn(&[bar("a", f64::NAN, Some((0.0, 1.0)))], 40, Charset::Unicode), "");
        assert_eq!(drawn(&[bar("a", 1.0, Some((0.0, 2.0)))], 8, Charset::Unicode), "");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_asked(
            bars in prop::collection::vec(("[a-z日👍]{0,20}", -1e6..1e6f64, prop::option::of((-1e6..1e6f64, -1e6..1e6f64))), 0..6),
            columns in 0..90usize,
        ) {
            let bars: Vec<Bar> = bars.into_iter().map(|(label, point, interval)| bar(&label, point, interval)).collect();
            for line in drawn(&bars, columns, Charset::Unicode).lines() {
                prop_assert!(width(line) <= columns);
            }
        }
    }
}
