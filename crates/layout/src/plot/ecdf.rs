//! Empirical distributions, one small panel for each sample over one common axis.

use escape::terminal;

use super::dots::Dots;
use crate::chart::{Axis, Measured, Series};
use crate::style::{self, Charset, paint};
use crate::text::{pad_left, truncate, width};

/// Rows of a panel's curve.
const ROWS: usize = 4;
/// Narrowest panel.
const NARROWEST: usize = 24;
/// Widest panel: beyond it a second one fits beside it.
const WIDEST: usize = 44;
/// Most panels: a terminal is no place for more.
const PANELS: usize = 24;
/// Columns between panels.
const GAP: usize = 3;
/// What stands left of a curve.
const LEFT: [&str; ROWS] = ["100%", "    ", "    ", "  0%"];

/// Draws the share of values at or below each value, a panel a sample, side by side as far as there is room. Amounts
/// are drawn by their logarithm where they are far apart.
pub fn ecdf(series: &[Series], measured: Measured<'_>, columns: usize, charset: Charset) -> Vec<String> {
    let samples: Vec<(String, Vec<f64>)> = series
        .iter()
        .take(PANELS)
        .map(|series| (terminal::line(&series.label), series.sorted()))
        .filter(|(_, values)| !values.is_empty())
        .collect();
    let Some(axis) = Axis::of_amounts(samples.iter().flat_map(|(_, values)| values.iter().copied())) else {
        return Vec::new();
    };
    if columns < NARROWEST {
        return Vec::new();
    }
    let beside = ((columns + GAP) / (WIDEST.min(columns) + GAP)).clamp(1, samples.len());
    let panel = ((columns + GAP) / beside - GAP).min(WIDEST + WIDEST / 2);
    let mut lines = Vec::new();
    for group in samples.chunks(beside) {
        let panels: Vec<Vec<String>> =
            group.iter().map(|(label, values)| draw(label, values, &axis, measured, panel, charset)).collect();
        for at in 0..ROWS + 2 {
            let row: Vec<String> = panels.iter().map(|lines| lines[at].clone()).collect();
            lines.push(row.join(&" ".repeat(GAP)).trim_end().to_owned());
        }
    }
    lines
}

/// A panel's lines, each as wide as the panel: the label, the curve, the ends of the axis.
fn draw(
    label: &str,
    sorted: &[f64],
    axis: &Axis,
    measured: Measured<'_>,
    panel: usize,
    charset: Charset,
) -> Vec<String> {
    let plot = panel - width(LEFT[0]) - 1;
    let mut dots = Dots::new(plot, ROWS);
    let (across, up) = (dots.width(), dots.height() - 1);
    let mut before = up;
    for x in 0..across {
        let value = axis.value(x as f64 / (across - 1) as f64);
        // The last dot belongs to the axis' end, whatever rounding says.
        let below = if x + 1 == across { sorted.len() } else { sorted.partition_point(|one| *one <= value) };
        let y = up - (below as f64 / sorted.len() as f64 * up as f64).round() as usize;
        // A jump is drawn as a wall, so that the curve hangs together.
        for y in y..=before {
            dots.set(x, y);
        }
        before = y;
    }
    let edge = if charset == Charset::Unicode { '│' } else { '|' };
    let name = truncate(label, panel);
    let padding = " ".repeat(panel - width(&name));
    let mut lines = vec![format!("{}{padding}", paint(style::HEADING, name))];
    lines.extend(
        dots.lines(charset)
            .into_iter()
            .zip(LEFT)
            .map(|(line, left)| format!("{}{edge}{line}", paint(style::QUIET, left))),
    );
    let (low, high) = (terminal::line(&(measured.format)(axis.low())), terminal::line(&(measured.format)(axis.high())));
    let scale = format!("{low}{}", pad_left(&high, plot.saturating_sub(width(&low))));
    let scale = truncate(&scale, plot);
    let padding = " ".repeat(plot - width(&scale));
    lines.push(format!("{}{}{padding}", " ".repeat(panel - plot), paint(style::QUIET, scale)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_climbs_from_nothing_to_all() {
        let number = |value: f64| format!("{value:.0}");
        let measured = Measured { title: "latency", format: &number };
        let series = [Series { label: "a".to_owned(), values: (0..=100).map(f64::from).collect() }];
        let lines: Vec<String> =
            ecdf(&series, measured, 26, Charset::Unicode).iter().map(|line| style::strip(line)).collect();
        assert_eq!(lines.len(), ROWS + 2);
        assert_eq!(lines[0], "a");
        assert!(lines[1].starts_with("100%│") && lines[1].ends_with('⠋'), "{lines:?}");
        assert!(lines[4].starts_with("  0%│⣀"), "{lines:?}");
        assert_eq!(lines[5], "     0                 100");
        assert!(ecdf(&series, measured, 20, Charset::Unicode).is_empty());
        let nothing = [Series { label: "a".to_owned(), values: vec![f64::NAN] }];
        assert!(ecdf(&nothing, measured, 80, Charset::Unicode).is_empty());
    }
}
