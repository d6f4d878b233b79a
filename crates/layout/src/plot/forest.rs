//! Forest plot: intervals about a line that means no difference.

use escape::terminal;

use super::sign;
use crate::chart::{Axis, Measured, Row};
use crate::style::{self, Charset, paint};
use crate::text::{pad_left, pad_right, truncate, width};

/// Narrowest plot that still tells positions apart.
const PLOT_AT_LEAST: usize = 16;

/// Draws the rows, one a line, about the value `zero`; the last line names the ends and the middle. Texts at the
/// right are left out where there is no room for them.
pub fn forest(rows: &[Row], zero: f64, measured: Measured<'_>, columns: usize, charset: Charset) -> Vec<String> {
    let placed = || rows.iter().filter(|row| row.span.is_finite());
    let ends = placed().flat_map(|row| row.span.ends()).chain([zero]);
    let Some(axis) = Axis::linear(ends).filter(|_| placed().next().is_some()) else { return Vec::new() };
    let labels: Vec<String> = rows.iter().map(|row| terminal::line(&row.label)).collect();
    let texts: Vec<String> = rows.iter().map(|row| terminal::line(&row.text)).collect();
    let widest = |texts: &[String]| texts.iter().map(|text| width(text)).max().unwrap_or(0);
    let label_width = widest(&labels).min(columns * 2 / 5);
    let mut text_width = widest(&texts);
    let room =
        |text_width: usize| columns.saturating_sub(label_width + 2 + if text_width > 0 { text_width + 2 } else { 0 });
    if room(text_width) < PLOT_AT_LEAST {
        text_width = 0;
    }
    let plot = room(text_width);
    if plot < PLOT_AT_LEAST {
        return Vec::new();
    }
    let mut lines: Vec<String> = rows
        .iter()
        .zip(labels.iter().zip(&texts))
        .map(|(row, (label, text))| {
            let name = pad_right(&truncate(label, label_width), label_width);
            let drawn = line(row, &axis, zero, plot, charset);
            let text = if text_width > 0 { format!("  {}", truncate(text, text_width)) } else { String::new() };
            format!("{name}  {drawn}{text}").trim_end().to_owned()
        })
        .collect();
    let scale = scale(&axis, zero, measured, plot);
    lines.push(format!("{}  {}", " ".repeat(label_width), paint(style::QUIET, truncate(&scale, plot))));
    lines
}

fn line(row: &Row, axis: &Axis, zero: f64, plot: usize, charset: Charset) -> String {
    let [left, body, right, middle] = match charset {
        Charset::Unicode => ['├', '─', '┤', '┊'],
        Charset::Ascii => ['|', '-', '|', ':'],
    };
    let mut cells = vec![' '; plot];
    cells[axis.cell(zero, plot)] = middle;
    if row.span.is_finite() {
        if let Some((low, high)) = row.span.interval {
            let (low, high) = (axis.cell(low, plot), axis.cell(high, plot));
            cells[low..=high.max(low)].fill(body);
            cells[low] = left;
            cells[high.max(low)] = right;
        }
        cells[axis.cell(row.span.point, plot)] = sign(row.mark, charset);
    }
    cells.into_iter().collect()
}

/// The ends of the axis and, where it fits between them, the middle.
fn scale(axis: &Axis, zero: f64, measured: Measured<'_>, plot: usize) -> String {
    let name = |value: f64| terminal::line(&(measured.format)(value));
    let (low, high) = (name(axis.low()), name(axis.high()));
    let plain = format!("{low}{}", pad_left(&high, plot.saturating_sub(width(&low))));
    let middle = name(zero);
    let at = axis.cell(zero, plot).saturating_sub(width(&middle) / 2);
    let free = at > width(&low) + 1 && at + width(&middle) + 1 < plot.saturating_sub(width(&high));
    if !free {
        return plain;
    }
    let head = pad_right(&low, at) + &middle;
    format!("{head}{}", pad_left(&high, plot.saturating_sub(width(&head))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Mark, Span};

    fn row(label: &str, point: f64, low: f64, high: f64, mark: Mark) -> Row {
        Row {
            label: label.to_owned(),
            span: Span { point, interval: Some((low, high)) },
            text: format!("{point}"),
            mark,
        }
    }

    #[test]
    fn rows_stand_about_zero() {
        let number = |value: f64| format!("{value}");
        let measured = Measured { title: "difference", format: &number };
        let rows = [row("a - b", 4.0, 2.0, 6.0, Mark::Filled), row("a - c", -1.0, -4.0, 2.0, Mark::Ring)];
        let lines: Vec<String> =
            forest(&rows, 0.0, measured, 32, Charset::Unicode).iter().map(|line| style::strip(line)).collect();
        assert_eq!(
            lines,
            ["a - b          ┊   ├───●───┤  4", "a - c  ├─────○─────┤          -1", "       -4      0           6",]
        );
        assert!(forest(&rows, 0.0, measured, 18, Charset::Unicode).is_empty());
        assert!(forest(&[], 0.0, measured, 80, Charset::Unicode).is_empty());
    }
}
